"""Events out: written with the change they tell of, delivered afterwards, at least once and effective once (reliability rules 5, 6)."""
