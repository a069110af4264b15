"""The rows of a quarter: how far each institution has come, whom it waits for and until when; read only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kernel.accounts.roles import BUREAU_ROLES
from kernel.bilingual import Text
from kernel.workdays import WorkCalendar
from settlement.batches.models import Batch
from settlement.batches.phases import phase_of
from settlement.batches.workflow import ITEM_STATES, ORDERED
from settlement.calendar import Season
from settlement.growth_reward import Hold, LegalPerson
from settlement.payments.phases import RELEASED
from settlement.payments.settled import MoneyHad
from settlement.returns.models import LoanReturn
from settlement.returns.views import days_left
from settlement.returns.workflow import CERTIFIED, REFUSED
from settlement.statements import labels
from settlement.statements.growth.facts import Facts
from settlement.statements.growth.models import GrowthFigures
from settlement.statements.models import Statement
from settlement.statements.phase import COMPUTED_STEP, StatementPhase
from settlement.statements.service import StatementWithFigures


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
    had: MoneyHad
    phase: StatementPhase | None
    is_stale: bool = False
    taken_out: Text | None = None

    @property
    def step(self) -> int:
        """How far: 0 nothing, 1 filed and certified, 2 computed, 3 reviewed, 4 approved, 5 released for payment."""
        if self.phase is not None and self.phase.step > COMPUTED_STEP:
            return self.phase.step
        if self.figures is not None and self.figures.return_id is not None:
            return COMPUTED_STEP
        return 1 if self.filed is not None and self.filed.state == CERTIFIED else 0

    @property
    def is_done(self) -> bool:
        """Whether nobody is waited for any more: what is due by the standing revision is released and settled, or nothing was due."""
        return self.step == RELEASED and self.had.settled == self.amount

    @property
    def is_paid(self) -> bool:
        """Whether that came as money."""
        return self.is_done and self.had.paid > 0

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
        """Whether the statement can go on: computed, with an amount, not held and not taken out of its batch."""
        one = self.statement
        return one is not None and not one.held and one.amount is not None and self.taken_out is None


@dataclass(frozen=True)
class Waiting:
    """Somebody who is waited for: what, how many, until when."""

    name: Text
    what: Text
    note: Text
    tone: str = ""


def institution_row(
    person: LegalPerson,
    facts: Facts,
    drafted: StatementWithFigures | None,
    newest: LoanReturn | None,
    season: Season,
    today: date,
    calendar: WorkCalendar,
    moved_on: set[int],
    batches: Mapping[str, Batch],
    had: Mapping[str, MoneyHad],
    phases: Mapping[int, StatementPhase],
    out: Mapping[int, str],
) -> InstitutionRow:
    statement, figures = (drafted.statement, drafted.figures) if drafted else (None, None)
    batch = batches.get(statement.number) if statement else None
    certified = facts.returns.get((person.code, season.quarter))
    filed = certified or newest
    waits_for, until = _waits_for(person, filed, statement, season, batch, today)
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
        phase=phases.get(statement.id or 0) if statement else None,
        is_stale=statement is not None and statement.id in moved_on,
        taken_out=ITEM_STATES[out[statement.id or 0]] if statement and statement.id in out else None,
        had=had.get(statement.number, MoneyHad()) if statement else MoneyHad(),
    )


def _waits_for(
    person: LegalPerson,
    filed: LoanReturn | None,
    statement: Statement | None,
    season: Season,
    batch: Batch | None,
    today: date,
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
    if batch is None:
        return BUREAU_ROLES["operator"], season.review_until
    phase = phase_of(batch, season, today)
    return phase.waits_for, phase.until


def waited_for(rows: Iterable[InstitutionRow], batch: Iterable[InstitutionRow]) -> Iterator[Waiting]:
    """The central bank for its figures, banks for returns, certification or an explanation, the next hand for the rest."""
    listed = list(rows)
    for row in listed:
        if row.filed is None:
            yield Waiting(_same(row.name), Text("1 份报表", "1 return"), _late(row), "bad" if row.days_over else "")
        elif row.filed.state != CERTIFIED:
            yield Waiting(
                _same(row.name), Text("1 次认证", "1 certification"), _late(row), "bad" if row.days_over else ""
            )
        elif row.statement is not None and Hold.DIFFERENCE in row.statement.reasons:
            yield Waiting(_same(row.name), Text("1 条差异说明", "1 explanation"), _apart(row))
    uncertified = [row for row in listed if row.statement and Hold.UNCERTIFIED in row.statement.reasons]
    if uncertified:
        names = "、".join(row.name for row in uncertified)
        count = len(uncertified)
        yield Waiting(
            Text("人民银行中心支行", "Central bank branch"),
            Text(f"{count} 个核定余额", f"{count} certified balance{_s(count)}"),
            Text(f"{names} 的季末数未到", f"Quarter-end figures missing: {names}"),
        )
    waiting = [row for row in batch if row.step < RELEASED]
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
