"""One field to find things by name, code, number or the initials of a name; the contexts hand their sources over in `config/app.py`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields
from sqlmodel import Session

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.fields import Schema
from kernel.web.edge import clock
from kernel.web.forms import asked_of_url

blueprint = Blueprint("search", __name__)

SHOWN = 20
LONGEST = 60


@dataclass(frozen=True)
class Found:
    """One thing that was found: of what kind, its name or number, what tells it from the next one, its page."""

    kind: Text
    title: str | Text
    detail: str | Text
    url: str


SearchSource = Callable[[Session, Caller, str, date], Iterable[Found]]


class SearchSchema(Schema):
    """Query arguments: what is looked for."""

    q = fields.String(load_default="")


def found_by(db: Session, caller: Caller, typed: str, today: date) -> dict[Text, list[Found]]:
    """What there is of what was typed, as far as the caller may see it, by kind; of each source SHOWN things at most."""
    sources: Sequence[SearchSource] = current_app.extensions["search_sources"]
    groups: dict[Text, list[Found]] = {}
    for source in sources:
        for one in source(db, caller, typed, today):
            groups.setdefault(one.kind, []).append(one)
    return groups


@blueprint.get("/search")
@requires(*ROLES)
def find() -> ResponseReturnValue:
    """The field, and below it what was found."""
    typed = asked_of_url(SearchSchema())["q"].strip()[:LONGEST]
    groups = found_by(database.current(), caller(), typed, clock().today()) if typed else {}
    return render_template("search.html", typed=typed, groups=groups, shown=SHOWN)
