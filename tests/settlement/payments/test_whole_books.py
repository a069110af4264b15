"""Everything is looked at each night and when asked; what is found stays on record and stands first on the bureau's home."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import col, select

from kernel.audit.models import AuditEntry
from kernel.parties.models import Party
from settlement.payments.books.checking import check_everything, check_tonight, findings_of, latest_check
from settlement.payments.models import Payment
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.tasks import tasks
from tests.settlement.payments.payment_floor import Counter
from tests.settlement.payments.test_recoveries import asked_without_dues
from tests.settlement.payments.test_recoveries import bank as bank

pytestmark = pytest.mark.both_databases


def test_sound_books_are_looked_at_once_a_night_and_raise_no_alarm(counter: Counter, bank: Party) -> None:
    asked_without_dues(counter, bank)
    found = check_everything(counter.db, by=counter.operator.actor, at=counter.at)
    assert findings_of(found) == []
    tonight = [check_tonight(counter.db, at=counter.at, day="2022-11-22") for _ in range(2)]
    assert tonight == [0, None]
    assert [one.title.zh for one in tasks(counter.db, counter.approver, counter.today)] == []
    kept = counter.db.exec(
        select(AuditEntry).where(AuditEntry.act == "books.check").order_by(col(AuditEntry.number))
    ).all()
    assert [one.account_id for one in kept] == [counter.operator.account_id, None]


def test_what_a_night_finds_stands_first_on_the_home_of_the_finance_side(
    app: Flask, counter: Counter, bank: Party
) -> None:
    notice = asked_without_dues(counter, bank)
    forged = update(RecoveryNotice).where(col(RecoveryNotice.id) == notice.id).values(amount=notice.amount + 1)
    counter.write(lambda db: db.execute(forged))
    counter.write(lambda db: db.execute(update(Payment).values(digest="0" * 64)))
    assert (check_tonight(counter.db, at=counter.at, day="2022-11-22") or 0) >= 2
    named = {(one.invariant, one.subject.split("/")[0]) for one in findings_of(latest_check(counter.db))}
    assert {("I10", notice.payer), ("I9", notice.payer)} <= named
    with app.test_request_context():
        for reader in (counter.operator, counter.reviewer, counter.approver, counter.cashier):
            first = next(iter(tasks(counter.db, reader, counter.today)))
            assert first.comes_first
            assert "账核对不过" in first.title.zh
