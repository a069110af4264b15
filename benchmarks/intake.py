"""Intake beside its peers: `python -m benchmarks.intake [quick|full]`.

Ours reads a CSV return, checks every rule, writes the canonical tape and digests it. The peers: DuckDB's own load of the
same CSV with guessed types, which checks nothing, and row-by-row validation with pydantic, as a first attempt would do it.
All run in turn within one process; each number is the median.
"""

import csv
import hashlib
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from benchmarks.figure import Figure, at_least, at_most, interleave, report
from kernel.credit_code import ALPHABET, CodeCheck, check
from kernel.periods import Quarter
from settlement.returns.cells import failing_check_digit
from settlement.returns.intake import intake

QUARTER = Quarter(2022, 3)
END = QUARTER.last_day
ROWS = {"quick": 100_000, "full": 1_000_000}
PYDANTIC_ROWS = 100_000  # the time of row-by-row validation grows with the rows alone; more would only be waiting


def write_return(path: Path, rows: int) -> None:
    """A good return: 0.6 borrowers a loan, codes with their check digits, amounts and days spread out."""
    borrowers = max(1, rows * 6 // 10)
    digit = f"substr('{ALPHABET}', ((31 - {failing_check_digit('body')}) % 31)::INTEGER + 1, 1)"
    query = f"""
        SELECT 'SH' || lpad((i * 7919 % {rows})::VARCHAR, 9, '0') AS loan_id,
               left(body, 17) || {digit} AS borrower_code,
               '平顶山市第' || b || '号商贸有限公司' AS borrower_name,
               ['micro', 'small', 'owner'][1 + b % 3] AS borrower_kind,
               'C13' AS industry,
               '4104' || ['02', '03', '21', '82'][1 + b % 4] AS region,
               (b % 9000000 + 9000000) || '.00' AS credit_line,
               (hash(i) % 900000) || '.' || lpad((hash(i + 2) % 100)::VARCHAR, 2, '0') AS balance,
               '4.' || lpad((hash(i + 3) % 100)::VARCHAR, 2, '0') AS annual_rate,
               DATE '2020-01-01' + (hash(i + 4) % 700)::INTEGER AS start_date,
               DATE '2023-01-01' + (hash(i + 4) % 700)::INTEGER AS maturity_date,
               ['credit', 'mortgage', 'pledge', 'surety', 'guarantor'][1 + (hash(i + 5) % 5)::INTEGER] AS guarantee_kind,
               'normal' AS classification, 'operating' AS purpose, 'loan' AS product_kind, 'CNY' AS currency,
               CASE WHEN hash(i + 6) % 5 = 0 THEN 'Y' ELSE 'N' END AS first_loan, '' AS renews
        FROM (SELECT i, (hash(i) % {borrowers})::BIGINT AS b, '91410402MA' || lpad(b::VARCHAR, 7, '0') || '0' AS body
              FROM range({rows}) AS t(i))"""
    with duckdb.connect() as db:
        db.execute(f"COPY ({query}) TO '{path}' (HEADER)")


class LoanRow(BaseModel):
    """A loan row as row-by-row validation reads it."""

    loan_id: Annotated[str, Field(min_length=1, max_length=64)]
    borrower_code: Annotated[str, Field(pattern=r"^([0-9A-HJ-NP-RTUWXY]{18}|ID:[0-9A-Za-z._/-]{1,61})$")]
    borrower_name: Annotated[str, Field(min_length=1, max_length=120)]
    borrower_kind: Literal["small", "micro", "individual_business", "owner", "medium", "large", "other"]
    industry: Annotated[str, Field(pattern=r"^([A-T](\d{2,4})?)?$")]
    region: Annotated[str, Field(pattern=r"^(4104(02|03|04|11|21|22|23|25|71|72|81|82)|outside)$")]
    credit_line: Annotated[Decimal, Field(ge=0, max_digits=17, decimal_places=2)]
    balance: Annotated[Decimal, Field(ge=0, max_digits=17, decimal_places=2)]
    annual_rate: Annotated[Decimal, Field(ge=0, le=36, decimal_places=4)]
    start_date: Annotated[date, Field(le=END)]
    maturity_date: date
    guarantee_kind: Literal["credit", "mortgage", "pledge", "surety", "guarantor"]
    classification: Literal["normal", "special_mention", "substandard", "doubtful", "loss"]
    purpose: Literal["operating", "consumption"]
    product_kind: Literal["loan", "bill_discount", "card_overdraft", "purchased"]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    first_loan: Literal["Y", "N"]
    renews: Annotated[str, Field(max_length=64)]

    @model_validator(mode="before")
    @classmethod
    def tidied(cls, cells: dict[str, str]) -> dict[str, str]:
        return {name: unicodedata.normalize("NFKC", text).strip() for name, text in cells.items()}

    @model_validator(mode="after")
    def matures_after_start(self) -> "LoanRow":
        if self.maturity_date <= self.start_date:
            raise ValueError("maturity is not after start")
        return self


def take_row_by_row(path: Path, into: Path) -> None:
    """The same work row by row: validate, compare rows with each other, sort, write Parquet, digest the rows."""
    adapter = TypeAdapter(LoanRow)
    loans: list[LoanRow] = []
    bad = doubtful = 0
    ids: set[str] = set()
    lines: dict[str, tuple[Decimal, str]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            try:
                loan = adapter.validate_python(row)
            except ValidationError:
                bad += 1
                continue
            line = (loan.credit_line, loan.borrower_kind)
            if loan.borrower_code not in lines:
                doubtful += check(loan.borrower_code) is CodeCheck.CHECK_DIGIT
            bad += loan.loan_id in ids or lines.setdefault(loan.borrower_code, line) != line
            ids.add(loan.loan_id)
            loans.append(loan)
    assert not bad
    loans.sort(key=lambda loan: (loan.borrower_code, loan.loan_id))
    columns = {name: [getattr(loan, name) for loan in loans] for name in LoanRow.model_fields}
    pq.write_table(pa.table(columns), into, compression="zstd")
    digest = hashlib.sha256()
    for cells in zip(*columns.values(), strict=True):
        digest.update("\x1f".join(map(str, cells)).encode())


def bare_load(path: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as db:
        db.execute("CREATE TABLE loans AS SELECT * FROM read_csv(?)", [str(path)])


def take(path: Path, into: Path) -> None:
    found = intake(path, institution_code="91410402MA0000015P", quarter=QUARTER, into=into)
    assert found.is_accepted, found.errors.counts


def figures(scale: str) -> Iterator[Figure]:
    """Both figures of intake."""
    rows = ROWS[scale]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, part, tape = folder / "whole.csv", folder / "part.csv", folder / "tape.parquet"
        write_return(whole, rows)
        write_return(part, min(rows, PYDANTIC_ROWS))
        mine, theirs = interleave(lambda: take(whole, tape), lambda: bare_load(whole))
        yield at_most(f"intake of {rows:,} rows: ours ÷ DuckDB's bare load", mine, theirs, 8, "seconds")
        mine, theirs = interleave(lambda: take(part, tape), lambda: take_row_by_row(part, tape))
        yield at_least(
            f"intake of {min(rows, PYDANTIC_ROWS):,} rows: pydantic row by row ÷ ours", mine, theirs, 4, "seconds"
        )


if __name__ == "__main__":
    sys.exit(0 if report(figures(sys.argv[1] if len(sys.argv) > 1 else "full")) else 1)
