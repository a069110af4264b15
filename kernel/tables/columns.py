"""A catalogue of columns, and typed records read by it: by English name or Chinese heading, in any order.

A column object is also the key of its value: `record[AMOUNT]` is an `int` because `AMOUNT` is a `Column[int]`.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.tables.faults import Fault, FileRefused, Severity
from kernel.tables.reading import Row, Sheet

T = TypeVar("T")

_UNIT = re.compile(r"[(\[](元|人民币元|%|月|个月|天|工作日|yuan|months)[)\]]$")
_TEN_THOUSAND = re.compile(r"[(\[].*万.*[)\]]$")


class _Required:
    """Stands for “no default: a blank cell is an error”."""


REQUIRED = _Required()


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column: English name, Chinese heading, how a cell is read, what a blank cell means, what deserves a warning."""

    name: str
    heading: str
    parse: Callable[[str], T]
    default: T | _Required = REQUIRED
    warn: Callable[[T], Text | None] | None = None
    is_number: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def is_optional(self) -> bool:
        return not isinstance(self.default, _Required)

    def names(self) -> set[str]:
        return {_plain(text) for text in (self.name, self.heading, *self.aliases)}


@dataclass(frozen=True)
class Record:
    """One accepted row."""

    number: int
    values: dict[str, Any] = field(repr=False)

    def __getitem__(self, column: Column[T]) -> T:
        value: T = self.values[column.name]
        return value


@dataclass(frozen=True)
class Table:
    """All rows of a file, accepted whole, with the warnings and notes that came up."""

    file: str
    records: tuple[Record, ...]
    faults: tuple[Fault, ...]


def _plain(text: str) -> str:
    """A header cell for comparing: NFKC, lower case, no spaces, no unit in brackets."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower().lstrip("*")
    return _UNIT.sub("", text)


def _header_fault(sheet: Sheet, rule: str, column: str, zh: str, en: str) -> Fault:
    return Fault(sheet.file, 1, column, column, rule, "error", Text(zh, en))


def _in_ten_thousands(sheet: Sheet, cell: str) -> Fault:
    return _header_fault(
        sheet,
        "unit_ten_thousand",
        cell,
        f"“{cell}”的单位是万元；本表填元：请把数字乘以 10000 并把表头改成元",
        f"“{cell}” is in 万元 (ten thousand yuan); this table takes yuan: multiply by 10,000 and change the heading",
    )


def _placed(sheet: Sheet, columns: Sequence[Column[Any]]) -> dict[str, int]:
    """Where each column stands, or a refusal that names every unknown, doubled and missing one."""
    known = {name: column.name for column in columns for name in column.names()}
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for index, cell in enumerate(sheet.header):
        name = known.get(_plain(cell))
        if _TEN_THOUSAND.search(unicodedata.normalize("NFKC", cell)):
            faults.append(_in_ten_thousands(sheet, cell))
        elif name is None:
            faults.append(
                _header_fault(sheet, "column_unknown", cell, f"不认识的列“{cell}”", f"Unknown column “{cell}”")
            )
        elif name in places:
            faults.append(
                _header_fault(sheet, "column_twice", cell, f"列“{cell}”出现了两次", f"Column “{cell}” appears twice")
            )
        else:
            places[name] = index
    for column in columns:
        if column.name not in places and not column.is_optional:
            label = f"{column.heading} {column.name}"
            faults.append(_header_fault(sheet, "column_missing", column.name, f"缺少列“{label}”", f"Missing {label}"))
    if faults:
        raise FileRefused(faults)
    return places


class _RowReader:
    """Reads rows by the catalogue and keeps every fault."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column[Any]]) -> None:
        self.file = sheet.file
        self.columns = columns
        self.places = _placed(sheet, columns)
        self.faults: list[Fault] = []

    def _report(self, row: Row, column: Column[Any], value: str, rule: str, severity: Severity, text: Text) -> None:
        self.faults.append(Fault(self.file, row.number, column.name, value, rule, severity, text))

    def _blank(self, row: Row, column: Column[Any]) -> Any:
        if not column.is_optional:
            text = Text(f"“{column.heading}”必填", f"{column.name} is required")
            self._report(row, column, "", "required", "error", text)
        return column.default

    def _value(self, row: Row, column: Column[Any]) -> Any:
        place = self.places.get(column.name)
        text = row.cells[place] if place is not None else ""
        if not text:
            return self._blank(row, column)
        try:
            value = column.parse(text)
        except DomainError as error:
            self._report(row, column, text, error.code, "error", error.text)
            return None
        self._remark(row, column, text, column.warn(value) if column.warn else None)
        return value

    def _remark(self, row: Row, column: Column[Any], text: str, doubt: Text | None) -> None:
        if column.is_number and ("," in text or not text.isascii()):
            note = Text(
                "已按半角数字读取，去掉了千分号和“￥”“元”",
                "Read with plain digits, without thousands commas and signs of the yuan",
            )
            self._report(row, column, text, "normalised", "note", note)
        if doubt is not None:
            self._report(row, column, text, "to_confirm", "warning", doubt)

    def record(self, row: Row) -> Record:
        return Record(row.number, {column.name: self._value(row, column) for column in self.columns})


def read_records(sheet: Sheet, columns: Sequence[Column[Any]], *, key: Column[str] | None = None) -> Table:
    """The sheet's rows as typed records, all or none; `key` must not repeat.

    Raises `FileRefused` with every fault found, warnings and notes included.
    """
    reader = _RowReader(sheet, columns)
    records = tuple(reader.record(row) for row in sheet.rows)
    if key is not None:
        reader.faults += _repeated(sheet.file, records, key)
    if any(fault.severity == "error" for fault in reader.faults):
        raise FileRefused(reader.faults)
    return Table(sheet.file, records, tuple(reader.faults))


def _repeated(file: str, records: Sequence[Record], key: Column[str]) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for record in records:
        value = record[key]
        if not value:
            continue
        if value in first:
            text = Text(
                f"“{key.heading}”{value} 与第 {first[value]} 行重复", f"{key.name} {value} repeats row {first[value]}"
            )
            faults.append(Fault(file, record.number, key.name, value, "repeated", "error", text))
        first.setdefault(value, record.number)
    return faults
