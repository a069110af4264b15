"""One loan and its borrower at one bank, and what a quarter does to them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from config.demonstration.plan import SMALL
from config.demonstration.streams import percent
from kernel.periods import Quarter
from kernel.workdays import WorkCalendar

LIMIT: Final = 1_000_000_000  # 10,000,000.00 yuan, inclusive
SMALLEST: Final = 2_000_000  # steering leaves no loan under 20,000 yuan
STEP: Final = 100_000  # loans are whole thousands of yuan
_CALENDAR = WorkCalendar()
_PERSONS = ("individual_business", "owner")
_DRIFT = {  # class: (of a thousand that get better, that get worse)
    "normal": (0, 10),
    "special_mention": (150, 200),
    "substandard": (30, 150),
    "doubtful": (0, 150),
    "loss": (0, 0),
}
_CLASSES = tuple(_DRIFT)
GRADES: Final = {
    "normal": 962,
    "special_mention": 22,
    "substandard": 10,
    "doubtful": 5,
    "loss": 1,
}  # of a book that has stood a while


@dataclass(slots=True)
class Client:
    """A borrower at one bank: one line and one kind on all its loans."""

    code: str
    name: str
    kind: str
    industry: str
    region: str
    line: int
    loans: list["Loan"] = field(default_factory=list)

    @property
    def exposure(self) -> int:
        return sum(loan.balance for loan in self.loans)


@dataclass(slots=True, eq=False)
class Loan:
    """Amounts in fen, the rate in basis points; `instalment` is repaid each quarter, 0 means all at the end."""

    loan_id: str
    client: Client
    segment: str
    start: date
    maturity: date
    balance: int
    rate: int
    guarantee: str
    instalment: int = 0
    classification: str = "normal"
    purpose: str = "operating"
    product_kind: str = "loan"
    currency: str = "CNY"
    first_loan: bool = False
    renews: str = ""

    @property
    def is_eligible(self) -> bool:
        """Whether it counts for the growth reward (domain §2), written here a second time so that the service is checked."""
        client = self.client
        return (
            self.balance > 0
            and self.currency == "CNY"
            and self.product_kind == "loan"
            and client.kind in SMALL
            and (client.kind not in _PERSONS or self.purpose == "operating")
            and client.line <= LIMIT
        )


def months_later(day: date, months: int) -> date:
    """The same day of a later month, at most the 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def repay_instalment(loan: Loan) -> None:
    """A sound loan in parts falls by one part and keeps the last for its maturity."""
    if loan.classification in ("normal", "special_mention") and loan.balance > loan.instalment:
        loan.balance -= loan.instalment


def drift(rng: Random, loan: Loan) -> None:
    """The five-class grade moves one step or none."""
    better, worse = _DRIFT[loan.classification]
    drawn, at = rng.randrange(1000), _CLASSES.index(loan.classification)
    if drawn < better:
        loan.classification = _CLASSES[at - 1]
    elif drawn < better + worse:
        loan.classification = _CLASSES[at + 1]


def swing(rng: Random, loan: Loan) -> None:
    """A card overdraft is drawn anew within its line."""
    loan.balance = loan.client.line * rng.randint(10, 60) // 100


def ends(rng: Random, loan: Loan, quarter_end: date) -> bool:
    """Whether it leaves the book: repaid at maturity if sound, written off some time after it was lost."""
    if loan.classification == "loss":
        return percent(rng, 40)
    return loan.maturity <= quarter_end and loan.classification in ("normal", "special_mention")


def round_sum(rng: Random, limit: int) -> int:
    """Half to all of the limit, in whole thousands of yuan."""
    return max(STEP, limit * rng.randint(50, 100) // 100 // STEP * STEP)


def fitted(amount: int, at_most: int) -> int:
    """The amount within what is still wanted, so that nothing too small to be a loan is left for the next one."""
    if amount >= at_most or at_most < 2 * SMALLEST:
        return min(amount, at_most)
    return amount if at_most - amount >= SMALLEST else amount - SMALLEST


def quarters_left(quarter: Quarter, maturity: date) -> int:
    """Quarter ends from this one up to the maturity, this one included."""
    last = Quarter.containing(maturity - timedelta(days=1))
    return 4 * (last.year - quarter.year) + last.number - quarter.number + 1


@cache
def working_days(quarter: Quarter) -> tuple[date, ...]:
    return tuple(_CALENDAR.between(quarter.first_day, quarter.last_day))


@cache
def working_day(day: date) -> date:
    """The day itself if worked, else the next one."""
    return _CALENDAR.on_or_after(day)
