"""Questions and answers between the bureau and a beneficiary on a statement, and the explanation of a difference."""
