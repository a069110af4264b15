"""`/design`: every component of the pages with made-up data, for people who work on the service; mounted in development only."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kernel.accounts.access import public
from kernel.web import samples, samples_states

blueprint = Blueprint("design", __name__)


@blueprint.get("/design")
@public()
def show() -> ResponseReturnValue:
    """The living page of components."""
    return render_template("design.html", samples=samples, states=samples_states)
