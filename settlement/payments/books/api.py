"""The books as JSON: payable books, demand letters, trial balances as of either date, closing of months, invariants."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.ledger import closing
from kernel.ledger.balances import AsOf, trial_balance
from kernel.ledger.invariants import Violation
from kernel.ledger.models import LedgerPeriod
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from settlement.handed_over import work_calendar
from settlement.officials import CHECKER, PROPOSER
from settlement.payments.books.checking import check_everything, findings_of, latest_check
from settlement.payments.books.models import BooksCheck
from settlement.payments.books.months import month_in_path
from settlement.payments.handed_over import policies
from settlement.payments.invariants import standing_violations
from settlement.payments.payable_book import (
    READERS,
    DemandLetter,
    PayableBook,
    demand_letter,
    payable_book,
    require_seen,
)
from settlement.payments.rules import payment_rules
from settlement.payments.schemas import (
    AsOfSchema,
    BooksCheckOut,
    DemandOut,
    PayableBookOut,
    PeriodOut,
    TrialOut,
    ViolationOut,
)
from settlement.returns.service import SEES_ALL

blueprint = Blueprint(
    "books-api", __name__, url_prefix="/api/v1/settlement", description="Payable books, trial balances, closing"
)


@blueprint.get("/payable-books/<payer>")
@blueprint.arguments(AsOfSchema, location="query")
@blueprint.response(200, PayableBookOut)
@requires(*READERS)
def show_payable_book(asked: dict[str, Any], payer: str) -> PayableBook:
    """What a payer owes and has paid, as of a day; a county officer sees the own place only."""
    return payable_book(database.current(), require_seen(caller(), payer), AsOf(**asked))


@blueprint.get("/payable-books/<payer>/demand-letter")
@blueprint.response(200, DemandOut)
@requires(*READERS)
def show_demand_letter(payer: str) -> DemandLetter:
    """The letter that demands a place's open share, as of today."""
    day = clock().today()
    rules = payment_rules(policies(), day)
    require_seen(caller(), payer)
    return demand_letter(database.current(), payer, rules=rules, calendar=work_calendar(), day=day)


@blueprint.get("/books/<payer>")
@blueprint.arguments(AsOfSchema, location="query")
@blueprint.response(200, TrialOut)
@requires(*SEES_ALL)
def show_trial_balance(asked: dict[str, Any], payer: str) -> dict[str, Any]:
    """The trial balance of a set of books as of either date, with the states of its months."""
    db = database.current()
    require_seen(caller(), payer)
    lines = trial_balance(db, payer, AsOf(**asked))
    return {"book": payer, "lines": lines, "periods": closing.periods_of(db, payer)}


@blueprint.get("/books/checks")
@blueprint.response(200, ViolationOut(many=True))
@requires(*SEES_ALL)
def check_books() -> list[Violation]:
    """Every place where an invariant does not hold; an empty list is what it should be."""
    return standing_violations(database.current())


@blueprint.get("/books/checks/latest")
@blueprint.response(200, BooksCheckOut)
@requires(*SEES_ALL)
def latest() -> dict[str, Any]:
    """The newest look at everything: books, batches, statements and the trail. NotFound before the first night."""
    check = latest_check(database.current())
    if check is None:
        raise NotFound("never_checked", "还没有整体核对过", "Everything has not been checked yet")
    return _told(check)


@blueprint.post("/books/checks")
@blueprint.response(201, BooksCheckOut)
@requires(*SEES_ALL, transaction="own")
def check_now() -> dict[str, Any]:
    """Look at everything now, and keep what was found."""
    return _told(check_everything(database.current(), by=caller().actor, at=clock().now()))


def _told(check: BooksCheck) -> dict[str, Any]:
    return {"checked_at": check.checked_at, "found": check.found, "findings": findings_of(check)}


@blueprint.post("/books/<payer>/periods/<month>/proposals")
@blueprint.response(200, PeriodOut)
@requires(PROPOSER)
def propose_closing(payer: str, month: str) -> LedgerPeriod:
    """Propose to close a month that has ended."""
    now = clock()
    require_seen(caller(), payer)
    return closing.propose_closing(
        database.current(), payer, month_in_path(month), by=caller().actor, at=now.now(), today=now.today()
    )


@blueprint.delete("/books/<payer>/periods/<month>/proposals")
@blueprint.response(200, PeriodOut)
@requires(PROPOSER, CHECKER)
def give_back_closing(payer: str, month: str) -> LedgerPeriod:
    """Give the proposal to close a month back, for instance because something was posted since."""
    require_seen(caller(), payer)
    return closing.reopen_proposed(database.current(), payer, month_in_path(month), by=caller().actor, at=clock().now())


@blueprint.post("/books/<payer>/periods/<month>/closings")
@blueprint.response(200, PeriodOut)
@requires(CHECKER)
def close(payer: str, month: str) -> LedgerPeriod:
    """Close a proposed month; another person than who proposed it."""
    require_seen(caller(), payer)
    return closing.close(database.current(), payer, month_in_path(month), by=caller().actor, at=clock().now())
