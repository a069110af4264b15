"""A small town whose books are made once and copied for every history: banks, a guarantor, a firm, the bureau, budgets, accounts.

Every return that a history may certify is filed and sent already, so that a correction is one act of the checker's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.database import engine_options, prepare
from kernel.parties.models import Party
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.returns.filing import Premises
from tests.settlement.payments.payment_floor import with_value
from tests.settlement.worked_examples import book

BEGINS = date(2022, 10, 20)
AT = datetime(2022, 10, 20, 2, tzinfo=UTC)
LONG_AGO = date(2022, 9, 1)
QUARTERS = tuple(Quarter(2021, 4).through(Quarter(2022, 3)))
SETTLED = QUARTERS[1:]
CITY, INNER, COUNTY, NEXT_DOOR = "city", "410411", "410421", "410402"
PAYERS = (CITY, INNER, COUNTY, NEXT_DOOR)
HANDS = ("operator", "reviewer", "approver", "cashier")
WHOLE = 36_000_000_00  # fen: what every return says until it is corrected
CORRECTED = {1: 36_100_000_00, 2: 37_000_000_00, 3: 35_900_000_00}  # the one of 2022Q2 is far off the certified figure
BUDGET = 50_000_000_00
GROWTH, FEES, ENTRY, REFINANCING = (
    "growth-reward",
    "fee-subsidy",
    "first-entry-award",
    "zhongyuan-refinancing-award",
)
SCHEMES = (GROWTH, FEES, ENTRY, REFINANCING)
AT_THE_CAP = 500_000_000_00  # 2 ‰ of it is the 1,000,000 yuan a firm and year
RAISED = (AT_THE_CAP - 1, 250_00, 249_99, AT_THE_CAP + 1)
PDF = b"%PDF-1.7\n"


@dataclass(frozen=True)
class Office:
    """An organisation with its maker and checker."""

    party: Party
    maker: Caller
    checker: Caller


@dataclass(frozen=True)
class Pending:
    """A return that is filed and sent, and waits for its checker."""

    number: int
    digest: str
    checker: Caller
    place: tuple[int, int] | None  # bank and quarter, None for the guarantor's
    total: int


@dataclass(frozen=True)
class Town:
    """Everybody in it, and what waits to happen. `figures`: the certified balance of every bank and quarter end, fen."""

    premises: Premises
    folder: Path
    banks: tuple[Office, ...]
    hands: Mapping[str, Caller]
    second: Caller
    officer: Caller
    industry: Caller
    owner: Caller
    corrections: tuple[Pending, ...]
    claims: tuple[int, ...]
    holders: tuple[str, ...]

    @property
    def book(self) -> PolicyBook:
        return self.premises.book

    @property
    def people(self) -> tuple[Caller, ...]:
        return (*self.hands.values(), self.second, self.officer)


def decided_book() -> PolicyBook:
    """The policies with the documents that let everything here be paid."""
    decided = with_value(book(), GROWTH, "payer", "fiscal_shares")
    decided = with_value(decided, GROWTH, "central_bank_deduction", False)
    return with_value(decided, FEES, "adopted_by", "平财金〔2022〕30号")


@contextmanager
def open_books(url: str) -> Iterator[Session]:
    """A session on books of their own, set up as the service sets its own up."""
    options = engine_options(url)
    engine = sqlalchemy.create_engine(options.pop("url"), **options)
    prepare(engine)
    with Session(engine, expire_on_commit=False) as db:
        yield db
    engine.dispose()
