"""The address of the screen in the room: a token that only the service can make, the same for as long as its key. Pure."""

import hashlib
import hmac

TOKEN_SIGNS = 40


def screen_token(key: bytes, session_id: int) -> str:
    """What opens the room's view of one session, and of no other."""
    mark = hmac.new(key, f"screen of session {session_id}".encode(), hashlib.sha256).hexdigest()[:TOKEN_SIGNS]
    return f"{session_id}-{mark}"


def session_of_token(key: bytes, token: str) -> int | None:
    """The session that a token opens; None for one that the service did not make."""
    number, _, _ = token.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 9:
        return None
    made = screen_token(key, int(number))
    return int(number) if hmac.compare_digest(made.encode(), token.encode()) else None
