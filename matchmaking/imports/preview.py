"""What a file would do: a line for each of its rows, and everything found in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.bilingual import Text
from kernel.tables.columns import Column
from kernel.tables.faults import Fault, Severity


@dataclass(frozen=True)
class ImportLine:
    """One row of the file: its key, what it is called, what taking it does, its terms in words, and all that it brings."""

    number: int
    key: str
    name: str
    action: str
    words: Text
    value: Any


@dataclass(frozen=True)
class ImportPreview:
    """The rows (none where the file is refused) and the faults, errors first."""

    file: str
    lines: tuple[ImportLine, ...]
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.severity == "error"]

    @property
    def remarks(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.severity != "error"]

    @property
    def can_be_taken(self) -> bool:
        return bool(self.lines) and not self.errors

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows are new, changed, unchanged."""
        return Counter(line.action for line in self.lines)


class RowFaults:
    """The faults of one file as they are found, by row and column."""

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        self.file = file
        self.found = list(faults)

    def add(
        self, number: int, column: Column[Any], value: object, rule: str, zh: str, en: str, severity: Severity = "error"
    ) -> None:
        self.found.append(Fault(self.file, number, column.name, str(value), rule, severity, Text(zh, en)))

    def preview(self, lines: list[ImportLine]) -> ImportPreview:
        """No line stands where any row has an error: the file is taken whole or not at all."""
        refused = any(fault.severity == "error" for fault in self.found)
        if not refused and not lines:
            self.found.append(
                Fault(self.file, 0, "", "", "no_rows", "error", Text("文件里没有数据行", "The file has no rows"))
            )
        return ImportPreview(self.file, () if refused else tuple(lines), tuple(self.found))
