"""Pages of the cashier and of those who watch: orders, drawing one, one order."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid, NotFound
from kernel.ledger import funds
from kernel.ledger.models import LedgerFund
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, load_asked, load_form
from kernel.web.language import spoken
from kernel.web.lists import list_page
from kernel.web.paging import page_of
from settlement.officials import CASHIER
from settlement.payments import labels, orders, sending
from settlement.payments.from_batches import released_batches
from settlement.payments.handed_over import approvals, office, policies
from settlement.payments.lists import ORDERS
from settlement.payments.order_files import MEDIA, order_file
from settlement.payments.payable_book import PayableFigures, payable_totals
from settlement.payments.previews import preview_lines
from settlement.payments.schemas import (
    DrawSchema,
    OrderPreviewAskedSchema,
    OrdersAskedSchema,
    ReasonSchema,
)
from settlement.payments.workflow import ORDER_STATES, PAYMENT_STATES
from settlement.people import names_of
from settlement.returns.service import SEES_ALL

blueprint = Blueprint("payments", __name__, url_prefix="/payments", template_folder="../templates")

TONES = {"drawn": "wait", "sending": "wait", "unknown": "stop", "sent": "dai", "settled": "ok", "cancelled": "out"}
PAYMENT_TONES = {"ordered": "dai", "paid": "ok", "rejected": "stop", "cancelled": "out"}


@blueprint.get("")
@requires(*SEES_ALL)
def index() -> ResponseReturnValue:
    """Every payer with what it owes and has left, and the orders."""
    asked = OrdersAskedSchema().load({k: v for k, v in request.args.items() if v}, unknown=EXCLUDE)
    return _orders_page(asked, Form())


def _orders_page(asked: Mapping[str, Any], form: Form) -> ResponseReturnValue:
    db, year = database.current(), clock().today().year
    left, totals = funds.funds_by_book(db, year), payable_totals(db)
    rows = [_payer_row(code, totals[code], left.get(code)) for code in labels.PAYERS]
    query = orders.orders_query(batch=asked["batch"], payer=asked["payer"])
    moving = [row for row in rows if row["figures"] != PayableFigures() or row["granted"]]
    return list_page(
        ORDERS,
        asked,
        lambda part: page_of(db, query, part),
        lambda page: (
            _render(
                "payments/index.html",
                asked=asked,
                form=form,
                payers=orders.payers_of_orders(db),
                rows=moving,
                page=page,
                year=year,
                batches=released_batches(db),
            ),
            422 if form.errors else 200,
        ),
    )


def _payer_row(code: str, figures: PayableFigures, fund: LedgerFund | None) -> dict[str, Any]:
    granted, taken = (fund.granted, fund.taken) if fund else (0, 0)
    return {"code": code, "figures": figures, "granted": granted, "left": granted - taken}


def _render(template: str, **values: Any) -> str:
    return render_template(
        template,
        labels=labels,
        order_states=ORDER_STATES,
        payment_states=PAYMENT_STATES,
        tones=TONES,
        payment_tones=PAYMENT_TONES,
        may_pay=caller().role == CASHIER,
        **values,
    )


@blueprint.get("/draw")
@requires(*SEES_ALL)
def preview() -> ResponseReturnValue:
    """What an order would pay, and, for the cashier, the button that draws it; the orders again where one was not chosen."""
    asked, form = load_asked(OrderPreviewAskedSchema())
    if asked is None:
        return _orders_page(OrdersAskedSchema().load({}), form)
    return _preview_page(asked)


def _preview_page(asked: Mapping[str, Any], refused: Invalid | None = None) -> ResponseReturnValue:
    today = clock().today()
    seen = orders.preview(database.current(), caller(), approvals=approvals(), book=policies(), today=today, **asked)
    page = _render(
        "payments/draw.html", seen=seen, lines=preview_lines(seen), book=policies(), asked=asked, refused=refused
    )
    return (page, 422) if refused else page


@blueprint.post("/draw")
@requires(CASHIER)
def draw() -> ResponseReturnValue:
    """Draw exactly what was shown."""
    values = DrawSchema().load(
        {name: request.form.get(name, "") for name in ("payer", "batch", "digest")}
        | {"leave_out": request.form.getlist("leave_out")}
    )
    now = clock()
    try:
        order = orders.draw_order(
            database.current(),
            caller(),
            approvals=approvals(),
            book=policies(),
            at=now.now(),
            today=now.today(),
            **values,
        )
    except Invalid as error:
        return _preview_page({name: values[name] for name in ("payer", "batch", "leave_out")}, error)
    flash(_("开出了 %(number)s", number=order.number), "ok")
    return redirect(url_for("payments.show", number=order.number))


@blueprint.get("/orders/<number>")
@requires(*SEES_ALL)
def show(number: str) -> ResponseReturnValue:
    """One order: its payments, its files, and what can be done with it."""
    db = database.current()
    order = orders.order_by_number(db, number)
    payments = orders.payments_of(db, order)
    names = names_of(db, [order.drawn_by, order.sent_by])
    return _render(
        "payments/order.html",
        order=order,
        payments=payments,
        payees=orders.payees_of(db, payments),
        lines=orders.lines_of(db, order),
        names=names,
    )


@blueprint.get("/orders/<number>/send")
@requires(CASHIER)
def confirm_send(number: str) -> ResponseReturnValue:
    """The page before the money moves."""
    db = database.current()
    order = orders.order_by_number(db, number)
    return _render("payments/send.html", order=order, payments=orders.payments_of(db, order))


@blueprint.post("/orders/<number>/send")
@requires(CASHIER, transaction="own")
def send(number: str) -> ResponseReturnValue:
    """Send, and tell whether it arrived."""
    now = clock()
    try:
        order = sending.send_order(
            database.current(), caller(), number, office=office(), at=now.now(), today=now.today()
        )
    except Invalid as error:
        for one in error.errors:
            flash(f"{one.field} {spoken(one.text)}", "stop")
        return redirect(url_for("payments.show", number=number))
    if order.state == "sent":
        flash(_("国库收到了"), "ok")
    else:
        flash(_("国库没有应答：不知道送到没有，系统会先查询再决定重送"), "stop")
    return redirect(url_for("payments.show", number=number))


@blueprint.post("/orders/<number>/cancel")
@requires(CASHIER)
def cancel(number: str) -> ResponseReturnValue:
    """Take a drawn order back, with the reason."""
    values, _form = load_form(ReasonSchema())
    if values is None:
        flash(_("撤销要写明原因"), "stop")
        return redirect(url_for("payments.show", number=number))
    now = clock()
    sending.cancel_order(database.current(), caller(), number, at=now.now(), today=now.today(), **values)
    flash(_("撤销了，款项重新待付"), "ok")
    return redirect(url_for("payments.show", number=number))


@blueprint.get("/orders/<number>/file.<kind>")
@requires(*SEES_ALL)
def order_as_file(number: str, kind: str) -> ResponseReturnValue:
    """The order for the treasury as CSV, XLSX or pain.001."""
    if kind not in MEDIA:
        raise NotFound("file_not_found", "没有这个文件", "There is no such file")
    order = orders.order_by_number(database.current(), number)
    return file_to_save(order_file(database.current(), order, kind, policies()), f"{number}.{kind}", MEDIA[kind])
