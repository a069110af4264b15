"""Canonical loan tapes for tests, written from a few columns, the others filled in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from settlement.engine.tape import LOAN_TAPE, SORTED_BY

PLAIN: Mapping[str, Any] = {
    "borrower_name": "某企业",
    "borrower_kind": "small",
    "industry": None,
    "region": "410402",
    "credit_line": 1_000_000_00,
    "balance": 100_00,
    "annual_rate": 50_000,
    "start_date": "2021-01-01",
    "maturity_date": "2026-01-01",
    "guarantee_kind": "credit",
    "classification": "normal",
    "purpose": "operating",
    "product_kind": "loan",
    "currency": "CNY",
    "first_loan": False,
    "renews": None,
    "share": 1_000_000,
}
LISTED = ["currency", "product_kind", "borrower_kind", "purpose", "region", "classification", "credit_line", "balance"]


def loan_rows(loans: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Full rows, sorted as a tape is; a loan without a borrower is a borrower of its own."""
    rows = []
    for number, loan in enumerate(loans):
        code = loan.get("borrower_code", f"ID:{number:08d}")
        rows.append({**PLAIN, "loan_id": f"L{number:08d}", "row": number + 2, "borrower_code": code, **loan})
    rows.sort(key=lambda row: tuple(row[name] for name in SORTED_BY))
    numbers: dict[str, int] = {}
    return [row | {"bno": numbers.setdefault(row["borrower_code"], len(numbers) + 1)} for row in rows]


def write_tape(path: Path, loans: Sequence[Mapping[str, Any]]) -> Path:
    """A canonical Parquet file of these loans."""
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in LOAN_TAPE)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE tape ({columns})")
        marks = ", ".join("?" for _ in LOAN_TAPE)
        rows = [[row[column.name] for column in LOAN_TAPE] for row in loan_rows(loans)]
        if rows:
            connection.executemany(f"INSERT INTO tape VALUES ({marks})", rows)
        connection.execute(f"COPY tape TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path
