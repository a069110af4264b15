"""Good files of each kind, to be brought as they are or with one cell changed."""

import io
from typing import Any

import xlsxwriter

from kernel.tables.writing import csv_bytes
from matchmaking.imports.columns import COLUMNS
from matchmaking.imports.workflow import CLIENTS, PRODUCTS, REQUESTS
from matchmaking.market_files.reading import MarketFile

STRANGER = "91410402MA0000015P"

PRODUCT_ROW = {
    "product_id": "SH-1",
    "institution_code": "{own}",
    "name": "小微保证贷",
    "amount_min": "100,000.00",
    "amount_max": "5000000",
    "term_min": "3",
    "term_max": "36",
    "rate_min": "3.85",
    "rate_max": "4.65",
    "guarantee_kinds": "保证;抵押",
    "promised_days": "5",
    "green_channel": "是",
}
REQUEST_ROW = {
    "request_id": "SQ-1",
    "enterprise_code": "{firm}",
    "enterprise_name": "恒润精密铸造有限公司",
    "amount": "1200000.00",
    "term": "12",
    "rate_ceiling": "4.8",
    "guarantee_kinds": "保证",
    "industry": "C34",
    "region": "新华区",
    "purpose": "流动资金",
    "preferred_institutions": "{own}",
    "existing_loans": "0",
}
CLIENT_ROW = {"enterprise_code": STRANGER, "since": "2019年3月18日"}
ROWS = {PRODUCTS: PRODUCT_ROW, REQUESTS: REQUEST_ROW, CLIENTS: CLIENT_ROW}


def cells_of(kind: str, codes: dict[str, str], **changes: str) -> dict[str, str]:
    """The good row with some cells changed and the codes filled in."""
    return {name: cell.format(**codes) for name, cell in (ROWS[kind] | changes).items()}


def _headings(kind: str, names: list[str]) -> list[str]:
    known = {column.name: column.heading for column in COLUMNS[kind]}
    return [known[name] for name in names]


def csv_file(kind: str, *rows: dict[str, str], encoding: str = "utf-8-sig") -> MarketFile:
    """The rows under Chinese headings."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = csv_bytes(_headings(kind, names), ([row.get(name, "") for name in names] for row in rows)).decode(
        "utf-8-sig"
    )
    return MarketFile(f"{kind}.csv", text.encode(encoding))


def xlsx_file(kind: str, *rows: dict[str, Any]) -> MarketFile:
    """The same as a workbook."""
    names, out = list(dict.fromkeys(name for row in rows for name in row)), io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("数据")
        page.write_row(0, 0, _headings(kind, names))
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, [row.get(name, "") for name in names])
    return MarketFile(f"{kind}.xlsx", out.getvalue())
