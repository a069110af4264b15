"""推荐: the bank's inbox by clock, the enterprise's timeline, the bureau's list of what is overdue."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid, NotFound
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.lists import WRITERS, list_page
from kernel.web.paging import Asked, Page
from matchmaking.clients.reading import known_to
from matchmaking.handed_over import work_calendar
from matchmaking.marks import COUNTER_GUARANTEES, NO_DEPOSIT
from matchmaking.page_words import page_values
from matchmaking.products.reading import MARKS
from matchmaking.referrals import drawing, listing, overseeing, reading, service, views
from matchmaking.referrals.acts import BANK_ACTS, FIRM_ACTS, ReferralAct
from matchmaking.referrals.api import ACTS_FOR_BANK, OF_ENTERPRISE, READERS
from matchmaking.referrals.clock import STAGES
from matchmaking.referrals.lists import overdue, referrals
from matchmaking.referrals.models import Referral
from matchmaking.referrals.overseeing import Lateness
from matchmaking.referrals.reading import ShownReferral
from matchmaking.referrals.reasons import REASONS
from matchmaking.referrals.schemas import DisputeSchema, HandlingSchema, ReferralPageAskedSchema, ReferralReasonSchema
from matchmaking.referrals.workflow import DRAWDOWN_STATES, NEXT_ACT, STATES

blueprint = Blueprint("referrals", __name__, url_prefix="/referrals", template_folder="../templates")
blueprint.context_processor(page_values)
TONES = {"refused": "stop", "expired": "stop", "withdrawn": "", "disbursed": "ok", "contracted": "ok", "approved": "ok"}


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "REFERRAL_STATES": STATES,
        "DRAWDOWN_STATES": DRAWDOWN_STATES,
        "STAGES": STAGES,
        "REASONS": REASONS,
        "MARKS": MARKS,
        "NO_DEPOSIT": NO_DEPOSIT,
        "counter_options": lambda kinds: [(kind, COUNTER_GUARANTEES[kind]) for kind in kinds],
        "BANK_ACTS": BANK_ACTS,
        "FIRM_ACTS": FIRM_ACTS,
        "state_tone": lambda state: TONES.get(state, "dai"),
    }


def _known(rows: list[ShownReferral]) -> dict[str, date]:
    """Which of the firms are prior clients of the caller's own bank; nobody else is told."""
    return known_to(database.current(), caller(), {one.enterprise.code for one in rows})


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """Each side's own list."""
    db, today = database.current(), clock().today()
    if caller().organisation_kind == "bureau":
        return _bureau_page()
    if caller().organisation_kind == "institution":
        return _bank_page()
    rows = views.by_turn(reading.referrals_for(db, caller(), today=today, states=listing.OPEN))
    return list_page(
        referrals(work_calendar(), today),
        _asked(),
        _read_ended,
        lambda done: render_template("referrals/firm.html", rows=rows, done=done, **_firm_values()),
    )


def _read_ended(part: Asked) -> Page[ShownReferral]:
    """What has an outcome, the second list of firm and bank; as a file also `show=open`, which their pages show in another shape."""
    in_file = request.args.get("format", "") in WRITERS and _asked()["show"] == "open"
    states = listing.OPEN if in_file else listing.CLOSED
    return listing.listed(database.current(), caller(), part, today=clock().today(), states=states)


def _bank_page() -> ResponseReturnValue:
    db, today, asked = database.current(), clock().today(), _asked()
    work = work_calendar()
    waiting = reading.clocks_for(db, caller(), work, today=today, states=listing.OPEN)
    headings = views.headings(waiting, work, today, whole=asked["due"])
    rows = reading.shown(db, col(Referral.id).in_([number for one in headings for number in one.first]))
    groups = views.inbox(headings, rows, work, today, may_act=caller().role in ACTS_FOR_BANK, known=_known(rows))
    return list_page(
        referrals(work, today),
        asked,
        _read_ended,
        lambda done: render_template("referrals/inbox.html", groups=groups, done=done, whole=asked["due"]),
    )


def _firm_values() -> dict[str, Any]:
    work, today = work_calendar(), clock().today()
    return {
        "timeline": lambda one: views.timeline(one, work),
        "standing": lambda one: one.standing(work, today),
        "cells": lambda one: one.cells(work, today),
        "cures": views.cures,
        "waits_for_firm": views.waits_for_firm,
        "said": lambda stands: views.clock_words(stands, work, today),
    }


def _bureau_page(form: Form | None = None, status: int = 200) -> ResponseReturnValue:
    db, work, today = database.current(), work_calendar(), clock().today()
    late, asked = overseeing.lateness(db, work, today), _asked()
    values = {
        "show": asked["show"],
        "late": len(late),
        "open": listing.counted(db, caller(), today=today, states=listing.OPEN),
        "all": listing.counted(db, caller(), today=today),
        "form": form or Form(),
    }
    return list_page(
        (overdue if asked["show"] == "late" else referrals)(work, today),
        asked,
        lambda part: _shown_page(asked["show"], part, late),
        lambda page: (render_template("referrals/bureau.html", page=page, **values, **_firm_values()), status),
    )


def _asked() -> dict[str, Any]:
    found: dict[str, Any] = ReferralPageAskedSchema().load(request.args.to_dict(), unknown=EXCLUDE)
    return found


def _shown_page(show: str, wanted: Asked, late: list[Lateness]) -> Page[Any]:
    """The list that the bureau looks at: what is overdue, what is open, or everything."""
    if show == "late":
        return listing.listed_overdue(database.current(), late, wanted)
    states = listing.OPEN if show == "open" else tuple(STATES)
    return listing.listed(database.current(), caller(), wanted, today=clock().today(), states=states)


@blueprint.get("/<int:referral_id>")
@requires(*READERS)
def show(referral_id: int) -> ResponseReturnValue:
    """One referral as the caller's side sees it."""
    return _page(_one(referral_id), Form())


def _one(referral_id: int) -> ShownReferral:
    return reading.referral_for(database.current(), caller(), referral_id, today=clock().today())


def _page(one: ShownReferral, form: Form, status: int = 200, tried: str = "") -> ResponseReturnValue:
    others = service.other_banks(database.current(), one) if caller().organisation_kind == "enterprise" else []
    main = NEXT_ACT.get(one.state, "")
    values = {
        "one": one,
        "form": form,
        "tried": tried,
        "main": main if caller().role in ACTS_FOR_BANK else "",
        "client_since": _known([one]).get(one.enterprise.code),
        "others": [(bank, reading.bank_named(database.current(), bank.institution_id)) for bank in others],
        "today": clock().today(),
    }
    return render_template("referrals/show.html", **values, **_firm_values()), status


def _carry_out(referral_id: int, name: str, acts: dict[str, ReferralAct]) -> ResponseReturnValue:
    if name not in acts:
        raise NotFound("page_not_found", "没有这一页", "There is no such page")
    act, one = acts[name], _one(referral_id)
    values, form = load_form(act.schema())
    if values is None:
        return _page(one, form, 422, name)
    try:
        act.run(database.current(), caller(), referral_id, **values, at=clock().now())
    except Invalid as error:
        return _page(one, form.take(error), 422, name)
    flash(_("记下了"), "ok")
    return redirect(url_for("referrals.show", referral_id=referral_id))


@blueprint.post("/<int:referral_id>/bank/<name>")
@requires(*ACTS_FOR_BANK)
def bank_act(referral_id: int, name: str) -> ResponseReturnValue:
    return _carry_out(referral_id, name, BANK_ACTS)


@blueprint.post("/<int:referral_id>/enterprise/<name>")
@requires(*OF_ENTERPRISE)
def firm_act(referral_id: int, name: str) -> ResponseReturnValue:
    return _carry_out(referral_id, name, FIRM_ACTS)


@blueprint.post("/<int:referral_id>/drawdowns/<int:drawdown_id>/confirm")
@requires(*OF_ENTERPRISE)
def confirm_drawdown(referral_id: int, drawdown_id: int) -> ResponseReturnValue:
    drawing.answer(database.current(), caller(), referral_id, drawdown_id, "confirm", at=clock().now())
    flash(_("确认了"), "ok")
    return redirect(url_for("referrals.show", referral_id=referral_id))


@blueprint.post("/<int:referral_id>/drawdowns/<int:drawdown_id>/dispute")
@requires(*OF_ENTERPRISE)
def dispute_drawdown(referral_id: int, drawdown_id: int) -> ResponseReturnValue:
    values, form = load_form(DisputeSchema())
    if values is None:
        return _page(_one(referral_id), form, 422)
    drawing.answer(database.current(), caller(), referral_id, drawdown_id, "dispute", **values, at=clock().now())
    flash(_("记下了，银行会看到"), "ok")
    return redirect(url_for("referrals.show", referral_id=referral_id))


@blueprint.post("/<int:referral_id>/drawdowns/<int:drawdown_id>/take-back")
@requires(*ACTS_FOR_BANK)
def take_drawdown_back(referral_id: int, drawdown_id: int) -> ResponseReturnValue:
    values, form = load_form(ReferralReasonSchema())
    if values is None:
        return _page(_one(referral_id), form, 422)
    drawing.take_back(database.current(), caller(), referral_id, drawdown_id, **values, at=clock().now())
    flash(_("撤销了"), "ok")
    return redirect(url_for("referrals.show", referral_id=referral_id))


@blueprint.post("/escalations/<int:escalation_id>")
@requires("organiser")
def handle(escalation_id: int) -> ResponseReturnValue:
    values, form = load_form(HandlingSchema())
    if values is None:
        return _bureau_page(form, 422)
    overseeing.handle(database.current(), caller(), escalation_id, **values, at=clock().now())
    flash(_("记下了"), "ok")
    return redirect(url_for("referrals.index"))
