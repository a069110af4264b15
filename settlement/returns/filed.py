"""A filed table, whatever its format, as a DuckDB view: row number, whether the row fits the header, text cells."""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kernel.tables.faults import FileRefused
from settlement.returns.cells import quoted
from settlement.returns.checks import raw
from settlement.returns.headers import Header
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet

Row = tuple[int, list[str]]
MAX_LINE = 500_000  # bytes; a longer line goes the careful way, which names its row
PIECE = 4_000_000  # bytes read at once: small enough that a large file's progress is seen
_NO_NULL = "\ufdd1"


@dataclass(frozen=True)
class FiledTable:
    """A filed file that has been opened: what it is, its header, its rows as written, and how to lay it before DuckDB.

    `rows` gives every row with its number in the sheet. `lay` creates the sheet's filed view and tells whether its rows lie in
    the order of their numbers without a gap; `lay_carefully` does the same by
    way of `rows`, row by row, for what a strict scan refuses; `broken` is the refusal of what neither can read.
    """

    name: str
    format: str
    encoding: str
    sheet: str
    filed_digest: str
    header: Header
    rows: Callable[[], AbstractContextManager[Iterator[Row]]]
    lay: Callable[[duckdb.DuckDBPyConnection], bool]
    broken: Callable[[str], FileRefused]
    header_row: int = 1
    lay_carefully: Callable[[duckdb.DuckDBPyConnection], bool] | None = None


def csv_scan(path: Path, columns: Iterable[str], *, skip: int) -> str:
    """A strict scan of a UTF-8 CSV, every column as text, nothing guessed, rows in file order."""
    typed = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in columns)
    return f"""read_csv({quoted(str(path))}, columns = {{{typed}}}, auto_detect = false, header = false, skip = {skip},
        delim = ',', quote = '"', escape = '"', nullstr = {quoted(_NO_NULL)}, compression = 'none', strict_mode = true,
        null_padding = false, max_line_size = {MAX_LINE},
        buffer_size = {PIECE})"""


def create_view(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    row: str,
    fits: str,
    cells: dict[str, str],
    sheet: ReturnSheet = LOAN_SHEET,
) -> None:
    """Create the sheet's filed view over a scan; a column that was not filed is blank on every row."""
    raws = ", ".join(f"{cells.get(column.name, quoted(''))} AS {raw(column)}" for column in sheet.columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {sheet.filed} AS SELECT {row} AS row, {fits} AS fits, {raws} FROM {source}"
    )


def fits_header(cells: list[str], header: Header) -> bool:
    """Whether a row has a cell for every heading and nothing to the right of them."""
    named = header.width - len(header.spare)
    return len(cells) >= named and not any(cell.strip() for cell in cells[named:])
