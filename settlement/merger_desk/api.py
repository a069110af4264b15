"""Mergers as JSON; entered and checked by two people signed in, never by a token."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from, page_of
from settlement.batches.places import desk
from settlement.merger_desk.effects import MergerEffects, effects_of
from settlement.merger_desk.schemas import (
    MergerCheckSchema,
    MergerEffectsOut,
    MergerOut,
    MergersAskedSchema,
    MergerSchema,
    MergersPageOut,
)
from settlement.mergers import service
from settlement.mergers.models import InstitutionMerger
from settlement.officials import CHECKER, PROPOSER
from settlement.returns.service import SEES_ALL

blueprint = Blueprint(
    "mergers-api", __name__, url_prefix="/api/v1/mergers", description="Institutions taken over by others"
)


@blueprint.get("")
@blueprint.arguments(MergersAskedSchema, location="query")
@blueprint.response(200, MergersPageOut)
@requires(*SEES_ALL)
def list_mergers(asked: dict[str, Any]) -> Page[Any]:
    """Every merger that was entered, those that wait first."""
    return page_of(database.current(), service.mergers_query(state=asked.get("state")), asked_from(asked))


@blueprint.post("")
@blueprint.arguments(MergerSchema)
@blueprint.response(201, MergerOut)
@requires(PROPOSER)
def propose(values: dict[str, Any]) -> InstitutionMerger:
    """Enter that an institution was absorbed; nothing follows before the reviewer has checked it."""
    now = clock()
    return service.propose_merger(
        database.current(), caller(), service.Merger(**values), at=now.now(), today=now.today()
    )


@blueprint.get("/<int:number>/effects")
@blueprint.response(200, MergerEffectsOut)
@requires(*SEES_ALL)
def show_effects(number: int) -> MergerEffects:
    """What a merger that waits would change on signed statements and drafts."""
    db = database.current()
    return effects_of(db, service.merger_by_id(db, number), desk=desk())


@blueprint.post("/<int:number>/checks")
@blueprint.arguments(MergerCheckSchema)
@blueprint.response(200, MergerOut)
@requires(CHECKER)
def check(values: dict[str, Any], number: int) -> InstitutionMerger:
    """Accept or refuse a merger; `GET /restatements` then shows what it changes on signed statements."""
    db, now = database.current(), clock()
    row = service.merger_by_id(db, number)
    return service.check_merger(db, caller(), row, at=now.now(), today=now.today(), **values)
