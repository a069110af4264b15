"""A made-up quarter of canonical returns, as large as wanted: twenty institutions of uneven size, the largest a fifth of all."""

from pathlib import Path

import duckdb

from settlement.engine.tape import LOAN_TAPE

INSTITUTIONS = 20
_SHARES = [1 / (number + 1) for number in range(INSTITUTIONS)]

CELLS = {
    "row": "i + 2",
    "loan_id": "'L' || lpad(i::VARCHAR, 10, '0')",
    "bno": "i // 3 + 1",
    "borrower_code": "'ID:' || lpad((i // 3)::VARCHAR, 15, '0')",
    "borrower_name": "'某企业' || (i // 3)",
    "borrower_kind": "['small', 'micro', 'micro', 'individual_business', 'owner', 'medium', 'large', 'other']"
    "[1 + (hash(i // 3) % 8)::INTEGER]",
    "industry": "['C13', 'F51', 'F52', 'G54', 'H61'][1 + (hash(i // 3 + 1) % 5)::INTEGER]",
    "region": "['410402', '410403', '410411', '410422', '410482', 'outside'][1 + (hash(i // 3 + 2) % 6)::INTEGER]",
    "credit_line": "(hash(i // 3 + 3) % 1300000000)::BIGINT",
    "balance": "(hash(i + 4) % 500000000)::BIGINT",
    "annual_rate": "35000 + (hash(i + 5) % 30000)::INTEGER",
    "start_date": "DATE '2021-01-01' + (hash(i + 6) % 360)::INTEGER",
    "maturity_date": "DATE '2023-01-01' + (hash(i + 7) % 900)::INTEGER",
    "guarantee_kind": "['credit', 'mortgage', 'surety'][1 + (hash(i + 8) % 3)::INTEGER]",
    "classification": "CASE WHEN hash(i + 9) % 50 = 0 THEN 'doubtful' ELSE 'normal' END",
    "purpose": "CASE WHEN hash(i + 10) % 10 < 2 THEN 'consumption' ELSE 'operating' END",
    "product_kind": "['loan', 'loan', 'loan', 'loan', 'loan', 'loan', 'loan', 'bill_discount', 'card_overdraft', "
    "'purchased'][1 + (hash(i + 11) % 10)::INTEGER]",
    "currency": "CASE WHEN hash(i + 12) % 100 = 0 THEN 'USD' ELSE 'CNY' END",
    "first_loan": "hash(i + 13) % 10 = 0",
    "renews": "NULL",
    "share": "1000000",
}


def sizes(rows: int) -> list[int]:
    """How many loans each institution files; they sum to about `rows`."""
    return [max(1, int(rows * share / sum(_SHARES))) for share in _SHARES]


def make_quarter(folder: Path, rows: int) -> list[Path]:
    """The returns of a quarter, written once; nothing random, so every run reads the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"({CELLS[column.name]})::{column.sql_type} AS {column.name}" for column in LOAN_TAPE)
    paths, first = [], 0
    with duckdb.connect() as connection:
        for number, size in enumerate(sizes(rows)):
            path = folder / f"{number:02d}.parquet"
            source = f"range({first}, {first + size}) AS loan(i)"
            connection.execute(f"COPY (SELECT {columns} FROM {source}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
            paths.append(path)
            first += size
    return paths
