"""Mergers as JSON; recorded by a person signed in, never by a token."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.parties.models import Party
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from settlement.mergers import service
from settlement.mergers.schemas import AbsorbedOut, MergerSchema

blueprint = Blueprint(
    "mergers-api", __name__, url_prefix="/api/v1/mergers", description="Institutions taken over by others"
)


@blueprint.post("")
@blueprint.arguments(MergerSchema)
@blueprint.response(201, AbsorbedOut)
@requires(service.RECORDER)
def record_merger(values: dict[str, Any]) -> Party:
    """Record that an institution was absorbed; `GET /restatements` then shows what it changes."""
    now = clock()
    return service.record_merger(
        database.current(), caller(), service.Merger(**values), at=now.now(), today=now.today()
    )
