"""What the statements of the fee subsidy have of their own: facts, figures, explanation, and one row a contract."""
