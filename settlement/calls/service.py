"""Call for returns, remind, and list who is late. What was called is written down; a second waking on the same day calls nobody twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.audit.service import THE_SERVICE, record
from kernel.parties.models import Party
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from settlement.calendar import SCHEME, Season, reported_quarters, season_of
from settlement.calls.kinds import CallRule, kind_due
from settlement.calls.models import FilingCall
from settlement.certified_balances.service import expected_on
from settlement.returns.models import LoanReturn
from settlement.returns.service import certified_returns
from settlement.returns.workflow import REFUSED


@dataclass(frozen=True)
class Filer:
    """An institution whose certified return is waited for: its newest return, the working days it is late, its calls."""

    party: Party
    newest: LoanReturn | None
    days_over: int
    calls: int
    last_call: FilingCall | None


def call_rule(book: PolicyBook, on: date) -> CallRule:
    """The rule of a day; raises `PolicySilent` where no document covers it."""
    scheme = book.scheme(SCHEME)
    return CallRule(
        scheme.value("reminder_working_days", on=on).integer, scheme.value("late_notice_working_days", on=on).integer
    )


def missing_filers(db: Session, quarter: Quarter) -> list[Party]:
    """The local legal persons of a quarter end without a certified return, by code."""
    filed = {one.institution_id for one in certified_returns(db, [quarter])}
    return [party for party in expected_on(db, quarter) if party.id not in filed]


def call_filers(db: Session, *, book: PolicyBook, calendar: WorkCalendar, at: datetime, today: date) -> int:
    """Write down today's calls, reminders and late notices of every ended quarter; how many are new."""
    rule, made = call_rule(book, today), 0
    for quarter in (one for one in reported_quarters(book) if one.last_day < today):
        season = season_of(book, quarter, calendar)
        if not _in_time(season, today, calendar, rule):
            continue
        called = _calls_of(db, quarter)
        for party in missing_filers(db, quarter):
            kind = kind_due(season, today, calendar, rule, was_called=bool(called.get(party.id or 0)))
            made += kind is not None and _called(db, party, quarter, kind, at=at, today=today)
    return made


def _in_time(season: Season, today: date, calendar: WorkCalendar, rule: CallRule) -> bool:
    """Whether a quarter can have calls today at all: a cheap look before reading who has filed."""
    return kind_due(season, today, calendar, rule, was_called=False) is not None


def _called(db: Session, party: Party, quarter: Quarter, kind: str, *, at: datetime, today: date) -> bool:
    assert party.id is not None
    call = FilingCall(institution_id=party.id, quarter=str(quarter), kind=kind, day=today, called_at=at)
    try:
        with db.begin_nested():
            db.add(call)
    except IntegrityError:
        return False
    detail = {"institution": party.code, "quarter": str(quarter), "kind": kind}
    record(db, "return.call", by=THE_SERVICE, subject=("filing_call", call.id), at=at, detail=detail)
    return True


def _calls_of(db: Session, quarter: Quarter) -> Mapping[int, int]:
    query = select(FilingCall.institution_id, func.count()).where(FilingCall.quarter == str(quarter))
    return {number: count for number, count in db.execute(query.group_by(col(FilingCall.institution_id)))}  # noqa: C416


def waited_for(db: Session, quarter: Quarter, *, season: Season, calendar: WorkCalendar, today: date) -> list[Filer]:
    """Who has not filed yet, the late ones with how many working days they are over."""
    over = len(calendar.between(season.filing_until, today)) - 1 if today > season.filing_until else 0
    calls: dict[int, list[FilingCall]] = {}
    query = select(FilingCall).where(FilingCall.quarter == str(quarter)).order_by(col(FilingCall.id))
    for call in db.exec(query):
        calls.setdefault(call.institution_id, []).append(call)
    newest = _newest(db, quarter)
    return [
        Filer(party, newest.get(party.id or 0), max(0, over), len(made), made[-1] if made else None)
        for party in missing_filers(db, quarter)
        for made in [calls.get(party.id or 0, [])]
    ]


def _newest(db: Session, quarter: Quarter) -> dict[int, LoanReturn]:
    query = select(LoanReturn).where(LoanReturn.quarter == str(quarter), LoanReturn.state != REFUSED)
    return {one.institution_id: one for one in db.exec(query.order_by(col(LoanReturn.version)))}
