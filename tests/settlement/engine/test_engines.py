"""The same text on DuckDB, SQLite and PostgreSQL gives the same digest."""

import sqlite3
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from kernel.errors import Refused
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import DuckDB, DuckDBPool, machine
from settlement.engine.statement import LOANS, SumStatement, statement
from settlement.engine.sums import ReturnSums, sums_from_rows
from tests.seeds import seeded
from tests.settlement import oracle
from tests.settlement.tapes import write_tape
from tests.settlement.worked_examples import book

Loans = list[dict[str, Any]]
WITH_SPARK = find_spec("pyspark") is not None
COLUMNS = [column.name for column in LOANS.columns]
SQL_TYPES = {"credit_line": "BIGINT", "balance": "BIGINT"}
DEFINITION = definition_in_force(book(), date(2022, 3, 31))
READINGS = {
    "policy": DEFINITION,
    "not_inclusive": replace(DEFINITION, credit_line_limit_inclusive=False),
    "another_limit": replace(DEFINITION, credit_line_limit=500_000_000),
    "in_city": replace(DEFINITION, in_city_only=True),
    "good_classes": replace(DEFINITION, counted_classifications=frozenset({"normal"})),
}


def _create(temporary: str = "") -> str:
    columns = ", ".join(f"{name} {SQL_TYPES.get(name, 'VARCHAR(40)')}" for name in COLUMNS)
    return f"CREATE {temporary} TABLE loans ({columns})"


def _on_sqlite(asked: SumStatement, loans: Loans) -> ReturnSums:
    connection = sqlite3.connect(":memory:")
    connection.execute(_create())
    marks = ", ".join("?" for _ in COLUMNS)
    connection.executemany(f"INSERT INTO loans VALUES ({marks})", [[loan[name] for name in COLUMNS] for loan in loans])
    found = sums_from_rows(asked, connection.execute(asked.text).fetchall())
    connection.close()
    return found


def _on_postgresql(url: str, asked: SumStatement, loans: Loans) -> ReturnSums:
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql(_create("TEMPORARY"))
        if loans:
            connection.execute(sqlalchemy.insert(LOANS), [{name: loan[name] for name in COLUMNS} for loan in loans])
        found = sums_from_rows(asked, [tuple(row) for row in connection.exec_driver_sql(asked.text)])
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def returns() -> list[Loans]:
    pick = seeded()
    return [[loan for _ in range(4) for loan in oracle.random_return(pick, [])] for _ in range(6)] + [[]]


@pytest.mark.parametrize("definition", READINGS.values(), ids=READINGS)
def test_the_digest_is_the_same_on_three_engines(
    definition: Definition, returns: list[Loans], postgres_url: str, tmp_path: Path
) -> None:
    asked, duck = statement(definition), DuckDB(threads=1)
    tapes = [write_tape(tmp_path / f"{number}.parquet", loans) for number, loans in enumerate(returns)]
    on_duckdb = [sums_from_rows(asked, rows).digest for rows in duck.rows(asked.text, tapes)]
    assert [_on_sqlite(asked, loans).digest for loans in returns] == on_duckdb
    assert [_on_postgresql(postgres_url, asked, loans).digest for loans in returns] == on_duckdb


def test_a_sum_past_64_bits_stays_exact(postgres_url: str, tmp_path: Path) -> None:
    loans = [{**loan, "balance": 10**17, "currency": "CNY"} for loan in [oracle._loan(seeded())] * 100]
    asked = statement(DEFINITION)
    tape = write_tape(tmp_path / "huge.parquet", loans)
    (on_duckdb,) = (sums_from_rows(asked, rows) for rows in DuckDB(threads=1).rows(asked.text, [tape]))
    assert on_duckdb.balance == 10**19 > 2**63
    assert _on_postgresql(postgres_url, asked, loans) == on_duckdb
    with pytest.raises(sqlite3.OperationalError, match="integer overflow"):
        _on_sqlite(asked, loans)


def test_a_float_from_an_engine_is_refused() -> None:
    asked = statement(DEFINITION)
    with pytest.raises(TypeError, match="whole number"):
        sums_from_rows(asked, [("CNY", "loan", "small", "operating", 0, 1, 100.0)])


def test_a_pool_of_processes_answers_in_the_order_asked(returns: list[Loans], tmp_path: Path) -> None:
    asked = statement(DEFINITION)
    tapes = [write_tape(tmp_path / f"{number}.parquet", loans) for number, loans in enumerate(returns)]
    alone = [sums_from_rows(asked, rows) for rows in DuckDB(threads=1).rows(asked.text, tapes)]
    with DuckDBPool(2) as pool:
        assert [sums_from_rows(asked, rows) for rows in pool.rows(asked.text, tapes)] == alone


@pytest.mark.skipif(not WITH_SPARK, reason="pyspark is optional")
@pytest.mark.parametrize("definition", READINGS.values(), ids=READINGS)
def test_spark_gives_the_same_digest(definition: Definition, returns: list[Loans], tmp_path: Path) -> None:
    asked = statement(definition)
    tapes = [write_tape(tmp_path / f"{number}.parquet", loans) for number, loans in enumerate(returns)]
    every = [machine("spark"), DuckDB(threads=1)]
    on_spark, on_duckdb = ([sums_from_rows(asked, rows) for rows in one.rows(asked.text, tapes)] for one in every)
    assert on_spark == on_duckdb


@pytest.mark.skipif(WITH_SPARK, reason="pyspark is installed")
def test_spark_is_refused_clearly_where_it_is_not_installed() -> None:
    with pytest.raises(Refused) as refusal:
        machine("spark")
    assert refusal.value.code == "spark_missing"
    assert "--engine duckdb" in refusal.value.text.en
