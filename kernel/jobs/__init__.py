"""Claims of scheduled work: the scheduler only wakes, the database decides (reliability rule 7)."""
