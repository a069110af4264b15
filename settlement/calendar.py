"""When a quarter's returns, review, public notice and payment fall due (domain §6). Pure.

Returns by the quarter's end + 10 days, review + 10 working days, public notice 5 working days, joint approval and payment + 10 working
days, all [default] from the policy `settlement-calendar`; a deadline on a rest day moves to the next working day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import NotFound
from kernel.periods import NotAPeriod, Quarter
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar

SCHEME = "settlement-calendar"
REWARD = "growth-reward"
FEE_SUBSIDY = "fee-subsidy"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Season:
    """The last days of a quarter's four phases."""

    quarter: Quarter
    filing_until: date
    review_until: date
    notice_until: date
    payment_until: date

    @property
    def filing_from(self) -> date:
        return self.quarter.last_day + _DAY

    def is_due(self, today: date) -> bool:
        """Whether its statements are to be drafted: from the day after the returns' deadline."""
        return today > self.filing_until


def season_of(book: PolicyBook, quarter: Quarter, calendar: WorkCalendar) -> Season:
    """The season of a quarter, by the policy of the day after its end; raises `CalendarUnpublished` where days are unknown."""
    scheme, day = book.scheme(SCHEME), quarter.last_day + _DAY

    def days(name: str) -> int:
        return scheme.value(name, on=day).integer

    filing = calendar.on_or_after(quarter.last_day + timedelta(days=days("filing_days")))
    review = calendar.plus(filing, days("review_working_days"))
    notice = calendar.plus(review, days("public_notice_working_days"))
    return Season(quarter, filing, review, notice, calendar.plus(notice, days("payment_working_days")))


def last_batch_closes(book: PolicyBook, on: date) -> date:
    """The last day on which a batch may be opened."""
    return book.scheme(SCHEME).value("last_batch_closes", on=on).day


def rewarded_quarters(book: PolicyBook) -> tuple[Quarter, ...]:
    """The quarters on whose last day the growth reward has a rate and a clause: those that are settled."""
    scheme = book.scheme(REWARD)
    values = scheme.parameter("rate").values
    found = {
        quarter
        for value in values
        for quarter in Quarter.containing(value.since).through(Quarter.containing(value.until or value.since))
        if value.holds_on(quarter.last_day) and not scheme.is_over(quarter.last_day)
    }
    return tuple(sorted(found))


def reported_quarters(book: PolicyBook) -> tuple[Quarter, ...]:
    """The quarters whose returns are needed: from the first base date to the last rewarded one."""
    rewarded = rewarded_quarters(book)
    first = Quarter.containing(book.scheme(REWARD).value("first_base_date", on=rewarded[0].last_day).day)
    return tuple(first.through(rewarded[-1]))


def first_guaranteed(book: PolicyBook, today: date) -> Quarter:
    """The first quarter that guarantors report on: the one whose end lies before contracts begin to count, for the mean of a
    year's balances starts there."""
    return Quarter.containing(book.scheme(FEE_SUBSIDY).value("contract_start_from", on=today).day).previous


def guaranteed_quarters(book: PolicyBook, today: date) -> tuple[Quarter, ...]:
    """The ended quarters that guarantors report on, without an end: a contract may run on for years."""
    quarters = first_guaranteed(book, today).through(Quarter.containing(today))
    return tuple(quarter for quarter in quarters if quarter.last_day < today)


def due_quarters(book: PolicyBook, calendar: WorkCalendar, today: date) -> tuple[Quarter, ...]:
    """The rewarded quarters whose statements are due, oldest first."""
    ended = (quarter for quarter in rewarded_quarters(book) if quarter.last_day < today)
    return tuple(quarter for quarter in ended if season_of(book, quarter, calendar).is_due(today))


def quarter_in_path(text: str) -> Quarter:
    """The quarter of a URL; NotFound for anything else."""
    try:
        return Quarter.parse(text)
    except NotAPeriod:
        raise NotFound("quarter_not_found", f"没有 {text[:20]} 这个季度", f"There is no quarter {text[:20]}") from None


def reported_in_path(book: PolicyBook, text: str) -> Quarter:
    """The same for a quarter whose returns are filed."""
    quarter = quarter_in_path(text)
    if quarter not in reported_quarters(book):
        raise NotFound(
            "quarter_not_found", f"{quarter} 不在报送范围里", f"{quarter} is not one of the quarters to report"
        )
    return quarter
