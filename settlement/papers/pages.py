"""The papers of a statement, a batch, a payer and a quarter, to download in the reader's language."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES
from kernel.fields import Schema, WholeNumber
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.works.asking import to_its_page
from kernel.works.service import ask
from settlement.batches.notices import NOTICE_READERS, notice_view
from settlement.batches.reading import standings_of
from settlement.calendar import quarter_in_path
from settlement.handed_over import work_calendar
from settlement.papers import decision
from settlement.papers.demand import demand_paper
from settlement.papers.hands import hands_for
from settlement.papers.notice_list import notice_paper, notice_workbook
from settlement.papers.quarter_workbook import quarter_workbook
from settlement.papers.recovery import recovery_paper
from settlement.papers.statement_paper import statement_paper
from settlement.papers.works import letters_order
from settlement.payments.handed_over import policies
from settlement.payments.payable_book import COUNTY_OFFICER, demand_letter, require_seen
from settlement.payments.payable_book import READERS as BOOK_READERS
from settlement.payments.rules import payment_rules
from settlement.returns.service import FILING_ROLES, SEES_ALL
from settlement.statements import service

blueprint = Blueprint("papers", __name__)

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RevisionSchema(Schema):
    """Query arguments: an earlier revision, the standing one without."""

    revision = WholeNumber(lowest=1, highest=1_000_000, load_default=None)


@blueprint.app_context_processor
def _decisions() -> dict[str, Any]:
    """For the pages of a statement: the batches that decided on it."""
    return {"decisions_of": lambda statement: decision.decisions_of(database.current(), statement)}


@blueprint.get("/statements/<number>/paper.pdf")
@requires(*service.READERS)
def statement(number: str) -> ResponseReturnValue:
    """One revision as a paper in the reader's language."""
    db, revision = database.current(), RevisionSchema().load(request.args, unknown=EXCLUDE)["revision"]
    found = service.statement_by_number(db, caller(), number, revision=revision)
    standings = standings_of(db, found.number, revision=found.revision)
    hands = hands_for(db, found.revision, standings)
    content = statement_paper(service.whole(db, found), lang=language(), standings=standings, hands=hands)
    return file_to_save(content, f"{found.number}-r{found.revision}.pdf", PDF)


@blueprint.get("/quarters/<quarter>/workbook.xlsx")
@requires(*SEES_ALL)
def workbook(quarter: str) -> ResponseReturnValue:
    """The quarter's standing statements, every sum a formula."""
    db, asked = database.current(), quarter_in_path(quarter)
    statements = service.statements_of(db, caller(), quarter=asked)
    wholes = service.wholes(db, statements)
    content = quarter_workbook([wholes[one.id or 0] for one in statements])
    return file_to_save(content, f"{asked}-workbook.xlsx", XLSX)


@blueprint.get("/batches/<number>/decisions/<code>.pdf")
@requires(*service.READERS)
def decide(number: str, code: str) -> ResponseReturnValue:
    """What a released batch decided on one beneficiary, for the finance side and for that beneficiary."""
    content = decision.decision_letter(database.current(), caller(), number, code, lang=language())
    return file_to_save(content, f"{number}-{code}.pdf", PDF)


@blueprint.post("/batches/<number>/letters")
@requires(*SEES_ALL)
def print_letters(number: str) -> ResponseReturnValue:
    """Every letter of a released batch in one file: printed beside a page of its progress."""
    db = database.current()
    return to_its_page(ask(db, caller(), letters_order(db, caller(), number, language()), at=clock().now()))


@blueprint.get("/batches/<number>/notice.pdf")
@requires(*NOTICE_READERS)
def notice(number: str) -> ResponseReturnValue:
    """The list of a public notice, to hang up."""
    view = notice_view(database.current(), caller(), number, today=clock().today())
    return file_to_save(notice_paper(view, lang=language()), f"{number}-notice.pdf", PDF)


@blueprint.get("/batches/<number>/notice.xlsx")
@requires(*NOTICE_READERS)
def notice_table(number: str) -> ResponseReturnValue:
    """The same list as a table."""
    view = notice_view(database.current(), caller(), number, today=clock().today())
    return file_to_save(notice_workbook(view), f"{number}-notice.xlsx", XLSX)


@blueprint.get("/books/<payer>/demand-letter.pdf")
@requires(*BOOK_READERS)
def demand(payer: str) -> ResponseReturnValue:
    """The letter that demands a place's open share, as of today."""
    day, book = clock().today(), policies()
    require_seen(caller(), payer)
    rules = payment_rules(book, day)
    found = demand_letter(database.current(), payer, rules=rules, calendar=work_calendar(), day=day)
    return file_to_save(demand_paper(found, book, lang=language()), f"demand-{payer}-{day}.pdf", PDF)


@blueprint.get("/payments/recoveries/<number>/notice.pdf")
@requires(*SEES_ALL, COUNTY_OFFICER, *FILING_ROLES, *ENTERPRISE_ROLES)
def recovery(number: str) -> ResponseReturnValue:
    """A recovery notice, for the finance side, the payer's officer, and the one who is to pay back."""
    content = recovery_paper(database.current(), caller(), number, policies(), lang=language())
    return file_to_save(content, f"{number}.pdf", PDF)
