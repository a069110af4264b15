"""The finance side's view of a quarter: who has come how far, what is due, who bears it, who is waited for; read only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from kernel.accounts.roles import BUREAU_ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.parties.service import institutions
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from kernel.web.charts import Phase
from kernel.workdays import WorkCalendar
from settlement.batches.models import Batch
from settlement.batches.reading import batches_by_statement, newest_batch
from settlement.batches.workflow import APPROVED, HANDS, ON_NOTICE, OPEN, ORDERED, REVIEWED, STATES
from settlement.calendar import Season, rewarded_quarters, season_of
from settlement.growth_reward import SCHEME, Hold, LegalPerson, rule_in_force
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn
from settlement.returns.service import certified_returns, returns_of
from settlement.returns.views import days_left
from settlement.returns.workflow import CERTIFIED, REFUSED
from settlement.statements import labels, service
from settlement.statements.growth.computing import rules_of
from settlement.statements.growth.facts import Facts, due, gather
from settlement.statements.growth.models import GrowthFigures
from settlement.statements.models import Statement
from settlement.statements.service import StatementWithFigures
from settlement.statements.standing import outdated
from settlement.statements.workflow import DRAFT

FILING, REVIEW, NOTICE, PAYMENT = (
    Text("报送", "Filing"),
    Text("复核", "Review"),
    Text("公示", "Public notice"),
    Text("联审与拨付", "Joint approval and payment"),
)
STEP_OF = {REVIEWED: 3, APPROVED: 4, ON_NOTICE: 4, ORDERED: 5}
_REGION_ORDER = {"province": -2, "city": -1} | {region.code: place for place, region in enumerate(REGIONS)}


@dataclass(frozen=True)
class InstitutionRow:
    """One institution in the quarter's table."""

    code: str
    name: str
    region: Text
    filed: LoanReturn | None
    statement: Statement | None
    figures: GrowthFigures | None
    waits_for: Text
    until: date
    days_over: int
    batch: Batch | None = None
    is_stale: bool = False

    @property
    def step(self) -> int:
        """How far: 0 nothing, 1 filed and certified, 2 computed, 3 reviewed, 4 approved, 5 released for payment."""
        if self.batch is not None and self.batch.state in STEP_OF:
            return STEP_OF[self.batch.state]
        if self.figures is not None and self.figures.return_id is not None:
            return 2
        return 1 if self.filed is not None and self.filed.state == CERTIFIED else 0

    @property
    def batch_word(self) -> Text | None:
        """How far its batch has come, in words; None before it is submitted."""
        return None if self.batch is None or self.batch.state == OPEN else STATES[self.batch.state]

    @property
    def is_missing(self) -> bool:
        return self.filed is None or self.filed.state == REFUSED

    @property
    def hold(self) -> Text | None:
        """Why it waits, in a few words; the difference with its size."""
        if self.statement is None or not self.statement.held:
            return None
        code = self.statement.reasons[0]
        share = self._share_apart() if code == Hold.DIFFERENCE else ""
        text = labels.short_hold(code)
        return Text(f"差 {share}", f"{share} apart") if share else text

    def _share_apart(self) -> str:
        one = self.figures
        if one is None or not one.certified_balance or one.returned_balance is None:
            return ""
        apart = abs(one.returned_balance - one.certified_balance) * 10_000
        hundredths = (2 * apart + one.certified_balance) // (2 * one.certified_balance)
        return f"{hundredths // 100}.{hundredths % 100:02d}%"

    @property
    def amount(self) -> int | None:
        return self.statement.amount if self.statement else None

    @property
    def between(self) -> int | None:
        """What the choice of the reading is worth; None where both are equal or unknown."""
        other = self.figures.alternative_amount if self.figures else None
        return None if self.amount is None or other is None else (self.amount - other) or None

    @property
    def in_batch(self) -> bool:
        """Whether the statement can go on: computed, with an amount, and not held."""
        return self.statement is not None and not self.statement.held and self.statement.amount is not None


@dataclass(frozen=True)
class Waiting:
    """Somebody who is waited for: what, how many, until when."""

    name: Text
    what: Text
    note: Text
    tone: str = ""


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
    def stale_in_batch(self) -> int:
        """How many of the summed statements are out of date."""
        return sum(row.is_stale for row in self.batch)

    @property
    def phases(self) -> list[Phase]:
        one = self.season
        starts = [self.season.filing_from] + [
            _next_working(day, self.calendar) for day in (one.filing_until, one.review_until, one.notice_until)
        ]
        ends = (one.filing_until, one.review_until, one.notice_until, one.payment_until)
        return [
            Phase(label, first, last)
            for label, first, last in zip((FILING, REVIEW, NOTICE, PAYMENT), starts, ends, strict=True)
        ]

    @property
    def phase(self) -> Phase | None:
        """The phase of today."""
        return next((phase for phase in self.phases if phase.first <= self.today <= phase.last), None)

    @property
    def phase_day(self) -> int:
        """Which working day of the phase today is."""
        phase = self.phase
        return len(self.calendar.between(phase.first, self.today)) if phase else 0

    @property
    def phase_left(self) -> int:
        phase = self.phase
        return days_left(phase.last, self.today, self.calendar) if phase else 0

    @property
    def batch(self) -> list[InstitutionRow]:
        return [row for row in self.rows if row.in_batch]

    @property
    def amount(self) -> int:
        """The sum of the batch, fen."""
        return sum(row.amount or 0 for row in self.batch)

    @property
    def alternative(self) -> int:
        """The same by the other reading, fen."""
        return sum(row.figures.alternative_amount or 0 for row in self.batch if row.figures)

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
        return list(_waiting(self))


def _next_working(day: date, calendar: WorkCalendar) -> date:
    return calendar.plus(day, 1)


def standing_quarter(book: PolicyBook, today: date) -> Quarter:
    """The quarter that is worked on: the newest rewarded one that is over, else the first."""
    rewarded = rewarded_quarters(book)
    return next((quarter for quarter in reversed(rewarded) if quarter.last_day < today), rewarded[0])


def quarter_view(
    db: Session, caller: Caller, quarter: Quarter, *, premises: Premises, calendar: WorkCalendar, today: date
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
    persons = due(facts, rules.growth)
    moved_on = outdated(db, [one.statement for one in drafts], premises)
    batches = batches_by_statement(db, [one.statement.number for one in drafts])
    rows = tuple(
        _row(
            person,
            facts,
            statements.get(person.code),
            newest.get(person.code),
            season,
            today,
            calendar,
            moved_on,
            batches,
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


def certified_tapes(db: Session, quarter: Quarter, keeping: Keeping) -> tuple[dict[str, Path], dict[str, str]]:
    """The tapes of a quarter's certified returns by institution code, and the institutions' names."""
    parties = {party.id: party for party, _ in institutions(db)}
    tapes, names = {}, {}
    for filed in certified_returns(db, [quarter]):
        party = parties[filed.institution_id]
        tapes[party.code], names[party.code] = keeping.tape(filed.row_digest or ""), party.name
    return tapes, names


def _row(
    person: LegalPerson,
    facts: Facts,
    drafted: StatementWithFigures | None,
    newest: LoanReturn | None,
    season: Season,
    today: date,
    calendar: WorkCalendar,
    moved_on: set[int],
    batches: dict[str, Batch],
) -> InstitutionRow:
    statement, figures = (drafted.statement, drafted.figures) if drafted else (None, None)
    batch = batches.get(statement.number) if statement else None
    certified = facts.returns.get((person.code, season.quarter))
    filed = certified or newest
    waits_for, until = _waits_for(person, filed, statement, season, batch)
    over = max(0, -days_left(until, today, calendar))
    return InstitutionRow(
        code=person.code,
        name=person.name,
        region=labels.region(person.region),
        filed=filed,
        statement=statement,
        figures=figures,
        waits_for=waits_for,
        until=until,
        days_over=over if batch is None or batch.state != ORDERED else 0,
        batch=batch,
        is_stale=statement is not None and statement.id in moved_on,
    )


def _waits_for(
    person: LegalPerson, filed: LoanReturn | None, statement: Statement | None, season: Season, batch: Batch | None
) -> tuple[Text, date]:
    """Who is waited for, and until when."""
    bank = Text(person.name, person.name)
    if filed is None or filed.state != CERTIFIED:
        return bank, season.filing_until
    if statement is None:
        return Text("经办", "Operator"), season.review_until
    reasons = statement.reasons
    if Hold.UNCERTIFIED in reasons or Hold.REFERENCE_UNCERTIFIED in reasons:
        return Text("人行中心支行", "Central bank branch"), season.review_until
    if reasons:
        return bank, season.review_until
    return _hand_waited_for(batch, season)


def _hand_waited_for(batch: Batch | None, season: Season) -> tuple[Text, date]:
    """Whose hand is next on a statement that nothing holds, and until when."""
    if batch is None:
        return BUREAU_ROLES["operator"], season.review_until
    if batch.state == ON_NOTICE:
        return NOTICE, batch.notice_until or season.notice_until
    step = next((one for one in HANDS if one.source == batch.state), None)
    if batch.state == APPROVED:
        return BUREAU_ROLES["operator"], season.review_until
    return (PAYMENT if step is None else BUREAU_ROLES[step.role]), (
        season.payment_until if step is None else season.review_until
    )


def _shares(db: Session, statements: Iterable[Statement]) -> tuple[tuple[Text, int], ...]:
    """Who bears how much of the batch, the city first."""
    sums: dict[str, int] = {}
    for shares in service.shares_of(db, statements).values():
        for share in shares:
            sums[share.payer] = sums.get(share.payer, 0) + share.amount
    ordered = sorted(sums, key=lambda code: _REGION_ORDER.get(code, 99))
    return tuple((labels.payer(code), sums[code]) for code in ordered)


def _readings(db: Session, caller: Caller, book: PolicyBook, last: Quarter, batch: set[str]) -> tuple[ReadingSum, ...]:
    """The paid and the alternative sum of the batch's institutions in each quarter up to this one."""
    found = []
    for quarter in (one for one in rewarded_quarters(book) if one <= last):
        every = _growth_statements(db, caller, quarter)
        chosen = [one for one in every if not one.statement.held and one.statement.beneficiary_code in batch]
        if chosen:
            paid = sum(one.statement.amount or 0 for one in chosen)
            other = sum(one.figures.alternative_amount or 0 for one in chosen if one.figures)
            found.append(ReadingSum(quarter, paid, other, len(chosen)))
    return tuple(found[-4:])


def _undecided(book: PolicyBook, quarter: Quarter) -> tuple[Text, ...]:
    """What a document still has to decide before any payment order."""
    rule_in_force(book, quarter)
    points = [point for clause in book.scheme(SCHEME).clauses for point in clause.undecided_on(quarter.last_day)]
    return tuple(point.missing or point.title for point in points)


def _waiting(view: QuarterView) -> Iterable[Waiting]:
    """The central bank for its figures, banks for returns, certification or an explanation, the reviewer for the rest."""
    for row in view.rows:
        if row.filed is None:
            yield Waiting(_same(row.name), Text("1 份报表", "1 return"), _late(row), "bad" if row.days_over else "")
        elif row.filed.state != CERTIFIED:
            yield Waiting(
                _same(row.name), Text("1 次认证", "1 certification"), _late(row), "bad" if row.days_over else ""
            )
        elif row.statement is not None and Hold.DIFFERENCE in row.statement.reasons:
            yield Waiting(_same(row.name), Text("1 条差异说明", "1 explanation"), _apart(row))
    uncertified = [row for row in view.rows if row.statement and Hold.UNCERTIFIED in row.statement.reasons]
    if uncertified:
        names = "、".join(row.name for row in uncertified)
        count = len(uncertified)
        yield Waiting(
            Text("人民银行中心支行", "Central bank branch"),
            Text(f"{count} 个核定余额", f"{count} certified balance{_s(count)}"),
            Text(f"{names} 的季末数未到", f"Quarter-end figures missing: {names}"),
        )
    waiting = [row for row in view.batch if row.step < STEP_OF[ORDERED]]
    hands = {row.waits_for: row.until for row in waiting}
    for hand, until in hands.items():
        count = sum(row.waits_for == hand for row in waiting)
        yield Waiting(
            hand, Text(f"{count} 份结算单", f"{count} statement{_s(count)}"), Text(f"最晚 {until}", f"By {until}")
        )


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _same(name: str) -> Text:
    return Text(name, name)


def _late(row: InstitutionRow) -> Text:
    if row.days_over:
        return Text(
            f"逾期 {row.days_over} 个工作日，并入下一批", f"{row.days_over} working days late; joins the next batch"
        )
    return Text(f"最晚 {row.until}", f"By {row.until}")


def _apart(row: InstitutionRow) -> Text:
    share = row._share_apart()
    return Text(f"报表与核定数相差 {share}", f"Return and certified figure are {share} apart")
