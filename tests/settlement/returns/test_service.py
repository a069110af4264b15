"""Returns: versions, errors that are kept and never accepted, certification by a second person, whose they are."""

import threading

import pytest
from flask import Flask
from sqlmodel import col, select

from kernel import database
from kernel.audit.service import broken_at, entries_about
from kernel.errors import Conflict, Forbidden, NotFound, Refused
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused
from settlement.returns import service
from settlement.returns.models import LoanReturn
from tests.factories import NOW
from tests.settlement.filing_floor import Q2, Q3, Floor, csv_of, loan


def test_a_good_file_becomes_a_filed_version_with_its_digests_and_sums(floor: Floor) -> None:
    filed = floor.file([loan(1), loan(2, credit_line="10000000.01", balance="2000000.00")])
    assert (filed.version, filed.state, filed.rows, filed.borrowers) == (1, "filed", 2, 2)
    assert (filed.total, filed.eligible) == (3_000_000_00, 1_000_000_00)
    assert filed.row_digest is not None
    assert floor.premises.keeping.tape(filed.row_digest).exists()
    assert floor.premises.keeping.archive.has(filed.bytes_digest)


def test_a_file_with_errors_is_kept_with_its_list_and_never_accepted(floor: Floor) -> None:
    filed = floor.file([loan(1, balance="125万"), loan(2, maturity_date="2021-01-01")])
    assert (filed.state, filed.row_digest, filed.eligible, filed.errors) == ("refused", None, None, 2)
    found = service.report(floor.db, filed)
    assert [(one.row, one.column, one.value) for one in found.errors.listed] == [
        (2, "balance", "125万"),
        (3, "maturity_date", "2021-01-01"),
    ]
    with pytest.raises(Conflict):
        floor.certify(filed)


def test_a_file_that_is_no_table_is_told_why_and_takes_no_version_number(floor: Floor) -> None:
    with pytest.raises(FileRefused) as refused:
        floor.file_bytes("借据号,余额（万元）\n1,2\n".encode(), "a.csv")
    assert {"column_unknown", "unit_ten_thousand", "column_missing"} & {fault.rule for fault in refused.value.faults}
    assert service.returns_of(floor.db, floor.bank.maker) == []
    came = entries_about(floor.db, ("institution", floor.bank.maker.organisation_id))
    assert [entry.act for entry in came] == ["return.unreadable"]
    assert floor.file([loan(1)]).version == 1


def test_a_corrected_file_is_the_next_version_and_both_remain(floor: Floor) -> None:
    floor.file([loan(1, balance="oops")])
    second = floor.file([loan(1)])
    assert (second.version, second.state) == (2, "filed")
    assert [row.filed.version for row in service.returns_of(floor.db, floor.bank.maker)] == [2, 1]


def test_the_same_bytes_again_are_no_new_version(floor: Floor) -> None:
    first = floor.file([loan(1)])
    assert floor.file([loan(1)]).id == first.id


def test_two_people_certify_and_an_older_certified_version_is_superseded(floor: Floor) -> None:
    first = floor.certify(floor.file([loan(1)]))
    assert (first.state, first.certified_by) == ("certified", floor.bank.checker.account_id)
    second = floor.certify(floor.file([loan(1, balance="900000.00")]))
    floor.db.refresh(first)
    assert (first.state, second.state) == ("superseded", "certified")


def test_the_maker_cannot_certify(floor: Floor) -> None:
    filed = floor.file([loan(1)])
    with pytest.raises(Forbidden):
        service.certify(floor.db, floor.bank.maker, filed.id or 0, digest=filed.row_digest or "", at=NOW)


def test_whoever_filed_cannot_certify_though_a_checker_by_now(floor: Floor) -> None:
    filed = floor.file([loan(1)])
    promoted = type(floor.bank.maker)(**{**floor.bank.maker.__dict__, "role": "checker"})
    with pytest.raises(Refused, match="same_person"):
        service.certify(floor.db, promoted, filed.id or 0, digest=filed.row_digest or "", at=NOW)


def test_certification_binds_to_the_digest_that_was_shown(floor: Floor) -> None:
    filed = floor.file([loan(1)])
    with pytest.raises(Conflict, match="digest_changed"):
        service.certify(floor.db, floor.bank.checker, filed.id or 0, digest="0" * 64, at=NOW)


def test_an_older_version_cannot_be_certified_once_a_newer_was_accepted(floor: Floor) -> None:
    first = floor.send(floor.file([loan(1)]))
    floor.file([loan(1), loan(2)])
    with pytest.raises(Conflict, match="newer_version"):
        floor.certify(first)


@pytest.mark.both_databases
def test_of_two_certifications_at_once_one_wins(app: Flask, floor: Floor) -> None:
    filed = floor.send(floor.file([loan(1)]))
    number, digest = filed.id or 0, filed.row_digest or ""
    floor.db.rollback()
    together, outcomes = threading.Barrier(4), []

    def run() -> None:
        with app.app_context():
            together.wait()
            try:
                checker = floor.bank.checker
                db = database.current()
                database.write(db, lambda db: service.certify(db, checker, number, digest=digest, at=NOW))
                outcomes.append("won")
            except Conflict:
                outcomes.append("lost")

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "lost", "lost", "won"]
    acts = [entry.act for entry in entries_about(floor.db, ("return", number))]
    assert acts == ["return.file", "return.send", "return.certify"]


def test_another_banks_return_is_the_same_as_none(floor: Floor) -> None:
    filed, other = floor.file([loan(1)]), floor.another_bank()
    for caller in (other.maker, other.checker, floor.officer):
        with pytest.raises(NotFound) as another:
            service.return_by_id(floor.db, caller, filed.id or 0)
        with pytest.raises(NotFound) as absent:
            service.return_by_id(floor.db, caller, 4711)
        assert another.value.text == absent.value.text
        assert service.returns_of(floor.db, caller) == []
    with pytest.raises(NotFound):
        service.certify(floor.db, other.checker, filed.id or 0, digest=filed.row_digest or "", at=NOW)
    assert service.return_by_id(floor.db, floor.operator, filed.id or 0).id == filed.id


def test_a_quarter_outside_the_policy_or_not_over_is_refused(floor: Floor) -> None:
    with pytest.raises(Refused, match="quarter_not_over"):
        floor.file([loan(1)], Quarter(2022, 4))
    with pytest.raises(Refused, match="quarter_not_reported"):
        floor.file([loan(1)], Quarter(2021, 3))


def test_the_next_quarter_is_judged_beside_the_last_and_rolls_forward(floor: Floor) -> None:
    floor.certify(floor.file([loan(1, balance="1000.00")], Q2))
    filed = floor.file([loan(1, balance="20000.00")], Q3)
    found = service.report(floor.db, filed)
    assert [count.rule.code for count in found.warnings.counts] == ["tenfold_jump"]
    assert found.roll_forward is not None
    assert (found.roll_forward.previous, found.roll_forward.present) == (1_000_00, 20_000_00)


def test_gb18030_is_told_and_decoded(floor: Floor) -> None:
    filed = floor.file_bytes(csv_of([loan(1)], "gb18030"))
    assert (filed.state, filed.encoding) == ("filed", "GB18030")


def test_every_version_leaves_an_unbroken_trail(floor: Floor) -> None:
    floor.file([loan(1, balance="oops")])
    filed = floor.certify(floor.file([loan(1)]))
    versions = floor.db.exec(select(LoanReturn.id).order_by(col(LoanReturn.version))).all()
    trail = [[entry.act for entry in entries_about(floor.db, ("return", number))] for number in versions]
    assert trail == [["return.refuse"], ["return.file", "return.send", "return.certify"]]
    assert filed.id == versions[1]
    assert broken_at(floor.db) is None
