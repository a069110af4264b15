"""Guarantee returns: one contract for every loan of the books that a guarantor backs, and some placed by hand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from config.demonstration.files import write_csv
from config.demonstration.loans import Loan, working_days
from config.demonstration.parties import CityEnterprise
from config.demonstration.plan import Guarantor, Lender, fen, read
from config.demonstration.streams import percent, stream, weighted
from kernel.money import half_up, yuan
from kernel.periods import Quarter

FIRST_QUARTER: Final = Quarter(2022, 1)
COLUMNS: Final = (
    "contract_id", "borrower_code", "borrower_name", "borrower_kind", "region", "lender_code", "amount", "start_date", "end_date",
    "fee_income", "extra_fees", "released_on", "compensated_on", "outstanding", "share", "deposit", "first_loan", "batch_product",
)  # fmt: skip
EVENT_COLUMNS: Final = ("contract_id", "date", "kind", "amount")


@dataclass(slots=True)
class Contract:
    """One guarantee, on [start, end); amounts in fen. `ended` is the day it was released or compensated early."""

    contract_id: str
    guarantor: str
    lender_code: str
    borrower: tuple[str, str, str, str]
    amount: int
    start: date
    end: date
    fee: int
    outstanding: int
    extra_fees: int = 0
    deposit: int = 0
    released: date | None = None
    compensated: date | None = None
    share: int = 100
    first_loan: bool = False
    batch: bool = False

    @property
    def last_day(self) -> date:
        return min(day for day in (self.end, self.released, self.compensated) if day is not None)

    def row(self, quarter_end: date) -> Sequence[object]:
        """The contract as filed: what has not happened by the quarter's end is not known yet."""
        released, compensated = (
            day if day and day <= quarter_end else None for day in (self.released, self.compensated)
        )
        return (
            self.contract_id,
            *self.borrower,
            self.lender_code,
            yuan(self.amount),
            self.start,
            self.end,
            yuan(self.fee),
            yuan(self.extra_fees),
            released or "",
            compensated or "",
            yuan(0 if self.last_day <= quarter_end else self.outstanding),
            self.share,
            yuan(self.deposit),
            "Y" if self.first_loan else "N",
            "Y" if self.batch else "N",
        )


@dataclass(frozen=True)
class Event:
    contract_id: str
    guarantor: str
    day: date
    kind: str
    amount: int

    def row(self) -> Sequence[object]:
        return self.contract_id, self.day, self.kind, yuan(self.amount)


class Guarantees:
    """The contracts of the three guarantors, carried along with the loan books."""

    def __init__(
        self,
        seed: int,
        guarantors: Sequence[Guarantor],
        lenders: Iterable[Lender],
        enterprises: Iterable[CityEnterprise],
    ) -> None:
        self._rng = stream(seed, "guarantees")
        self._by_slug = {one.slug: one for one in guarantors}
        self._plan = read("guarantees")
        self._serials: Counter[str] = Counter()
        self._of_loan: dict[str, Contract] = {}
        self._seen: set[str] = set()
        self._events = list(_refunds(self._plan["contract"]))
        self._by_hand = list(_by_hand(self._plan["contract"], lenders, enterprises))

    def follow(self, quarter: Quarter, lender_code: str, loans: Iterable[Loan]) -> None:
        """The guaranteed loans of one bank at the quarter's end."""
        for loan in loans:
            if loan.guarantee == "guarantor" and loan.segment == "eligible":
                self._seen.add(loan.loan_id)
                self._follow(quarter, lender_code, loan)

    def close(self, quarter: Quarter) -> None:
        """What no bank had any more at the quarter's end was released during the quarter."""
        for loan_id, contract in self._of_loan.items():
            if loan_id not in self._seen and contract.last_day > quarter.last_day:
                contract.released = self._day(quarter)
        self._seen.clear()

    def write(self, folder: Path, quarter: Quarter) -> None:
        """A return and its events for every guarantor."""
        first, last = quarter.first_day, quarter.last_day
        contracts = [
            one for one in (*self._by_hand, *self._of_loan.values()) if one.start <= last and one.last_day >= first
        ]
        for slug, guarantor in self._by_slug.items():
            own = sorted((one for one in contracts if one.guarantor == slug), key=lambda one: one.contract_id)
            events = sorted(
                (one for one in self._events if one.guarantor == slug and first <= one.day <= last),
                key=lambda one: (one.contract_id, one.day),
            )
            stem = f"{guarantor.code}_{quarter}"
            write_csv(folder / f"{stem}_guarantees.csv", COLUMNS, (one.row(last) for one in own))
            write_csv(folder / f"{stem}_guarantee_events.csv", EVENT_COLUMNS, (one.row() for one in events))

    def _follow(self, quarter: Quarter, lender_code: str, loan: Loan) -> None:
        contract = self._of_loan.get(loan.loan_id)
        if contract is None:
            self._of_loan[loan.loan_id] = self._new(lender_code, loan)
            return
        contract.lender_code = lender_code
        if loan.balance < contract.outstanding:
            repaid = contract.outstanding - loan.balance
            self._events.append(
                Event(contract.contract_id, contract.guarantor, self._day(quarter), "repayment", repaid)
            )
            contract.outstanding = loan.balance
        elif loan.classification == "loss" and contract.last_day > quarter.last_day:
            contract.compensated = self._day(quarter)

    def _new(self, lender_code: str, loan: Loan) -> Contract:
        slug = weighted(self._rng, self._plan["drawn"]["guarantors"])
        guarantor = self._by_slug[slug]
        fees = self._plan["drawn"]["government_backed" if guarantor.government_backed else "others"]
        days = (loan.maturity - loan.start).days
        client = loan.client
        return Contract(
            contract_id=self._contract_id(guarantor, loan.start),
            guarantor=slug,
            lender_code=lender_code,
            borrower=(client.code, client.name, client.kind, client.region),
            amount=loan.balance,
            start=loan.start,
            end=loan.maturity,
            fee=half_up(Fraction(loan.balance * self._rng.choice(fees) * days, 365 * 10_000)),
            outstanding=loan.balance,
            extra_fees=self._rng.randint(10, 80) * 10_000 if percent(self._rng, 3) else 0,
            share=80 if percent(self._rng, 25) else 100,
            first_loan=loan.first_loan,
            batch=loan.balance <= 100_000_000 and percent(self._rng, 20),
        )

    def _contract_id(self, guarantor: Guarantor, start: date) -> str:
        month = f"{guarantor.prefix}{start:%y%m}"
        self._serials[month] += 1
        return f"{month}G{self._serials[month]:04d}"

    def _day(self, quarter: Quarter) -> date:
        return self._rng.choice(working_days(quarter))


def _by_hand(
    rows: Iterable[Mapping[str, Any]], lenders: Iterable[Lender], enterprises: Iterable[CityEnterprise]
) -> Iterator[Contract]:
    codes = {lender.slug: lender.code for lender in lenders}
    firms = {firm.name: firm for firm in enterprises}
    for row in rows:
        firm, amount = firms[row["enterprise"]], fen(row["amount"])
        yield Contract(
            contract_id=row["id"],
            guarantor=row["guarantor"],
            lender_code=codes[row["lender"]],
            borrower=(firm.code, firm.name, firm.size, firm.region),
            amount=amount,
            start=row["start"],
            end=row["end"],
            fee=fen(row["fee"]),
            outstanding=amount,
            extra_fees=fen(row.get("extra_fees", "0.00")),
            deposit=fen(row.get("deposit", "0.00")),
            released=row.get("released"),
            compensated=row.get("compensated"),
        )


def _refunds(rows: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    for row in rows:
        for refund in row.get("refunds", ()):
            yield Event(row["id"], row["guarantor"], refund["day"], "fee_refund", fen(refund["amount"]))
