"""Two increases and two controls as JSON."""

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from settlement.calendar import quarter_in_path
from settlement.handed_over import premises
from settlement.scorecards import service
from settlement.scorecards.schemas import ScorecardOut

blueprint = Blueprint(
    "scorecards-api",
    __name__,
    url_prefix="/api/v1/two-increases",
    description="Two increases and two controls, by institution and quarter",
)


@blueprint.get("/<quarter>")
@blueprint.response(200, ScorecardOut(many=True))
@requires(*service.READERS, scope="settlement:read")
def list_scorecards(quarter: str) -> list[service.Scorecard]:
    """The institutions that the caller may see, by code."""
    return service.scorecards(database.current(), caller(), quarter_in_path(quarter), premises=premises())
