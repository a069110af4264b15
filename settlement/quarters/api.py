"""A quarter as JSON and CSV: drafting, and the files of file mode."""

from typing import Any

from flask import Response
from marshmallow import fields

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.fields import Schema
from kernel.web.api_blueprint import Blueprint
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.works.asking import accepted
from kernel.works.schemas import WorkOut
from kernel.works.service import ask
from settlement.batches.places import desk
from settlement.batches.reading import statement_ids_signed
from settlement.calendar import quarter_in_path
from settlement.handed_over import premises
from settlement.quarters.progress import StatementBlock, progress_of
from settlement.quarters.works import drafting_order
from settlement.returns.service import SEES_ALL
from settlement.statements.drafting import Drafted, draft_quarter
from settlement.statements.exports import FILES, export_quarter, file_name
from settlement.statements.schemas import DraftAskedSchema, DraftedOut
from settlement.statements.service import READERS, statement_by_number


class StatementBlockOut(Schema):
    code = fields.String()
    text = fields.List(fields.String())
    waits_for = fields.List(fields.String())
    until = fields.Date(allow_none=True)


blueprint = Blueprint("quarters-api", __name__, url_prefix="/api/v1", description="A quarter: drafting and its files")


@blueprint.get("/quarters/<quarter>/<name>.csv")
@blueprint.response(200)
@requires(*SEES_ALL, scope="settlement:read")
def export_file(quarter: str, name: str) -> Response:
    """`statements.csv`, `shares.csv` or `reconciliation.csv` of a quarter: the bytes of file mode."""
    if name not in FILES:
        raise NotFound("file_not_found", "没有这个文件", "There is no such file")
    period = quarter_in_path(quarter)
    content = export_quarter(database.current(), caller(), name, quarter=period, premises=premises())
    return file_to_save(content, file_name(name, period))


@blueprint.get("/statements/<number>/blocks")
@blueprint.response(200, StatementBlockOut(many=True))
@requires(*READERS, scope="settlement:read")
def what_would_block(number: str) -> list[StatementBlock]:
    """What would block the payment of a statement: told before pay day, with whom it waits for and until when."""
    db = database.current()
    return list(progress_of(db, statement_by_number(db, caller(), number), desk=desk()).blocks)


@blueprint.post("/quarters/<quarter>/drafts")
@blueprint.arguments(DraftAskedSchema, location="query")
@blueprint.response(200, DraftedOut)
@requires("operator", transaction="own")
def draft(asked: dict[str, Any], quarter: str) -> Drafted:
    """Draft what is missing or outdated in a quarter under one scheme."""
    db, period = database.current(), quarter_in_path(quarter)
    return draft_quarter(
        db,
        period,
        premises=premises(),
        at=clock().now(),
        by=caller().actor,
        scheme=asked["scheme"],
        signed=statement_ids_signed(db),
    )


@blueprint.post("/quarters/<quarter>/drafting")
@blueprint.response(202, WorkOut)
@requires("operator")
def draft_whole(quarter: str) -> Response:
    """Draft a quarter under every scheme, however large: a work, and `Location` tells how far it is."""
    db, order = database.current(), drafting_order(quarter_in_path(quarter), language())
    return accepted(ask(db, caller(), order, at=clock().now()))
