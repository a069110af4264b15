"""Writers that give the same bytes for the same rows: CSV, XLSX, Parquet and TOML."""

import csv
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import duckdb
import xlsxwriter

_MADE = datetime(2022, 7, 8, 9, 0, tzinfo=UTC).replace(tzinfo=None)
_TYPES: Final = {
    "credit_line": "DECIMAL(18,2)",
    "balance": "DECIMAL(18,2)",
    "annual_rate": "DECIMAL(7,4)",
    "start_date": "DATE",
    "maturity_date": "DATE",
}


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_xlsx(path: Path, headings: Mapping[str, str], rows: Iterable[Sequence[str]]) -> None:
    """One sheet with Chinese headings: amounts and rates as numbers, dates as dates, codes as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": _MADE})
        day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.00"})
        sheet = book.add_worksheet("贷款明细")
        sheet.write_row(0, 0, headings.values())
        kinds = [_TYPES.get(column, "text") for column in headings]
        for at, row in enumerate(rows, 1):
            for column, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
                if kind == "DATE":
                    sheet.write_datetime(at, column, date.fromisoformat(cell), day)
                elif kind == "text":
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write_number(at, column, Decimal(cell), money)


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Typed columns; what is empty in the row is empty text or null there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    types = {column: _TYPES.get(column, "VARCHAR") for column in columns}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as db:
        plain = Path(folder) / "rows.csv"
        write_csv(plain, columns, rows)
        db.read_csv(str(plain), header=True, columns=types).write_parquet(str(path), compression="zstd")


def write_toml(path: Path, table: str, rows: Iterable[Mapping[str, str]]) -> None:
    """An array of tables of plain texts."""
    parts = (
        f"[[{table}]]\n" + "".join(f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in row.items())
        for row in rows
    )
    path.write_text("\n".join(parts), encoding="utf-8")
