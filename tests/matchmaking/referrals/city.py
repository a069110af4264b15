"""A session held and its referrals delivered, and what each side then does, for tests of referrals and measures."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from matchmaking.referrals import drawing, jobs, service
from matchmaking.referrals.asking import Approval
from matchmaking.referrals.models import Drawdown
from matchmaking.referrals.reading import ShownReferral, referral_for, referrals_for
from matchmaking.sessions.models import WeeklySession
from tests.matchmaking.people import Town, ask, join_bank, join_request, matched, offer, session, step, town

BOOK = PolicyBook.load(Settings().policies_dir)
WORK = WorkCalendar()
DELIVERED = datetime(2022, 10, 20, 1, 1, tzinfo=UTC)  # Thursday, the day of the session's publication in these tests
GRANTED = Approval(200_000_000, Decimal("4.2"), 12, "surety")


def at(day: date, hour: int = 10) -> datetime:
    """A moment of a day in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, hour - 8, 30, tzinfo=UTC)


def days_on(number: int, hour: int = 10) -> datetime:
    """So many days after the day of delivery."""
    return at(DELIVERED.date() + timedelta(days=number), hour)


@dataclass(frozen=True)
class ReferredTown:
    """Who is who, the session, and its referrals as the bureau sees them."""

    people: Town
    session: WeeklySession
    referrals: list[ShownReferral]

    def bank_of(self, one: ShownReferral) -> Caller:
        banks = (self.people.near, self.people.far)
        return next(bank for bank in banks if bank.organisation_id == one.referral.institution_id)

    def firm_of(self, one: ShownReferral) -> Caller:
        return next(firm for firm in self.people.firms if firm.organisation_id == one.referral.enterprise_id)


def _held(db: Session, people: Town, wishes: dict[str, Any]) -> WeeklySession:
    made = session(db, people.organiser)
    for place in (people.near, people.far):
        join_bank(db, place, made, desks=2)
    for one in people.firms:
        join_request(db, one, made, ask(db, one, **wishes).id)
    return step(db, people.organiser, matched(db, people, BOOK, made), "publish")


def delivered(db: Session, **wishes: Any) -> ReferredTown:
    """Both banks offer, three firms ask, the session is published and its referrals are delivered."""
    people = town(db)
    offer(db, people.near)
    asking = {"green_channel": True, "deposit_percent": Decimal(5), "deposit_reason": "存单质押"}
    offer(db, people.far, name="信用快贷", guarantee_kinds=("credit", "surety"), **asking)
    made = _held(db, people, wishes)
    jobs.deliver_due(db, book=BOOK, work=WORK, at=DELIVERED)
    return ReferredTown(people, made, referrals_for(db, people.organiser, today=DELIVERED.date()))


def write(db: Session, act: Any, *args: Any, **values: Any) -> Any:
    """One act in its own transaction."""
    return database.write(db, lambda db: act(db, *args, **values))


def now(db: Session, caller: Caller, one: ShownReferral, day: date | None = None) -> ShownReferral:
    """The referral as a caller sees it now, whoever wrote last."""
    db.rollback()
    return referral_for(db, caller, one.id, today=day or DELIVERED.date())


def contacted(db: Session, bank: Caller, one: ShownReferral, *, on: int = 1) -> None:
    """Accepted and contacted on one day."""
    write(db, service.accept, bank, one.id, at=days_on(on))
    write(db, service.contact, bank, one.id, note="电话说好了材料", at=days_on(on, 11))


def approved(db: Session, bank: Caller, one: ShownReferral, *, on: int = 4, granted: Approval = GRANTED) -> None:
    """Contacted the day after delivery, approved some days on."""
    contacted(db, bank, one)
    write(db, service.approve, bank, one.id, granted=granted, at=days_on(on))


def contracted(db: Session, bank: Caller, one: ShownReferral, *, granted: Approval = GRANTED) -> None:
    """Approved and signed."""
    approved(db, bank, one, granted=granted)
    write(db, service.sign, bank, one.id, contract_number=f"HT-{one.id}", at=days_on(5))


def drew(db: Session, bank: Caller, one: ShownReferral, loan_id: str, amount: int, *, on: int = 6) -> Drawdown:
    """One drawdown stated."""
    made: Drawdown = write(
        db, drawing.draw, bank, one.id, loan_id=loan_id, amount=amount, drawn_on=days_on(on).date(), at=days_on(on, 15)
    )
    return made
