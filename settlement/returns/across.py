"""One query over the returns of all institutions of a quarter: split borrowers, and loans claimed more than once.

Everything else needs one institution's return only. What is found is shown to the bureau; no institution sees another's.
"""

# ruff: noqa: S608 (paths and institution codes are quoted literals)

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kernel.money import FEN_PER_WAN
from settlement.returns.cells import quoted
from settlement.returns.column_rules import Rule
from settlement.returns.limits import DEFAULT_LIMITS, Limits
from settlement.returns.rules import GROUP
from settlement.returns.workshop import workshop

LINE_ACROSS = 1000 * FEN_PER_WAN  # 1000 万元, in fen
_WHOLE = 1_000_000  # a share of 100 %, in millionths


@dataclass(frozen=True)
class SplitBorrower:
    """A borrower whose lines in several institutions together exceed the limit; amounts in fen by institution code."""

    borrower_code: str
    borrower_name: str
    total: int
    lines: tuple[tuple[str, int], ...]
    rule: Rule = GROUP["over_limit_across"]


@dataclass(frozen=True)
class Claim:
    """One institution's row in a loan claimed more than once; `balance` in fen, `share` in millionths."""

    institution_code: str
    row: int
    loan_id: str
    balance: int
    share: int


@dataclass(frozen=True)
class DoubleClaim:
    """A loan that several institutions claim with more than 100 % together."""

    borrower_code: str
    borrower_name: str
    claims: tuple[Claim, ...]
    rule: Rule


@dataclass(frozen=True)
class Across:
    """What one quarter's returns hold against each other."""

    split_borrowers: tuple[SplitBorrower, ...]
    claimed_twice: tuple[DoubleClaim, ...]
    near_twins: tuple[DoubleClaim, ...]


def _lay_returns(connection: duckdb.DuckDBPyConnection, tapes: Mapping[str, Path]) -> None:
    """All rows as the view `everything`, with the institution and the loan id without its punctuation."""
    bare = "regexp_replace(upper(loan_id), '[^0-9A-Z\\x{4e00}-\\x{9fff}]', '', 'g')"
    each = " UNION ALL ".join(
        f"SELECT {quoted(code)} AS institution_code, *, {bare} AS bare_id FROM read_parquet({quoted(str(path))})"
        for code, path in sorted(tapes.items())
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW everything AS {each}")


_SPLIT = """
    SELECT borrower_code, min(borrower_name), sum(line)::DECIMAL(38, 0)::VARCHAR,
           list({'code': institution_code, 'line': line} ORDER BY institution_code)
    FROM (SELECT borrower_code, institution_code, min(borrower_name) AS borrower_name, max(credit_line) AS line
          FROM everything GROUP BY ALL)
    GROUP BY borrower_code HAVING count(*) > 1 AND sum(line) > $limit ORDER BY borrower_code"""

_CLAIMED = """
    SELECT borrower_code, min(borrower_name),
           list({{'code': institution_code, 'row': row, 'loan': loan_id, 'balance': balance, 'share': share}}
                ORDER BY institution_code, row)
    FROM everything WHERE {0}
    GROUP BY borrower_code, {1}
    HAVING count(DISTINCT institution_code) > 1 AND sum(share) > {2} AND {3} ORDER BY 1, {1}"""

_TWICE = _CLAIMED.format("true", "bare_id", _WHOLE, "true")
_TWINS = _CLAIMED.format(
    "balance > 0", "start_date, maturity_date, annual_rate, balance", _WHOLE, "count(DISTINCT bare_id) > 1"
)


def _double_claims(connection: duckdb.DuckDBPyConnection, query: str, rule: Rule) -> tuple[DoubleClaim, ...]:
    return tuple(
        DoubleClaim(
            code,
            name,
            tuple(Claim(one["code"], one["row"], one["loan"], one["balance"], one["share"]) for one in claims),
            rule,
        )
        for code, name, claims in connection.execute(query).fetchall()
    )


def _split_borrowers(connection: duckdb.DuckDBPyConnection, limit: int) -> tuple[SplitBorrower, ...]:
    found = connection.execute(_SPLIT, {"limit": limit}).fetchall()
    return tuple(
        SplitBorrower(code, name, int(total), tuple((line["code"], line["line"]) for line in lines))
        for code, name, total, lines in found
    )


PARTS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, int], tuple[Any, ...]]] = {
    "split_borrowers": _split_borrowers,
    "claimed_twice": lambda connection, _limit: _double_claims(connection, _TWICE, GROUP["claimed_twice"]),
    "near_twins": lambda connection, _limit: _double_claims(connection, _TWINS, GROUP["near_twin"]),
}


def across(tapes: Mapping[str, Path], *, limit: int = LINE_ACROSS, limits: Limits = DEFAULT_LIMITS) -> Across:
    """Check one quarter's canonical tapes, by institution code, against each other; `limit` in fen.

    A near twin has the same borrower, days, rate and balance under another loan id: a loan claimed twice in disguise, or
    honestly two; people decide.
    """
    return Across(**{name: across_part(name, tapes, limit=limit, limits=limits) for name in PARTS})


def across_part(
    name: str, tapes: Mapping[str, Path], *, limit: int = LINE_ACROSS, limits: Limits = DEFAULT_LIMITS
) -> tuple[Any, ...]:
    """One of `PARTS` alone, for who has not the time for all of them at once."""
    if not tapes:
        return ()
    with workshop(limits) as (connection, _):
        _lay_returns(connection, tapes)
        return PARTS[name](connection, limit)
