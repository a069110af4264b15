"""The payable book 应付台账 of a payer, as of a day, and the letter that demands its open part. Read from the books; fen."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.errors import NotFound, Refused
from kernel.ledger.balances import NOW, AsOf, ClaimKey, claim_balances, claims_by_book
from kernel.parties.models import Party
from kernel.workdays import WorkCalendar
from settlement.fiscal_shares import CITY, PROVINCE
from settlement.payments.labels import PAYERS
from settlement.payments.rules import PaymentRules
from settlement.returns.service import SEES_ALL

COUNTY_OFFICER = "county_officer"
READERS = (*SEES_ALL, COUNTY_OFFICER)


@dataclass(frozen=True)
class PayableFigures:
    """What became of what is due, in fen: due = paid + set off + in transit + payable + carried + cut − recoverable.

    What came back on a notice is taken off what was paid.
    """

    due: int = 0
    paid: int = 0
    set_off: int = 0
    in_transit: int = 0
    payable: int = 0
    carried: int = 0
    cut: int = 0
    recoverable: int = 0

    @property
    def still_owed(self) -> int:
        """What the payer has not ordered yet: payable and carried."""
        return self.payable + self.carried

    def __add__(self, other: "PayableFigures") -> "PayableFigures":
        return PayableFigures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @classmethod
    def of(cls, accounts: Mapping[str, int]) -> "PayableFigures":
        """From the balances of the claim accounts; net paid leaves out what came back."""
        credit = {name: -accounts.get(name, 0) for name in ("set_off", "in_transit", "payable", "carried", "cut")}
        paid = -accounts.get("paid", 0) - accounts.get("recovered", 0)
        return cls(due=accounts.get("award", 0), paid=paid, recoverable=accounts.get("recoverable", 0), **credit)


@dataclass(frozen=True)
class PayableLine:
    """One beneficiary, scheme and quarter."""

    key: ClaimKey
    code: str
    name: str
    figures: PayableFigures


@dataclass(frozen=True)
class PayableBook:
    """All lines of a payer, oldest quarter first, with their sum."""

    payer: str
    as_of: AsOf
    lines: tuple[PayableLine, ...]

    @property
    def total(self) -> PayableFigures:
        return sum((line.figures for line in self.lines), PayableFigures())

    @property
    def owed(self) -> list[PayableLine]:
        return [line for line in self.lines if line.figures.still_owed]


@dataclass(frozen=True)
class DemandLetter:
    """What a place is asked to pay, line by line, and until when."""

    payer: str
    day: date
    due_on: date
    lines: tuple[PayableLine, ...]
    total: int


def payers_seen_by(caller: Caller) -> list[str]:
    """The payers whose books the caller may read: all, or a county officer's own."""
    if caller.role in SEES_ALL:
        return list(PAYERS)
    return [code for code in PAYERS if caller.role == COUNTY_OFFICER and code == caller.fiscal_region]


def require_seen(caller: Caller, payer: str) -> str:
    """The payer, or NotFound when there is none that the caller may see."""
    if payer not in payers_seen_by(caller):
        raise NotFound("payer_not_found", "没有这个付款方", "There is no such payer")
    return payer


def payable_book(db: Session, payer: str, as_of: AsOf = NOW) -> PayableBook:
    """The book as of a day, by the day things count for or by the day they were written."""
    found = claim_balances(db, payer, as_of)
    parties = {key.party_id for key in found}
    known = {row.id: row for row in db.exec(select(Party).where(col(Party.id).in_(parties)))}
    lines = [
        PayableLine(key, known[key.party_id].code, known[key.party_id].name, PayableFigures.of(accounts))
        for key, accounts in found.items()
    ]
    order = sorted(lines, key=lambda line: (line.key.quarter, line.key.scheme, line.code))
    return PayableBook(payer, as_of, tuple(order))


def payable_totals(db: Session, as_of: AsOf = NOW) -> dict[str, PayableFigures]:
    """The sum of every payer's book as of a day; zeros for a payer that owes and owed nothing."""
    found = claims_by_book(db, as_of)
    return {payer: sum(map(PayableFigures.of, found.get(payer, {}).values()), PayableFigures()) for payer in PAYERS}


def demand_letter(db: Session, payer: str, *, rules: PaymentRules, calendar: WorkCalendar, day: date) -> DemandLetter:
    """The letter to a county or district; Refused for the city itself and the province, NotFound when nothing is open."""
    if payer in (CITY, PROVINCE):
        raise Refused("no_demand", "催拨函只发给区县", "Demand letters go to counties and districts only")
    owed = payable_book(db, payer).owed
    if not owed:
        raise NotFound("nothing_due", "这个付款方没有欠拨的", "This payer owes nothing now")
    due_on = calendar.plus(day, rules.demand_due_days)
    return DemandLetter(payer, day, due_on, tuple(owed), sum(line.figures.still_owed for line in owed))
