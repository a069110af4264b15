"""Several listings at once: one page lists them all, each is a move of its own, and what fails says why in its row."""

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from kernel import database
from kernel.clock import SHANGHAI, Clock
from kernel.errors import Forbidden
from matchmaking.whitelist import bulk
from matchmaking.whitelist.models import WhitelistEntry, WhitelistStep
from matchmaking.whitelist.service import Said
from tests.factories import Visitor, username_of
from tests.matchmaking.whitelist.offices import MONDAY, NOTHING, Offices, moved, offices, on, pool_firm, recommended


@pytest.fixture
def people(app: Flask, db: Session) -> Offices:
    app.extensions["clock"] = Clock.starting_at(datetime(MONDAY.year, MONDAY.month, MONDAY.day, 10, tzinfo=SHANGHAI))
    return offices(db)


def states(db: Session) -> list[str]:
    db.commit()  # ends the read that this test began
    return list(db.exec(select(WhitelistEntry.state).order_by(col(WhitelistEntry.id))))


def test_a_reviewer_declines_two_with_one_reason_and_each_has_its_own_step(
    app: Flask, db: Session, people: Offices
) -> None:
    entries = [recommended(db, people, pool_firm(db, people, name)) for name in ("甲厂", "乙厂", "丙厂")]
    visitor = Visitor(app, username_of(db, people.reviewer))
    assert 'form="several"' not in visitor.get("/whitelist/entries").text
    ticked = re.findall(r'form="several"[^>]*value="([^"]+)"', visitor.get("/whitelist/entries?state=nominated").text)
    assert sorted(map(int, ticked)) == [one.id for one in entries]
    two = [str(one.id) for one in entries[:2]]
    page = visitor.get(f"/whitelist/several?verb=decline&entry={two[0]}&entry={two[1]}").text
    assert [name in page for name in ("甲厂", "乙厂", "丙厂")] == [True, True, False]
    assert visitor.post("/whitelist/several", verb="decline", entry=two).status_code == 422
    assert states(db) == ["nominated"] * 3
    assert visitor.post("/whitelist/several", verb="decline", entry=two, reason="材料不全\r\n请补").status_code == 302
    assert "办好 2 家" in visitor.get("/whitelist/entries").text
    assert states(db) == ["declined", "declined", "nominated"]
    steps = db.exec(select(WhitelistStep).where(WhitelistStep.verb == "decline")).all()
    assert sorted((str(one.entry_id), one.reason) for one in steps) == [(number, "材料不全\n请补") for number in two]
    for wrong in ("verb=suspend&entry=1", "verb=decline&entry=x"):
        assert visitor.get(f"/whitelist/several?{wrong}").status_code == 404
    page = visitor.post("/whitelist/several", verb="decline", entry=[str(entries[2].id)], reason="长" * 501)
    assert (page.status_code, "丙厂" in page.text) == (422, True)
    for nobodys in ("verb=decline", f"verb=decline&entry={two[0]}", f"verb=review&entry={entries[2].id}"):
        assert visitor.get(f"/whitelist/several?{nobodys}").headers["Location"].endswith("/whitelist/entries")
    assert visitor.get("/whitelist/several?verb=decline").headers["Location"].endswith("/whitelist/entries")


def test_one_that_cannot_be_moved_is_refused_in_its_row_and_leaves_the_others(
    app: Flask, db: Session, people: Offices
) -> None:
    ready, early = (recommended(db, people, pool_firm(db, people, name)) for name in ("甲厂", "乙厂"))
    moved(db, people.organiser, ready, "review")
    page = (
        Visitor(app, username_of(db, people.reviewer))
        .post("/whitelist/several", verb="publicise", entry=[str(ready.id), str(early.id)])
        .text
    )
    assert "办好 1 家" in page
    assert "1 家没有办成" in page
    assert states(db) == ["publicised", "nominated"]


def test_who_may_not_make_the_move_makes_none(db: Session, people: Offices) -> None:
    entry = recommended(db, people, pool_firm(db, people))
    for stranger, verb, said in (
        (people.reviewer, "review", NOTHING),
        (people.town.industry, "decline", Said("", "不行")),
    ):
        with pytest.raises(Forbidden):
            database.write(
                db,
                lambda db, stranger=stranger, verb=verb, said=said: bulk.move_all(
                    db, stranger, verb, [entry.id or 0], said, frame=on(MONDAY)
                ),
            )
    assert bulk.offered(people.reviewer, "nominated") == ["decline"]
    assert bulk.offered(people.organiser, "nominated") == ["review", "decline"]
    assert states(db) == ["nominated"]
