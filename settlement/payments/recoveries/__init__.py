"""Recoveries 追回: what could not be set off is asked back by notice, and what comes back is booked."""
