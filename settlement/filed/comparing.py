"""What a change of the policies comes to, quarter by quarter: the same returns settled under both."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.calendar import rewarded_quarters
from settlement.engine.machines import Machine
from settlement.filed.settling import FiledInput, settle_growth


@dataclass(frozen=True)
class StatementChange:
    """One institution's amount under both policies, fen; None where a policy gives it no statement or no amount."""

    quarter: Quarter
    code: str
    before: int | None
    after: int | None

    @property
    def difference(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class QuarterComparison:
    """A quarter's changed amounts, and whether its policy digest changed: amounts may be equal on other grounds."""

    quarter: Quarter
    changes: tuple[StatementChange, ...]
    is_touched: bool


def compare(
    files: FiledInput, before: PolicyBook, after: PolicyBook, machine: Machine, scratch: Path
) -> Iterator[QuarterComparison]:
    """Every quarter that either policy rewards and that has returns, in order."""
    filed = {Quarter.parse(path.name.split("_")[1]) for path in files.returns.glob("*_loans.*")}
    quarters = sorted({*rewarded_quarters(before), *rewarded_quarters(after)} & filed)
    for quarter in quarters:
        old, new = (_settled(files, quarter, book, machine, scratch) for book in (before, after))
        codes = sorted(old[1].keys() | new[1].keys())
        changes = [StatementChange(quarter, code, old[1].get(code), new[1].get(code)) for code in codes]
        yield QuarterComparison(quarter, tuple(one for one in changes if one.before != one.after), old[0] != new[0])


def _settled(
    files: FiledInput, quarter: Quarter, book: PolicyBook, machine: Machine, scratch: Path
) -> tuple[str, dict[str, int | None]]:
    """The policy digest and the amounts by institution; nothing for a quarter that the policy does not reward."""
    if quarter not in rewarded_quarters(book):
        return "", {}
    settled = settle_growth(files, quarter, book, machine, scratch)
    found = {one.person.code: one.amount for one in settled.assessments}
    return next((one.rule.policy_digest for one in settled.assessments), ""), found
