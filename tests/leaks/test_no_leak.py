"""Nobody reads what is another's: every reply, export, feed, letter and refusal is searched for foreign canaries.

By day a sample drawn from a printed seed; with YINQI_FULL=1 more than 20,000 replies.
"""

import json
import random
from collections.abc import Sequence
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from kernel import database
from kernel.accounts.access import public
from kernel.outbox.letters import Letter
from kernel.outbox.mail import message_of
from kernel.outbox.models import OutboxEvent
from matchmaking.sessions.models import BankBlock
from tests.factories import apart
from tests.leaks.addresses import Address, Atlas
from tests.leaks.canary_city import PRESENT, CanaryCity, Viewer, canary_city
from tests.leaks.reading import searchable
from tests.leaks.searching import Leak, agreed, is_foreign, leaks_in
from tests.seeds import is_full, seeded

READ, WRITTEN = (19_000, 1_500) if is_full() else (250, 80)
LEFT_OPEN, AS_A_FILE = "/left-open", "?format=csv"

Call = tuple[Viewer, Address]


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def city(app: Flask, db: Session, tmp_path: Path) -> CanaryCity:
    """The city, with one view that forgets whose things it shows."""

    @public()
    def forgetful() -> str:
        blocks = database.current().execute(select(BankBlock.reason)).scalars()
        return "".join(blocks)

    app.add_url_rule(LEFT_OPEN, "forgetful", forgetful)
    return canary_city(app, db, tmp_path)


def ask(viewer: Viewer, address: Address, query: str = "") -> TestResponse:
    return apart(viewer.client.open, f"{address.path}{query}", method=address.method)


def calls(city: CanaryCity, atlas: Atlas, draw: random.Random) -> list[Call]:
    """What is asked: anybody anywhere by reading, and acts upon others' things, which must be refused."""
    read = [(viewer, one) for one in atlas.all("GET") if one.path != LEFT_OPEN for viewer in city.viewers]
    acts = [(viewer, one) for one in atlas.all("POST", "PUT", "DELETE") for viewer in city.viewers]
    foreign = [(viewer, one) for viewer, one in acts if viewer.organisation is None or is_foreign(city, viewer, one)]
    print(f"{len(read)} readings and {len(foreign)} acts to draw from")
    return draw.sample(read, min(READ, len(read))) + draw.sample(foreign, min(WRITTEN, len(foreign)))


def search(city: CanaryCity, asked: Sequence[Call]) -> tuple[list[Leak], list[tuple[str, ...]]]:
    """The leaks in the replies to some calls, and the calls about others' things that were answered, or broke."""
    leaks, opened = [], []
    for viewer, address in asked:
        answer = ask(viewer, address)
        route = str(address.rule)
        said = searchable(answer)
        if AS_A_FILE in said:  # a list: its file holds all pages of it
            said += searchable(ask(viewer, address, AS_A_FILE))
        found = leaks_in(city, viewer, route, said)
        leaks += [Leak(one.route, one.what, one.role, address.path) for one in found]
        is_open = answer.status_code < 300 and is_foreign(city, viewer, address) and (route, "*") not in agreed()
        if is_open or answer.status_code >= 500:
            opened.append((viewer.role, address.method, route, address.path, str(answer.status_code)))
    return leaks, opened


def letters(city: CanaryCity, db: Session) -> list[tuple[OutboxEvent, str]]:
    """Every message that went out, as a mail and as the body of a webhook."""
    del city
    found = []
    for event in db.exec(select(OutboxEvent)):
        told = {name: getattr(event, name) for name in ("event", "party_id", "subject_kind", "subject_id", "made_at")}
        letter = Letter(
            reference="1", channel="mail", address="office@example.org", facts=json.loads(event.facts), **told
        )
        mail = message_of(letter, sender="yinqi@example.org", at=PRESENT).as_string(
            policy=default.clone(cte_type="8bit")
        )
        found.append((event, letter.body.decode() + mail))
    return found


def test_nobody_reads_what_is_anothers_and_no_door_opens_to_it(city: CanaryCity, db: Session) -> None:
    atlas, told = Atlas(city), letters(city, db)
    asked = calls(city, atlas, seeded())
    leaks, opened = search(city, asked)
    print(f"{len(asked) + len(told)} replies and letters searched, {len(city.stamper.columns)} kinds of texts stamped")
    readers = {one.organisation: one for one in city.viewers}
    for event, text in told:
        leaks += leaks_in(city, readers[event.party_id], f"letter {event.event}", text)
    assert len(told) >= 10
    assert sorted({(one.route, one.what, one.role) for one in leaks}) == [], leaks[:5]
    assert sorted(set(opened)) == []
    assert_the_search_can_fail(city, atlas)


def assert_the_search_can_fail(city: CanaryCity, atlas: Atlas) -> None:
    """The view that was left open is caught for whoever looks at it, and for nobody of the bank whose secret it is."""
    (address,) = (one for one in atlas.all("GET") if one.path == LEFT_OPEN)
    leaks, _opened = search(city, [(viewer, address) for viewer in city.viewers])
    assert {one.what for one in leaks} == {"matchmaking_bank_block.reason"}
    assert {one.role for one in leaks} >= {"anybody", "maker", "owner", "clerk", "county_officer"}
    owner = next(iter(city.stamper.rows["matchmaking_bank_block"].values()))["institution_id"]
    assert search(city, [(viewer, address) for viewer in city.viewers if viewer.organisation == owner]) == ([], [])
