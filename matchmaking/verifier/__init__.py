"""Checks a session's certificate offline, from the file alone.

Nothing of the matching, the timetable or the certificate's writer is imported here: the rules are written a second time,
in another way, from their published description. `check.verify` gives the findings; none means that all holds.
"""
