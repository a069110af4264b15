"""From the last return's balance to this one's, loan by loan, to the fen."""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from pathlib import Path

import duckdb

from settlement.returns.cells import quoted
from settlement.returns.findings import RollForward

EVERYTHING = "true"

_TERMS = {
    "previous": "sum(old_balance) FILTER (old_in)",
    "opened": "sum(new_balance) FILTER (new_in AND old_balance IS NULL)",
    "grown": "sum(new_balance - old_balance) FILTER (old_in AND new_in AND new_balance > old_balance)",
    "entered": "sum(new_balance) FILTER (new_in AND old_balance IS NOT NULL AND NOT old_in)",
    "shrunk": "sum(old_balance - new_balance) FILTER (old_in AND new_in AND new_balance < old_balance AND new_balance > 0)",
    "repaid": "sum(old_balance) FILTER (old_in AND new_in AND new_balance = 0)",
    "left": "sum(old_balance) FILTER (old_in AND new_balance IS NULL AND NOT was_loss)",
    "written_off": "sum(old_balance) FILTER (old_in AND new_balance IS NULL AND was_loss)",
    "exited": "sum(old_balance) FILTER (old_in AND new_balance IS NOT NULL AND NOT new_in)",
    "present": "sum(new_balance) FILTER (new_in)",
}


def roll_forward_of(connection: duckdb.DuckDBPyConnection, old: str, new: str, within: str = EVERYTHING) -> RollForward:
    """The roll-forward between two relations of tape columns; unreadable balances count as nothing."""
    side = """SELECT loan_id, sum(coalesce(balance, 0))::HUGEINT AS {0}_balance, bool_or({1}) AS {0}_is_in,
                     bool_or(classification IS NOT DISTINCT FROM 'loss') AS {0}_loss
              FROM {2} GROUP BY loan_id"""
    terms = ", ".join(f"coalesce({sql}, 0)::DECIMAL(38, 0)::VARCHAR AS {name}" for name, sql in _TERMS.items())
    found = connection.execute(
        f"""SELECT {terms} FROM (
                SELECT old_balance, new_balance, coalesce(old_is_in, false) AS old_in,
                       coalesce(new_is_in, false) AS new_in, coalesce(old_loss, false) AS was_loss
                FROM ({side.format("old", within, old)}) AS o FULL JOIN ({side.format("new", within, new)}) AS n
                ON o.loan_id IS NOT DISTINCT FROM n.loan_id)"""
    ).fetchone()
    assert found is not None
    return RollForward(**{name: int(value) for name, value in zip(_TERMS, found, strict=True)})


def roll_forward(previous: Path, present: Path, *, within: str = EVERYTHING) -> RollForward:
    """The roll-forward between two canonical tapes of one institution.

    `within` is a trusted SQL predicate over tape columns, such as the definition of inclusive loans; balances are taken
    within it, and a loan in both returns that moved across its border has `entered` or `exited`.
    """
    with duckdb.connect(":memory:") as connection:
        old, new = (f"read_parquet({quoted(str(path))})" for path in (previous, present))
        return roll_forward_of(connection, old, new, within)
