"""From filed rows to balances: one statement, on one machine and on a cluster."""
