"""What both contexts stand on: money, time, parties, accounts, audit, jobs and the web shell. Imports neither context."""
