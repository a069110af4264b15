"""Payments as JSON: payees, appropriations, orders, receipts, recoveries. Whoever moves money is a person signed in, never a token."""

from typing import Any

from flask import Response, request

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid, NotFound
from kernel.parties.service import party_by_code
from kernel.web.api_blueprint import Blueprint
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.idempotency import require_key
from kernel.web.paging import Page, asked_from, page_of
from settlement.handed_over import work_calendar
from settlement.officials import CASHIER, CHECKER, PROPOSER
from settlement.payments import appropriations, orders, payees, sending
from settlement.payments.handed_over import approvals, office, policies
from settlement.payments.models import Appropriation, PayeeAccount, PaymentOrder
from settlement.payments.order_files import MEDIA, order_file
from settlement.payments.previews import preview_lines
from settlement.payments.receipts import service as receipts
from settlement.payments.receipts.models import ReceiptLine
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.recoveries import service as recoveries
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.rules import payment_rules
from settlement.payments.schemas import (
    AppropriationOut,
    AppropriationsAskedSchema,
    AppropriationSchema,
    AppropriationsPageOut,
    DrawSchema,
    MismatchesPageOut,
    OrderOut,
    OrderPreviewAskedSchema,
    OrderPreviewOut,
    OrdersAskedSchema,
    OrdersPageOut,
    OrderWholeOut,
    PayeeOut,
    PayeesAskedSchema,
    PayeeSchema,
    PayeesPageOut,
    ReasonSchema,
    ReceiptLineOut,
    ReceiptOut,
    RecoveredSchema,
    RecoveriesPageOut,
    RecoveryOut,
    RecoverySchema,
    ResolveSchema,
    SecondHandSchema,
)
from settlement.payments.workflow import MATCHED, OPEN
from settlement.returns.service import SEES_ALL

blueprint = Blueprint(
    "payments-api", __name__, url_prefix="/api/v1/settlement", description="Payees, orders, receipts, recoveries"
)

LARGEST_RECEIPT = 5 * 1024 * 1024


@blueprint.get("/payees")
@blueprint.arguments(PayeesAskedSchema, location="query")
@blueprint.response(200, PayeesPageOut)
@requires(*SEES_ALL)
def list_payees(asked: dict[str, Any]) -> Page[Any]:
    """Payee accounts, those to be checked first."""
    query = payees.payees_query(state=asked["state"], holder=asked["holder"])
    return page_of(database.current(), query, asked_from(asked))


@blueprint.post("/payees")
@blueprint.arguments(PayeeSchema)
@blueprint.response(201, PayeeOut)
@requires(PROPOSER)
def propose_payee(values: dict[str, Any]) -> PayeeAccount:
    """Enter a new account; another official checks it, and it is used after the waiting time."""
    holder = values.pop("holder")
    details = payees.AccountDetails(**values)
    return payees.propose_payee(database.current(), caller(), holder, details, at=clock().now())


@blueprint.post("/payees/<int:number>/checks")
@blueprint.arguments(SecondHandSchema)
@blueprint.response(200, PayeeOut)
@requires(CHECKER)
def check_payee(values: dict[str, Any], number: int) -> PayeeAccount:
    """Accept or refuse an account that was entered."""
    db, now = database.current(), clock()
    return payees.check_payee(
        db,
        caller(),
        payees.payee_by_id(db, number),
        rules=payment_rules(policies(), now.today()),
        calendar=work_calendar(),
        at=now.now(),
        today=now.today(),
        **values,
    )


@blueprint.get("/appropriations")
@blueprint.arguments(AppropriationsAskedSchema, location="query")
@blueprint.response(200, AppropriationsPageOut)
@requires(*SEES_ALL)
def list_appropriations(asked: dict[str, Any]) -> Page[Any]:
    """Budget decisions, those to be checked first."""
    query = appropriations.appropriations_query(payer=asked["payer"], budget_year=asked["budget_year"])
    return page_of(database.current(), query, asked_from(asked))


@blueprint.post("/appropriations")
@blueprint.arguments(AppropriationSchema)
@blueprint.response(201, AppropriationOut)
@requires(PROPOSER)
def propose_appropriation(values: dict[str, Any]) -> Appropriation:
    """Enter a budget decision of a payer and year; another official checks it."""
    return appropriations.propose_appropriation(database.current(), caller(), at=clock().now(), **values)


@blueprint.post("/appropriations/<int:number>/checks")
@blueprint.arguments(SecondHandSchema)
@blueprint.response(200, AppropriationOut)
@requires(CHECKER)
def check_appropriation(values: dict[str, Any], number: int) -> Appropriation:
    """Grant or refuse a budget decision that was entered."""
    db, now = database.current(), clock()
    row = appropriations.appropriation_by_id(db, number)
    return appropriations.check_appropriation(db, caller(), row, at=now.now(), today=now.today(), **values)


@blueprint.get("/payment-orders/preview")
@blueprint.arguments(OrderPreviewAskedSchema, location="query")
@blueprint.response(200, OrderPreviewOut)
@requires(*SEES_ALL)
def preview_order(asked: dict[str, Any]) -> dict[str, Any]:
    """What an order of a payer would pay, set off, carry or cut today, what blocks it, and the digest to confirm."""
    seen = orders.preview(
        database.current(), caller(), approvals=approvals(), book=policies(), today=clock().today(), **asked
    )
    return {
        **seen.__dict__,
        "digest": seen.digest,
        "has_paying_account": seen.paying is not None,
        "lines": preview_lines(seen),
    }


@blueprint.get("/payment-orders")
@blueprint.arguments(OrdersAskedSchema, location="query")
@blueprint.response(200, OrdersPageOut)
@requires(*SEES_ALL)
def list_orders(asked: dict[str, Any]) -> Page[Any]:
    """Payment orders, the newest first."""
    query = orders.orders_query(batch=asked["batch"], payer=asked["payer"])
    return page_of(database.current(), query, asked_from(asked))


@blueprint.post("/payment-orders")
@blueprint.arguments(DrawSchema)
@blueprint.response(201, OrderOut)
@requires(CASHIER)
def draw_order(values: dict[str, Any]) -> PaymentOrder:
    """Draw an order: exactly what the confirmed preview showed. Needs an Idempotency-Key."""
    require_key()
    now = clock()
    return orders.draw_order(
        database.current(),
        caller(),
        approvals=approvals(),
        book=policies(),
        at=now.now(),
        today=now.today(),
        **values,
    )


@blueprint.get("/payment-orders/<number>")
@blueprint.response(200, OrderWholeOut)
@requires(*SEES_ALL)
def show_order(number: str) -> dict[str, Any]:
    """One order with its payments."""
    db = database.current()
    order = orders.order_by_number(db, number)
    own = {name: getattr(order, name) for name in OrderOut().fields}
    return {**own, "payments": orders.payments_of(db, order)}


@blueprint.post("/payment-orders/<number>/sendings")
@blueprint.response(200, OrderOut)
@requires(CASHIER, transaction="own")
def send_order(number: str) -> PaymentOrder:
    """Send a drawn order to the treasury under its fixed number; afterwards it is sent, or unknown until the recovery pass has asked."""
    now = clock()
    return sending.send_order(database.current(), caller(), number, office=office(), at=now.now(), today=now.today())


@blueprint.post("/payment-orders/<number>/cancellations")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, OrderOut)
@requires(CASHIER)
def cancel_order(values: dict[str, Any], number: str) -> PaymentOrder:
    """Take a drawn order back before it is sent."""
    now = clock()
    return sending.cancel_order(database.current(), caller(), number, at=now.now(), today=now.today(), **values)


@blueprint.get("/payment-orders/<number>/file.<kind>")
@blueprint.response(200)
@requires(*SEES_ALL)
def order_as_file(number: str, kind: str) -> Response:
    """The order for the treasury as `csv`, `xlsx`, or ISO 20022 pain.001 as `xml`."""
    if kind not in MEDIA:
        raise NotFound("file_not_found", "没有这个文件", "There is no such file")
    db = database.current()
    order = orders.order_by_number(db, number)
    return file_to_save(order_file(db, order, kind, policies()), f"{number}.{kind}", MEDIA[kind])


@blueprint.post("/receipts")
@blueprint.response(201, ReceiptOut)
@requires(CASHIER, transaction="own", rate="upload")
def take_receipt() -> dict[str, Any]:
    """A receipt file (multipart field `file`), whole or not at all; what does not match waits in the queue."""
    name, content = uploaded_receipt()
    now, db, who = clock(), database.current(), caller()
    read = read_receipt(name, content, now.today())
    kept = database.write(db, lambda db: receipts.take_receipt(db, who, read, at=now.now(), today=now.today()))
    lines = receipts.lines_of(db, kept)
    waiting = [line for line in lines if line.state == OPEN]
    return {**kept.model_dump(), "matched": sum(line.state == MATCHED for line in lines), "waiting": waiting}


def uploaded_receipt() -> tuple[str, bytes]:
    """The name and the bytes of the sent file; Invalid without one, or for one too large."""
    sent = request.files.get("file")
    content = sent.read(LARGEST_RECEIPT + 1) if sent is not None else b""
    if sent is None or not sent.filename or len(content) > LARGEST_RECEIPT:
        text = Text("选一个文件，最大 5 MB", "Choose a file of at most 5 MB")
        raise Invalid((FieldError("file", "no_file", text),))
    return sent.filename, content


@blueprint.get("/mismatches")
@blueprint.response(200, MismatchesPageOut)
@requires(*SEES_ALL)
def list_mismatches() -> Page[Any]:
    """Receipt lines that met no payment and wait for an official."""
    return page_of(database.current(), receipts.mismatches_query(), asked_from({}))


@blueprint.post("/mismatches/<int:number>/resolutions")
@blueprint.arguments(ResolveSchema)
@blueprint.response(200, ReceiptLineOut)
@requires(CASHIER)
def resolve_mismatch(values: dict[str, Any], number: int) -> ReceiptLine:
    """Assign a line to the payment it was meant for, or dismiss it with a reason. Needs an Idempotency-Key."""
    require_key()
    db, now = database.current(), clock()
    line = receipts.mismatch_by_id(db, number)
    return receipts.resolve(db, caller(), line, at=now.now(), today=now.today(), **values)


@blueprint.get("/recovery-notices")
@blueprint.response(200, RecoveriesPageOut)
@requires(*SEES_ALL)
def list_recoveries() -> Page[Any]:
    """Recovery notices, the newest first."""
    return page_of(database.current(), recoveries.notices_query(), asked_from({}))


@blueprint.post("/recovery-notices")
@blueprint.arguments(RecoverySchema)
@blueprint.response(201, RecoveryOut)
@requires(PROPOSER)
def issue_recovery(values: dict[str, Any]) -> RecoveryNotice:
    """Ask a beneficiary to pay back what could not be set off."""
    db, now = database.current(), clock()
    party = party_by_code(db, values["beneficiary_code"])
    assert party.id is not None
    return recoveries.issue_notice(
        db,
        caller(),
        payer=values["payer"],
        beneficiary_id=party.id,
        reason=values["reason"],
        rules=payment_rules(policies(), now.today()),
        calendar=work_calendar(),
        at=now.now(),
        today=now.today(),
    )


@blueprint.post("/recovery-notices/<number>/receipts")
@blueprint.arguments(RecoveredSchema)
@blueprint.response(201, RecoveryOut)
@requires(CASHIER)
def record_recovered(values: dict[str, Any], number: str) -> RecoveryNotice:
    """Book money that came back on a notice. Needs an Idempotency-Key."""
    require_key()
    db, now = database.current(), clock()
    notice = recoveries.notice_by_number(db, number)
    recoveries.record_recovered(db, caller(), notice, at=now.now(), today=now.today(), **values)
    return recoveries.notice_by_number(db, number)
