"""The page of all terms; open to everybody, because words are explained before anybody signs in, too."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kernel.accounts.access import public
from kernel.glossary.terms import TERMS

blueprint = Blueprint("glossary", __name__, url_prefix="/glossary")


@blueprint.get("")
@public()
def index() -> ResponseReturnValue:
    """Every term with its anchor, in the order of the work: lending, matching, renewing, settling."""
    return render_template("glossary/index.html", terms=TERMS.values())
