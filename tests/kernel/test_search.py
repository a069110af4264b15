"""The search shows what there is of what was typed, and to nobody more than his lists would."""

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from tests.factories import Visitor, username_of
from tests.matchmaking.people import NOW, ask, bank, firm, offer, organiser, session

pytestmark = pytest.mark.both_databases


def sought(app: Flask, db: Session, person: object, typed: str) -> str:
    app.extensions["clock"] = Clock.starting_at(NOW)
    return Visitor(app, username_of(db, person)).get(f"/search?q={typed}").text  # type: ignore[arg-type]


def test_a_firm_is_found_by_name_or_initials_by_the_bureau_and_itself_and_by_nobody_else(
    app: Flask, db: Session
) -> None:
    by, lender, owner, other = organiser(db), bank(db), firm(db), firm(db, "永固五金有限公司")
    filed = ask(db, owner)
    for typed in ("恒润", "hrjm", filed.request.code):
        for person in (by, owner):
            assert f'href="/requests/{filed.id}"' in sought(app, db, person, typed)
        for person in (lender, other):
            assert f'href="/requests/{filed.id}"' not in sought(app, db, person, typed)


def test_products_and_sessions_are_found_by_everybody_who_may_read_them(app: Flask, db: Session) -> None:
    by, lender, owner = organiser(db), bank(db), firm(db)
    listing, made = offer(db, lender), session(db, by)
    assert f'href="/products/{listing.id}"' in sought(app, db, owner, "shnc")
    assert f'href="/sessions/{made.id}"' in sought(app, db, owner, made.week)


def test_nothing_found_says_so_and_nothing_typed_asks(app: Flask, db: Session) -> None:
    owner = firm(db)
    assert "没有找到“&lt;b&gt;”" in sought(app, db, owner, "<b>")
    assert "没有找到" not in sought(app, db, owner, "")
