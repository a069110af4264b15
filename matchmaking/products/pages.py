"""Pages of loan products: the hall for everybody, the form and the shelf for their bank."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE, ValidationError

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES, ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict
from kernel.money import yuan
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from kernel.web.problems import field_errors
from matchmaking.marks import EASED, NO_DEPOSIT
from matchmaking.page_words import page_values, rate
from matchmaking.products import reading, service
from matchmaking.products.api import sought_from
from matchmaking.products.lists import HALL, SHELF
from matchmaking.products.reading import MARKS, Listing
from matchmaking.products.schemas import (
    LISTS,
    ProductChangeSchema,
    ProductSchema,
    ShelfAskedSchema,
    SoughtFormSchema,
    terms_from,
)
from matchmaking.products.terms import REPAYMENTS, ProductTerms
from matchmaking.products.workflow import STATES

blueprint = Blueprint("products", __name__, url_prefix="/products", template_folder="../templates")
WORDS = {
    "REPAYMENTS": REPAYMENTS,
    "PRODUCT_STATES": STATES,
    "MARKS": MARKS,
    "NO_DEPOSIT": NO_DEPOSIT,
    "EASED": EASED,
}
blueprint.context_processor(lambda: page_values() | WORDS)

ORDERS = {
    "rate": Text("利率从低到高", "lowest rate first"),
    "amount": Text("额度从大到小", "largest amount first"),
    "days": Text("答复从快到慢", "quickest answer first"),
    "bank": Text("按银行", "by bank"),
}
AMOUNTS = ("amount_min", "amount_max", "quota")


def _sought() -> tuple[dict[str, Any], Form]:
    """The filters of the hall; a malformed one is shown with its error and left out."""
    typed = request.args.to_dict()
    try:
        return SoughtFormSchema().load(typed, unknown=EXCLUDE), Form(typed)
    except ValidationError as error:
        wrong = {one.field: one.text for one in field_errors(error.messages)}
        kept = {name: value for name, value in typed.items() if name not in wrong and name in ("page", "per_page")}
        return SoughtFormSchema().load(kept), Form(typed, wrong)


@blueprint.get("")
@requires(*ROLES)
def hall() -> ResponseReturnValue:
    """Every product on offer, filtered by plain URLs."""
    values, form = _sought()
    db, today = database.current(), clock().today()
    banks = [(bank.code, bank.name) for bank in reading.lenders(db)]
    return list_page(
        HALL,
        values,
        lambda part: reading.hall(db, sought_from(values), part, day=today),
        lambda page: render_template(
            "products/hall.html", page=page, form=form, banks=banks, orders=ORDERS, today=today
        ),
    )


@blueprint.get("/mine")
@requires(*INSTITUTION_ROLES)
def mine() -> ResponseReturnValue:
    """The bank's own products, of all states or of one."""
    asked = asked_of_url(ShelfAskedSchema())
    return list_page(
        SHELF,
        asked,
        lambda part: reading.own_products(database.current(), caller(), part, state=asked["state"]),
        lambda page: render_template("products/mine.html", page=page, asked=asked),
    )


@blueprint.get("/<int:product_id>")
@requires(*ROLES)
def show(product_id: int) -> ResponseReturnValue:
    db = database.current()
    listing = reading.product_for(db, caller(), product_id)
    versions = reading.versions_of(db, caller(), listing)
    is_mine = listing.product.institution_id == caller().organisation_id
    asked = request.args.get("version", "")
    shown = next((one for one in versions if str(one.version.number) == asked), listing)
    return render_template("products/show.html", listing=shown, versions=versions, is_mine=is_mine)


def form_of(terms: ProductTerms, seen: int) -> Form:
    """A filled-in form."""
    values = {name: value for name, value in vars(terms).items() if value is not None}
    values |= {name: yuan(values[name]) for name in AMOUNTS if name in values}
    values |= {name: rate(values[name]) for name in ("rate_min", "rate_max")}
    values["green_channel"] = "yes" if terms.green_channel else ""
    values["deposit_percent"] = rate(terms.deposit_percent) if terms.asks_deposit else ""
    return Form(values | {"seen": seen})


def form_page(form: Form, *, product_id: int | None, reach: object = None, status: int = 200) -> ResponseReturnValue:
    """The form of a new product or of a change; `reach` says how many live requests it would meet."""
    for name in LISTS:
        form.values.setdefault(name, ())
    page = render_template("products/form.html", form=form, product_id=product_id, reach=reach)
    return page, status


@blueprint.get("/new")
@requires("product_manager")
def new() -> ResponseReturnValue:
    blank = {"promised_days": "10", "repayment": "interest_first", "term_min": "1", "term_max": "12"}
    return form_page(Form(blank), product_id=None)


@blueprint.post("/new")
@requires("product_manager")
def create() -> ResponseReturnValue:
    values, form = load_form(ProductSchema())
    if values is None:
        return form_page(form, product_id=None, status=422)
    listing = service.create(database.current(), caller(), terms=terms_from(values), at=clock().now())
    flash(_("草稿存好了，看过没错再上架"), "ok")
    return redirect(url_for("products.show", product_id=listing.id))


@blueprint.get("/<int:product_id>/edit")
@requires("product_manager")
def edit(product_id: int) -> ResponseReturnValue:
    listing = reading.own_product(database.current(), caller(), product_id)
    return form_page(form_of(listing.terms, listing.version.number), product_id=product_id)


@blueprint.post("/<int:product_id>/edit")
@requires("product_manager")
def change(product_id: int) -> ResponseReturnValue:
    db = database.current()
    reading.own_product(db, caller(), product_id)
    values, form = load_form(ProductChangeSchema())
    if values is None:
        return form_page(form, product_id=product_id, status=422)
    try:
        listing = service.change(
            db, caller(), product_id, terms=terms_from(values), seen=values["seen"], at=clock().now()
        )
    except Conflict as error:
        form.errors["seen"] = error.text
        return form_page(form, product_id=product_id, status=409)
    flash(_("第 %(number)s 版存好了，约好的面谈仍按原来的条件", number=listing.version.number), "ok")
    return redirect(url_for("products.show", product_id=product_id))


def _moved(product_id: int, verb: str, words: str) -> ResponseReturnValue:
    service.move(database.current(), caller(), product_id, verb, at=clock().now())
    flash(words, "ok")
    return redirect(url_for("products.show", product_id=product_id))


@blueprint.post("/<int:product_id>/publish")
@requires("product_manager")
def publish(product_id: int) -> ResponseReturnValue:
    return _moved(product_id, "publish", _("上架了，企业现在就能看到"))


@blueprint.get("/<int:product_id>/withdraw")
@requires("product_manager")
def confirm_withdraw(product_id: int) -> ResponseReturnValue:
    listing: Listing = reading.own_product(database.current(), caller(), product_id)
    return render_template("products/withdraw.html", listing=listing)


@blueprint.post("/<int:product_id>/withdraw")
@requires("product_manager")
def withdraw(product_id: int) -> ResponseReturnValue:
    return _moved(product_id, "withdraw", _("下架了"))
