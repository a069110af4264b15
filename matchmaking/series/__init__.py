"""Series of weekly sessions: a template that the scheduler announces sessions from, and the duty of one session a week."""
