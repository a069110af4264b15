"""How long and how wide a filed table may be: what is read in a request has an end (decision 0087)."""

from collections.abc import Iterable, Iterator

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file

WIDEST = 500  # cells of a row; no table of the house has a tenth of it
BLANK_TOO = 10  # times as many rows with the blank ones, which spreadsheets leave behind


def bounded(file: str, rows: Iterable[list[str]], most: int | None) -> Iterator[list[str]]:
    """The rows, a header and at most `most` below it that hold something; refuses the first one too many, or too wide."""
    filled = 0
    for number, row in enumerate(rows, start=1):
        if len(row) > WIDEST:
            words = Text(f"第 {number} 行有 {len(row)} 格，最多 {WIDEST} 格", f"Row {number} has over {WIDEST} cells")
            raise whole_file(file, "too_wide", words)
        filled += any(cell.strip() for cell in row)
        if most is not None and (filled > most + 1 or number > BLANK_TOO * (most + 1)):
            raise _too_many(file, most)
        yield row


def _too_many(file: str, most: int) -> FileRefused:
    words = Text(f"一次最多 {most} 行，请分成几份", f"At most {most} rows at once: send several files")
    return whole_file(file, "too_many_rows", words)
