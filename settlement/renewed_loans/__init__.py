"""Renewals held against the `renews` column of the loan returns, both ways; and the loans that come due, for the radar."""
