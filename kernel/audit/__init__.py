"""The trail of every change: append-only, hash-linked, one serialised head (reliability rule 13)."""
