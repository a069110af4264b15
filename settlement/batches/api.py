"""Batches as JSON. Reading may be done with a token; opening, signing and answering are done by people alone."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.paging import Page, asked_from, page_of
from settlement.batches import deputies, moving, objections, reading, service
from settlement.batches.models import Batch, BatchItem, Deputy, Objection
from settlement.batches.places import desk
from settlement.batches.restating import Restatement, preview, restate
from settlement.batches.schemas import (
    BatchesAskedSchema,
    BatchesPageOut,
    BatchMoveSchema,
    BatchOut,
    DeputyOut,
    DeputySchema,
    ObjectionAnswerSchema,
    ObjectionOut,
    ObjectionSchema,
    OpenBatchSchema,
    RestatedOut,
    RestatementOut,
    RestateSchema,
    SetAsideSchema,
    WholeBatchOut,
)
from settlement.batches.views import BatchView, batch_view
from settlement.batches.workflow import HAND_ROLES

blueprint = Blueprint(
    "batches-api", __name__, url_prefix="/api/v1", description="Batches of a quarter: four hands, notice, objections"
)
READ = "settlement:read"


@blueprint.get("/batches")
@blueprint.arguments(BatchesAskedSchema, location="query")
@blueprint.response(200, BatchesPageOut)
@requires(*service.READERS, scope=READ)
def list_batches(asked: dict[str, Any]) -> Page[Any]:
    """All batches, the newest quarter first."""
    query = reading.batches_query(quarter=asked["quarter"], state=asked["state"])
    return page_of(database.current(), query, asked_from(asked))


@blueprint.post("/batches")
@blueprint.arguments(OpenBatchSchema)
@blueprint.response(201, BatchOut)
@requires("operator")
def open_batch(asked: dict[str, Any]) -> Batch:
    """Open a quarter's batch and fill it with what its statements ask for."""
    return service.open_batch(database.current(), caller(), asked["quarter"], desk=desk())


@blueprint.get("/batches/<number>")
@blueprint.response(200, WholeBatchOut)
@requires(*service.READERS, scope=READ)
def show_batch(number: str) -> BatchView:
    """One batch with its items, signatures, moves and objections."""
    return batch_view(database.current(), caller(), number, desk=desk())


@blueprint.post("/batches/<number>/moves")
@blueprint.arguments(BatchMoveSchema)
@blueprint.response(200, BatchOut)
@requires(*HAND_ROLES)
def move_batch(asked: dict[str, Any], number: str) -> Batch:
    """Submit, review, approve, publish, order, return or reject; 409 when the digest is not that of the batch as it is now."""
    db = database.current()
    signing = service.Signing(asked["digest"], asked["version"], asked["reason"])
    return moving.move(db, caller(), reading.batch_by_number(db, number), asked["move"], signing, desk=desk())


@blueprint.post("/batches/<number>/refills")
@blueprint.response(200, BatchOut)
@requires("operator")
def refill_batch(number: str) -> Batch:
    """Bring an open batch up to what its statements ask for now."""
    db, at = database.current(), desk().at
    batch = reading.batch_by_number(db, number)
    service.refresh(db, batch, at=at, by=caller().actor)
    return reading.batch_by_number(db, number)


@blueprint.post("/batches/<number>/items/<statement_number>/set-aside")
@blueprint.arguments(SetAsideSchema)
@blueprint.response(200, BatchOut)
@requires(*HAND_ROLES)
def set_item_aside(asked: dict[str, Any], number: str, statement_number: str) -> Batch:
    """Take an item out of an open batch, with the reason."""
    db = database.current()
    batch = reading.batch_by_number(db, number)
    _item: BatchItem = service.set_aside(db, caller(), batch, statement_number, reason=asked["reason"], desk=desk())
    return batch


@blueprint.get("/batches/<number>/objections")
@blueprint.response(200, ObjectionOut(many=True))
@requires(*service.READERS, *objections.OBJECTORS, scope=READ)
def list_objections(number: str) -> list[Objection]:
    """The objections of a batch that the caller may see."""
    db = database.current()
    query = objections.objections_query(caller(), reading.batch_by_number(db, number))
    return list(db.execute(query).scalars())


@blueprint.post("/batches/<number>/objections")
@blueprint.arguments(ObjectionSchema)
@blueprint.response(201, ObjectionOut)
@requires(*objections.OBJECTORS)
def raise_objection(asked: dict[str, Any], number: str) -> Objection:
    """Object to an item while it is on public notice."""
    db = database.current()
    return objections.raise_objection(db, caller(), reading.batch_by_number(db, number), **asked, desk=desk())


@blueprint.post("/objections/<int:objection_id>/answers")
@blueprint.arguments(ObjectionAnswerSchema)
@blueprint.response(200, ObjectionOut)
@requires("reviewer", "approver")
def answer_objection(asked: dict[str, Any], objection_id: int) -> Objection:
    """Answer an objection: dismissed frees the item, upheld takes it out of the payment."""
    db = database.current()
    found = objections.objection_by_id(db, caller(), objection_id)
    return objections.answer_objection(db, caller(), found, **asked, at=desk().at)


@blueprint.get("/deputies")
@blueprint.response(200, DeputyOut(many=True))
@requires(*service.READERS, scope=READ)
def list_deputies() -> list[Deputy]:
    """Every deputyship of the caller's office."""
    return deputies.deputies_of(database.current(), caller())


@blueprint.post("/deputies")
@blueprint.arguments(DeputySchema)
@blueprint.response(201, DeputyOut)
@requires(*HAND_ROLES)
def name_deputy(asked: dict[str, Any]) -> Deputy:
    """Name who acts in the caller's role from a day to a day."""
    here = desk()
    return deputies.name_deputy(
        database.current(), caller(), deputies.Deputation(**asked), at=here.at, today=here.today
    )


@blueprint.post("/deputies/<int:deputy_id>/ends")
@blueprint.response(204)
@requires(*HAND_ROLES)
def end_deputy(deputy_id: int) -> None:
    """End an own deputyship at once."""
    deputies.end_deputy(database.current(), caller(), deputy_id, at=desk().at)


@blueprint.get("/restatements")
@blueprint.response(200, RestatementOut)
@requires(*service.READERS, scope=READ)
def preview_restatement() -> Restatement:
    """What would change if the signed statements were computed on the present facts."""
    return preview(database.current(), desk=desk())


@blueprint.post("/restatements")
@blueprint.arguments(RestateSchema)
@blueprint.response(200, RestatedOut)
@requires("operator", transaction="own")
def confirm_restatement(asked: dict[str, Any]) -> dict[str, Any]:
    """Do what the preview has shown; 409 when it has changed."""
    done = restate(database.current(), caller(), digest=asked["digest"], desk=desk())
    return {"written": [*done.written, *done.withdrawn], "failed": done.failed}
