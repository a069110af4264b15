"""Works as JSON: one's own, one of them, cancelling, and the file that came of one. A token needs the scopes of the kind (`rights`)."""

from typing import Any

from flask import Response

from kernel import database
from kernel.accounts.access import ANY_SCOPE, caller, requires
from kernel.accounts.roles import ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import asked_from, page_of
from kernel.works import service
from kernel.works.cancelling import cancel_for_good
from kernel.works.places import work_kinds
from kernel.works.results import result_file
from kernel.works.rights import require_result
from kernel.works.schemas import WorkOut, WorksAskedSchema, WorksPageOut
from kernel.works.views import WorkView, seen

blueprint = Blueprint("works-api", __name__, url_prefix="/api/v1/works", description="Long work and how far it is")


@blueprint.get("")
@blueprint.arguments(WorksAskedSchema, location="query")
@blueprint.response(200, WorksPageOut)
@requires(*ROLES, scope=ANY_SCOPE)
def list_works(asked: dict[str, Any]) -> Any:
    """The caller's own works, everybody's for the bureau's auditor; the newest first."""
    return page_of(database.current(), service.works_query(caller(), state=asked["state"]), asked_from(asked)).map(seen)


@blueprint.get("/<int:work_id>")
@blueprint.response(200, WorkOut)
@requires(*ROLES, scope=ANY_SCOPE)
def show_work(work_id: int) -> WorkView:
    """How far one work is; ask again until `state` is done, failed or cancelled."""
    return seen(service.work_by_id(database.current(), caller(), work_id))


@blueprint.delete("/<int:work_id>")
@blueprint.response(200, WorkOut)
@requires(*ROLES, scope=ANY_SCOPE, transaction="own")
def cancel_work(work_id: int) -> WorkView:
    """Cancel one's own work before its effect; 409 once it has ended."""
    return seen(cancel_for_good(database.current(), caller(), work_id, at=clock().now()))


@blueprint.get("/<int:work_id>/result")
@blueprint.response(200)
@requires(*ROLES, scope=ANY_SCOPE)
def fetch_result(work_id: int) -> Response:
    """The file that came of a work."""
    work = service.work_by_id(database.current(), caller(), work_id)
    require_result(caller(), work_kinds()[work.task])
    return result_file(work)
