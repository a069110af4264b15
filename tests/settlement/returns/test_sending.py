"""Between maker and checker: every version is sent before it is certified, and one that is wrong goes back with a reason."""

import threading

import pytest
from flask import Flask

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from settlement.returns import service
from settlement.returns.models import LoanReturn
from settlement.returns.sending import send_back, send_for_certification
from tests.factories import NOW
from tests.settlement.filing_floor import Floor, loan

REASON = "第 1 行的余额和总账对不上，请改"


def sent_back(floor: Floor, filed: LoanReturn, reason: str = REASON, checker: Caller | None = None) -> LoanReturn:
    who, number = checker or floor.bank.checker, filed.id or 0
    return database.write(floor.db, lambda db: send_back(db, who, number, reason=reason, at=NOW))


def certify(floor: Floor, filed: LoanReturn) -> LoanReturn:
    checker, number, digest = floor.bank.checker, filed.id or 0, filed.row_digest or ""
    return database.write(floor.db, lambda db: service.certify(db, checker, number, digest=digest, at=NOW))


@pytest.mark.parametrize("credit_line", ["5000000.00", "500000.00"])
def test_every_version_is_sent_by_its_maker_first_with_and_without_warnings(floor: Floor, credit_line: str) -> None:
    filed = floor.file([loan(1, credit_line=credit_line)])
    assert filed.warnings == (credit_line == "500000.00")
    with pytest.raises(Refused, match="not_sent_yet"):
        certify(floor, filed)
    sent = floor.send(filed)
    assert (sent.state, sent.confirmed_by) == ("filed", floor.bank.maker.account_id)
    assert certify(floor, filed).state == "certified"


def test_sending_twice_changes_nothing(floor: Floor) -> None:
    filed = floor.send(floor.file([loan(1)]))
    floor.send(filed)
    assert [entry.act for entry in entries_about(floor.db, ("return", filed.id))] == ["return.file", "return.send"]


def test_a_refused_version_and_one_with_a_newer_are_not_sent(floor: Floor) -> None:
    refused, first = floor.file([loan(1, balance="x")]), floor.file([loan(1)])
    floor.file([loan(1), loan(2)])
    for filed in (refused, first):
        with pytest.raises(Conflict, match="not_to_be_sent"):
            floor.send(filed)


def test_the_checker_sends_a_version_back_and_the_reason_is_kept(floor: Floor) -> None:
    filed = sent_back(floor, floor.send(floor.file([loan(1)])))
    assert (filed.state, filed.sent_back_reason, filed.sent_back_by, filed.confirmed_at) == (
        "sent_back",
        REASON,
        floor.bank.checker.account_id,
        None,
    )
    with pytest.raises(Conflict):
        certify(floor, filed)
    [*_, entry] = entries_about(floor.db, ("return", filed.id))
    assert entry.act == "return.send_back"
    assert REASON in entry.detail


def test_after_sending_back_another_version_or_the_same_is_sent(floor: Floor) -> None:
    first = sent_back(floor, floor.send(floor.file([loan(1)])))
    assert floor.send(first).state == "filed"
    assert first.sent_back_reason == REASON
    sent_back(floor, first)
    second = floor.certify(floor.file([loan(1), loan(2)]))
    floor.db.refresh(first)
    assert (first.state, second.state) == ("sent_back", "certified")
    with pytest.raises(Conflict, match="not_to_be_sent"):
        floor.send(first)


def test_nothing_goes_back_without_a_reason_or_before_it_was_sent_or_once_certified(floor: Floor) -> None:
    filed = floor.file([loan(1)])
    with pytest.raises(Conflict, match="not_to_be_sent_back"):
        sent_back(floor, filed)
    floor.send(filed)
    for reason in ("", "  ", "长" * 501):
        with pytest.raises(Invalid):
            sent_back(floor, filed, reason)
    certify(floor, filed)
    with pytest.raises(Conflict, match="not_to_be_sent_back"):
        sent_back(floor, filed)


def test_only_a_second_person_of_the_same_bank_sends_back(floor: Floor) -> None:
    filed = floor.send(floor.file([loan(1)]))
    with pytest.raises(Forbidden):
        sent_back(floor, filed, checker=floor.bank.maker)
    with pytest.raises(NotFound):
        sent_back(floor, filed, checker=floor.another_bank().checker)
    promoted = type(floor.bank.maker)(**{**floor.bank.maker.__dict__, "role": "checker"})
    with pytest.raises(Refused, match="same_person"):
        sent_back(floor, filed, checker=promoted)
    with pytest.raises(Forbidden):
        send_for_certification(floor.db, floor.bank.checker, filed.id or 0, at=NOW)


@pytest.mark.both_databases
def test_of_a_certification_and_a_sending_back_at_once_one_wins(app: Flask, floor: Floor) -> None:
    filed = floor.send(floor.file([loan(1)]))
    number, digest, checker = filed.id or 0, filed.row_digest or "", floor.bank.checker
    floor.db.rollback()
    together, outcomes = threading.Barrier(2), []

    def run(act: str) -> None:
        with app.app_context():
            db = database.current()
            together.wait()
            try:
                if act == "certify":
                    database.write(db, lambda db: service.certify(db, checker, number, digest=digest, at=NOW))
                else:
                    database.write(db, lambda db: send_back(db, checker, number, reason=REASON, at=NOW))
                outcomes.append(act)
            except Conflict:
                outcomes.append("lost")

    threads = [threading.Thread(target=run, args=(act,)) for act in ("certify", "send_back")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["certify", "lost"], ["lost", "send_back"])
