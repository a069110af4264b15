"""Pages of the pools: setting one up, its monthly statement, contributions entered and checked. They hang on the fund's blueprint."""

from datetime import date

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from matchmaking.bridging import contributions, pools, reading
from matchmaking.bridging.api import statement_answer
from matchmaking.bridging.pages import blueprint
from matchmaking.bridging.pools import balance_of, own_region
from matchmaking.bridging.schemas import (
    ContributionCheckSchema,
    ContributionSchema,
    MonthSchema,
    PoolOpeningSchema,
)
from matchmaking.bridging.statement import statement_of
from matchmaking.bridging.workflow import CONTRIBUTION_CHECKERS, POOL_KEEPERS, POOL_READERS

BESIDE = {"contribution_entered": "document", "": "amount"}


@blueprint.post("/pools")
@requires(*POOL_KEEPERS)
def open_pool() -> ResponseReturnValue:
    """Set up the pool of the caller's own city or county."""
    values, _form = load_form(PoolOpeningSchema())
    if values is None:
        flash(_("填设立资金池的文号"), "stop")
        return redirect(url_for("bridging.index"))
    pool = pools.open_pool(database.current(), caller(), document=values["document"], at=clock().now())
    flash(_("资金池设立了"), "ok")
    return redirect(url_for("bridging.pool", pool_id=pool.id))


def _asked_day() -> date:
    day: date | None = asked_of_url(MonthSchema())["day"]
    return day or clock().today()


@blueprint.get("/pools/<int:pool_id>")
@requires(*POOL_READERS)
def pool(pool_id: int) -> ResponseReturnValue:
    return _pool_page(pool_id, Form({"day": clock().today().isoformat()}))


def _pool_page(pool_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    db, who = database.current(), caller()
    found = reading.pool_for(db, who, pool_id)
    entered = contributions.contributions_of(db, found)
    page = render_template(
        "bridging/pool.html",
        pool=found,
        balance=balance_of(db, found),
        statement=statement_of(db, found, _asked_day()),
        contributions=entered,
        checkable={one.id for one in entered if contributions.may_check(who, one)},
        may_contribute=who.role in POOL_KEEPERS and own_region(who) == found.region,
        form=form,
    )
    return page, status


@blueprint.post("/pools/<int:pool_id>/contributions")
@requires(*POOL_KEEPERS)
def contribute(pool_id: int) -> ResponseReturnValue:
    """Enter a contribution; it waits for a second person."""
    values, form = load_form(ContributionSchema())
    if values is None:
        return _pool_page(pool_id, form, 422)
    db, at = database.current(), clock().now()
    if status := form.refused_by(lambda: contributions.enter(db, caller(), pool_id, **values, at=at), BESIDE):
        return _pool_page(pool_id, form, status)
    flash(_("记下了，等另一个人复核后入账"), "ok")
    return redirect(url_for("bridging.pool", pool_id=pool_id))


@blueprint.get("/contributions/<int:contribution_id>/check")
@requires(*CONTRIBUTION_CHECKERS)
def contribution(contribution_id: int) -> ResponseReturnValue:
    """The page on which the second person books or refuses."""
    return _check_page(contribution_id, Form())


def _check_page(contribution_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    one, found = contributions.contribution_for(database.current(), caller(), contribution_id)
    if not contributions.may_check(caller(), one):
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    return render_template("bridging/contribution.html", one=one, pool=found, form=form), status


@blueprint.post("/contributions/<int:contribution_id>/check")
@requires(*CONTRIBUTION_CHECKERS)
def check_contribution(contribution_id: int) -> ResponseReturnValue:
    values, form = load_form(ContributionCheckSchema())
    if values is None:
        return _check_page(contribution_id, form, 422)
    db, at = database.current(), clock().now()
    if status := form.refused_by(lambda: contributions.check(db, caller(), contribution_id, **values, at=at), "accept"):
        return _check_page(contribution_id, form, status)
    one, found = contributions.contribution_for(db, caller(), contribution_id)
    flash(_("入账了") if one.state == "booked" else _("没通过，原因已写明"), "ok")
    return redirect(url_for("bridging.pool", pool_id=found.id))


@blueprint.get("/pools/<int:pool_id>/statement.xlsx")
@requires(*POOL_READERS)
def statement(pool_id: int) -> Response:
    """The statement of a month as a workbook."""
    db = database.current()
    return statement_answer(statement_of(db, reading.pool_for(db, caller(), pool_id), _asked_day()))
