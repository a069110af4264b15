"""Loan products that banks offer, in dated versions."""
