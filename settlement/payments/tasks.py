"""What payments add to the spine and to today's tasks: accounts and budgets to check, orders to send, mismatches to resolve."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from settlement.officials import CASHIER, CHECKER
from settlement.payments.books.checking import findings_of, latest_check
from settlement.payments.models import Appropriation, PayeeAccount, PaymentOrder
from settlement.payments.own_accounts import CHECKER as OWN_CHECKER
from settlement.payments.own_accounts import own_versions
from settlement.payments.payable_book import COUNTY_OFFICER
from settlement.payments.receipts.models import ReceiptLine
from settlement.payments.workflow import DRAWN, ENTERED, OPEN, PROPOSED, UNKNOWN
from settlement.returns.service import SEES_ALL
from settlement.rooms import PAYMENTS

NAVIGATION = [
    NavigationItem("payments.index", Text("拨付", "Payments"), frozenset(SEES_ALL), PAYMENTS),
    NavigationItem("books.index", Text("账", "Books"), frozenset({*SEES_ALL, COUNTY_OFFICER}), PAYMENTS),
]


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """Whom a payment waits for, and what the last look at all books found."""
    if caller.role in SEES_ALL:
        yield from _alarm(db)
    if caller.role == CHECKER:
        yield from _to_check(db)
    elif caller.role == CASHIER:
        yield from _to_pay(db)
    elif caller.role == OWN_CHECKER and caller.organisation_kind == "institution":
        yield from _to_confirm(db, caller)


def _count(db: Session, query: Select[Any]) -> int:
    return int(db.execute(query).scalar_one())


def _alarm(db: Session) -> Iterator[Task]:
    check = latest_check(db)
    if check is not None and check.found:
        title = Text(f"账核对不过：{check.found} 处", f"The books do not hold: {check.found} places")
        first = findings_of(check)[0]
        detail = Text(
            f"{first.invariant} {first.subject} {first.text.zh}", f"{first.invariant} {first.subject} {first.text.en}"
        )
        look = Text("去看", "Look")
        yield Task(title, url_for("books.index"), look, detail, count=check.found, comes_first=True)


def _to_confirm(db: Session, caller: Caller) -> Iterator[Task]:
    if any(one.state == ENTERED for one in own_versions(db, caller)):
        title = Text("确认本机构的收款账户", "Confirm your institution's account")
        yield Task(title, url_for("own_account.index"), Text("去确认", "Confirm"))


def _to_check(db: Session) -> Iterator[Task]:
    check = Text("去复核", "Check")
    count = _count(db, select(func.count()).where(PayeeAccount.state == PROPOSED))
    if count:
        title = Text("复核收款账户", "Check payee accounts")
        yield Task(title, url_for("payment_masters.payees_index"), check, count=count)
    count = _count(db, select(func.count()).where(Appropriation.state == PROPOSED))
    if count:
        yield Task(Text("复核预算", "Check budgets"), url_for("payment_masters.budgets_index"), check, count=count)


def _to_pay(db: Session) -> Iterator[Task]:
    query = select(PaymentOrder).where(col(PaymentOrder.state).in_((DRAWN, UNKNOWN)))
    for order in db.exec(query.order_by(col(PaymentOrder.id))):
        title = Text(f"送出 {order.number}", f"Send {order.number}")
        yield Task(title, url_for("payments.show", number=order.number), Text("去送", "Send"))
    count = _count(db, select(func.count()).where(ReceiptLine.state == OPEN))
    if count:
        title = Text("处理对不上的回单", "Resolve receipts that match nothing")
        yield Task(title, url_for("receipts.index"), Text("去处理", "Resolve"), count=count)
