"""A small city on disk: institutions, returns and certified figures as they would be filed."""

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from settlement.commands import settle
from tests.settlement.worked_examples import POLICIES

ONE, TWO, THREE = "91410402MA0000015P", "91410482MA0000023E", "91410411MA0000031E"
INSTITUTIONS = (
    "institution_code",
    "name",
    "kind",
    "local_legal_person_from",
    "local_legal_person_until",
    "government_backed",
    "region",
    "successor_code",
)
LOAN = {
    "borrower_name": "某企业",
    "borrower_kind": "small",
    "industry": "C13",
    "region": "410402",
    "credit_line": "5000000.00",
    "annual_rate": "4.35",
    "start_date": "2021-06-01",
    "maturity_date": "2024-06-01",
    "guarantee_kind": "mortgage",
    "classification": "normal",
    "purpose": "operating",
    "product_kind": "loan",
    "currency": "CNY",
    "first_loan": "N",
    "renews": "",
}
Rows = Sequence[Mapping[str, str]]


def loans(*balances: str, **other: str) -> list[dict[str, str]]:
    """One loan of a borrower of its own for each balance."""
    return [
        {"loan_id": f"L{number:04d}", "borrower_code": f"ID:{number:04d}", **LOAN, "balance": balance, **other}
        for number, balance in enumerate(balances)
    ]


def write_csv(path: Path, rows: Rows, header: Sequence[str] | None = None) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header or list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@dataclass
class City:
    """Two rural banks, one in an inner district and one in a county-level city."""

    folder: Path
    institutions: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "returns").mkdir(parents=True)
        for code, name, region in ((ONE, "甲农商行", "410402"), (TWO, "乙农商行", "汝州市")):
            self.add(code, name, region)

    def add(self, code: str, name: str, region: str, **other: str) -> None:
        row = {"institution_code": code, "name": name, "kind": "rural_commercial_bank", "region": region}
        self.institutions.append({**row, "local_legal_person_from": "2009-12-28", "government_backed": "N", **other})
        write_csv(self.folder / "institutions.csv", self.institutions, INSTITUTIONS)

    def file(self, code: str, quarter: str, rows: Rows) -> Path:
        path = self.folder / "returns" / f"{code}_{quarter}_loans.csv"
        write_csv(path, rows, ["loan_id", "borrower_code", *LOAN, "balance"])
        return path

    def file_all(self) -> None:
        """T2 at the first bank, a fall at the second."""
        self.file(ONE, "2021Q4", [*loans("1234567890.12", credit_line="10000000.00"), *loans("1.00")[:0]])
        self.file(ONE, "2022Q1", loans("1300000000.00", "1234567.89"))
        self.file(TWO, "2021Q4", loans("5000.00", "600.00"))
        self.file(TWO, "2022Q1", [*loans("5000.00"), *loans("7.00", "8.00", borrower_kind="large")[1:]])

    def certify(self, *figures: tuple[str, str, str]) -> Path:
        path = self.folder / "certified.csv"
        header = ("institution_code", "date", "balance", "document")
        rows = [dict(zip(header, (*one, "平银发〔2022〕1号"), strict=True)) for one in figures]
        write_csv(path, rows, header)
        return path

    def shuffle(self, pick: random.Random) -> None:
        """The same rows in another order, in every file."""
        for path in [*(self.folder / "returns").glob("*.csv"), self.folder / "institutions.csv"]:
            first, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
            pick.shuffle(rows)
            path.write_text("".join([first, *rows]), encoding="utf-8")

    def settle(self, quarter: str = "2022Q1", *more: str, out: str = "out") -> Result:
        arguments = ["--returns", "returns", "--institutions", "institutions.csv", "--quarter", quarter]
        paths = [str(self.folder / one) if one in ("returns", "institutions.csv") else one for one in arguments]
        options = [*paths, "--policies", str(POLICIES), "--out", str(self.folder / out), *more]
        return CliRunner().invoke(settle, options, catch_exceptions=False)

    def written(self, out: str = "out") -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.folder / out).iterdir())}

    def table(self, name: str, out: str = "out") -> list[dict[str, str]]:
        with (self.folder / out / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
