"""What is wrong with a filed table: where, by which rule, and what to do, in both languages."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.tables.writing import csv_bytes

Severity = Literal["error", "warning", "note"]

HEADER = ("file", "row", "column", "value", "rule", "severity", "message_zh", "message_en")


@dataclass(frozen=True)
class Fault:
    """One finding. `row` counts as a spreadsheet does (the header is row 1); 0 means the file as a whole."""

    file: str
    row: int
    column: str
    value: str
    rule: str
    severity: Severity
    text: Text

    def cells(self) -> tuple[str, ...]:
        """The finding as a row of `errors.csv`."""
        row = str(self.row) if self.row else ""
        return (self.file, row, self.column, self.value, self.rule, self.severity, self.text.zh, self.text.en)


class FileRefused(DomainError):
    """A file is not taken, whole; `faults` say why, row by row."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        first = next((fault for fault in self.faults if fault.severity == "error"), None)
        more = sum(fault.severity == "error" for fault in self.faults) - 1
        zh, en = (first.text.zh, first.text.en) if first else ("文件没有被接受", "The file is not accepted")
        place = f"{first.file} {first.row or ''}".strip() if first else ""
        tail = (f"（另有 {more} 处）", f" (and {more} more)") if more > 0 else ("", "")
        super().__init__("file_refused", f"{place}：{zh}{tail[0]}", f"{place}: {en}{tail[1]}")


def whole_file(file: str, rule: str, text: Text, value: str = "") -> FileRefused:
    """The refusal of a file that cannot be read at all."""
    return FileRefused([Fault(file, 0, "", value, rule, "error", text)])


def errors_csv(faults: Iterable[Fault]) -> bytes:
    """`errors.csv`: errors before warnings before notes, each in the order of the file."""
    order = {"error": 0, "warning": 1, "note": 2}
    ordered = sorted(faults, key=lambda fault: (order[fault.severity], fault.file, fault.row, fault.column, fault.rule))
    return csv_bytes(HEADER, (fault.cells() for fault in ordered))


def forget_refusal(folder: Path) -> None:
    """Take away the `errors.csv` that an earlier, refused run left in a folder; one with warnings alone stays."""
    report = folder / "errors.csv"
    if report.is_file():
        with report.open(encoding="utf-8-sig", newline="") as file:
            refused = any(row.get("severity") == "error" for row in csv.DictReader(file))
        if refused:
            report.unlink()
