"""Guarantors on disk: their returns and events as they would be filed, beside the small city of `city`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from click.testing import Result

from tests.settlement.filed.city import City, write_csv

BACKED, PRIVATE = "91410402MA0000314M", "91410400MA0000330E"
LENDER = "91410402MA0000015P"
CONTRACT = {
    "contract_id": "C1",
    "borrower_code": "ID:0001",
    "borrower_name": "某企业",
    "borrower_kind": "small",
    "region": "410402",
    "lender_code": LENDER,
    "amount": "5000000.00",
    "start_date": "2022-05-16",
    "end_date": "2023-05-16",
    "fee_income": "50000.00",
    "extra_fees": "0.00",
    "released_on": "",
    "compensated_on": "",
    "outstanding": "5000000.00",
    "share": "100",
    "deposit": "0.00",
    "first_loan": "N",
    "batch_product": "N",
}
EVENTS = ("contract_id", "date", "kind", "amount")
Rows = Sequence[Mapping[str, str]]


def contract(**other: str) -> dict[str, str]:
    """T5's contract, with what is different."""
    return {**CONTRACT, **other}


class Guarantors(City):
    """Two guarantors, one of them government-backed, and a bank."""

    def found(self) -> "Guarantors":
        self.add(BACKED, "甲担保", "410402", kind="guarantor", local_legal_person_from="", government_backed="Y")
        self.add(PRIVATE, "乙担保", "410422", kind="guarantor", local_legal_person_from="")
        return self

    def file_contracts(self, code: str, quarter: str, *rows: Mapping[str, str]) -> Path:
        path = self.folder / "returns" / f"{code}_{quarter}_guarantees.csv"
        write_csv(path, rows, tuple(CONTRACT))
        return path

    def file_events(self, code: str, quarter: str, *rows: tuple[str, str, str, str]) -> Path:
        path = self.folder / "returns" / f"{code}_{quarter}_guarantee_events.csv"
        write_csv(path, [dict(zip(EVENTS, row, strict=True)) for row in rows], EVENTS)
        return path

    def settle_fees(self, quarter: str, *more: str, out: str = "out") -> Result:
        return self.settle(quarter, "--scheme", "fee-subsidy", *more, out=out)
