"""Questions as JSON; reading may be done with a token, writing in person."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from settlement.statements.queries import service
from settlement.statements.queries.schemas import QueryAskedSchema, QueryContentSchema, QueryThreadOut
from settlement.statements.service import READERS, statement_by_number

blueprint = Blueprint("queries-api", __name__, url_prefix="/api/v1", description="Questions and answers on statements")


@blueprint.get("/statements/<number>/queries")
@blueprint.response(200, QueryThreadOut(many=True))
@requires(*READERS, scope="settlement:read")
def list_queries(number: str) -> list[service.QueryTalk]:
    """The questions on a statement, the newest first."""
    db = database.current()
    return service.threads_of(db, statement_by_number(db, caller(), number))


@blueprint.post("/statements/<number>/queries")
@blueprint.arguments(QueryAskedSchema)
@blueprint.response(201, QueryThreadOut)
@requires(*service.WRITERS)
def ask(asked: dict[str, Any], number: str) -> service.QueryTalk:
    """Ask about a statement or one of its lines."""
    db = database.current()
    return service.ask(db, caller(), statement_by_number(db, caller(), number), **asked, at=clock().now())


@blueprint.post("/statements/<number>/explanations")
@blueprint.arguments(QueryContentSchema)
@blueprint.response(201, QueryThreadOut)
@requires(*service.WRITERS)
def explain(asked: dict[str, Any], number: str) -> service.QueryTalk:
    """The institution explains why its return differs from the certified figure."""
    db = database.current()
    statement = statement_by_number(db, caller(), number)
    return service.explain_difference(db, caller(), statement, **asked, at=clock().now())


@blueprint.post("/queries/<int:query_id>/messages")
@blueprint.arguments(QueryContentSchema)
@blueprint.response(201, QueryThreadOut)
@requires(*service.WRITERS)
def answer(asked: dict[str, Any], query_id: int) -> service.QueryTalk:
    """Write into an open question."""
    db = database.current()
    thread = service.thread_by_id(db, caller(), query_id)
    service.answer(db, caller(), thread, **asked, at=clock().now())
    return service.thread_by_id(db, caller(), query_id)


@blueprint.post("/queries/<int:query_id>/closing")
@blueprint.response(200, QueryThreadOut)
@requires(*service.ASKING)
def close(query_id: int) -> service.QueryTalk:
    """The bureau closes a question."""
    db = database.current()
    service.close(db, caller(), service.thread_by_id(db, caller(), query_id), at=clock().now())
    return service.thread_by_id(db, caller(), query_id)
