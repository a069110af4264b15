"""Filed guarantee returns for tests: good contracts and events, and their files in every format."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from kernel.periods import Quarter
from settlement.returns.columns import CellKind, ReturnColumn
from settlement.returns.findings import Finding, Intake
from settlement.returns.guarantee_columns import EVENT_COLUMNS, GUARANTEE_COLUMNS
from settlement.returns.intake import FiledFile, Known, intake
from settlement.returns.kinds import GUARANTEES
from tests.settlement.returns.filed_files import code, csv_text

Row = dict[str, str]
Q2, Q3 = Quarter(2022, 2), Quarter(2022, 3)
GUARANTOR = "91410402MA0000314M"
LENDER = "91410482MA0000023E"


def contract(number: int, **other: str) -> Row:
    """A good contract of a borrower of its own, in force since May 2022."""
    return {
        "contract_id": f"HJ{number:08d}",
        "borrower_code": code(number),
        "borrower_name": f"平顶山市第{number}号商贸有限公司",
        "borrower_kind": "micro",
        "region": "410402",
        "lender_code": LENDER,
        "amount": "5000000.00",
        "start_date": "2022-05-16",
        "end_date": "2023-05-16",
        "fee_income": "50000.00",
        "extra_fees": "0.00",
        "released_on": "",
        "compensated_on": "",
        "outstanding": "5000000.00",
        "share": "100",
        "deposit": "0.00",
        "first_loan": "N",
        "batch_product": "N",
        **other,
    }


def event(
    number: int, kind: str = "repayment", amount: str = "1000000.00", day: str = "2022-08-15", **other: str
) -> Row:
    """An event of a contract."""
    return {"contract_id": f"HJ{number:08d}", "date": day, "kind": kind, "amount": amount, **other}


def _names(columns: Sequence[ReturnColumn]) -> list[str]:
    return [column.name for column in columns]


def _titles(columns: Sequence[ReturnColumn]) -> dict[str, str]:
    return {column.name: column.titled for column in columns}


def _as_csv(path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[ReturnColumn], encoding: str) -> Path:
    headings = _titles(columns) if encoding == "gb18030" else {}
    path.write_bytes(csv_text(rows, _names(columns), headings).encode(encoding))
    return path


def _typed(column: ReturnColumn, text: str) -> object:
    """A cell as a spreadsheet holds it: numbers and days where they can be told, else the text."""
    if not text:
        return None
    try:
        if column.kind is CellKind.DATE:
            return date.fromisoformat(text)
        if column.kind in (CellKind.MONEY, CellKind.PERCENT):
            return Decimal(text)
    except (ValueError, ArithmeticError):
        pass
    return text


def _as_xlsx(path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[ReturnColumn]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([column.titled for column in columns])
    for row in rows:
        sheet.append([_typed(column, row.get(column.name, "")) for column in columns])
    book.save(path)
    return path


def _as_parquet(path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[ReturnColumn]) -> Path:
    types = {CellKind.MONEY: pa.decimal128(18, 2), CellKind.PERCENT: pa.decimal128(7, 4), CellKind.DATE: pa.date32()}
    arrays = {
        column.name: pa.array(
            [_typed(column, row.get(column.name, "")) for row in rows], types.get(column.kind, pa.string())
        )
        for column in columns
    }
    pq.write_table(pa.table(arrays), path)
    return path


def write(folder: Path, rows: Sequence[Mapping[str, str]], ending: str = "csv", *, events: bool = False) -> Path:
    """Contracts or events as `csv`, `gb18030.csv`, `xlsx` or `parquet`; GB18030 and XLSX with Chinese headings."""
    columns = EVENT_COLUMNS if events else GUARANTEE_COLUMNS
    path = folder / f"{'events' if events else 'guarantees'}.{ending}"
    if ending == "xlsx":
        return _as_xlsx(path, rows, columns)
    if ending == "parquet":
        return _as_parquet(path, rows, columns)
    return _as_csv(path, rows, columns, "gb18030" if ending.startswith("gb") else "utf-8")


def take(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    events: Sequence[Mapping[str, str]] | None = None,
    *,
    ending: str = "csv",
    quarter: Quarter = Q3,
    known: Known | None = None,
    tape: str = "tape.parquet",
) -> Intake:
    """Intake of a guarantor's files as a test wants it."""
    beside = write(folder, events, ending, events=True) if events is not None else None
    return intake(
        write(folder, rows, ending),
        institution_code=GUARANTOR,
        quarter=quarter,
        into=folder / tape,
        kind=GUARANTEES,
        known=known or Known(lenders=frozenset({LENDER})),
        events=FiledFile(beside, beside.name) if beside else None,
    )


def _mark(one: Finding) -> tuple[str, int, str, str, str]:
    return (one.rule.part, one.row, one.column, one.value, one.rule.code)


def errors(found: Intake) -> list[tuple[str, int, str, str, str]]:
    """Part, row, column, value, rule of every listed error."""
    return [_mark(one) for one in found.errors.listed]


def warnings(found: Intake) -> list[tuple[str, int, str, str, str]]:
    """The same of every listed warning."""
    return [_mark(one) for one in found.warnings.listed]
