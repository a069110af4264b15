"""Whoever comes for the first time is offered a tour of their role; skipped once is skipped for good, and it is found again."""

import re

import pytest
from flask import Flask
from sqlmodel import Session

from config.tour_stops import stops_of
from kernel.accounts.access import access_of
from kernel.accounts.roles import ROLES
from kernel.audit.service import entries_about
from tests.factories import Visitor, make_bureau, make_person, username_of


def test_the_tour_is_offered_until_it_is_skipped_and_found_again_from_the_account_page(app: Flask, db: Session) -> None:
    reviewer = make_person(db, make_bureau(db), "reviewer")
    visitor = Visitor(app, username_of(db, reviewer))
    home = visitor.get("/").text
    assert 'href="/tour"' in home
    assert 'action="/tour/end"' in home
    for _ in ("once", "and again, from a page that was left open"):
        assert visitor.post("/tour/end").headers["Location"] == "/"
    assert 'href="/tour"' not in Visitor(app, username_of(db, reviewer)).get("/").text
    assert 'href="/tour"' in visitor.get("/account").text
    assert visitor.get("/tour").status_code == 200
    db.commit()  # ends the read that this test began
    assert [one.act for one in entries_about(db, ("account", reviewer.account_id))].count("account.end_tour") == 1


@pytest.mark.parametrize("role", ["operator", "auditor", "industry_officer"])
def test_every_stop_of_a_role_opens(app: Flask, db: Session, role: str) -> None:
    visitor = Visitor(app, username_of(db, make_person(db, make_bureau(db), role)))
    stops = re.findall(r'<a class="button small" href="([^"]+)"', visitor.get("/tour").text)
    assert len(stops) >= 4
    assert [stop for stop in stops if visitor.get(stop, follow_redirects=True).status_code != 200] == []


def test_no_role_is_led_to_a_closed_door(app: Flask) -> None:
    def may(role: str, endpoint: str) -> bool:
        access = access_of(app.view_functions[endpoint])
        return access is not None and (access.roles is None or role in access.roles)

    closed = [(role, one.endpoint) for role in ROLES for one in stops_of(role) if not may(role, one.endpoint)]
    assert closed == []
