"""Whether an enterprise has agreed to have a request recommended to banks outside of a session and to the platforms. Pure."""

from datetime import date

from matchmaking.requests.reading import FiledRequest
from matchmaking.requests.workflow import RECOMMENDED


def has_agreed(filed: FiledRequest, day: date) -> bool:
    """Whether the consent in force on the day reaches that far."""
    return filed.has_consent_on(day) and filed.consent is not None and filed.consent.audience == RECOMMENDED
