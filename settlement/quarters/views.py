"""The finance side's view of a quarter: who has come how far, what is due, who bears it, who is waited for; read only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.remembering import Remembering
from kernel.bilingual import Text
from kernel.parties.service import institutions
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from kernel.web.charts import Phase
from kernel.workdays import WorkCalendar
from settlement.batches.models import Batch
from settlement.batches.phases import NOTICE, PAYMENT, REVIEW, notice_runs, phase_of
from settlement.batches.reading import batches_by_statement, newest_batch, taken_out
from settlement.calendar import Season, rewarded_quarters, season_of
from settlement.growth_reward import SCHEME, rule_in_force
from settlement.payments.settled import money_had
from settlement.quarters.rows import (
    InstitutionRow,
    Waiting,
    institution_row,
    waited_for,
)
from settlement.returns.filing import Premises
from settlement.returns.models import LoanReturn
from settlement.returns.service import certified_returns, returns_of
from settlement.returns.views import days_left
from settlement.returns.workflow import REFUSED
from settlement.statements import labels, service
from settlement.statements.growth.computing import rules_of
from settlement.statements.growth.facts import due, gather
from settlement.statements.models import Statement
from settlement.statements.phase import statement_phases
from settlement.statements.service import StatementWithFigures
from settlement.statements.standing import outdated_shown
from settlement.statements.workflow import DRAFT

FILING = Text("报送", "Filing")
SHOWN_READINGS = 4  # quarters
_REGION_ORDER = {"province": -2, "city": -1} | {region.code: place for place, region in enumerate(REGIONS)}


@dataclass(frozen=True)
class ReadingSum:
    """What both readings come to in one quarter, fen, and how many of the batch's institutions are in it."""

    quarter: Quarter
    paid: int
    alternative: int
    count: int


@dataclass(frozen=True)
class QuarterView:
    """One quarter."""

    quarter: Quarter
    season: Season
    today: date
    calendar: WorkCalendar
    rows: tuple[InstitutionRow, ...]
    shares: tuple[tuple[Text, int], ...]
    readings: tuple["ReadingSum", ...]
    undecided: tuple[Text, ...]
    outdated: int
    stale: int
    window: tuple[Quarter, ...]
    current: Batch | None

    def reached(self, step: int) -> int:
        """How many institutions have come to a step, or further."""
        return sum(row.step >= step for row in self.rows)

    @property
    def paid(self) -> int:
        """How many institutions have their money."""
        return sum(row.is_paid for row in self.rows)

    @property
    def done(self) -> int:
        """How many wait for nobody any more."""
        return sum(row.is_done for row in self.rows)

    @property
    def stale_in_batch(self) -> int:
        """How many of the summed statements are out of date."""
        return sum(row.is_stale for row in self.batch)

    @property
    def phases(self) -> list[Phase]:
        """The four parts of the quarter's calendar; the public notice as it was published, where it lies inside it."""
        one, batch = self.season, self.current
        review, notice = one.review_until, one.notice_until
        if batch is not None and batch.notice_from is not None and batch.notice_until is not None:
            before = batch.notice_from - timedelta(days=1)
            if one.filing_until < before and batch.notice_until < one.payment_until:
                review, notice = before, batch.notice_until
        starts = [one.filing_from, *(self.calendar.plus(day, 1) for day in (one.filing_until, review, notice))]
        ends = (one.filing_until, review, notice, one.payment_until)
        return [
            Phase(label, first, last)
            for label, first, last in zip((FILING, REVIEW, NOTICE, PAYMENT), starts, ends, strict=True)
        ]

    @property
    def phase(self) -> Phase | None:
        """The part that the quarter is in, by its batch once there is one; None before the quarter ends and when all is done."""
        if self.today < self.season.filing_from or (self.rows and self.done == len(self.rows)):
            return None
        if self.today <= self.season.filing_until:
            return self.phases[0]
        if self.current is None:
            return self.phases[1]
        standing = phase_of(self.current, self.season, self.today)
        planned = next(one for one in self.phases if one.label == standing.part)
        return replace(planned, last=standing.until)

    @property
    def phase_day(self) -> int:
        """Which working day of the phase today is; 0 while it is to begin."""
        phase = self.phase
        return len(self.calendar.between(phase.first, self.today)) if phase and phase.first <= self.today else 0

    @property
    def phase_left(self) -> int:
        """Working days to the phase's last day; negative for those since."""
        phase = self.phase
        return days_left(phase.last, self.today, self.calendar) if phase else 0

    @property
    def notice_until(self) -> date | None:
        """The last day of the public notice, while it runs."""
        return self.current.notice_until if self.current and notice_runs(self.current, self.today) else None

    @property
    def batch(self) -> list[InstitutionRow]:
        return [row for row in self.rows if row.in_batch]

    @property
    def amount(self) -> int:
        """The sum of the batch, fen."""
        return sum(row.amount or 0 for row in self.batch)

    @property
    def alternative(self) -> int | None:
        """The same by the other reading, fen; None while one of them is unknown."""
        others = [row.figures.alternative_amount for row in self.batch if row.figures]
        return None if None in others else sum(other or 0 for other in others)

    @property
    def between(self) -> int | None:
        """What the choice of the reading is worth over the batch, fen."""
        return None if self.alternative is None else self.amount - self.alternative

    @property
    def increment(self) -> int:
        """The growth of the batch, fen; a falling institution takes nothing from the others."""
        return sum(max(0, row.figures.increment or 0) for row in self.batch if row.figures)

    @property
    def computed(self) -> int:
        return self.reached(2)

    @property
    def filed(self) -> int:
        return sum(row.step >= 1 for row in self.rows)

    @property
    def held(self) -> int:
        return sum(row.statement is not None and row.statement.held for row in self.rows)

    @property
    def missing(self) -> list[InstitutionRow]:
        return [row for row in self.rows if row.is_missing]

    @property
    def waiting(self) -> list[Waiting]:
        """Who is waited for, banks first."""
        return list(waited_for(self.rows, self.batch))


def standing_quarter(book: PolicyBook, today: date) -> Quarter:
    """The quarter that is worked on: the newest rewarded one that is over, else the first."""
    rewarded = rewarded_quarters(book)
    return next((quarter for quarter in reversed(rewarded) if quarter.last_day < today), rewarded[0])


def quarter_view(
    db: Session,
    caller: Caller,
    quarter: Quarter,
    *,
    premises: Premises,
    calendar: WorkCalendar,
    today: date,
    remembering: Remembering,
) -> QuarterView:
    """A quarter of the growth reward for somebody of the finance side; raises `PolicySilent` outside the window."""
    book = premises.book
    rules, season = rules_of(book, quarter), season_of(book, quarter, calendar)
    facts = gather(db, rules.growth)
    drafts = [one for one in _growth_statements(db, caller, quarter) if one.statement.state == DRAFT]
    statements = {one.statement.beneficiary_code: one for one in drafts}
    newest: dict[str, LoanReturn] = {}
    for row in returns_of(db, caller, quarter=quarter):
        if row.filed.state != REFUSED:
            newest.setdefault(row.party.code, row.filed)
    persons = due(facts.persons.values(), rules.growth)
    moved_on = outdated_shown(db, [one.statement for one in drafts], premises, remembering)
    numbers = [one.statement.number for one in drafts]
    batches, had = batches_by_statement(db, numbers), money_had(db, numbers)
    phases = statement_phases(db, [one.statement for one in drafts])
    out = taken_out(db, [one.statement.id or 0 for one in drafts])
    rows = tuple(
        institution_row(
            person,
            facts,
            statements.get(person.code),
            newest.get(person.code),
            season,
            today,
            calendar,
            moved_on,
            batches,
            had,
            phases,
            out,
        )
        for person in persons
    )
    stale = len(moved_on)
    return QuarterView(
        quarter=quarter,
        season=season,
        today=today,
        calendar=calendar,
        rows=rows,
        shares=_shares(db, [row.statement for row in rows if row.in_batch and row.statement]),
        readings=_readings(db, caller, book, quarter, {row.code for row in rows if row.in_batch}),
        undecided=_undecided(book, quarter),
        outdated=stale + sum(person.code not in statements for person in persons),
        stale=stale,
        window=rewarded_quarters(book),
        current=newest_batch(db, quarter),
    )


def _growth_statements(db: Session, caller: Caller, quarter: Quarter) -> list[StatementWithFigures]:
    return service.rows_of(db, service.statements_of(db, caller, quarter=quarter, scheme=SCHEME))


def certified_digests(db: Session, quarter: Quarter) -> tuple[dict[str, str], dict[str, str]]:
    """The row digests of a quarter's certified returns by institution code, and the institutions' names."""
    parties = {party.id: party for party, _ in institutions(db)}
    digests, names = {}, {}
    for filed in certified_returns(db, [quarter]):
        party = parties[filed.institution_id]
        digests[party.code], names[party.code] = filed.row_digest or "", party.name
    return digests, names


def _shares(db: Session, statements: Iterable[Statement]) -> tuple[tuple[Text, int], ...]:
    """Who bears how much of the batch, the city first."""
    sums: dict[str, int] = {}
    for shares in service.shares_of(db, statements).values():
        for share in shares:
            sums[share.payer] = sums.get(share.payer, 0) + share.amount
    ordered = sorted(sums, key=lambda code: _REGION_ORDER.get(code, 99))
    return tuple((labels.payer(code), sums[code]) for code in ordered)


def _readings(db: Session, caller: Caller, book: PolicyBook, last: Quarter, batch: set[str]) -> tuple[ReadingSum, ...]:
    """The paid and the alternative sum of the batch's institutions in the last quarters up to this one that have any."""
    found: list[ReadingSum] = []
    for quarter in reversed([one for one in rewarded_quarters(book) if one <= last]):
        if len(found) == SHOWN_READINGS:
            break
        every = _growth_statements(db, caller, quarter)
        chosen = [one for one in every if not one.statement.held and one.statement.beneficiary_code in batch]
        if chosen:
            paid = sum(one.statement.amount or 0 for one in chosen)
            other = sum(one.figures.alternative_amount or 0 for one in chosen if one.figures)
            found.append(ReadingSum(quarter, paid, other, len(chosen)))
    return tuple(reversed(found))


def _undecided(book: PolicyBook, quarter: Quarter) -> tuple[Text, ...]:
    """What a document still has to decide before any payment order."""
    rule_in_force(book, quarter)
    points = [point for clause in book.scheme(SCHEME).clauses for point in clause.undecided_on(quarter.last_day)]
    return tuple(point.missing or point.title for point in points)
