"""Statements as JSON and CSV, and the drafting of a quarter."""

from dataclasses import replace
from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.paging import Page, asked_from, page_of
from settlement.handed_over import premises
from settlement.statements import service
from settlement.statements.growth import tracing
from settlement.statements.growth.models import GrowthReconciliation
from settlement.statements.models import Statement
from settlement.statements.phase import statement_phases
from settlement.statements.schemas import (
    LoansAskedSchema,
    LoansPageOut,
    ReconciliationLineOut,
    StatementsAskedSchema,
    StatementsPageOut,
    StatementWholeOut,
)
from settlement.statements.standing import outdated

blueprint = Blueprint(
    "statements-api", __name__, url_prefix="/api/v1", description="Statements of a quarter and their traces"
)


@blueprint.get("/statements")
@blueprint.arguments(StatementsAskedSchema, location="query")
@blueprint.response(200, StatementsPageOut)
@requires(*service.READERS, scope="settlement:read")
def list_statements(asked: dict[str, Any]) -> Page[Any]:
    """The standing statements that the caller may see."""
    query = service.statements_query(
        caller(),
        quarter=asked["quarter"],
        beneficiary_code=asked["beneficiary_code"] or asked["institution_code"],
        scheme=asked["scheme"],
    )
    db = database.current()
    page = page_of(db, query, asked_from(asked))
    items = page.items
    return replace(page, items=service.rows_of(db, items, outdated(db, items, premises()), statement_phases(db, items)))


@blueprint.get("/statements/<number>")
@blueprint.response(200, StatementWholeOut)
@requires(*service.READERS, scope="settlement:read")
def show_statement(number: str) -> service.StatementWhole:
    """One statement with its shares, its reconciliation and everything it was computed from."""
    db = database.current()
    found = service.statement_by_number(db, caller(), number)
    return service.whole(db, found, outdated(db, [found], premises()), statement_phases(db, [found]))


@blueprint.get("/statements/<number>/loans")
@blueprint.arguments(LoansAskedSchema, location="query")
@blueprint.response(200, LoansPageOut)
@requires(*service.READERS, scope="settlement:read")
def trace_loans(asked: dict[str, Any], number: str) -> dict[str, Any]:
    """The rows of the return that went to one reason, a page at a time."""
    db = database.current()
    found = service.statement_by_number(db, caller(), number)
    page, balance = tracing.loans(
        service.growth_figures(db, found),
        service.explanation_of(found),
        premises(),
        reason=tracing.reason_of(asked["reason"]),
        detail=asked["detail"] or None,
        asked=asked_from(asked),
        sort=asked["sort"],
        wanted=asked["wanted"],
    )
    return {**page.__dict__, "pages": page.pages, "balance": balance}


@blueprint.get("/statements/<number>/reconciliation")
@blueprint.response(200, ReconciliationLineOut(many=True))
@requires(*service.READERS, scope="settlement:read")
def reconciliation(number: str) -> list[GrowthReconciliation]:
    """Where the filed balance went; the lines add up to it exactly."""
    db = database.current()
    found: Statement = service.statement_by_number(db, caller(), number)
    return service.reconciliation_of(db, [found]).get(found.id or 0, [])
