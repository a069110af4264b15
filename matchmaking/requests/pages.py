"""我的申请: the list. One request's page stands with the sessions it meets banks in (`matchmaking.sessions.request_pages`)."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.forms import asked_of_url
from kernel.web.lists import list_page
from matchmaking.matching.vocabulary import TAGS
from matchmaking.page_words import page_values
from matchmaking.requests.lists import REQUESTS
from matchmaking.requests.reading import requests_for
from matchmaking.requests.schemas import RequestsAskedSchema
from matchmaking.requests.terms import DECLARED_TAGS
from matchmaking.requests.workflow import AUDIENCES, STATES

blueprint = Blueprint("requests", __name__, url_prefix="/requests", template_folder="../templates")
WORDS = {
    "REQUEST_STATES": STATES,
    "AUDIENCES": AUDIENCES,
    "DECLARED": {tag: TAGS[tag] for tag in DECLARED_TAGS},
}
blueprint.context_processor(lambda: page_values() | WORDS)


@blueprint.get("")
@requires("owner", "clerk", "organiser")
def index() -> ResponseReturnValue:
    """The requests of the caller's enterprise; for the organising bureau all that were ever published."""
    asked = asked_of_url(RequestsAskedSchema())
    return list_page(
        REQUESTS,
        asked,
        lambda part: requests_for(database.current(), caller(), part, state=asked["state"]),
        lambda page: render_template("requests/index.html", page=page, asked_state=asked["state"]),
    )
