"""Reads the officials' worked examples of the fee subsidy: the files in `cases/` that have `[[subsidy]]`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.money import parse_yuan
from kernel.periods import Quarter
from kernel.policies import Scheme, Value
from settlement.fee_subsidy import (
    SCHEME,
    FeeAssessment,
    Filed,
    Guarantee,
    GuaranteeCompany,
    GuaranteeEvent,
    GuaranteeReturn,
    assess_guarantors,
    fee_rule_for,
)
from settlement.fee_subsidy.joining import joined
from tests.settlement.worked_examples import UNITS, WorkedExample, book, entries

BOOK = book()

QUARTERS = tuple(Quarter.parse("2022Q1").through(Quarter.parse("2024Q2")))
Entry = Mapping[str, Any]
YUAN_PARAMETERS = ("pool", "flat_cap", "annual_cap", "amount_limit", "annualised_amount_limit", "tier_cap")


def _value(name: str, written: object) -> Any:
    if name in YUAN_PARAMETERS:
        return parse_yuan(str(written))
    if isinstance(written, list):
        return tuple(written)
    return Decimal(written) if isinstance(written, str) and written[:1].isdigit() else written


def _values(name: str, written: object) -> Iterator[Value]:
    rows = written if isinstance(written, list) and written and isinstance(written[0], dict) else [{"value": written}]
    for row in rows:
        since, until = row.get("since", date(2021, 12, 31)), row.get("until")
        yield Value(name, _value(name, row["value"]), since, until, "算例", "default")


@dataclass(frozen=True)
class FeeExample:
    """One example with its contracts and what they come to."""

    name: str
    content: Mapping[str, Any]

    @property
    def scheme(self) -> Scheme:
        scheme = BOOK.scheme(SCHEME)
        for name, written in self.content.get("policy", {}).items():
            scheme = scheme.replacing(name, *_values(name, written))
        return scheme

    @property
    def companies(self) -> list[GuaranteeCompany]:
        return [
            GuaranteeCompany(
                one["name"],
                one["name"],
                one.get("kind", "guarantor"),
                one.get("region", "410402"),
                one.get("government_backed", False),
            )
            for one in self.content["guarantor"]
        ]

    def fen(self, written: str) -> int:
        return parse_yuan(written) * UNITS[self.content["unit"]]

    @property
    def contracts(self) -> list[tuple[str, Entry, Guarantee]]:
        """Guarantor, entry and contract; `count` makes so many of it, each of a client of its own."""
        found = []
        for entry in self.content["contract"]:
            for number in range(entry.get("count", 1)):
                suffix = f"-{number:03d}" if entry.get("count") else ""
                found.append((entry["guarantor"], entry, self._contract(entry, suffix)))
        return found

    def _contract(self, entry: Entry, suffix: str) -> Guarantee:
        client = entry.get("client", entry["id"]) + suffix
        return Guarantee(
            contract_id=entry["id"] + suffix,
            borrower_code=client,
            borrower_name=client,
            borrower_kind=entry.get("kind", "small"),
            region="410402",
            lender_code="91410402MA0000015P",
            amount=self.fen(entry["amount"]),
            start=entry["start"],
            end=entry["end"],
            fee_income=self.fen(entry["fee"]),
            extra_fees=self.fen(entry.get("extra_fees", "0")),
            released_on=entry.get("released"),
            compensated_on=entry.get("compensated"),
            share=entry.get("share", 100) * 10_000,
            first_loan=entry.get("first_loan", False),
            batch_product=entry.get("batch", False),
        )

    @property
    def filed(self) -> Filed:
        """What each guarantor's return of each quarter says: nothing that had not happened by the quarter's end."""
        return {
            (company.code, quarter): self._return(company.code, quarter)
            for company in self.companies
            for quarter in QUARTERS
            if self._heir(company.code, quarter) == company.code
            and str(quarter) not in self._entry(company.code).get("missing_returns", [])
        }

    def _heir(self, code: str, quarter: Quarter) -> str:
        """`into` from the quarter on whose last day the guarantor has ended."""
        entry = self._entry(code)
        ended = "merged_on" in entry and entry["merged_on"] <= quarter.last_day
        return str(entry["into"]) if ended else code

    def _entry(self, code: str) -> Entry:
        return next(one for one in self.content["guarantor"] if one["name"] == code)

    def _return(self, code: str, quarter: Quarter) -> GuaranteeReturn:
        rows = [(entry, one) for owner, entry, one in self.contracts if self._heir(owner, quarter) == code]
        there = [_as_known(one, quarter) for entry, one in rows if _is_listed(entry, one, quarter)]
        events = [event for entry, one in rows for event in self._events(entry, one.contract_id)]
        happened = [event for event in events if quarter.first_day <= event.day <= quarter.last_day]
        return GuaranteeReturn(quarter, tuple(there), tuple(happened), f"{code}/{quarter}")

    def _events(self, entry: Entry, contract_id: str) -> Iterator[GuaranteeEvent]:
        for table, kind in (("repayments", "repayment"), ("refunds", "fee_refund")):
            for row in entry.get(table, []):
                yield GuaranteeEvent(contract_id, row["day"], kind, self.fen(row["amount"]))

    @property
    def elsewhere(self) -> frozenset[tuple[str, str]]:
        """Contracts that earn under another scheme."""
        return frozenset((owner, one.contract_id) for owner, entry, one in self.contracts if entry.get("other_scheme"))

    def assessments(self, quarter: Quarter) -> dict[str, FeeAssessment]:
        rule = fee_rule_for(self.scheme, quarter)
        standing = [one for one in self.companies if self._heir(one.code, quarter) == one.code]
        filed = joined(self.filed, lambda code: self._heir(code, quarter))
        return {one.company.code: one for one in assess_guarantors(standing, filed, rule, self.elsewhere)}


def _is_listed(entry: Entry, one: Guarantee, quarter: Quarter) -> bool:
    """In force or ended in the quarter; `not_filed` names quarters whose return forgets it."""
    ends = [day for day in (one.end, one.released_on, one.compensated_on) if day]
    in_force = one.start <= quarter.last_day and min(ends) >= quarter.first_day
    return in_force and str(quarter) not in entry.get("not_filed", [])


def _as_known(one: Guarantee, quarter: Quarter) -> Guarantee:
    released, compensated = (
        day if day and day <= quarter.last_day else None for day in (one.released_on, one.compensated_on)
    )
    return Guarantee(**{**vars(one), "released_on": released, "compensated_on": compensated})


def subsidies() -> list[tuple[FeeExample, Entry]]:
    """Every expected statement, with its example."""
    return [(_example(example), entry) for example, entry in entries("subsidy")]


def _example(example: WorkedExample) -> FeeExample:
    return FeeExample(example.name, example.content)
