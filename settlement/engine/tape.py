"""The canonical loan tape: what intake writes for an accepted return and what the engine reads.

One Parquet file (zstd) holds one return: one row per loan on the quarter's last day, sorted by `borrower_code`, then
`loan_id`, both by code point. Amounts are whole fen, percentages are millionths (5.0 % is 50000, 100 % is 1000000), codes
are the English ones of the loan return, regions GB/T 2260 codes (410471 高新区 and 410472 示范区 are the service's own) or
`outside`. `row` is the row of the filed sheet (its header is row 1); `bno` numbers the borrowers densely from 1 in the order
of `borrower_code`. Texts are NFC and hold no control characters.

**Row digest.** Parquet bytes differ between library versions, and a filed file may list its rows and columns in any order;
the row digest depends on neither. To recompute it: take the rows in tape order; write each as the values of
`DIGESTED_COLUMNS` joined by U+001F and ended by U+000A, in UTF-8, where an integer is plain decimal, a date `YYYY-MM-DD`,
a boolean `1` or `0`, and NULL nothing; cut the lines into chunks of 4096 rows; take the SHA-256 of each chunk in lower-case
hexadecimal; the row digest is the SHA-256 of `DIGEST_HEADING`, U+000A, and the chunk digests in order, each ended by U+000A.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb


class TapeColumn(NamedTuple):
    """One column of the canonical tape: its name, its SQL type in DuckDB, and whether it may be NULL."""

    name: str
    sql_type: str
    nullable: bool = False


LOAN_TAPE: tuple[TapeColumn, ...] = (
    TapeColumn("row", "INTEGER"),
    TapeColumn("loan_id", "VARCHAR"),
    TapeColumn("bno", "INTEGER"),
    TapeColumn("borrower_code", "VARCHAR"),
    TapeColumn("borrower_name", "VARCHAR"),
    TapeColumn("borrower_kind", "VARCHAR"),
    TapeColumn("industry", "VARCHAR", nullable=True),
    TapeColumn("region", "VARCHAR"),
    TapeColumn("credit_line", "BIGINT"),
    TapeColumn("balance", "BIGINT"),
    TapeColumn("annual_rate", "INTEGER"),
    TapeColumn("start_date", "DATE"),
    TapeColumn("maturity_date", "DATE"),
    TapeColumn("guarantee_kind", "VARCHAR"),
    TapeColumn("classification", "VARCHAR"),
    TapeColumn("purpose", "VARCHAR"),
    TapeColumn("product_kind", "VARCHAR"),
    TapeColumn("currency", "VARCHAR"),
    TapeColumn("first_loan", "BOOLEAN"),
    TapeColumn("renews", "VARCHAR", nullable=True),
    TapeColumn("share", "INTEGER"),
)

SORTED_BY = ("borrower_code", "loan_id")
DIGEST_HEADING = "yinqi loan tape 1"
DIGEST_CHUNK_ROWS = 4096


@dataclass(frozen=True)
class TapeLayout:
    """What one canonical table looks like: the heading of its digest, its columns, the order of its rows."""

    heading: str
    columns: tuple[TapeColumn, ...]
    sorted_by: tuple[str, ...]

    @property
    def digested(self) -> tuple[str, ...]:
        """The columns that the digest covers: all but what depends on the order of the filed rows."""
        return tuple(column.name for column in self.columns if column.name not in ("row", "bno"))


LOAN_LAYOUT = TapeLayout(DIGEST_HEADING, LOAN_TAPE, SORTED_BY)
DIGESTED_COLUMNS: tuple[str, ...] = LOAN_LAYOUT.digested

_BLOCK_ROWS = 30 * DIGEST_CHUNK_ROWS  # one row group as DuckDB writes it: what each thread holds in memory at a time


def _as_text(column: TapeColumn) -> str:
    expression = f"{column.name}::TINYINT::VARCHAR" if column.sql_type == "BOOLEAN" else f"{column.name}::VARCHAR"
    return f"coalesce({expression}, '')" if column.nullable else expression


def _chunks(connection: duckdb.DuckDBPyConnection, tape: Path, rows: range, layout: TapeLayout) -> list[bytes]:
    """The chunks of some rows, in order. The SQL is made of the layout and nothing else."""
    line = ", ".join(_as_text(column) for column in layout.columns if column.name in layout.digested)
    query = f"""
        SELECT encode(string_agg(line, '' ORDER BY number))
        FROM (SELECT file_row_number AS number, concat_ws(chr(31), {line}) || chr(10) AS line
              FROM read_parquet($tape, file_row_number = true)
              WHERE file_row_number >= $first AND file_row_number < $beyond)
        GROUP BY number // {DIGEST_CHUNK_ROWS} ORDER BY number // {DIGEST_CHUNK_ROWS}"""  # noqa: S608
    bounds = {"tape": str(tape), "first": rows.start, "beyond": rows.stop}
    return [bytes(row[0]) for row in connection.execute(query, bounds).fetchall()]


def row_digest(connection: duckdb.DuckDBPyConnection, tape: Path, layout: TapeLayout = LOAN_LAYOUT) -> str:
    """The row digest of one canonical Parquet file, in lower-case hexadecimal; a block of rows in memory at a time."""
    facts = connection.execute(
        "SELECT count(*), current_setting('threads') FROM read_parquet($tape)", {"tape": str(tape)}
    ).fetchone()
    assert facts is not None
    block = _BLOCK_ROWS * max(1, min(int(facts[1]), 4))
    total = hashlib.sha256(f"{layout.heading}\n".encode())
    for first_row in range(0, int(facts[0]), block):
        for chunk in _chunks(connection, tape, range(first_row, first_row + block), layout):
            total.update(f"{hashlib.sha256(chunk).hexdigest()}\n".encode())
    return total.hexdigest()
