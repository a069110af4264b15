"""The sealed quarter: one file with all that a quarter's settlement rests on, and the verifier that needs nothing else."""
