"""Referrals as JSON: each side sees and moves its own."""

from dataclasses import dataclass
from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import AskedSchema, Page, asked_from
from matchmaking.handed_over import work_calendar
from matchmaking.referrals import drawing, listing, overseeing, reading
from matchmaking.referrals.acts import BANK_ACTS, FIRM_ACTS, ReferralAct
from matchmaking.referrals.clock import ClockStanding
from matchmaking.referrals.reading import ShownReferral
from matchmaking.referrals.schemas import (
    DisputeSchema,
    HandlingSchema,
    NothingSchema,
    ReferralOut,
    ReferralPageOut,
    ReferralReasonSchema,
    ReferralsAskedSchema,
)
from matchmaking.referrals.workflow import STATES

READ, WRITE = "matchmaking:read", "matchmaking:write"
OF_ENTERPRISE, ACTS_FOR_BANK = ("owner", "clerk"), ("product_manager",)
READERS = (*INSTITUTION_ROLES, *OF_ENTERPRISE, "organiser", "auditor")

blueprint = Blueprint(
    "referrals-api", __name__, url_prefix="/api/v1/referrals", description="Referrals and their clock"
)


@dataclass(frozen=True)
class ReferralToday:
    """A referral with its clock as it stands today; everything else is the referral's own."""

    one: ShownReferral
    clock: ClockStanding | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.one, name)


def today_of(one: ShownReferral) -> ReferralToday:
    return ReferralToday(one, one.standing(work_calendar(), clock().today()))


def _shown(referral_id: int) -> ReferralToday:
    return today_of(reading.referral_for(database.current(), caller(), referral_id, today=clock().today()))


@blueprint.get("")
@blueprint.arguments(ReferralsAskedSchema, location="query")
@blueprint.response(200, ReferralPageOut)
@requires(*READERS, scope=READ)
def list_referrals(values: dict[str, Any]) -> Page[ReferralToday]:
    """The referrals that are the caller's to see, the newest first."""
    states = tuple(STATES) if values["state"] is None else (values["state"],)
    wanted = {"request_id": values["request_id"], "states": states, "green_channel": values["green_channel"]}
    rows = listing.listed(database.current(), caller(), asked_from(values), today=clock().today(), **wanted)
    return rows.map(today_of)


@blueprint.get("/overdue")
@blueprint.arguments(AskedSchema, location="query")
@blueprint.response(200, ReferralPageOut)
@requires("organiser", scope=READ)
def list_overdue(values: dict[str, Any]) -> Page[ReferralToday]:
    """Every referral past the deadline of its stage, the longest overdue first."""
    db, asked = database.current(), asked_from(values)
    late = listing.listed_overdue(db, overseeing.lateness(db, work_calendar(), clock().today()), asked)
    return late.map(lambda one: ReferralToday(one.one, one.standing))


@blueprint.get("/<int:referral_id>")
@blueprint.response(200, ReferralOut)
@requires(*READERS, scope=READ)
def show_referral(referral_id: int) -> ReferralToday:
    """One referral with its clock, history, pauses and drawdowns."""
    return _shown(referral_id)


def _route(name: str, act: ReferralAct, roles: tuple[str, ...]) -> None:
    def view(values: dict[str, Any], referral_id: int) -> ReferralToday:
        act.run(database.current(), caller(), referral_id, **values, at=clock().now())
        return _shown(referral_id)

    view.__name__ = name.replace("-", "_")
    view.__doc__ = act.label.en
    guarded = requires(*roles, scope=WRITE)(view)
    answered = blueprint.arguments(act.schema)(blueprint.response(200, ReferralOut)(guarded))
    blueprint.post(f"/<int:referral_id>/{name}")(answered)


for _name, _act in BANK_ACTS.items():
    _route(_name, _act, ACTS_FOR_BANK)
for _name, _act in FIRM_ACTS.items():
    _route(_name, _act, OF_ENTERPRISE)


@blueprint.post("/<int:referral_id>/drawdowns/<int:drawdown_id>/confirm")
@blueprint.arguments(NothingSchema)
@blueprint.response(200, ReferralOut)
@requires(*OF_ENTERPRISE, scope=WRITE)
def confirm_drawdown(_values: dict[str, Any], referral_id: int, drawdown_id: int) -> ReferralToday:
    """The enterprise has the money."""
    drawing.answer(database.current(), caller(), referral_id, drawdown_id, "confirm", at=clock().now())
    return _shown(referral_id)


@blueprint.post("/<int:referral_id>/drawdowns/<int:drawdown_id>/dispute")
@blueprint.arguments(DisputeSchema)
@blueprint.response(200, ReferralOut)
@requires(*OF_ENTERPRISE, scope=WRITE)
def dispute_drawdown(values: dict[str, Any], referral_id: int, drawdown_id: int) -> ReferralToday:
    """The enterprise says that a drawdown is not as stated."""
    drawing.answer(database.current(), caller(), referral_id, drawdown_id, "dispute", **values, at=clock().now())
    return _shown(referral_id)


@blueprint.post("/<int:referral_id>/drawdowns/<int:drawdown_id>/take-back")
@blueprint.arguments(ReferralReasonSchema)
@blueprint.response(200, ReferralOut)
@requires(*ACTS_FOR_BANK, scope=WRITE)
def take_drawdown_back(values: dict[str, Any], referral_id: int, drawdown_id: int) -> ReferralToday:
    """The bank takes back a drawdown that it stated wrongly."""
    drawing.take_back(database.current(), caller(), referral_id, drawdown_id, **values, at=clock().now())
    return _shown(referral_id)


@blueprint.post("/escalations/<int:escalation_id>")
@blueprint.arguments(HandlingSchema)
@blueprint.response(204)
@requires("organiser", scope=WRITE)
def handle_escalation(values: dict[str, Any], escalation_id: int) -> None:
    """The bureau says what it did about an overdue referral."""
    overseeing.handle(database.current(), caller(), escalation_id, **values, at=clock().now())
