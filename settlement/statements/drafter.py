"""What drafting needs of a scheme and nothing more: who is due in a quarter, on which inputs, and how one statement is computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlmodel import Session, SQLModel

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import PolicyBook, PolicyData, Scheme
from settlement.fiscal_shares import Share
from settlement.returns.filing import Premises
from settlement.statements.models import Statement


@dataclass(frozen=True)
class Beneficiary:
    """The party that is paid: an institution or an enterprise, and the fiscal region that decides who pays."""

    party_id: int
    code: str
    name: str
    region: str


@dataclass(frozen=True)
class Due:
    """A beneficiary with a statement in a quarter, and one SHA-256 over everything that its statement depends on."""

    beneficiary: Beneficiary
    inputs_digest: str


@dataclass(frozen=True)
class AwardLine:
    """One amount of a statement and how it came about; the lines add up to the statement's amount, a cap is a line of its own.

    `base` and `amount` in fen, `rate` as exact text; `clause` is a row of domain §5, `parameters` name what was read from the policy,
    `subject` is the contract, claim or event that is paid for.
    """

    title: Text
    clause: int
    base: int | None
    rate: str
    amount: int | None
    subject: str = ""
    parameters: tuple[str, ...] = ()


def nothing_beside(_statement: Statement) -> Iterable[SQLModel]:
    """For schemes without tables of their own."""
    return ()


@dataclass(frozen=True)
class ComputedStatement:
    """A statement before it is written. `amount` in fen, None where nobody knows; `holds` are codes, the first to tell first.

    `explanation` holds plain values and at least `clauses`, `parameters`, `share_parameters` (see `explanation`), `day` and `digests`;
    `beside` makes the rows that the scheme keeps in tables of its own once the statement has its number in the books.
    """

    due: Due
    amount: int | None
    holds: tuple[str, ...]
    shares: tuple[Share, ...]
    lines: tuple[AwardLine, ...]
    explanation: Mapping[str, Any]
    policy_digest: str
    shares_digest: str
    beside: Callable[[Statement], Iterable[SQLModel]] = nothing_beside


def deciding(scheme: Scheme, day: date) -> dict[str, tuple[PolicyData, str]]:
    """The values of a scheme that decide an amount on a day, with their documents: all but those that a clause awaits before payment.

    For inputs digests: a decision on who pays must not make every statement outdated, and neither must a note or the day on which
    a value ends. What such a decision does to the figures is for the scheme to add.
    """
    awaited = {parameter.name for clause in scheme.clauses if clause.kind == "A" for parameter in clause.waits_for}
    values = scheme.values(day).items()
    return {name: (value.value, value.reference) for name, value in values if name not in awaited}


class QuarterInputs(Protocol):
    """The facts of one scheme and quarter as read from the books."""

    @property
    def dues(self) -> Sequence[Due]:
        """Who has a statement, by code."""

    def compute(self, due: Due) -> ComputedStatement:
        """One of them; called outside any transaction, touches no table."""


class Drafter(Protocol):
    """One scheme's way to its statements."""

    @property
    def scheme(self) -> str:
        """The scheme's id, as in `config/policies`."""

    @property
    def prefix(self) -> str:
        """The letters in front of its statements' numbers."""

    @property
    def title(self) -> Text:
        """Its name on pages."""

    @property
    def hold_titles(self) -> Mapping[str, Text]:
        """Why a statement may wait, in sentences that say what to do, by code."""

    @property
    def short_holds(self) -> Mapping[str, Text]:
        """The same in two or three words."""

    def quarters(self, book: PolicyBook, before: date) -> tuple[Quarter, ...]:
        """The quarters that the scheme settles and whose last day lies before a day, rising."""

    def read(self, db: Session, quarter: Quarter, premises: Premises) -> QuarterInputs:
        """The facts of a quarter; raises `PolicySilent` where the scheme has no rule for it."""
