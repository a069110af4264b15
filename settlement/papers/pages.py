"""The papers of a statement and of a quarter, to download."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.fields import Schema, WholeNumber
from kernel.web.language import language
from settlement.batches.reading import standings_of
from settlement.calendar import quarter_in_path
from settlement.papers.quarter_workbook import quarter_workbook
from settlement.papers.statement_paper import statement_paper
from settlement.returns.pages import download
from settlement.returns.service import SEES_ALL
from settlement.statements import service

blueprint = Blueprint("papers", __name__)

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RevisionSchema(Schema):
    """Query arguments: an earlier revision, the standing one without."""

    revision = WholeNumber(lowest=1, highest=1_000_000, load_default=None)


@blueprint.get("/statements/<number>/paper.pdf")
@requires(*service.READERS)
def statement(number: str) -> ResponseReturnValue:
    """One revision as a paper in the reader's language."""
    db, revision = database.current(), RevisionSchema().load(request.args, unknown=EXCLUDE)["revision"]
    found = service.statement_by_number(db, caller(), number, revision=revision)
    standings = standings_of(db, found.number, revision=found.revision)
    content = statement_paper(service.whole(db, found), lang=language(), standings=standings)
    return download(content, f"{found.number}-r{found.revision}.pdf", PDF)


@blueprint.get("/quarters/<quarter>/workbook.xlsx")
@requires(*SEES_ALL)
def workbook(quarter: str) -> ResponseReturnValue:
    """The quarter's standing statements, every sum a formula."""
    db, asked = database.current(), quarter_in_path(quarter)
    statements = service.statements_of(db, caller(), quarter=asked)
    wholes = service.wholes(db, statements)
    content = quarter_workbook([wholes[one.id or 0] for one in statements])
    return download(content, f"{asked}-workbook.xlsx", XLSX)
