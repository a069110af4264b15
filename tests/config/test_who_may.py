"""The authorisation matrix over all routes: what the table says is what the routes declare and what they do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlmodel import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kernel.accounts.roles import ROLES, ROLES_OF_KIND
from kernel.parties.models import Party
from tests.config.who_may import EVERYBODY, YES, agreed, declared, routes
from tests.factories import Visitor, apart, make_bureau, make_enterprise, make_institution, make_person, username_of
from tests.seeds import is_full, seeded

SAMPLE = 100  # cells of every day; all of them with YINQI_FULL=1
ANYBODY = "anybody"


@dataclass(frozen=True)
class DoorCell:
    """One role at one door."""

    role: str
    method: str
    rule: Rule

    @property
    def path(self) -> str:
        """The route with numbers and names of things that do not exist."""
        return re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "4711", str(self.rule)))


def test_every_route_has_its_line_in_the_table_and_says_what_the_line_says(app: Flask) -> None:
    table = agreed()
    now = {(line["method"], line["route"]): line for line in declared(app)}
    told = "read the change, then `python -m tests.config.who_may` writes the table anew"
    assert sorted(now.keys() - table.keys()) == [], told
    assert sorted(table.keys() - now.keys()) == [], told
    assert {key: line for key, line in now.items() if line != table[key]} == {}, told


def organisation_of(db: Session, role: str) -> Party:
    kind = next(kind for kind, roles in ROLES_OF_KIND.items() if role in roles)
    makers = {"bureau": make_bureau, "institution": make_institution, "enterprise": make_enterprise}
    return makers[kind](db)


def cells(app: Flask) -> Iterator[DoorCell]:
    """Everybody at every door that is not open to all; who is not signed in, too."""
    table = agreed()
    for method, rule in routes(app):
        if table[method, str(rule)][EVERYBODY] != YES:
            yield from (DoorCell(role, method, rule) for role in (ANYBODY, *ROLES))


def _is_shut(answer: TestResponse) -> bool:
    """Refused for the role's sake, or sent to the sign-in."""
    if answer.status_code == 302:
        return "/sign-in" in answer.headers["Location"]
    return answer.status_code in (401, 403)


def test_each_role_is_let_in_and_refused_exactly_as_the_table_says(app: Flask, db: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    people = {ANYBODY: Visitor(app)} | {
        role: Visitor(app, username_of(db, make_person(db, organisation_of(db, role), role))) for role in ROLES
    }
    db.rollback()
    chosen, table = list(cells(app)), agreed()
    if not is_full():
        chosen = seeded().sample(chosen, SAMPLE)
    wrong = []
    for cell in chosen:
        answer = apart(people[cell.role].client.open, cell.path, method=cell.method)
        may = cell.role != ANYBODY and table[cell.method, str(cell.rule)][cell.role] == YES
        if _is_shut(answer) is may or answer.status_code >= 500:
            wrong.append((cell.role, cell.method, cell.path, answer.status_code))
    print(f"{len(chosen)} cells")
    assert wrong == []
