"""The demonstration city, written once a session and read through once."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from config.demonstration import write_city
from config.demonstration.loans import LIMIT
from config.demonstration.returns import COLUMNS
from kernel.money import parse_yuan
from kernel.periods import Quarter
from kernel.regions import find_region

SMALL = {"small", "micro", "individual_business", "owner"}
Row = dict[str, str]


@dataclass(frozen=True)
class City:
    """A written city: its folder, and its files as rows of text."""

    folder: Path

    def table(self, name: str) -> list[Row]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def code_of(self) -> dict[str, str]:
        """Credit codes by name, of institutions and enterprises."""
        institutions = {row["name"]: row["institution_code"] for row in self.table("institutions.csv")}
        return institutions | {row["name"]: row["enterprise_code"] for row in self.table("enterprises.csv")}

    def path(self, name: str, quarter: str) -> Path:
        """The one file of a bank's return."""
        return next(self.folder.glob(f"*/{self.code_of[name]}_{quarter}_loans.*"))

    @property
    def returns(self) -> list[Path]:
        """Every return of the city, the late one included."""
        return sorted(self.folder.glob("*/*_loans.*"), key=lambda path: path.name)

    def loans(self, path: Path) -> list[Row]:
        return [dict(zip(COLUMNS, cells, strict=True)) for cells in _cells(path)]


def _cells(path: Path) -> list[list[str]]:
    if path.suffix == ".parquet":
        with duckdb.connect() as db:
            return [
                ["" if cell is None else str(cell) for cell in row] for row in db.read_parquet(str(path)).fetchall()
            ]
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in sheet[1:]]
    filed = path.read_bytes()
    try:
        text = filed.decode("utf-8")
    except UnicodeDecodeError:
        text = filed.decode("gb18030")
    return list(csv.reader(text.splitlines()))[1:]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The city of the usual seed at scale 1."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder)
    return City(folder)


def of(rows: Iterable[Row], code: str) -> list[Row]:
    """The loans of one borrower."""
    return [row for row in rows if row["borrower_code"] == code]


def reason(row: Row) -> str:
    """Why a loan is left out of the reward, the first reason that holds, or `eligible` (domain §2)."""
    if row["currency"] != "CNY":
        return "currency"
    if row["product_kind"] != "loan":
        return row["product_kind"]
    if row["borrower_kind"] not in SMALL:
        return "borrower_kind"
    if row["borrower_kind"] in {"individual_business", "owner"} and row["purpose"] != "operating":
        return "purpose"
    return "credit_line" if parse_yuan(row["credit_line"]) > LIMIT else "eligible"


@dataclass
class Survey:
    """What one pass over a return shows."""

    code: str
    quarter: Quarter
    loans: int = 0
    eligible: int = 0
    reasons: set[str] = field(default_factory=set)
    totals: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lines: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def survey(city: City, path: Path) -> Survey:
    code, quarter, _ = path.stem.split("_")
    found, day, ids, kinds = Survey(code, Quarter.parse(quarter)), str(Quarter.parse(quarter).last_day), set(), {}
    for row in city.loans(path):
        borrower, balance, line = row["borrower_code"], parse_yuan(row["balance"]), parse_yuan(row["credit_line"])
        why = reason(row)
        found.loans += 1
        found.reasons.add(why)
        found.eligible += balance * (why == "eligible")
        found.totals[borrower] += balance
        same = found.lines.setdefault(borrower, line) == line
        same &= kinds.setdefault(borrower, row["borrower_kind"]) == row["borrower_kind"]
        dated = row["start_date"] <= day and row["start_date"] < row["maturity_date"]
        known = find_region(row["region"]) is not None or row["region"] in {"outside", "市外"}
        in_range = balance > 0 and 0 <= Decimal(row["annual_rate"]) <= 36
        if not (same and dated and known and in_range and row["loan_id"] not in ids):
            found.wrong.append(row["loan_id"])
        ids.add(row["loan_id"])
    return found


@pytest.fixture(scope="session")
def surveys(city: City) -> list[Survey]:
    """One pass over every return of the city."""
    return [survey(city, path) for path in city.returns]
