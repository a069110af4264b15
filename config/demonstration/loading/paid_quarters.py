"""What the bureau had settled by the present: the documents that decide, two quarters paid with receipts, the third under review."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Flask
from sqlmodel import Session

from config.demonstration.loading.accounts import DOCUMENT
from config.demonstration.loading.awards import paper
from config.demonstration.loading.returns import person
from kernel import database
from kernel.clock import SHANGHAI
from kernel.errors import DomainError
from kernel.money import yuan
from kernel.periods import Quarter
from settlement.batches import moving, service
from settlement.batches.models import Batch
from settlement.batches.reading import batch_by_number
from settlement.batches.service import BatchDesk, Signing
from settlement.handed_over import policy_book, premises, work_calendar
from settlement.payments import orders
from settlement.payments.handed_over import approvals, office
from settlement.payments.labels import PAYERS
from settlement.payments.models import PaymentOrder
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.receipts.service import take_receipt
from settlement.payments.sending import send_order
from settlement.readings.documents import Document, word_subject
from settlement.readings.evidence import keep
from settlement.readings.places import documents_archive, open_words
from settlement.readings.service import check_decision, record_decision

DECIDED_ON = date(2022, 6, 2)
WORDS = (("payer", "fiscal_shares"), ("central_bank_deduction", "not_deducted"))
RECEIVED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class SettledQuarter:
    """A quarter and the day on which its batch was opened; `is_paid` False: it waits for the reviewer."""

    quarter: Quarter
    opened_on: date
    is_paid: bool = True


SETTLED = (
    SettledQuarter(Quarter(2022, 1), date(2022, 6, 7)),
    SettledQuarter(Quarter(2022, 2), date(2022, 7, 19)),
    SettledQuarter(Quarter(2022, 3), date(2022, 10, 19), is_paid=False),
)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 20), SHANGHAI)


def _desk(day: date, hour: int) -> BatchDesk:
    return BatchDesk(premises(), work_calendar(), _at(day, hour), day)


def decide_words(app: Flask) -> None:
    """Who pays the growth reward, and that nothing is deducted: without the two no order is drawn."""
    with app.app_context():
        db, at = database.current(), _at(DECIDED_ON, 10)
        maker, checker = person(db, "operator"), person(db, "reviewer")
        for number, (word, reading) in enumerate(WORDS, start=1):
            subject = word_subject(open_words(), word, reading, None)
            title = f"关于{open_words().word(word).title.zh}的决定"
            document = Document(f"{DOCUMENT}〔2022〕{number}号", title, "市财政局", DECIDED_ON)
            scan = keep(documents_archive(), "决定.pdf", paper(word))

            def work(db: Session, subject=subject, document=document, scan=scan) -> None:  # type: ignore[no-untyped-def]
                made = record_decision(db, maker, subject, document, scan, book=policy_book(), at=at)
                check_decision(db, checker, made.id or 0, digest=made.digest, at=at + timedelta(hours=1))

            database.write(db, work)


def settle(app: Flask, one: SettledQuarter) -> None:
    """One quarter's batch, as far as it had come, and the money that followed."""
    with app.app_context():
        db = database.current()
        operator = person(db, "operator")
        desk = _desk(one.opened_on, 10)
        batch = database.write(db, lambda db: service.open_batch(db, operator, one.quarter, desk=desk))
        _move(db, batch, "submit", "operator", desk)
        if one.is_paid:
            released_on = _carry(db, batch, one.opened_on)
            _pay(db, batch.number, released_on)


def _move(db: Session, batch: Batch, name: str, role: str, desk: BatchDesk) -> Batch:
    who, number = person(db, role), batch.number

    def work(db: Session) -> Batch:
        found = batch_by_number(db, number)
        return moving.move(db, who, found, name, Signing(found.digest, found.version), desk=desk)

    return database.write(db, work)


def _carry(db: Session, batch: Batch, opened_on: date) -> date:
    """The other hands and the public notice; the day of release."""
    calendar = work_calendar()
    reviewed_on, approved_on = calendar.plus(opened_on, 1), calendar.plus(opened_on, 2)
    _move(db, batch, "review", "reviewer", _desk(reviewed_on, 14))
    _move(db, batch, "approve", "approver", _desk(approved_on, 15))
    noticed = _move(db, batch, "publish", "operator", _desk(approved_on, 17))
    assert noticed.notice_until is not None
    released_on = calendar.plus(noticed.notice_until, 1)
    _move(db, batch, "order", "cashier", _desk(released_on, 9))
    return released_on


def _pay(db: Session, number: str, day: date) -> None:
    """An order of every payer that owes something, sent, and receipted the next day."""
    cashier, at = person(db, "cashier"), _at(day, 11)
    for payer in PAYERS:
        try:
            order = database.write(
                db,
                lambda db, payer=payer: orders.draw_order(  # type: ignore[misc]
                    db,
                    cashier,
                    payer=payer,
                    batch=number,
                    approvals=approvals(),
                    book=policy_book(),
                    at=at,
                    today=day,
                ),
            )
        except DomainError as error:
            if error.code != "nothing_due":
                raise
            continue
        if order.total:
            send_order(db, cashier, order.number, office=office(), at=at + timedelta(hours=3), today=day)
            _receive(db, order, day + RECEIVED_AFTER)


def _receive(db: Session, order: PaymentOrder, day: date) -> None:
    """The bank's file: every payment of the order went through."""
    cashier = person(db, "cashier")
    rows = [f"{one.reference},{yuan(one.amount)},{day},paid,BK{one.reference}" for one in orders.payments_of(db, order)]
    content = "\n".join(["reference,amount,date,status,bank_reference", *rows, ""]).encode()
    read = read_receipt(f"{order.number}-receipt.csv", content, day)
    database.write(db, lambda db: take_receipt(db, cashier, read, at=_at(day, 16), today=day))
