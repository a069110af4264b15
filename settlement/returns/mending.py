"""How far the rows of a refused file are mended, rule by rule. Pure; the file itself is judged again when it is read again."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.money import grouped, parse_yuan
from settlement.returns.codes import Choice
from settlement.returns.column_rules import Rule
from settlement.returns.columns import CellKind, ReturnColumn
from settlement.returns.findings import Finding, Findings
from settlement.returns.repairs import LeaveOut, Mend, Repair
from settlement.returns.sheets import ANY_COLUMN

SHOWN = 200  # rows on one page; more than that are better mended in the bank's own system
_ONE_OF_A_KIND = frozenset({"duplicate_loan", "duplicate_contract"})
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
    def column(self) -> ReturnColumn | None:
        """The column to mend, if the rule speaks of one."""
        return ANY_COLUMN.get(self.finding.column)

    @property
    def was_words(self) -> Text | str:
        """What was filed, as people read it."""
        return words_of(self.finding.column, self.finding.value)

    @property
    def now_words(self) -> Text | str:
        """What it was mended to, as people read it."""
        return words_of(self.finding.column, self.now or "")

    @property
    def beside_words(self) -> Text | str:
        """What it is held against, as people read it."""
        return words_of(self.finding.column, self.finding.beside)

    def says_the_same(self, other: "MendedRow") -> bool:
        """Whether both rows are filed and say the same in the cell of the rule."""
        mine, theirs = (one.finding.value if one.now is None else one.now for one in (self, other))
        return not self.is_left_out and not other.is_left_out and same_value(self.finding.column, mine, theirs)


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
    wrong_rows: int = 0

    @property
    def _listed(self) -> set[int]:
        return {row.finding.row for group in self.groups for row in group.rows}

    @property
    def _beyond(self) -> int:
        """How many more rows are wrong than are listed."""
        if self.wrong_rows:
            return max(0, self.wrong_rows - len(self._listed))
        return sum(group.beyond for group in self.groups)  # a report of before did not count the rows

    @property
    def whole(self) -> int:
        """How many rows are wrong, each once however many rules it breaks."""
        return len(self._listed) + self._beyond

    @property
    def left(self) -> int:
        return len({row.finding.row for row in self.open_rows}) + self._beyond

    @property
    def open_rows(self) -> list[MendedRow]:
        return [row for group in self.groups for row in group.rows if row.is_open]


def mending(errors: Findings, repairs: Iterable[Repair], wrong_rows: int = 0) -> Mending:
    """The state of repair of a file's errors, which stand in so many rows; those of a file beside it are mended in that file."""
    kept = list(repairs)
    cells, left_out = _cells(kept), _left_out(kept)
    groups, room = [], SHOWN
    for count in (one for one in errors.counts if not one.rule.part):
        found = errors.of(count.rule)[: max(0, room)]
        room -= len(found)
        groups.append(MendGroup(count.rule, _rows(count.rule, found, cells, left_out), count.rows - len(found)))
    return Mending(tuple(groups), wrong_rows)


def _rows(
    rule: Rule, found: tuple[Finding, ...], cells: Mapping[Place, str], left_out: frozenset[int]
) -> tuple[MendedRow, ...]:
    rows = [_row(finding, cells, left_out) for finding in found]
    return tuple(
        MendedRow(row.finding, is_kept=True) if row.is_open and _needs_no_change(rule, row, rows) else row
        for row in rows
    )


def _row(finding: Finding, cells: Mapping[Place, str], left_out: frozenset[int]) -> MendedRow:
    if finding.row in left_out:
        return MendedRow(finding, is_left_out=True)
    return MendedRow(finding, now=cells.get((finding.row, finding.column)))


def _needs_no_change(rule: Rule, row: MendedRow, rows: Iterable[MendedRow]) -> bool:
    """Whether a row is right as it was filed, because the others of its borrower or loan id were changed."""
    if rule.code in _ONE_OF_A_KIND:
        return not any(row.says_the_same(other) for other in rows if other is not row)
    if rule.code in _ALL_ALIKE:
        mates = _mates(row, rows)
        return bool(mates) and all(row.says_the_same(other) for other in mates)
    return False


def _mates(row: MendedRow, rows: Iterable[MendedRow]) -> list[MendedRow]:
    """The other rows of the same borrower that are filed."""
    name = row.finding.borrower_name
    return [one for one in rows if one is not row and not one.is_left_out and one.finding.borrower_name == name]


def still_wrong(errors: Findings, repairs: Iterable[Repair], row: int, column: str) -> Text | None:
    """What a mended cell still breaks of the rules that look at several rows; None where it breaks none of them.

    Rows that have to be alike may be mended one after the other: only the last of them is told.
    """
    kept = list(repairs)
    cells, left_out = _cells(kept), _left_out(kept)
    for count in errors.counts:
        rows = [_row(finding, cells, left_out) for finding in errors.of(count.rule)]
        mine = next((one for one in rows if one.finding.row == row and one.finding.column == column), None)
        other = _in_the_way(count.rule, mine, rows) if mine is not None else None
        if other is not None:
            number = other.finding.row
            return Text(
                f"{count.rule.message.zh}：和第 {number} 行还对不上，{count.rule.help.zh}",
                f"{count.rule.message.en}: it does not go with row {number} yet; {count.rule.help.en}",
            )
    return None


def _in_the_way(rule: Rule, mine: MendedRow, rows: list[MendedRow]) -> MendedRow | None:
    if rule.code in _ONE_OF_A_KIND:
        return next((other for other in rows if other is not mine and mine.says_the_same(other)), None)
    if rule.code in _ALL_ALIKE:
        mates = _mates(mine, rows)
        if all(one.now is not None for one in mates):
            return next((one for one in mates if not mine.says_the_same(one)), None)
    return None


def _cells(repairs: Iterable[Repair]) -> dict[Place, str]:
    return {(one.row, one.column): one.value for one in repairs if isinstance(one, Mend)}


def _left_out(repairs: Iterable[Repair]) -> frozenset[int]:
    return frozenset(one.row for one in repairs if isinstance(one, LeaveOut))


def _choice(column: ReturnColumn, text: str) -> Choice | None:
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return next((one for one in column.choices if plain in one.spellings), None)


def _fen(text: str) -> int | None:
    try:
        return parse_yuan(text)
    except DomainError:
        return None


def same_value(column: str, one: str, other: str) -> bool:
    """Whether two texts of a cell mean the same: `1,000` and `1000.00`, 小型企业 and `small`."""
    return _meaning(column, one) == _meaning(column, other)


def _meaning(name: str, text: str) -> str | int:
    column, plain = ANY_COLUMN.get(name), unicodedata.normalize("NFKC", text).strip()
    if column is None:
        return plain
    if column.kind is CellKind.MONEY:
        fen = _fen(text)
        return plain if fen is None else fen
    chosen = _choice(column, text)
    return chosen.code if chosen else plain


def code_word(column: ReturnColumn | None, text: str) -> Text | None:
    """The word of a code that a cell of a column of choices holds; None where it holds none."""
    chosen = _choice(column, text) if column else None
    return chosen.label if chosen else None


def words_of(name: str, text: str) -> Text | str:
    """A cell as people read it: the word of a code, an amount with separators, anything else as it stands."""
    column = ANY_COLUMN.get(name)
    if column is None:
        return text
    if column.kind is CellKind.MONEY:
        fen = _fen(text)
        return text if fen is None else grouped(fen)
    chosen = _choice(column, text)
    return chosen.label if chosen else text
