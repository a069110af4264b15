"""Meetings in people's own calendars: a secret feed of each party, and a file with each notice."""
