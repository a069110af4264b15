"""找贷款: fill in a request, see who could lend, loosen a little, publish with consent."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid
from kernel.money import yuan
from kernel.parties.models import Party
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.paging import Asked
from matchmaking.marks_today import rules_today
from matchmaking.offers import service as offers
from matchmaking.offers.api import policy_book, todays_policy
from matchmaking.offers.schemas import LooseningSchema, PreviewSchema, chosen_from
from matchmaking.offers.service import Answer
from matchmaking.offers.words import (
    asked_besides,
    card_reasons,
    loosening,
    why_not_cheapest,
    with_deposit,
    worth_showing,
)
from matchmaking.page_words import page_values, rate
from matchmaking.products.pages import blueprint as products_blueprint
from matchmaking.products.pages import form_page as product_form_page
from matchmaking.products.reading import asking_deposit, lenders
from matchmaking.products.schemas import terms_from as product_terms_from
from matchmaking.requests import service
from matchmaking.requests.pages import WORDS as REQUEST_WORDS
from matchmaking.requests.reading import FiledRequest, own_request, requests_for
from matchmaking.requests.schemas import LISTS, RequestChangeFormSchema, RequestFormSchema, terms_from
from matchmaking.requests.terms import RequestTerms, loosened

OF_ENTERPRISE = ("owner", "clerk")
SHOWN = 3

blueprint = Blueprint("finding", __name__, url_prefix="/find", template_folder="../templates")
blueprint.context_processor(lambda: page_values() | REQUEST_WORDS)


@blueprint.get("")
@requires(*OF_ENTERPRISE)
def start() -> ResponseReturnValue:
    """The enterprise's live requests to go on with, or the form when there is none."""
    page = requests_for(database.current(), caller(), Asked(per_page=50))
    live = [filed for filed in page.items if filed.request.state in ("draft", "published")]
    if not live:
        return redirect(url_for("finding.new"))
    return render_template("finding/start.html", live=live)


def _named(banks: list[Party], asking: set[str]) -> list[tuple[str, Text]]:
    """The banks to wish for; one whose every product asks for a deposit says so before it is wished for."""
    return [
        (bank.code, with_deposit(bank.name) if bank.code in asking else Text(bank.name, bank.name)) for bank in banks
    ]


def _form_page(form: Form, *, filed: FiledRequest | None, status: int = 200) -> ResponseReturnValue:
    for name in LISTS:
        form.values.setdefault(name, ())
    banks = _named(lenders(database.current()), asking_deposit(database.current()))
    return render_template("finding/form.html", form=form, filed=filed, banks=banks), status


def form_of(terms: RequestTerms, seen: int) -> Form:
    """A filled-in form."""
    values = {name: value for name, value in vars(terms).items() if value is not None}
    values |= {name: yuan(values[name]) for name in ("amount", "existing_loans") if name in values}
    return Form(values | {"rate_ceiling": rate(terms.rate_ceiling), "seen": seen})


@blueprint.get("/new")
@requires(*OF_ENTERPRISE)
def new() -> ResponseReturnValue:
    blank = {"amount_unit": "wan", "term": "12", "purpose": "working_capital", "meetings_wanted": "3"}
    return _form_page(Form(blank), filed=None)


@blueprint.post("/new")
@requires(*OF_ENTERPRISE, unconfirmed=True)
def create() -> ResponseReturnValue:
    values, form = load_form(RequestFormSchema())
    if values is None:
        return _form_page(form, filed=None, status=422)
    try:
        filed = service.create(database.current(), caller(), terms=terms_from(values), at=clock().now())
    except Invalid as error:
        return _form_page(form.take(error), filed=None, status=422)
    return redirect(url_for("finding.show", request_id=filed.id))


@blueprint.get("/<int:request_id>/edit")
@requires(*OF_ENTERPRISE)
def edit(request_id: int) -> ResponseReturnValue:
    filed = own_request(database.current(), caller(), request_id)
    return _form_page(form_of(filed.terms, filed.version.number), filed=filed)


@blueprint.post("/<int:request_id>/edit")
@requires(*OF_ENTERPRISE, unconfirmed=True)
def change(request_id: int) -> ResponseReturnValue:
    db = database.current()
    filed = own_request(db, caller(), request_id)
    values, form = load_form(RequestChangeFormSchema())
    if values is None:
        return _form_page(form, filed=filed, status=422)
    try:
        service.change(db, caller(), request_id, terms=terms_from(values), seen=values["seen"], at=clock().now())
    except Invalid as error:
        return _form_page(form.take(error), filed=filed, status=422)
    except Conflict as error:
        form.errors["seen"] = error.text
        return _form_page(form, filed=filed, status=409)
    return redirect(url_for("finding.show", request_id=request_id))


def ticked() -> dict[str, str]:
    """The loosenings ticked in the URL; anything malformed counts as not ticked."""
    typed = {name: request.args[name] for name in LooseningSchema().fields if request.args.get(name)}
    try:
        return chosen_from(LooseningSchema().load(typed))
    except ValidationError:
        return {}


def guarantee_fee(day: date) -> Decimal:
    """The guarantee fee that prices are reckoned with: the notice's target for the average fee."""
    return policy_book().scheme("fee-subsidy").value("average_fee_target", day).rate


def answer_to(request_id: int, chosen: dict[str, str]) -> Answer:
    """Who could lend today on a request of the caller's enterprise, as it stands and with what is ticked."""
    today = clock().today()
    return offers.answer(database.current(), caller(), request_id, policy=todays_policy(), day=today, chosen=chosen)


def _cards(answer: Answer) -> list[dict[str, Any]]:
    offered = answer.after.offers if request.args.get("all") else answer.after.offers[:SHOWN]
    firm = answer.filed.enterprise
    for_firm = rules_today().may_take_green_channel(firm.industry, firm.size_class)
    return [
        {
            "rank": offer.rank,
            "bank": answer.listings[offer.product.product_id].bank.name,
            "product": offer.product.name,
            "rate": rate(offer.product.rate_min),
            "rate_note": _("最高 %(rate)s%%", rate=rate(offer.product.rate_max)),
            "reasons": card_reasons(answer.request, offer.product),
            "besides": asked_besides(answer.listings[offer.product.product_id].terms, answer.terms, for_firm),
            "interest": offers.least_interest(answer.terms, offer.product),
            "url": url_for("products.show", product_id=answer.listings[offer.product.product_id].id),
        }
        for offer in offered
    ]


def _boxes(answer: Answer) -> list[dict[str, Any]]:
    fee = guarantee_fee(clock().today())
    before = answer.before_request
    boxes = [loosening(before, miss, fee=fee) for miss in worth_showing(answer.before.near_misses)]
    return [
        {
            "name": one.change,
            "value": one.value,
            "label": one.label,
            "gain": one.gain,
            "price": one.price,
            "chosen": answer.chosen.get(one.change) == one.value,
        }
        for one in boxes
    ]


@blueprint.get("/<int:request_id>")
@requires(*OF_ENTERPRISE)
def show(request_id: int) -> ResponseReturnValue:
    """谁能贷给你: ranked offers, near misses to tick, why the rest does not fit."""
    answer = answer_to(request_id, ticked())
    refused = sorted(answer.after.refused.items(), key=lambda item: -item[1])
    return render_template(
        "finding/offers.html",
        answer=answer,
        cards=_cards(answer),
        boxes=_boxes(answer),
        refused=refused,
        not_cheapest=why_not_cheapest(answer.after.offers),
    )


def keep_loosened(request_id: int, chosen: dict[str, str]) -> None:
    """A new version of the request with the chosen loosenings, if there are any."""
    if chosen:
        filed = own_request(database.current(), caller(), request_id)
        terms = loosened(filed.terms, chosen)
        service.change(
            database.current(), caller(), request_id, terms=terms, seen=filed.version.number, at=clock().now()
        )


@blueprint.post("/<int:request_id>/loosen")
@requires(*OF_ENTERPRISE, unconfirmed=True)
def loosen(request_id: int) -> ResponseReturnValue:
    """Keep the ticked loosenings in a request that is published already."""
    values, _form = load_form(LooseningSchema())
    if values is not None:
        keep_loosened(request_id, chosen_from(values))
    flash(_("条件改好了"), "ok")
    return redirect(url_for("finding.show", request_id=request_id))


@products_blueprint.post("/reach")
@requires("product_manager")
def preview_reach() -> ResponseReturnValue:
    """The product form again, with how many live requests its terms would meet; nothing is kept."""
    product_id = request.args.get("product_id", type=int)
    values, form = load_form(PreviewSchema())
    if values is None:
        return product_form_page(form, product_id=product_id, status=422)
    terms = product_terms_from(values)
    reach = offers.reach(database.current(), caller(), terms=terms, day=clock().today(), product_id=product_id)
    return product_form_page(form, product_id=product_id, reach=reach)
