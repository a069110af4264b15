"""The finance side's quarter: who has come how far, what the batch holds, the buttons that compute and open it, the files."""
