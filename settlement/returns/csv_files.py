"""Filed CSV files. Honest ones are scanned by DuckDB straight from the file; odd ones are read record by record."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file
from kernel.tables.writing import rearmed
from settlement.returns.cells import quoted
from settlement.returns.decoding import DecodedText, decode
from settlement.returns.filed import FiledTable, Row, create_view, csv_scan, fits_header
from settlement.returns.headers import Header, found_header
from settlement.returns.sheets import ReturnSheet

_GUARDED = r"^'('*[=+@\t\r\n＝＋－＠-])"
_LONGEST_CELL = 1000  # beyond every column's limit, so that a cut cell still breaks its rule


def broken(file: str, row: int | None = None) -> FileRefused:
    """The refusal of a CSV whose quotes or lines do not parse, by the row where that is known; never in a parser's words."""
    zh, en = (f"第 {row} 行", f"row {row}") if row else ("引号、分隔符或编码", "quotes, separators or encoding")
    return whole_file(
        file,
        "csv_broken",
        Text(f"CSV 格式有误（{zh}）；请重新导出", f"The CSV is malformed ({en}); export it again"),
        str(row or ""),
    )


@contextmanager
def records(file: str, path: Path) -> Iterator[Iterator[Row]]:
    """The records of a UTF-8 CSV with their numbers, the header first, blank lines counted."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)

        def numbered() -> Iterator[Row]:
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    yield number, cells
            except csv.Error:
                raise broken(file, number + 1) from None

        yield numbered()


@contextmanager
def _body(file: str, path: Path, header_row: int) -> Iterator[Iterator[Row]]:
    with records(file, path) as rows:
        yield ((number, list(map(rearmed, cells))) for number, cells in rows if number > header_row and cells)


def _rearmed(text: str) -> str:
    """`kernel.tables.writing.rearmed` as SQL: a cell without the apostrophe that keeps a spreadsheet from running it."""
    guard = quoted("'")
    bare = f"regexp_replace({text}, {quoted(_GUARDED)}, '\\1')"
    return f"CASE WHEN starts_with({text}, {guard}) THEN {bare} ELSE {text} END"


def _lay(connection: duckdb.DuckDBPyConnection, path: Path, header: Header) -> bool:
    names = [f"c{place}" for place in range(header.width)]
    fits = " AND ".join(f"trim(c{place}) = ''" for place in header.spare) or "true"
    cells = {name: _rearmed(f"c{place}") for name, place in header.places.items()}
    create_view(connection, csv_scan(path, names, skip=1), "row_number() OVER () + 1", fits, cells, header.sheet)
    return True


def lay_rows(connection: duckdb.DuckDBPyConnection, rows: Iterator[Row], header: Header, scratch: Path) -> bool:
    """Write rows into `scratch`, all as wide as the header and with their numbers, and lay that before DuckDB."""
    path, width = scratch / "rows.csv", header.width
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for number, cells in rows:
            if not any(cells):
                continue
            padded = [cell[:_LONGEST_CELL] for cell in cells[:width]] + [""] * (width - len(cells))
            writer.writerow([number, fits_header(cells, header), *padded])
    names = ["number", "fits", *(f"c{place}" for place in range(width))]
    places = {name: f"c{place}" for name, place in header.places.items()}
    create_view(connection, csv_scan(path, names, skip=0), "number::BIGINT", "fits = 'True'", places, header.sheet)
    return False


def open_csv(file: str, source: Path, scratch: Path, sheet: ReturnSheet) -> FiledTable:
    """A filed CSV; raises `FileRefused` for an encoding, quotes or a header that cannot be taken."""
    decoded: DecodedText = decode(file, source, scratch)
    with records(file, decoded.path) as rows:
        header_row, header = found_header(file, rows, sheet)

    def lay_carefully(connection: duckdb.DuckDBPyConnection) -> bool:
        with _body(file, decoded.path, header_row) as rows:
            return lay_rows(connection, rows, header, scratch)

    def lay(connection: duckdb.DuckDBPyConnection) -> bool:
        if decoded.has_blank_lines or header_row != 1:
            return lay_carefully(connection)
        return _lay(connection, decoded.path, header)

    return FiledTable(
        name=file,
        format="CSV",
        encoding=decoded.encoding,
        sheet="",
        filed_digest=decoded.filed_digest,
        header=header,
        rows=lambda: _body(file, decoded.path, header_row),
        lay=lay,
        broken=lambda _: broken(file),
        header_row=header_row,
        lay_carefully=lay_carefully,
    )
