"""How far the rows of a refused file are mended, rule by rule. Pure; the file itself is judged again when it is read again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.money import parse_yuan
from kernel.tables.cells import day, percent
from settlement.returns.columns import COLUMN, Column, Kind
from settlement.returns.findings import Finding, Findings
from settlement.returns.repairs import LeaveOut, Mend, Repair
from settlement.returns.rules import Rule

SHOWN = 200  # rows on one page; more than that are better mended in the bank's own system
_ONE_OF_A_KIND = frozenset({"duplicate_loan"})
_ALL_ALIKE = frozenset({"unequal_credit_line", "unequal_borrower_kind"})

Place = tuple[int, str]


@dataclass(frozen=True)
class MendedRow:
    """One finding with what became of it: a new value, left out, kept as it is, or still to mend."""

    finding: Finding
    now: str | None = None
    is_left_out: bool = False
    is_kept: bool = False

    @property
    def is_open(self) -> bool:
        return self.now is None and not self.is_left_out and not self.is_kept

    @property
    def column(self) -> Column | None:
        """The column to mend, if the rule speaks of one."""
        return COLUMN.get(self.finding.column)


@dataclass(frozen=True)
class MendGroup:
    """The rows of one rule; `beyond` is how many more rows break it than are listed here."""

    rule: Rule
    rows: tuple[MendedRow, ...]
    beyond: int

    @property
    def left(self) -> int:
        return sum(row.is_open for row in self.rows) + self.beyond


@dataclass(frozen=True)
class Mending:
    """Every group of a refused file."""

    groups: tuple[MendGroup, ...]

    @property
    def whole(self) -> int:
        """How many findings there are, each row of each rule counted once."""
        return sum(len(group.rows) + group.beyond for group in self.groups)

    @property
    def left(self) -> int:
        return sum(group.left for group in self.groups)

    @property
    def open_rows(self) -> list[MendedRow]:
        return [row for group in self.groups for row in group.rows if row.is_open]


def mending(errors: Findings, repairs: Iterable[Repair]) -> Mending:
    """The state of repair of a file's errors."""
    kept = list(repairs)
    cells = {(one.row, one.column): one.value for one in kept if isinstance(one, Mend)}
    left_out = frozenset(one.row for one in kept if isinstance(one, LeaveOut))
    groups, room = [], SHOWN
    for count in errors.counts:
        found = errors.of(count.rule)[: max(0, room)]
        room -= len(found)
        groups.append(MendGroup(count.rule, _rows(count.rule, found, cells, left_out), count.rows - len(found)))
    return Mending(tuple(groups))


def _rows(
    rule: Rule, found: tuple[Finding, ...], cells: Mapping[Place, str], left_out: frozenset[int]
) -> tuple[MendedRow, ...]:
    rows = [_row(finding, cells, left_out) for finding in found]
    settled = _settled(rule, rows)
    return tuple(
        MendedRow(row.finding, is_kept=True) if row.is_open and _together(rule, row.finding) in settled else row
        for row in rows
    )


def _row(finding: Finding, cells: Mapping[Place, str], left_out: frozenset[int]) -> MendedRow:
    if finding.row in left_out:
        return MendedRow(finding, is_left_out=True)
    return MendedRow(finding, now=cells.get((finding.row, finding.column)))


def _together(rule: Rule, finding: Finding) -> str:
    """Which findings of a rule are mended together: the same loan id, the same borrower."""
    return finding.value if rule.code in _ONE_OF_A_KIND else finding.borrower_name


def _settled(rule: Rule, rows: Iterable[MendedRow]) -> set[str]:
    """The rows that need no change of their own, because the others of their borrower or loan id were changed."""
    if rule.code not in _ONE_OF_A_KIND | _ALL_ALIKE:
        return set()
    standing: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not row.is_left_out:
            standing[_together(rule, row.finding)].append(row.now if row.now is not None else row.finding.value)
    distinct = rule.code in _ONE_OF_A_KIND
    return {
        key
        for key, values in standing.items()
        if (len(set(values)) == len(values) if distinct else len(set(values)) == 1)
    }


def wrong_with(column: str, value: str) -> Text | None:
    """What is plainly wrong with a mended cell; None where only reading the whole file again can tell."""
    described = COLUMN.get(column)
    if described is None:
        return Text("没有这一列", "There is no such column")
    if not value:
        return Text("填改成什么", "Write what it should be") if described.required else None
    try:
        _read(described, value)
    except DomainError as error:
        return error.text
    return None


def _read(column: Column, value: str) -> None:
    if column.kind is Kind.MONEY:
        parse_yuan(value)
    elif column.kind is Kind.DATE:
        day(value)
    elif column.kind is Kind.PERCENT:
        percent("0", str(column.most))(value)
    elif column.kind in (Kind.CHOICE, Kind.YES_NO) and not _is_listed(column, value):
        listed = Text("、".join(one.label.zh for one in column.choices), ", ".join(one.code for one in column.choices))
        raise DomainError("unknown_code", f"从 {listed.zh} 里选", f"One of {listed.en}")


def _is_listed(column: Column, value: str) -> bool:
    return any(value.lower() in choice.spellings for choice in column.choices)
