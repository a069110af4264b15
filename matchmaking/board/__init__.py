"""The running session as the organiser and the room see it, from minute to minute."""
