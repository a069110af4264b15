"""A held meeting is the first contact (domain §7): what its bank notes moves the referral on, or at least stops the contact clock."""

from datetime import datetime

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.clock import business_day
from matchmaking.attendance.workflow import OUTCOMES
from matchmaking.meeting_held import HeldMeeting
from matchmaking.referrals import service
from matchmaking.referrals.reading import ShownReferral, referrals_for

NO_INTEREST = "no_interest"
BEFORE_CONTACT = ("published", "accepted")


def take_up(db: Session, caller: Caller, held: HeldMeeting, at: datetime) -> None:
    """The bank's referral of the request, if it waits for its first contact: accepted where the bank goes on, and contacted.

    A bank without interest has met the firm and has not accepted: it still owes its answer, with a coded reason.
    """
    today = business_day(at)
    for one in referrals_for(db, caller, today=today, request_id=held.request_id, states=BEFORE_CONTACT):
        _contacted(db, caller, one, held, at)


def _contacted(db: Session, caller: Caller, one: ShownReferral, held: HeldMeeting, at: datetime) -> None:
    note, state = f"面谈：{OUTCOMES[held.outcome].zh}", one.state
    if state == "published" and held.outcome == NO_INTEREST:
        service.meet(db, caller, one.id, note=note, at=at)
        return
    if state == "published":
        state = service.accept(db, caller, one.id, at=at).state
    if state == "accepted":
        service.contact(db, caller, one.id, note=note, at=at)
