"""Filed returns for tests: good rows, and writers of every format."""

import csv
import io
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from kernel.credit_code import complete
from kernel.money import yuan
from kernel.periods import Quarter
from settlement.returns.columns import LOAN_COLUMNS
from settlement.returns.findings import Intake
from settlement.returns.intake import intake

Loan = dict[str, str]
Q3 = Quarter(2022, 3)
BANK = "91410402MA0000015P"
ENGLISH = [column.name for column in LOAN_COLUMNS]
TITLES = {column.name: column.titled for column in LOAN_COLUMNS}


def code(number: int) -> str:
    """A made-up credit code whose check digit holds."""
    return complete(f"91410402MA{number:07d}")


def loan(number: int, **other: str) -> Loan:
    """A good row of a borrower of its own."""
    return {
        "loan_id": f"SH{number:08d}",
        "borrower_code": code(number),
        "borrower_name": f"平顶山市第{number}号商贸有限公司",
        "borrower_kind": "micro",
        "industry": "F51",
        "region": "410402",
        "credit_line": "5000000.00",
        "balance": "1250000.00",
        "annual_rate": "4.35",
        "start_date": "2022-03-18",
        "maturity_date": "2023-03-18",
        "guarantee_kind": "mortgage",
        "classification": "normal",
        "purpose": "operating",
        "product_kind": "loan",
        "currency": "CNY",
        "first_loan": "N",
        "renews": "",
        "share": "100",
        **other,
    }


def loans(count: int) -> list[Loan]:
    return [loan(number) for number in range(1, count + 1)]


def any_loan(chance: random.Random, number: int) -> Loan:
    """A good row of random content, some of it at the edges: amounts near 2^53 fen, one fen, nothing."""
    borrower = chance.randrange(1, 40)
    edges = [0, 1, 99, 100, 2**53 - 1, 2**53, 2**53 + 1, 10**13, 10**15 - 1]
    start = date(2018, 1, 1) + timedelta(days=chance.randrange(1500))
    choices = {column.name: chance.choice(column.choices).code for column in LOAN_COLUMNS if column.choices}
    return loan(
        number,
        **choices
        | {
            "first_loan": chance.choice("YN"),
            "borrower_code": code(borrower) if borrower % 5 else f"ID:C{borrower:06d}",
            "borrower_kind": "small",
            "credit_line": yuan(10**15 + borrower),
            "balance": yuan(chance.choice([*edges, chance.randrange(10**12)])),
            "annual_rate": str(Decimal(chance.randrange(360_001)) / 10_000),
            "start_date": start.isoformat(),
            "maturity_date": (start + timedelta(days=chance.randrange(1, 4000))).isoformat(),
            "industry": chance.choice(["", "F", "C13", "F5112"]),
            "renews": chance.choice(["", f"OLD{number}"]),
            "share": chance.choice(["100", "50", "33.3333", ""]),
            "borrower_name": chance.choice(
                ["=cmd|' /C calc'!A0", "喆堃（集团）有限公司", "A & B Co.", "𬭩业“一”号", "+86贸易"]
            ),
        },
    )


def csv_text(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str] = ENGLISH, headings: Mapping[str, str] = {}
) -> str:
    """The rows as CSV text, headed by English names unless `headings` gives others."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([headings.get(name, name) for name in columns])
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return out.getvalue()


def write_csv(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    name: str = "loans.csv",
    encoding: str = "utf-8",
    columns: Sequence[str] = ENGLISH,
    headings: Mapping[str, str] = {},
) -> Path:
    path = folder / name
    path.write_bytes(csv_text(rows, columns, headings).encode(encoding))
    return path


def _typed(name: str, text: str, exact: bool) -> Any:
    """A cell as a spreadsheet would hold it: dates and numbers where they survive, else text."""
    if text == "":
        return None
    try:
        if name.endswith("_date"):
            return date.fromisoformat(text)
        if name in ("credit_line", "balance", "annual_rate", "share"):
            number = Decimal(text)
            if exact:
                return number
            return float(number) if abs(number) < 10**13 else text
    except (ValueError, ArithmeticError):
        pass
    return text


def write_xlsx(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    name: str = "loans.xlsx",
    columns: Sequence[str] = ENGLISH,
    headings: Mapping[str, str] = {},
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([headings.get(column, column) for column in columns])
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            cell = sheet.cell(number, place, _typed(column, row.get(column, ""), exact=False))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl would take a leading "=" for a formula
    book.save(folder / name)
    return folder / name


def write_shared_xlsx(folder: Path, rows: Sequence[Mapping[str, str]], name: str = "loans.xlsx") -> Path:
    """All cells as text in the workbook's shared strings, as office programs write them."""
    with xlsxwriter.Workbook(folder / name) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([dict(zip(ENGLISH, ENGLISH, strict=True)), *rows]):
            for place, column in enumerate(ENGLISH):
                sheet.write_string(line, place, row.get(column, ""))
    return folder / name


def write_parquet(folder: Path, rows: Sequence[Mapping[str, str]], name: str = "loans.parquet") -> Path:
    exact = {
        "credit_line": pa.decimal128(18, 2),
        "balance": pa.decimal128(18, 2),
        "annual_rate": pa.decimal128(7, 4),
        "share": pa.decimal128(7, 4),
        "start_date": pa.date32(),
        "maturity_date": pa.date32(),
    }
    arrays = {
        column: pa.array(
            [_typed(column, row.get(column, ""), exact=True) for row in rows], exact.get(column, pa.string())
        )
        for column in ENGLISH
    }
    pq.write_table(pa.table(arrays), folder / name)
    return folder / name


def take(path: Path, quarter: Quarter = Q3, previous: Path | None = None, tape: str = "tape.parquet") -> Intake:
    """Intake as a test wants it."""
    return intake(path, institution_code=BANK, quarter=quarter, into=path.parent / tape, previous=previous)


def marks(found: Intake) -> list[tuple[int, str, str, str]]:
    """Row, column, value, rule of every listed error."""
    return [(one.row, one.column, one.value, one.rule.code) for one in found.errors.listed]


def warned(found: Intake) -> list[tuple[int, str, str, str]]:
    """The same of every listed warning."""
    return [(one.row, one.column, one.value, one.rule.code) for one in found.warnings.listed]
