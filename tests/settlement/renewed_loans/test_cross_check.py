"""The cross-check of every bank: what each return says is read once, and many banks cost the queries of one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.tables.writing import csv_bytes
from settlement.renewed_loans.comparing import RecordedRenewal
from settlement.renewed_loans.service import RecordedSide, RenewalCheck, check_all
from tests.factories import make_bureau, make_person
from tests.settlement.filing_floor import Q3, Floor, loan

FIRM = "91410402MA0000015P"
RECORD = RecordedRenewal("OLD-1", "SH0001", FIRM, 900_000_00, date(2022, 8, 1), date(2023, 8, 1))


def firm_listed(_db: Session, asked: Iterable[tuple[str, date]]) -> set[tuple[str, date]]:
    return {one for one in asked if one[0] == FIRM}


def recorded_at(floor: Floor, *records: RecordedRenewal) -> RecordedSide:
    def renewals(_db: Session, banks: Iterable[int], _until: date) -> Mapping[int, list[RecordedRenewal]]:
        return {bank: list(records) for bank in banks if bank == floor.bank.party.id}

    return RecordedSide(renewals, firm_listed, lambda _db: "one firm")


def nobody_listed(_db: Session, asked: Iterable[tuple[str, date]]) -> set[tuple[str, date]]:
    return set()


def checks(floor: Floor, who: Caller, side: RecordedSide) -> list[RenewalCheck]:
    return check_all(floor.db, who, quarter=Q3, recorded=side, keeping=floor.premises.keeping)


def queries_of(floor: Floor, who: Caller, side: RecordedSide) -> int:
    asked: list[Any] = []
    connection = floor.db.connection()
    event.listen(connection, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    checks(floor, who, side)
    return len(asked)


def kinds(found: list[RenewalCheck]) -> dict[str, list[str]]:
    return {one.bank.code: [each.kind for each in one.found] for one in found}


def test_a_newer_return_and_another_record_are_seen_and_the_same_are_read_once(floor: Floor) -> None:
    who = make_person(floor.db, make_bureau(floor.db, "市财政局二处"), "operator")
    floor.file([loan(1, borrower_code=FIRM, balance="1000000.00")], Q3)
    side, code = recorded_at(floor, RECORD), floor.bank.party.code
    first = checks(floor, who, side)
    assert kinds(first) == {code: ["more_principal", "other_days", "unmarked"]}
    tapes = list((floor.premises.keeping.folder / "tapes").rglob("*.parquet"))
    for tape in tapes:
        tape.rename(tape.with_suffix(".away"))
    assert checks(floor, who, side) == first
    for tape in tapes:
        tape.with_suffix(".away").rename(tape)
    assert kinds(checks(floor, who, recorded_at(floor, replace(RECORD, new_loan="SH0009")))) == {
        code: ["new_loan_missing"]
    }
    floor.file([loan(1, borrower_code=FIRM, balance="900000.00")], Q3)
    assert kinds(checks(floor, who, side)) == {code: ["other_days", "unmarked"]}


def test_many_banks_cost_the_queries_of_one(floor: Floor) -> None:
    who = make_person(floor.db, make_bureau(floor.db, "市财政局二处"), "operator")
    floor.file([loan(1, borrower_code=FIRM)], Q3)
    side = recorded_at(floor, RECORD)
    of_one = queries_of(floor, who, side)
    for name in ("香山农村商业银行", "龙泉村镇银行"):
        floor.file([loan(1)], Q3, floor.another_bank(name))
    assert len(checks(floor, who, side)) == 3
    assert queries_of(floor, who, side) == of_one


def test_a_change_of_the_whitelist_is_seen_in_what_was_kept(floor: Floor) -> None:
    who = make_person(floor.db, make_bureau(floor.db, "市财政局二处"), "operator")
    row = loan(1, borrower_code=FIRM) | {"renews": "OLD-7"}
    floor.file_bytes(csv_bytes(list(row), [list(row.values())]), quarter=Q3)
    side = recorded_at(floor)
    (one,) = checks(floor, who, side)
    assert ([each.kind for each in one.found], one.outside) == (["unrecorded"], 0)
    taken_off = replace(side, listed=nobody_listed, whitelist=lambda _db: "no firm")
    (one,) = checks(floor, who, taken_off)
    assert ([each.kind for each in one.found], one.outside) == ([], 1)
    assert checks(floor, who, side)[0].outside == 0
