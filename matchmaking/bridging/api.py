"""The bridging fund as JSON."""

from typing import Any

from flask import Response

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.bridging import contributions, moving, pools, reading, service
from matchmaking.bridging.models import BridgingPool, BridgingStep, PoolContribution
from matchmaking.bridging.reading import FiledCase
from matchmaking.bridging.schemas import (
    BridgingAskedSchema,
    BridgingCaseOut,
    BridgingCasePageOut,
    BridgingCasesAskedSchema,
    BridgingMoveSchema,
    BridgingStepOut,
    ContributionCheckSchema,
    ContributionOut,
    ContributionSchema,
    MonthSchema,
    PoolBalanceOut,
    PoolOpeningSchema,
    PoolOut,
    PoolStatementOut,
    asked_terms,
)
from matchmaking.bridging.statement import PoolStatement, statement_of, workbook_of
from matchmaking.bridging.workflow import (
    CONTRIBUTION_CHECKERS,
    MOVERS,
    OF_FIRMS,
    POOL_KEEPERS,
    POOL_READERS,
    READERS,
)
from matchmaking.handed_over import policy_book

READ, WRITE = "matchmaking:read", "matchmaking:write"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("bridging-api", __name__, url_prefix="/api/v1/bridging", description="The bridging fund")


def statement_answer(made: PoolStatement) -> Response:
    """A statement as a workbook to save."""
    answer = Response(workbook_of(made), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename=bridging-{made.pool.region}-{made.month}.xlsx"
    return answer


@blueprint.get("/cases")
@blueprint.arguments(BridgingCasesAskedSchema, location="query")
@blueprint.response(200, BridgingCasePageOut)
@requires(*READERS, scope=READ)
def list_cases(values: dict[str, Any]) -> Page[FiledCase]:
    """The caller's own cases: of its firm, its bank, its county; the finance side sees all."""
    return reading.cases_for(database.current(), caller(), asked_from(values), state=values["state"])


@blueprint.post("/cases")
@blueprint.arguments(BridgingAskedSchema)
@blueprint.response(201, BridgingCaseOut)
@requires(*OF_FIRMS, scope=WRITE)
def apply(values: dict[str, Any]) -> FiledCase:
    """Ask for bridge money for one old loan."""
    return service.apply(database.current(), caller(), asked_terms(values), book=policy_book(), at=clock().now())


@blueprint.get("/cases/<int:case_id>")
@blueprint.response(200, BridgingCaseOut)
@requires(*READERS, scope=READ)
def show_case(case_id: int) -> FiledCase:
    """One case."""
    return reading.case_for(database.current(), caller(), case_id)


@blueprint.get("/cases/<int:case_id>/steps")
@blueprint.response(200, BridgingStepOut(many=True))
@requires(*READERS, scope=READ)
def list_steps(case_id: int) -> list[BridgingStep]:
    """What happened to a case, the first step first."""
    db = database.current()
    return reading.steps_of(db, reading.case_for(db, caller(), case_id).case)


@blueprint.post("/cases/<int:case_id>/moves")
@blueprint.arguments(BridgingMoveSchema)
@blueprint.response(200, BridgingCaseOut)
@requires(*MOVERS)
def move_case(values: dict[str, Any], case_id: int) -> FiledCase:
    """One step of a case; not for tokens, because money follows it."""
    db, at = database.current(), clock().now()
    return moving.move(db, caller(), case_id, values["move"], values, book=policy_book(), at=at)


@blueprint.get("/pools")
@blueprint.response(200, PoolOut(many=True))
@requires(*POOL_READERS, scope=READ)
def list_pools() -> list[BridgingPool]:
    """The pools the caller may look into."""
    return reading.pools_for(database.current(), caller())


@blueprint.post("/pools")
@blueprint.arguments(PoolOpeningSchema)
@blueprint.response(201, PoolOut)
@requires(*POOL_KEEPERS)
def open_pool(values: dict[str, Any]) -> BridgingPool:
    """Set up the pool of the caller's own city or county."""
    return pools.open_pool(database.current(), caller(), document=values["document"], at=clock().now())


@blueprint.get("/pools/<int:pool_id>/balance")
@blueprint.response(200, PoolBalanceOut)
@requires(*POOL_READERS, scope=READ)
def show_balance(pool_id: int) -> pools.PoolBalance:
    """What a pool holds now."""
    db = database.current()
    return pools.balance_of(db, reading.pool_for(db, caller(), pool_id))


@blueprint.post("/pools/<int:pool_id>/contributions")
@blueprint.arguments(ContributionSchema)
@blueprint.response(201, ContributionOut)
@requires(*POOL_KEEPERS)
def enter_contribution(values: dict[str, Any], pool_id: int) -> PoolContribution:
    """Enter money put into a pool or taken back; another person books it."""
    return contributions.enter(database.current(), caller(), pool_id, **values, at=clock().now())


@blueprint.get("/pools/<int:pool_id>/contributions")
@blueprint.response(200, ContributionOut(many=True))
@requires(*POOL_READERS, scope=READ)
def list_contributions(pool_id: int) -> list[PoolContribution]:
    """What was entered for a pool, what waits for a second person first."""
    db = database.current()
    return contributions.contributions_of(db, reading.pool_for(db, caller(), pool_id))


@blueprint.post("/contributions/<int:contribution_id>/check")
@blueprint.arguments(ContributionCheckSchema)
@blueprint.response(200, ContributionOut)
@requires(*CONTRIBUTION_CHECKERS)
def check_contribution(values: dict[str, Any], contribution_id: int) -> PoolContribution:
    """Book a contribution that another person entered, or refuse it with a reason."""
    return contributions.check(database.current(), caller(), contribution_id, **values, at=clock().now())


@blueprint.get("/pools/<int:pool_id>/statement")
@blueprint.arguments(MonthSchema, location="query")
@blueprint.response(200, PoolStatementOut)
@requires(*POOL_READERS, scope=READ)
def show_statement(values: dict[str, Any], pool_id: int) -> PoolStatement:
    """The statement of a pool for the month in which `day` lies."""
    db = database.current()
    return statement_of(db, reading.pool_for(db, caller(), pool_id), values["day"] or clock().today())


@blueprint.get("/pools/<int:pool_id>/statement.xlsx")
@blueprint.arguments(MonthSchema, location="query")
@blueprint.response(200)
@requires(*POOL_READERS, scope=READ)
def statement_file(values: dict[str, Any], pool_id: int) -> Response:
    """The same as a workbook."""
    db = database.current()
    made = statement_of(db, reading.pool_for(db, caller(), pool_id), values["day"] or clock().today())
    return statement_answer(made)
