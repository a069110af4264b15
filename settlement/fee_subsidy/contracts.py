"""Guarantee contracts as guarantors file them quarter by quarter, and what is known of each by a quarter's end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from kernel.errors import Refused
from kernel.money import grouped
from kernel.periods import Quarter

WHOLE_SHARE = 1_000_000


class EventKind(StrEnum):
    """What can happen to a contract between its first and its last day."""

    REPAYMENT = "repayment"
    FEE_REFUND = "fee_refund"


@dataclass(frozen=True)
class Guarantee:
    """One contract as filed for one quarter: fen, on [start, end), `share` in millionths; the columns of the canonical return."""

    contract_id: str
    borrower_code: str
    borrower_name: str
    borrower_kind: str
    region: str
    lender_code: str
    amount: int
    start: date
    end: date
    fee_income: int
    extra_fees: int = 0
    released_on: date | None = None
    compensated_on: date | None = None
    outstanding: int = 0
    share: int = WHOLE_SHARE
    deposit: int = 0
    first_loan: bool = False
    batch_product: bool = False

    def __post_init__(self) -> None:
        if self.amount <= 0 or self.end <= self.start:
            raise Refused(
                "guarantee_impossible",
                f"合同 {self.contract_id}：金额要大于零，终止日要晚于起保日（{grouped(self.amount)}，{self.start} 至 {self.end}）",
                f"Contract {self.contract_id}: the amount must be above nil and the end after the start "
                f"({grouped(self.amount)}, {self.start} to {self.end})",
            )


@dataclass(frozen=True, order=True)
class GuaranteeEvent:
    """A partial repayment of the guaranteed loan, or a refund of the fee; `amount` in fen."""

    contract_id: str
    day: date
    kind: str
    amount: int


@dataclass(frozen=True)
class GuaranteeReturn:
    """One guarantor's return of one quarter with its events, and the digest of its canonical rows."""

    quarter: Quarter
    contracts: tuple[Guarantee, ...]
    events: tuple[GuaranteeEvent, ...] = ()
    digest: str = ""


@dataclass(frozen=True)
class Stretch:
    """Days [since, until) on which a contract's guaranteed amount was the same, fen."""

    amount: int
    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days


@dataclass(frozen=True)
class KnownContract:
    """A contract by all returns up to a quarter: terms as filed last, the kind of borrower as filed first.

    `repayments` rise by day. `fee_income` is what was charged at first, refunds come off it. Nothing is known beyond the
    last quarter end for which the contract was filed.
    """

    filed: Guarantee
    borrower_kind: str
    repayments: tuple[tuple[date, int], ...]
    refunded: int
    first_filed: Quarter
    last_filed: Quarter

    @property
    def contract_id(self) -> str:
        return self.filed.contract_id

    @property
    def days(self) -> int:
        """Days as contracted, whatever became of the contract."""
        return (self.filed.end - self.filed.start).days

    @property
    def fee(self) -> int:
        """Fee income less refunds, which count from the start."""
        return self.filed.fee_income - self.refunded

    def annualised(self, days_per_year: int) -> Fraction:
        """`amount × days / 365`, exact fen, by the days as contracted."""
        return Fraction(self.filed.amount * self.days, days_per_year)

    def fee_rate(self, days_per_year: int) -> Fraction:
        """`fee income / annualised amount`, exact."""
        return Fraction(self.fee * days_per_year, self.filed.amount * self.days)

    @property
    def stop(self) -> date:
        """The first day on which it is no longer in force: its end, early release or compensation 代偿."""
        ends = (self.filed.end, self.filed.released_on, self.filed.compensated_on)
        return min(day for day in ends if day is not None)

    @property
    def known_until(self) -> date:
        """The first day of which no return says anything."""
        return self.last_filed.last_day + timedelta(days=1)

    def is_missing(self, quarter: Quarter) -> bool:
        """Whether it should stand in a later return up to the quarter and does not."""
        return self.last_filed < quarter and self.stop > self.known_until

    def stretches(self, until: date) -> Iterator[Stretch]:
        """The days in force before `until`, cut where a repayment lowered the amount."""
        amount, since = self.filed.amount, self.filed.start
        last = min(self.stop, self.known_until, until)
        for day, repaid in self.repayments:
            if day >= last:
                break
            if day > since:
                yield Stretch(amount, since, day)
                since = day
            amount = max(0, amount - repaid)
        if since < last:
            yield Stretch(amount, since, last)

    def balance_on(self, day: date) -> int:
        """The guaranteed amount at the end of a day, fen."""
        after = day + timedelta(days=1)
        return next((one.amount for one in self.stretches(after) if one.until == after), 0)


Filed = Mapping[tuple[str, Quarter], GuaranteeReturn]


def _events(returns: Iterable[GuaranteeReturn], until: date) -> dict[str, list[GuaranteeEvent]]:
    """The events up to a day by contract; one that two returns repeat is one event."""
    counts: Counter[GuaranteeEvent] = Counter()
    for one in returns:
        counts |= Counter(one.events)
    found: dict[str, list[GuaranteeEvent]] = {}
    for event in sorted(counts.elements()):
        if event.day <= until:
            found.setdefault(event.contract_id, []).append(event)
    return found


def known_by(returns: Iterable[GuaranteeReturn], quarter: Quarter) -> tuple[KnownContract, ...]:
    """Every contract of one guarantor as the returns up to a quarter tell it, by contract id."""
    filed = sorted((one for one in returns if one.quarter <= quarter), key=lambda one: one.quarter)
    events = _events(filed, quarter.last_day)
    first: dict[str, tuple[Quarter, Guarantee]] = {}
    last: dict[str, tuple[Quarter, Guarantee]] = {}
    for one in filed:
        for contract in one.contracts:
            first.setdefault(contract.contract_id, (one.quarter, contract))
            last[contract.contract_id] = (one.quarter, contract)
    return tuple(_known(first[key], last[key], events.get(key, [])) for key in sorted(last))


def _known(
    first: tuple[Quarter, Guarantee], last: tuple[Quarter, Guarantee], events: list[GuaranteeEvent]
) -> KnownContract:
    repayments = tuple((one.day, one.amount) for one in events if one.kind == EventKind.REPAYMENT)
    refunded = sum(one.amount for one in events if one.kind == EventKind.FEE_REFUND)
    return KnownContract(last[1], first[1].borrower_kind, repayments, refunded, first[0], last[0])
