"""What a held meeting starts elsewhere, as a type: attendance sits below the referrals, so `config/app.py` hands the listener over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from kernel.accounts.service import Caller


@dataclass(frozen=True)
class HeldMeeting:
    """A meeting that took place, as its bank noted it: whose request, and what came of it (a code of `attendance.workflow.OUTCOMES`)."""

    request_id: int
    outcome: str


MeetingHeld = Callable[
    [Session, Caller, HeldMeeting, datetime], None
]  # in the transaction of the note, by the same person


def unheard(_: Session, __: Caller, ___: HeldMeeting, ____: datetime) -> None:
    """Nothing follows."""
