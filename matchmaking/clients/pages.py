"""老客户: a bank's own list of firms that have borrowed from it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid
from kernel.parties.models import Party
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.lists import ListColumn, ListLayout, list_page
from matchmaking.clients import reading, service
from matchmaking.clients.models import PriorClient
from matchmaking.clients.schemas import ClientsAskedSchema, PriorClientSchema

blueprint = Blueprint("clients", __name__, url_prefix="/clients", template_folder="../templates")
CLIENTS = ListLayout(
    "clients",
    Text("老客户", "Old customers"),
    (
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "client.code", col(PriorClient.code)),
        ListColumn("enterprise", Text("企业", "Enterprise"), "name", col(Party.name)),
        ListColumn("since", Text("从哪天起有贷款", "Borrower since"), "client.since", col(PriorClient.since)),
        ListColumn("recorded_at", Text("登记时间", "Entered"), "client.recorded_at", col(PriorClient.recorded_at)),
    ),
)


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    typed = {name: value for name, value in request.args.items() if value}
    asked = ClientsAskedSchema().load(typed, unknown=EXCLUDE)
    sought = asked["name"].strip()
    return list_page(
        CLIENTS,
        asked,
        lambda part: reading.clients_of(database.current(), caller(), part, sought=sought),
        lambda page: (render_template("clients/index.html", page=page, form=form, sought=sought), status),
    )


@blueprint.get("")
@requires(*INSTITUTION_ROLES)
def index() -> ResponseReturnValue:
    """The list, by code."""
    return _page(Form())


@blueprint.post("")
@requires("product_manager")
def put() -> ResponseReturnValue:
    values, form = load_form(PriorClientSchema())
    if values is None:
        return _page(form, 422)
    try:
        service.put(database.current(), caller(), **values, at=clock().now())
    except Invalid as error:
        return _page(form.take(error), 422)
    except Conflict as error:
        form.errors["code"] = error.text
        return _page(form, 409)
    flash(_("记下了"), "ok")
    return redirect(url_for("clients.index"))


@blueprint.post("/<int:client_id>/remove")
@requires("product_manager")
def remove(client_id: int) -> ResponseReturnValue:
    service.remove(database.current(), caller(), client_id, at=clock().now())
    flash(_("从名单里拿掉了"), "ok")
    return redirect(url_for("clients.index"))
