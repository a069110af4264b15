"""A platform's own messages over HTTP: a thousand replays take effect once; altered, late, early or strange ones none."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from config.app import create_app
from config.settings import Settings
from kernel import database
from kernel.clock import Clock
from kernel.outbox.models import PulledRecord, ReceivedEvent
from kernel.outbox.pulling import PullOffice
from kernel.outbox.signing import new_secret, signed_headers
from tests.factories import apart
from tests.kernel.outbox.platform import need
from tests.seeds import is_full

KEY = new_secret()
REPLAYS = 1000 if is_full() else 100


@pytest.fixture
def app(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The service with an entrance to the provincial platform and a clock that the test holds still."""
    path = tmp_path / "entrances.toml"
    path.write_text(f'[provincial]\nurl = "https://platform.example.cn"\nsecret = "{KEY}"\n')
    made = create_app(replace(settings, entrances=path))
    yield made
    with made.app_context():
        database.books.engine.dispose()


class StillClock(Clock):
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2022, 10, 20, 1, 0, tzinfo=UTC)


AT = StillClock().now()


def send(app: Flask, body: bytes, headers: dict[str, str], path: str = "/provincial/request") -> Any:
    app.extensions["clock"] = StillClock()
    given = {"Content-Type": "application/json", **headers}
    return apart(app.test_client().post, f"/api/v1/platforms{path}", data=body, headers=given)


def test_a_thousand_replays_take_effect_once_and_everything_altered_is_refused(app: Flask, db: Session) -> None:
    taken: list[str] = []
    office: PullOffice = app.extensions["pull_office"]
    app.extensions["pull_office"] = replace(
        office, intakes={"request": lambda _db, _source, item, _at: taken.append(item.id)}
    )
    body = json.dumps(need("N1", 1)).encode()
    headers = signed_headers("m-1", body, keys=[KEY], at=AT)
    answers = [send(app, body, headers) for _ in range(REPLAYS)]
    assert [one.status_code for one in answers] == [200] * REPLAYS
    assert [one.json["taken"] for one in answers] == [True] + [False] * (REPLAYS - 1)
    assert taken == ["N1"]
    other = json.dumps(need("N1", 2)).encode()
    refused = [
        send(app, other, headers),
        send(app, body, headers | {"webhook-id": "m-2"}),
        send(app, body, signed_headers("m-3", body, keys=[new_secret()], at=AT)),
        send(app, body, {}),
        *(
            send(app, body, signed_headers("m-4", body, keys=[KEY], at=AT + timedelta(seconds=seconds)))
            for seconds in (-301, 301, -86_400)
        ),
    ]
    assert {one.status_code for one in refused} == {422}
    reused = send(app, other, signed_headers("m-1", other, keys=[KEY], at=AT))
    assert (reused.status_code, reused.json["code"]) == (409, "event_id_used")
    for path in ("/national/request", "/provincial/loan"):
        assert send(app, body, signed_headers("m-5", body, keys=[KEY], at=AT), path).status_code == 404
    for seconds in (-300, 300):
        at = AT + timedelta(seconds=seconds)
        again = send(app, body, signed_headers(f"m{seconds}", body, keys=[KEY], at=at))
        assert (again.status_code, again.json["taken"]) == (200, False)
    db.expire_all()
    assert taken == ["N1"]
    assert len(db.exec(select(PulledRecord.id)).all()) == 1
    assert sorted(db.exec(select(ReceivedEvent.event_code))) == ["push:m-1", "push:m-300", "push:m300", "request:N1:1"]
