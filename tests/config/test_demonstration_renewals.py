"""Renewals held against the demonstration's own returns: exactly what was planted is found, of every kind."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from config.demonstration.loading.pool import LISTED_ON
from config.demonstration.loading.renewals import PlantedMistake, ReturnedRow, planted
from kernel.money import parse_yuan
from kernel.periods import Quarter
from settlement.renewed_loans.comparing import KINDS, RecordedRenewal, RenewedRow, mismatches
from settlement.renewed_loans.service import renewal_rows
from settlement.returns.keeping import Keeping
from tests.config.conftest import City

QUARTER = Quarter(2022, 3)
BANKS = ("沙河农村商业银行", "应河城市商业银行", "汝瓷农村商业银行")
COLUMNS = "row INTEGER, loan_id VARCHAR, borrower_code VARCHAR, balance BIGINT, start_date DATE, maturity_date DATE, renews VARCHAR"


@dataclass
class Said:
    """What a return holds and what was recorded, to be bent."""

    rows: list[RenewedRow]
    recorded: list[RecordedRenewal]

    def change_row(self, loan: str, **changes: object) -> None:
        self.rows = [replace(row, **changes) if row.loan == loan else row for row in self.rows]  # type: ignore[arg-type]

    def drop_row(self, loan: str) -> None:
        self.rows = [row for row in self.rows if row.loan != loan]

    def add_row(self, row: RenewedRow) -> None:
        self.rows.append(replace(row, row=max(one.row for one in self.rows) + 1))

    def forget(self, loan: str) -> None:
        self.recorded = [one for one in self.recorded if one.new_loan != loan]


def returned(city: City, bank: str) -> list[RenewedRow]:
    """Every loan of a bank's return, in its order."""
    return [
        RenewedRow(
            number,
            row["loan_id"],
            row["borrower_code"],
            parse_yuan(row["balance"]),
            date.fromisoformat(row["start_date"][:10]),
            date.fromisoformat(row["maturity_date"][:10]),
            row["renews"],
        )
        for number, row in enumerate(city.loans(city.path(bank, str(QUARTER))), start=2)
    ]


def honest(rows: Iterable[RenewedRow]) -> list[RecordedRenewal]:
    """The renewals as they would have been recorded."""
    return [
        RecordedRenewal(row.renews, row.loan, row.borrower_code, row.balance, row.starts_on, row.due_on)
        for row in rows
        if row.renews
    ]


def _unrecorded(said: Said, row: RenewedRow) -> str:
    said.forget(row.loan)
    return row.loan


def _unmarked(said: Said, row: RenewedRow) -> str:
    said.change_row(row.loan, renews="")
    return row.loan


def _other_old_loan(said: Said, row: RenewedRow) -> str:
    said.change_row(row.loan, renews=f"{row.renews}-X")
    return row.loan


def _new_loan_missing(said: Said, row: RenewedRow) -> str:
    said.drop_row(row.loan)
    return row.loan


def _old_loan_open(said: Said, row: RenewedRow) -> str:
    said.add_row(replace(row, loan=row.renews, renews="", balance=100))
    return row.renews


def _more_principal(said: Said, row: RenewedRow) -> str:
    said.change_row(row.loan, balance=row.balance + 1)
    return row.loan


def _other_days(said: Said, row: RenewedRow) -> str:
    said.change_row(row.loan, due_on=row.due_on + timedelta(days=1))
    return row.loan


def _other_borrower(said: Said, row: RenewedRow) -> str:
    said.change_row(row.loan, borrower_code="91410402MA000000XX")
    return row.loan


def _renewed_twice(said: Said, row: RenewedRow) -> str:
    """A second new loan of the same old one, recorded like the first: only the doubling is wrong."""
    twin = replace(row, loan=f"{row.loan}-2")
    said.add_row(twin)
    said.recorded += honest([twin])
    return twin.loan


PLANTS: dict[str, Callable[[Said, RenewedRow], str]] = {
    "unrecorded": _unrecorded,
    "unmarked": _unmarked,
    "other_old_loan": _other_old_loan,
    "new_loan_missing": _new_loan_missing,
    "old_loan_open": _old_loan_open,
    "more_principal": _more_principal,
    "other_days": _other_days,
    "other_borrower": _other_borrower,
    "renewed_twice": _renewed_twice,
}


def kept(folder: Path, rows: Iterable[RenewedRow]) -> tuple[Keeping, str]:
    """The rows as an accepted return keeps them."""
    keeping, digest = Keeping(folder), "d" * 64
    path = keeping.tape(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = [(r.row, r.loan, r.borrower_code, r.balance, r.starts_on, r.due_on, r.renews or None) for r in rows]
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE tape ({COLUMNS})")
        db.execute("BEGIN")
        db.executemany("INSERT INTO tape VALUES (?, ?, ?, ?, ?, ?, ?)", listed)
        db.execute("COMMIT")
        db.execute(f"COPY tape TO '{path}' (FORMAT parquet)")
    return keeping, digest


def found_in(folder: Path, said: Said) -> list[tuple[str, str]]:
    keeping, digest = kept(folder, said.rows)
    loans = {name for one in said.recorded for name in (one.old_loan, one.new_loan)}
    rows = renewal_rows(keeping, digest, loans)
    everything = {row.loan for row in rows}  # as if all borrowers were on the whitelist
    found = mismatches(rows, said.recorded, on=QUARTER.last_day, expected=everything)
    return sorted((one.kind, one.loan) for one in found)


@pytest.mark.parametrize("bank", BANKS)
def test_exactly_the_planted_mismatches_are_found(city: City, bank: str, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    rows = returned(city, bank)
    marked = [row for row in rows if row.renews and row.balance]
    # only what a record speaks of need be kept: the other rows of the return are of no renewal
    few = [row for row in rows if row.renews] + chance.sample(rows, 50)
    said = Said(list({row.loan: row for row in few}.values()), honest(rows))
    assert found_in(tmp_path / "honest", said) == []
    assert len(marked) >= 2 * len(PLANTS), f"{bank} has {len(marked)} renewals"
    chosen = chance.sample(marked, 2 * len(PLANTS))
    planted = sorted((kind, plant(said, chosen.pop())) for kind, plant in PLANTS.items() for _ in range(2))
    assert found_in(tmp_path / "bent", said) == planted
    assert set(PLANTS) == set(KINDS)


def listed_rows(city: City) -> dict[str, list[RenewedRow]]:
    """The loans of pool firms in every bank's return, by bank: who is on the demonstration's whitelist."""
    pool = {row["enterprise_code"] for row in city.table("enterprises.csv") if "pool" in row["tags"].split(";")}
    names = {code: name for name, code in city.code_of.items()}
    filed = {names[path.name.split("_")[0]] for path in (city.folder / "returns").glob(f"*_{QUARTER}_loans.*")}
    return {
        bank: [row for row in returned(city, bank) if row.borrower_code in pool and row.balance]
        for bank in sorted(filed)
    }


def expected_of(one: PlantedMistake) -> set[tuple[str, str]]:
    """What the cross-check is to find of something planted."""
    new_loan = one.record.new_loan if one.record else one.row.loan
    if one.kind == "old_loan_open":  # the new loan that settled it is not in the return either
        return {(one.kind, one.row.loan), ("new_loan_missing", new_loan)}
    return {(one.kind, new_loan)} if one.kind else set()


def test_the_renewals_that_the_demonstration_records_differ_exactly_as_planted(city: City) -> None:
    of_bank = listed_rows(city)
    banks = list(of_bank)
    rows = [
        ReturnedRow(
            banks.index(bank), one.loan, one.borrower_code, "small", one.balance, one.starts_on, one.due_on, one.renews
        )
        for bank, held in of_bank.items()
        for one in held
    ]
    made = planted(sorted(rows, key=lambda row: row.loan), sorted({row.code for row in rows}))
    assert len({one.kind for one in made} - {""}) >= 6
    found: set[tuple[str, str]] = set()
    for number, bank in enumerate(banks):
        records = [one.record for one in made if one.record and one.row.bank_id == number]
        told = [
            RecordedRenewal(one.old_loan, one.new_loan, one.firm, one.principal, one.row.starts_on, one.new_due_on)
            for one in records
        ]
        expected = {row.loan for row in of_bank[bank] if row.renews and row.starts_on >= LISTED_ON}
        found |= {
            (one.kind, one.loan) for one in mismatches(of_bank[bank], told, on=QUARTER.last_day, expected=expected)
        }
    assert found == set().union(*map(expected_of, made))


def test_a_renewed_loan_that_was_renewed_again_is_not_missed() -> None:
    first = RecordedRenewal("A", "B", "F", 100, date(2021, 9, 1), date(2022, 9, 1))
    second = RecordedRenewal("B", "C", "F", 100, date(2022, 8, 31), date(2023, 8, 31))
    row = RenewedRow(2, "C", "F", 100, date(2022, 8, 31), date(2023, 8, 31), "B")
    assert mismatches([row], [first, second], on=date(2022, 9, 30), expected={"C"}) == []


def test_what_a_bank_renews_for_a_firm_outside_the_whitelist_needs_no_record() -> None:
    row = RenewedRow(2, "C", "F", 100, date(2022, 8, 31), date(2023, 8, 31), "B")
    assert mismatches([row], [], on=date(2022, 9, 30), expected=set()) == []
    assert [one.kind for one in mismatches([row], [], on=date(2022, 9, 30), expected={"C"})] == ["unrecorded"]
