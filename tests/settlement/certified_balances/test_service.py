"""Certified balances: versions appended, one officer records, a file is taken whole or not at all with every row error."""

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.audit.service import entries_about
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused
from settlement.certified_balances import service
from settlement.certified_balances.service import Figure
from tests.factories import NOW, make_institution
from tests.kernel.test_database import in_threads
from tests.settlement.filing_floor import Q2, Q3, TODAY, Floor

HEADER = "机构代码,日期,核定余额,文号\n"


def read(floor: Floor, text: str) -> list[Figure]:
    content = text.encode()
    figures, _ = service.read_import(floor.db, "certified.csv", content, book=floor.premises.book, today=TODAY)
    return figures


def test_a_correction_is_a_new_version_and_the_old_one_stays(floor: Floor) -> None:
    floor.certify_balance(100, Q3)
    floor.certify_balance(100, Q3)
    floor.certify_balance(200, Q3, document="更正")
    rows = service.balances_of(floor.db, floor.officer, quarter=Q3)
    assert [(row.certified.version, row.certified.balance) for row in rows] == [(2, 200), (1, 100)]
    held = service.in_force(floor.db, [Q3])[floor.bank.party.id or 0, Q3]
    assert held.balance == 200
    assert len(entries_about(floor.db, ("certified_balance", held.id))) == 1


def test_officers_who_record_at_once_are_told_to_look_again(app: Flask, floor: Floor) -> None:
    book, officer, code = floor.premises.book, floor.officer, floor.bank.party.code

    def post(db: Session, number: int) -> bool:
        figure = Figure(code, Q3, 100 + number, "10-14")
        try:
            service.record_balance(db, officer, figure, book=book, at=NOW, today=TODAY)
        except Conflict:
            return False
        return True

    recorded = in_threads(app, 8, post)
    floor.db.rollback()
    rows = service.balances_of(floor.db, officer, quarter=Q3)
    assert [row.certified.version for row in rows] == list(range(sum(recorded), 0, -1))


def test_nobody_but_the_central_bank_officer_records(floor: Floor) -> None:
    figure = Figure(floor.bank.party.code, Q3, 100, "x")
    for caller in (floor.operator, floor.bank.maker, floor.bank.checker):
        with pytest.raises(Forbidden):
            service.record_balance(floor.db, caller, figure, book=floor.premises.book, at=NOW, today=TODAY)


def test_an_unknown_institution_and_a_quarter_that_is_not_over_are_named(floor: Floor) -> None:
    figure = Figure("91410402MA0000015P", Quarter(2022, 4), 100, "")
    with pytest.raises(Invalid) as refused:
        service.record_balance(floor.db, floor.officer, figure, book=floor.premises.book, at=NOW, today=TODAY)
    assert [error.field for error in refused.value.errors] == ["institution_code", "quarter", "document"]


def test_a_file_is_recorded_whole(floor: Floor) -> None:
    code = floor.bank.party.code
    figures = read(floor, f'{HEADER}{code},2022-09-30,"1,066,925,917.43",71号\n{code},2022-06-30,1.00,46号\n')
    book = floor.premises.book
    database.write(
        floor.db, lambda db: service.record_figures(db, floor.officer, figures, book=book, at=NOW, today=TODAY)
    )
    kept = service.in_force(floor.db, [Q2, Q3])
    assert {quarter: one.balance for (_, quarter), one in kept.items()} == {Q2: 100, Q3: 106_692_591_743}


def test_a_file_with_wrong_rows_names_each_and_records_nothing(floor: Floor) -> None:
    code = floor.bank.party.code
    text = f"{HEADER}{code},2022-09-30,12.345,71号\n{code},2022-08-31,1.00,46号\n91410402MA0000015P,2022-09-30,1,1\n"
    with pytest.raises(FileRefused) as refused:
        read(floor, text)
    assert {(fault.row, fault.column) for fault in refused.value.faults if fault.severity == "error"} >= {
        (2, "balance")
    }
    with pytest.raises(FileRefused) as refused:
        read(floor, f"{HEADER}{code},2022-09-30,1.00,71号\n91410402MA0000015P,2022-09-30,1,1\n{code},2022-12-31,1,1\n")
    found = {(fault.row, fault.column, fault.rule) for fault in refused.value.faults if fault.severity == "error"}
    assert found == {(3, "institution_code", "unknown_institution"), (4, "date", "quarter_not_reported")}
    assert service.balances_of(floor.db, floor.officer) == []


def test_a_banks_people_see_their_own_balances_alone(floor: Floor) -> None:
    other = floor.another_bank()
    floor.certify_balance(100, Q3)
    floor.certify_balance(200, Q3, other)
    seen = [
        [row.certified.balance for row in service.balances_of(floor.db, who)]
        for who in (other.maker, floor.bank.checker)
    ]
    assert seen == [[200], [100]]
    assert len(service.balances_of(floor.db, floor.operator)) == 2


def test_balances_are_expected_of_local_legal_persons_alone(floor: Floor) -> None:
    make_institution(floor.db, "某银行平顶山分行", kind="branch", local_from=None)
    make_institution(floor.db, "某担保", kind="guarantor")
    assert [party.id for party in service.expected_on(floor.db, Q3)] == [floor.bank.party.id]
