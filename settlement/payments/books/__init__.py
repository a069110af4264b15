"""The books of every payer on screen: payable books, demand letters, trial balances, closing."""
