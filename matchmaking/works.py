"""Every kind of long work of the matchmaking, for the composition root."""

from matchmaking.sessions.works import MATCH

WORK_KINDS = [MATCH]
