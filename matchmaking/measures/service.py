"""The report of the sessions over a span of weeks: total, groups, duty, trend, what followed in the loan returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.remembering import Remembering
from kernel.clock import business_day
from kernel.errors import Refused
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from matchmaking.clients.reading import lists_of
from matchmaking.marks import mark_rules
from matchmaking.measures.additionality import LoansOfClass, MetPair, additionality
from matchmaking.measures.definitions import Counted, MeasuredValue, counted
from matchmaking.measures.reading import WHOLE_CITY, Span, followed, names_of
from matchmaking.referrals.filed_loans import FiledLoans
from matchmaking.referrals.models import Drawdown, Referral
from matchmaking.series import duty
from matchmaking.series.duty import Duty
from matchmaking.sessions.models import WeeklySession

MOST_WEEKS = 106


@dataclass(frozen=True)
class SessionReport:
    """What a reader may count over some weeks."""

    span: Span
    by: str
    total: Mapping[str, MeasuredValue]
    groups: Mapping[str, Mapping[str, MeasuredValue]]
    names: Mapping[str, Any]
    weeks: Mapping[str, Mapping[str, MeasuredValue]]
    duty: Duty | None


def report(
    db: Session,
    caller: Caller,
    *,
    span: Span,
    by: str,
    book: PolicyBook,
    work: WorkCalendar,
    at: datetime,
    remembering: Remembering,
) -> SessionReport:
    """Every measure in total, by one grouping and by week; the duty of one session a week for whoever sees the city."""
    today, reach = business_day(at), (caller.role, caller.fiscal_region, caller.organisation_id)

    def count() -> Counted:
        return counted(followed(db, caller, span, rules=mark_rules(book, today), work=work, today=today), by)

    found = remembering.of(db, ("measures", reach, span, by, book.digest, today), count)
    names = names_of(db, by, list(found.groups))
    owed = _duty(db, span, book, work, at) if caller.role in WHOLE_CITY else None
    return SessionReport(span, by, found.total, found.groups, names, found.weeks, owed)


def _duty(db: Session, span: Span, book: PolicyBook, work: WorkCalendar, at: datetime) -> Duty | None:
    first = span.first or duty.first_week(db)
    if first is None:
        return None
    last = span.last or IsoWeek.containing(business_day(at))
    if last.monday < first.monday or (last.monday - first.monday).days > 7 * MOST_WEEKS:
        raise Refused(
            "weeks_out_of_order", "周次前后颠倒，或者超过两年", "The weeks are out of order or over two years"
        )
    return duty.city_duty(db, duty.weeks_between(first, last), book=book, calendar=work, at=at)


def met_pairs(db: Session, span: Span) -> list[MetPair]:
    """Every delivered referral of a span as a pair of credit codes, with the loans its bank stated."""
    firm, bank = aliased(Party), aliased(Party)
    stated: dict[int, set[str]] = {}
    drawn: Any = select(col(Drawdown.referral_id), col(Drawdown.loan_id)).where(col(Drawdown.state) != "cancelled")
    for referral_id, loan_id in db.execute(drawn).all():
        stated.setdefault(referral_id, set()).add(loan_id)
    met = (col(Referral.id), col(Referral.institution_id), col(Referral.delivered_at))
    query: Any = select(*met, col(firm.code), col(bank.code))
    query = query.join(firm, col(firm.id) == col(Referral.enterprise_id))
    query = query.join(bank, col(bank.id) == col(Referral.institution_id))
    query = query.join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    query = query.where(col(Referral.delivered_at).is_not(None), span.holds()).order_by(col(Referral.id))
    rows = db.execute(query).all()
    listed = lists_of(db, {row[1] for row in rows}, {row[3] for row in rows})
    return [
        MetPair(
            firm_code,
            bank_code,
            business_day(delivered_at),
            frozenset(stated.get(referral_id, ())),
            listed[bank_id].get(firm_code),
        )
        for referral_id, bank_id, delivered_at, firm_code, bank_code in rows
    ]


def what_followed(
    db: Session, *, span: Span, filed: FiledLoans, book: PolicyBook, at: datetime
) -> tuple[int, Mapping[str, LoansOfClass]]:
    """The window in days, and the loans of all met firms in the certified returns by how they stand to the sessions."""
    days = book.scheme("referrals").value("attribution_days", business_day(at)).integer
    pairs = met_pairs(db, span)
    return days, additionality(filed(db, {pair.borrower for pair in pairs}), pairs, days)
