"""The tour of the reader's role as one page without script; the strip at home that offers it until it is ended."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kernel import database
from kernel.accounts.access import caller, may_open, requires
from kernel.accounts.roles import ROLES
from kernel.tour import service
from kernel.web.edge import clock

blueprint = Blueprint("tour", __name__, url_prefix="/tour")


@blueprint.app_context_processor
def _offer() -> dict[str, object]:
    return {"tour_is_due": lambda: service.is_due(database.current(), caller())}


@blueprint.get("")
@requires(*ROLES)
def show() -> ResponseReturnValue:
    """Every stop of the role that its people may open."""
    stops = [one for one in current_app.extensions["tour_stops"](caller().role) if may_open(one.endpoint)]
    return render_template("tour.html", stops=stops)


@blueprint.post("/end")
@requires(*ROLES, unconfirmed=True)
def end() -> ResponseReturnValue:
    """Finished or skipped: home shows it no more, the account page still leads to it."""
    service.end_tour(database.current(), caller(), at=clock().now())
    return redirect(url_for("accounts.home"))
