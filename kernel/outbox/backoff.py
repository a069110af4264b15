"""When to try again: urllib3's own rules, kept across tries in the books instead of in a sleeping process."""

from datetime import timedelta

from urllib3 import Retry
from urllib3.util.retry import RequestHistory

MOST_TRIES = 10
RULES = Retry(total=MOST_TRIES, backoff_factor=30, backoff_max=12 * 3600, respect_retry_after_header=True)
LONGEST_WAIT = timedelta(hours=12)


def wait_after(tries: int, *, retry_after: str | None = None) -> timedelta | None:
    """How long to wait after so many tries (1, 2, 4 … minutes, or what the receiver asked for); None when it is enough."""
    if tries >= MOST_TRIES:
        return None
    failures = tuple(
        RequestHistory(None, None, None, None, None) for _ in range(tries + 1)
    )  # the first one is free there
    own = timedelta(seconds=RULES.new(history=failures).get_backoff_time())
    return min(max(own, _asked_for(retry_after)), LONGEST_WAIT)


def _asked_for(retry_after: str | None) -> timedelta:
    """The receiver's `Retry-After` in seconds; a date or nonsense counts as nothing."""
    text = (retry_after or "").strip()
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else timedelta()
