"""The letters of a batch as JSON: a work is asked for, and its result is the file."""

from flask import Response

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.works.asking import accepted
from kernel.works.schemas import WorkOut
from kernel.works.service import ask
from settlement.papers.works import letters_order
from settlement.returns.service import SEES_ALL

blueprint = Blueprint("papers-api", __name__, url_prefix="/api/v1/batches", description="The papers of a batch")


@blueprint.post("/<number>/letters")
@blueprint.response(202, WorkOut)
@requires(*SEES_ALL)
def print_letters(number: str) -> Response:
    """Print every decision letter of a released batch into one ZIP; `Location` tells how far it is. Not for tokens."""
    db = database.current()
    order = letters_order(db, caller(), number, language())
    return accepted(ask(db, caller(), order, at=clock().now()))
