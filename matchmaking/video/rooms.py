"""Generated rooms: a name that nobody can guess, the same at every asking, on the host that the timetable gave the meeting. Pure.

A session's `rooms` counts how many meetings may run at once, so with video it counts hosts: a meeting's room number is its host.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

NAME_BYTES = 20


@dataclass(frozen=True)
class VideoHosts:
    """The configured hosts (self-hosted Jitsi or the like) in their order, and the key that room names are drawn from."""

    hosts: Sequence[str]
    key: bytes

    def room(self, session_id: int, meeting_id: int, room: int) -> str | None:
        """The link of a meeting in the room of that number, counted from 1; None without a host."""
        if not self.hosts:
            return None
        said = f"{session_id}/{meeting_id}".encode()
        name = base64.b32encode(hmac.new(self.key, said, hashlib.sha256).digest()[:NAME_BYTES]).decode().lower()
        return f"https://{self.hosts[(room - 1) % len(self.hosts)]}/yinqi-{name}"
