"""Renewals as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.renewals import maturities, moving, reading, service
from matchmaking.renewals.models import LoanMaturity
from matchmaking.renewals.reading import FiledRenewal, MaturingLoan
from matchmaking.renewals.rules import ConditionAnswer
from matchmaking.renewals.schemas import (
    ConditionAnswerOut,
    MaturingLoanPageOut,
    MaturityOut,
    MaturitySchema,
    RadarAskedSchema,
    RenewalAskedSchema,
    RenewalMoveSchema,
    RenewalOut,
    RenewalPageOut,
    RenewalsAskedSchema,
    asked_terms,
)
from matchmaking.renewals.workflow import MOVERS, OF_FIRMS, READERS

READ, WRITE = "matchmaking:read", "matchmaking:write"

blueprint = Blueprint("renewals-api", __name__, url_prefix="/api/v1/renewals", description="Renewals and maturities")


@blueprint.get("")
@blueprint.arguments(RenewalsAskedSchema, location="query")
@blueprint.response(200, RenewalPageOut)
@requires(*READERS, scope=READ)
def list_renewals(values: dict[str, Any]) -> Page[FiledRenewal]:
    """The caller's own renewals: of its firm, its bank, its county; the bureaus see all."""
    return reading.renewals_for(database.current(), caller(), asked_from(values), state=values["state"])


@blueprint.post("")
@blueprint.arguments(RenewalAskedSchema)
@blueprint.response(201, RenewalOut)
@requires(*OF_FIRMS, scope=WRITE)
def apply(values: dict[str, Any]) -> FiledRenewal:
    """Ask the bank to renew a loan without repaying its principal."""
    book, calendar = policy_book(), work_calendar()
    db, at = database.current(), clock().now()
    return service.apply(db, caller(), asked_terms(values), book=book, calendar=calendar, at=at)


@blueprint.get("/<int:renewal_id>")
@blueprint.response(200, RenewalOut)
@requires(*READERS, scope=READ)
def show_renewal(renewal_id: int) -> FiledRenewal:
    """One renewal."""
    return reading.renewal_for(database.current(), caller(), renewal_id)


@blueprint.get("/<int:renewal_id>/answers")
@blueprint.response(200, ConditionAnswerOut(many=True))
@requires(*READERS, scope=READ)
def list_answers(renewal_id: int) -> list[ConditionAnswer]:
    """Every condition of the rule set of the application day: yes, no or unknown, and why."""
    return reading.renewal_for(database.current(), caller(), renewal_id).answers(policy_book())


@blueprint.post("/<int:renewal_id>/moves")
@blueprint.arguments(RenewalMoveSchema)
@blueprint.response(200, RenewalOut)
@requires(*MOVERS)
def move_renewal(values: dict[str, Any], renewal_id: int) -> FiledRenewal:
    """Approve, refuse, sign, settle or withdraw; not for tokens."""
    db, at = database.current(), clock().now()
    return moving.move(db, caller(), renewal_id, values["move"], values, book=policy_book(), at=at)


@blueprint.get("/radar")
@blueprint.arguments(RadarAskedSchema, location="query")
@blueprint.response(200, MaturingLoanPageOut)
@requires(*READERS, scope=READ)
def list_radar(values: dict[str, Any]) -> Page[MaturingLoan]:
    """The caller's loans that come due within so many days, 90 at most."""
    return reading.radar(database.current(), caller(), asked_from(values), today=clock().today(), days=values["days"])


@blueprint.post("/radar")
@blueprint.arguments(MaturitySchema)
@blueprint.response(201, MaturityOut)
@requires(*OF_FIRMS, scope=WRITE)
def declare_loan(values: dict[str, Any]) -> LoanMaturity:
    """A loan of the caller's firm that no return holds yet."""
    return maturities.declare(database.current(), caller(), **values, at=clock().now())
