"""Intent, send, confirm: an order arrives once, whatever the line to the treasury does; receipts close it."""

from datetime import timedelta
from pathlib import Path

import pytest

from kernel.errors import Conflict, Forbidden, Refused
from kernel.ledger import funds
from kernel.tables.faults import FileRefused
from settlement.payments import orders
from settlement.payments.invariants import violations
from settlement.payments.models import PaymentOrder
from settlement.payments.receipts.listing import receipts_query
from settlement.payments.receipts.models import ReceiptLine
from settlement.payments.receipts.service import lines_of, mismatch_by_id, resolve
from settlement.payments.sending import LEASE
from settlement.payments.treasury import FolderTreasury
from settlement.payments.workflow import SENT, SETTLED, UNKNOWN
from tests.settlement.payments.payment_floor import ZHANHE, Counter


@pytest.fixture
def order(counter: Counter) -> PaymentOrder:
    """An order of two payments, drawn."""
    counter.item(counter.beneficiary("甲村镇银行"), 4_000)
    counter.item(counter.beneficiary("乙村镇银行"), 6_000)
    counter.budget(ZHANHE, 20_000)
    return counter.draw()


def state(counter: Counter, order: PaymentOrder) -> str:
    return orders.order_by_number(counter.db, order.number).state


def sent_times(counter: Counter, order: PaymentOrder) -> int:
    return sum(reference == order.number for reference, _ in counter.treasury.received)


def test_an_order_is_sent_once_however_often_it_is_asked(counter: Counter, order: PaymentOrder) -> None:
    counter.send(order)
    with pytest.raises(Conflict):
        counter.send(order)
    assert sent_times(counter, order) == 1
    assert state(counter, order) == SENT


def test_where_nobody_knows_the_recovery_asks_first_and_does_not_send_again(
    counter: Counter, order: PaymentOrder
) -> None:
    counter.treasury.loses_answers = True
    assert counter.send(order).state == UNKNOWN
    counter.later(minutes=2)
    assert counter.recover() == {"confirmed": 1, "sent": 0, "unknown": 0, "failed": 0}
    assert sent_times(counter, order) == 1
    assert state(counter, order) == SENT


def test_what_never_arrived_is_sent_again_with_the_same_bytes(counter: Counter, order: PaymentOrder) -> None:
    counter.treasury.silent = True
    assert counter.send(order).state == UNKNOWN
    counter.later(minutes=2)
    assert counter.recover()["unknown"] == 1
    counter.treasury.silent = False
    counter.later(minutes=2)
    assert counter.recover() == {"confirmed": 0, "sent": 1, "unknown": 0, "failed": 0}
    assert sent_times(counter, order) == 1
    assert counter.recover() == {"confirmed": 0, "sent": 0, "unknown": 0, "failed": 0}


def test_a_sender_still_at_work_is_left_alone(counter: Counter, order: PaymentOrder) -> None:
    counter.treasury.silent = True
    counter.send(order)
    counter.at += LEASE / 2
    assert counter.recover() == {"confirmed": 0, "sent": 0, "unknown": 0, "failed": 0}
    assert state(counter, order) == UNKNOWN


def test_the_treasury_s_folder_holds_each_order_once_and_whole(tmp_path: Path) -> None:
    folder = FolderTreasury(tmp_path / "treasury")
    assert folder.has("PO-1") is False
    folder.send("PO-1", b"<Document/>")
    folder.send("PO-1", b"<Document/>")
    assert folder.has("PO-1") is True
    assert [path.name for path in (tmp_path / "treasury").iterdir()] == ["PO-1.xml"]
    with pytest.raises(Refused):
        folder.send("PO-1", b"<Document>other</Document>")
    assert (tmp_path / "treasury" / "PO-1.xml").read_bytes() == b"<Document/>"


def test_a_receipt_pays_and_settles_and_the_same_file_is_taken_once(counter: Counter, order: PaymentOrder) -> None:
    counter.send(order)
    counter.receipt_of(order)
    assert state(counter, order) == SETTLED
    with pytest.raises(Conflict):
        counter.receipt_of(order)
    assert violations(counter.db) == []


def test_a_payment_that_the_bank_returns_is_open_again_and_gets_a_new_reference(
    counter: Counter, order: PaymentOrder
) -> None:
    counter.send(order)
    first, second = orders.payments_of(counter.db, order)
    counter.receipt(
        f"{first.reference},40.00,{counter.today},paid,BK1", f"{second.reference},60.00,{counter.today},退回,"
    )
    assert state(counter, order) == SETTLED
    assert funds.available(counter.db, ZHANHE, 2022) == 16_000
    again = counter.draw()
    assert [(one.amount, one.reference) for one in orders.payments_of(counter.db, again)] == [
        (6_000, f"{again.number}-001")
    ]
    assert violations(counter.db) == []


def test_what_does_not_match_waits_and_books_nothing(counter: Counter, order: PaymentOrder) -> None:
    first, second = orders.payments_of(counter.db, order)
    day = counter.today
    early = counter.receipt(f"{first.reference},40.00,{day},paid,BK0")
    counter.send(order)
    kept = counter.receipt(
        f"{first.reference},40.00,{day},paid,BK1",
        f"{first.reference},40.00,{day},paid,BK2",
        f"{second.reference},59.99,{day},paid,BK3",
        f"PO-410411-2022-9999-001,1.00,{day},paid,BK4",
        f"{second.reference},60.00,{day},paid,BK1",
        f"{second.reference},60.00,{day - timedelta(days=1)},paid,BK5",
    )
    assert [line.mismatch for line in lines_of(counter.db, early)] == ["not_sent"]
    assert [line.mismatch for line in lines_of(counter.db, kept)] == [
        None,
        "paid_already",
        "amount_differs",
        "unknown_reference",
        "bank_reference_used",
        "before_order",
    ]
    assert [one.state for one in orders.payments_of(counter.db, order)] == ["paid", "ordered"]
    assert state(counter, order) == SENT
    assert violations(counter.db) == []


def resolved(
    counter: Counter, line: ReceiptLine, resolution: str, reference: str = "", by: object = None
) -> ReceiptLine:
    found: ReceiptLine = counter.write(
        lambda db: resolve(
            db,
            by or counter.cashier,
            line,
            resolution=resolution,
            reason="银行打错编号",
            reference=reference,
            at=counter.at,
            today=counter.today,
        )
    )
    return found


def test_an_official_assigns_or_dismisses_a_mismatch_once(counter: Counter, order: PaymentOrder) -> None:
    counter.send(order)
    first, _second = orders.payments_of(counter.db, order)
    day = counter.today
    kept = counter.receipt(f"PO-WRONG,40.00,{day},paid,BK1", f"PO-OTHER,1.00,{day},paid,BK2")
    wrong, other = lines_of(counter.db, kept)
    with pytest.raises(Forbidden):
        resolved(counter, wrong, "dismiss", by=counter.operator)
    with pytest.raises(Refused):
        resolved(counter, other, "assign", first.reference)
    assert mismatch_by_id(counter.db, other.id or 0).state == "open"
    resolved(counter, wrong, "assign", first.reference)
    resolved(counter, other, "dismiss")
    with pytest.raises(Conflict):
        resolved(counter, other, "dismiss")
    assert [one.state for one in orders.payments_of(counter.db, order)] == ["paid", "ordered"]
    assert violations(counter.db) == []


def test_a_faulty_receipt_file_is_refused_whole(counter: Counter, order: PaymentOrder) -> None:
    counter.send(order)
    first, second = orders.payments_of(counter.db, order)
    with pytest.raises(FileRefused) as refused:
        counter.receipt(f"{first.reference},40.00,{counter.today},paid,BK1", f"{second.reference},六十,2022-11-31,好,")
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(3, "amount"), (3, "date"), (3, "status")]
    with pytest.raises(FileRefused):
        counter.receipt(f"{first.reference},40.00,{counter.today},paid,")
    with pytest.raises(FileRefused):
        counter.receipt(f"{first.reference},40.00,2022-12-31,paid,BK1")
    assert counter.db.execute(receipts_query()).all() == []
    assert [one.state for one in orders.payments_of(counter.db, order)] == ["ordered", "ordered"]


def test_a_receipt_proves_that_an_unknown_order_arrived(counter: Counter, order: PaymentOrder) -> None:
    counter.treasury.loses_answers = True
    assert counter.send(order).state == UNKNOWN
    counter.receipt_of(order)
    assert state(counter, order) == SETTLED
    assert sent_times(counter, order) == 1
