"""A published plan changes: who called off, how it was repaired, and what each release changed."""
