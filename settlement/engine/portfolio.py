"""A return's inclusive loans beside all its loans, in one pass: what the two increases and two controls ask (domain §10).

Plain ANSI text like the statement by kind, and exact: balances add up in DECIMAL(38,0), balance times rate is a whole number.
Which loans are inclusive is the definition's own test, said here as SQL; a test holds the two together kind by kind.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import (
    DECIMAL,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    func,
    or_,
    select,
    table,
    true,
)

from kernel.periods import Quarter
from settlement.engine.balances import Tape
from settlement.engine.definition import OPERATING, OUTSIDE, Definition
from settlement.engine.machines import Machine
from settlement.engine.statement import EXACT_SUM, SumStatement, ansi, over_limit
from settlement.engine.sums import whole
from settlement.two_increases import Portfolio, PortfolioPair

NON_PERFORMING = ("substandard", "doubtful", "loss")
_FIGURES = ("balance", "non_performing", "borrowers", "new_balance", "new_rated")
_LOANS = table(
    "loans",
    column("borrower_code", String),
    column("currency", String),
    column("product_kind", String),
    column("borrower_kind", String),
    column("purpose", String),
    column("region", String),
    column("classification", String),
    column("credit_line", BigInteger),
    column("balance", BigInteger),
    column("annual_rate", Integer),
    column("start_date", Date),
)


def is_inclusive(loans: FromClause, definition: Definition) -> ColumnElement[bool]:
    """Whether a row counts by the definition; says the same as `Definition.reason` of the row's kind."""
    tests = [
        loans.c.currency == definition.currency,
        loans.c.product_kind.not_in(sorted(definition.excluded_product_kinds)),
        loans.c.borrower_kind.in_(sorted(definition.borrower_kinds)),
        or_(
            loans.c.borrower_kind.not_in(sorted(definition.operating_only_kinds)),
            loans.c.purpose == OPERATING,
        ),
    ]
    if definition.tests_classification:
        tests.append(loans.c.classification.in_(sorted(definition.counted_classifications)))
    if definition.in_city_only:
        tests.append(loans.c.region != OUTSIDE)
    if definition.tests_credit_line:
        tests.append(over_limit(loans, definition) == 0)
    return and_(*tests)


def _total(counts: ColumnElement[bool], amount: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(cast(func.sum(case((counts, amount), else_=0)), EXACT_SUM), 0)


def _portfolio(counts: ColumnElement[bool], since: date) -> list[ColumnElement[Any]]:
    """The five figures of the loans that count; new are those that began on or after the year's first day."""
    loans = _LOANS.c
    new = and_(counts, loans.start_date >= since)
    rated: ColumnElement[Any] = cast(loans.balance, DECIMAL(20, 0)) * cast(loans.annual_rate, DECIMAL(8, 0))
    return [
        _total(counts, loans.balance),
        _total(and_(counts, loans.classification.in_(NON_PERFORMING)), loans.balance),
        func.count(case((and_(counts, loans.balance > 0), loans.borrower_code)).distinct()),
        _total(new, loans.balance),
        _total(new, rated),
    ]


@lru_cache(maxsize=64)  # as the statement's text
def portfolio_statement(definition: Definition, year: int) -> SumStatement:
    """The statement of a definition for returns of one year, ready to run over a table or view `loans` of one return."""
    since = date(year, 1, 1)
    named = {
        f"{side}_{name}": expression
        for side, counts in (("inclusive", is_inclusive(_LOANS, definition)), ("every", true()))
        for name, expression in zip(_FIGURES, _portfolio(counts, since), strict=True)
    }
    query: Select[Any] = select(*(expression.label(name) for name, expression in named.items())).select_from(_LOANS)
    return SumStatement(ansi(query), tuple(named))


def _pair(row: Iterable[object]) -> PortfolioPair:
    figures = [whole(value) for value in row]
    half = len(_FIGURES)
    return PortfolioPair(Portfolio(*figures[:half]), Portfolio(*figures[half:]))


class PortfolioCache:
    """Portfolios already worked out, by (return digest, statement digest): one small file each; a damaged one is written anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, return_digest: str, statement_digest: str) -> Path:
        return self.folder / return_digest[:2] / f"{return_digest}-{statement_digest}.json"

    def get(self, return_digest: str, statement_digest: str) -> PortfolioPair | None:
        try:
            kept = json.loads(self._path(return_digest, statement_digest).read_text(encoding="utf-8"))
            pair = PortfolioPair(Portfolio(**kept["inclusive"]), Portfolio(**kept["every"]))
            return pair if _digest(pair) == kept["digest"] else None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def put(self, return_digest: str, statement_digest: str, pair: PortfolioPair) -> None:
        path = self._path(return_digest, statement_digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            json.dump({**asdict(pair), "digest": _digest(pair)}, file)
        Path(file.name).replace(path)


def _digest(pair: PortfolioPair) -> str:
    return hashlib.sha256(json.dumps(asdict(pair), sort_keys=True).encode()).hexdigest()


def portfolios(
    tapes: Iterable[Tape], definition: Definition, quarter: Quarter, machine: Machine, cache: PortfolioCache
) -> dict[str, PortfolioPair]:
    """The portfolios of one quarter's returns by the digest of each."""
    wanted = {tape.digest: tape for tape in tapes}
    asked = portfolio_statement(definition, quarter.year)
    found = {digest: kept for digest in wanted if (kept := cache.get(digest, asked.digest)) is not None}
    to_read = [tape for digest, tape in wanted.items() if digest not in found]
    for tape, rows in zip(to_read, machine.rows(asked.text, [tape.path for tape in to_read]), strict=True):
        found[tape.digest] = _pair(rows[0])
        cache.put(tape.digest, asked.digest, found[tape.digest])
    return found
