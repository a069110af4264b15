"""The policy page: the register of clauses, and each scheme's dated values with their documents."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import fields

from kernel.accounts.access import requires
from kernel.accounts.roles import ROLES
from kernel.bilingual import Text
from kernel.fields import Day, Schema, one_of
from kernel.policies import CLAUSE_KINDS, KIND_TITLES
from kernel.web.edge import clock
from kernel.web.navigation import EVERY_ROLE, NavigationItem
from kernel.web.policies import reading
from kernel.web.policies.in_force import policy_book

blueprint = Blueprint("policies", __name__)

ROOM = Text("依据", "Policies")
NAVIGATION = [NavigationItem("policies.list_clauses", Text("条款", "Clauses"), EVERY_ROLE - {"owner", "clerk"}, ROOM)]


class DaySchema(Schema):
    """Query arguments: the day of the event, today without one."""

    day = Day()
    kind = fields.String(validate=one_of(CLAUSE_KINDS))
    lang = fields.String()


def _asked() -> dict[str, Any]:
    asked: dict[str, Any] = DaySchema().load({name: value for name, value in request.args.items() if value})
    asked.setdefault("day", clock().today())
    return asked


@blueprint.get("/policies")
@requires(*ROLES)
def list_clauses() -> ResponseReturnValue:
    """All money clauses of the notice for a day."""
    asked = _asked()
    rows = reading.clauses(asked["day"], kind=asked.get("kind"))
    return render_template(
        "policies/clauses.html",
        rows=rows,
        schemes=policy_book().schemes,
        kinds=KIND_TITLES,
        day_asked=asked["day"],
        kind=asked.get("kind"),
    )


@blueprint.get("/policies/<scheme_id>")
@requires(*ROLES)
def show_scheme(scheme_id: str) -> ResponseReturnValue:
    """One scheme: its clauses with their quotes, and every dated value."""
    asked = _asked()
    scheme = policy_book().scheme(scheme_id)
    return render_template(
        "policies/scheme.html",
        scheme=scheme,
        parameters=reading.parameters(scheme, asked["day"]),
        clauses=[row for row in reading.clauses(asked["day"]) if row.clause.scheme == scheme.id],
        day_asked=asked["day"],
    )
