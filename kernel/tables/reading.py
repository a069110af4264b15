"""From a filed CSV, XLSX, XLS or Parquet file to rows of text with their row numbers."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from kernel.bilingual import Text
from kernel.tables.bounded import bounded
from kernel.tables.child import rows_in_child
from kernel.tables.decoding import decode
from kernel.tables.faults import Fault, FileRefused, whole_file
from kernel.tables.writing import rearmed

EXTENSIONS = (".csv", ".xlsx", ".xls", ".parquet")


@dataclass(frozen=True)
class Row:
    """One row of text cells under its number in the file (the header is row 1)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table as text: the header cells as written and the rows that are not blank, all as wide as the header."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)


def _csv_rows(file: str, content: bytes) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(decode(file, content), newline=""), strict=True):
            yield [rearmed(cell) for cell in row]
    except csv.Error as error:
        raise whole_file(
            file, "csv_broken", Text(f"CSV 格式有误：{error}", f"The CSV is malformed: {error}"), str(error)
        ) from None


def _raw_rows(file: str, content: bytes, most: int | None) -> Iterable[list[str]]:
    extension = PurePath(file).suffix.lower()
    if extension == ".csv":
        return bounded(file, _csv_rows(file, content), most)
    if extension in EXTENSIONS:
        return rows_in_child(file, content, most)
    raise whole_file(
        file,
        "format_unknown",
        Text("只接受 CSV、XLSX、XLS、Parquet 文件", "Only CSV, XLSX, XLS and Parquet files are accepted"),
        extension,
    )


def _tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip() if cell else cell


def _fitted(file: str, number: int, cells: list[str], width: int, faults: list[Fault]) -> tuple[str, ...]:
    """The cells cut to the header's width; a row of another width is a fault, never silently shifted."""
    extra = any(cells[width:])
    if extra or len(cells) < width:
        text = Text(
            f"这一行有 {len(cells)} 格，表头有 {width} 列；检查是否少了或多了逗号",
            f"This row has {len(cells)} cells and the header {width} columns; look for a missing or an extra comma",
        )
        faults.append(Fault(file, number, "", str(len(cells)), "row_width", "error", text))
    return tuple(cells[:width])


def _under_a_title(file: str, header: tuple[str, ...], faults: Sequence[Fault]) -> FileRefused | None:
    """The refusal of a file whose first row is one cell, a title, above wider ones; None where it is not so."""
    wider = next((fault.row for fault in faults if int(fault.value) > 1), 0)
    if len(header) > 1 or not wider:
        return None
    return whole_file(
        file,
        "header_below",
        Text(
            f"表头好像在第 {wider} 行；表头要在最上面：请删掉它上面的行（标题、说明）再上传",
            f"The header seems to be in row {wider}; it has to be the first: delete the rows above it and send again",
        ),
        str(wider),
    )


def read_sheet(file: str, content: bytes, *, most: int | None = None) -> Sheet:
    """The first data sheet of a file as text, NFC and stripped; blank rows are left out but counted.

    `file` is the name the sender gave: its ending tells the format and it stands in every fault. A file of more than `most` rows
    below its first that hold something is refused before the rest is looked at; what is read in a request has such a bound.
    """
    faults: list[Fault] = []
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, raw in enumerate(_raw_rows(file, content, most), start=1):
        cells = [_tidy(cell) for cell in raw]
        if not any(cells):
            continue
        if not header:
            while cells and not cells[-1]:
                cells.pop()
            header = tuple(cells)
        else:
            rows.append(Row(number, _fitted(file, number, cells, len(header), faults)))
    if not header:
        raise whole_file(file, "empty", Text("文件是空的", "The file is empty"))
    if faults:
        raise _under_a_title(file, header, faults) or FileRefused(faults)
    return Sheet(file, header, tuple(rows))
