"""Booking races over HTTP: a real server with its workers and threads, clients that come at the same moment, both databases.

By day a few small rounds; with YINQI_FULL=1 the 200 rounds of 40 clients for 10 places and the rush of 500 for 60.
"""

import http.client
import os
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import pytest
from flask import Flask
from sqlmodel import Session, select

from config.demonstration.codes import COMPANY, credit_code
from config.serving import gunicorn_command
from config.settings import Settings
from kernel import database
from kernel.accounts import service as accounts
from kernel.accounts import tokens
from kernel.accounts.service import Caller, hash_password
from kernel.audit.service import THE_SERVICE
from kernel.clock import SHANGHAI, business_day
from kernel.parties.models import Enterprise
from kernel.parties.service import enter_party
from kernel.periods import IsoWeek
from matchmaking.requests import service as requests
from matchmaking.sessions import changing
from matchmaking.sessions import service as sessions
from matchmaking.sessions.frame import SessionFrame, template
from matchmaking.sessions.models import SessionRequest, WeeklySession
from tests.factories import PASSWORD
from tests.matchmaking.people import KEY, NONCE, REQUEST, organiser
from tests.seeds import is_full

pytestmark = pytest.mark.both_databases

FULL = is_full()
ROUNDS = 200 if FULL else 3
RUSH, PLACES = (500, 60) if FULL else (60, 10)
REASON = "竞争测试提前开始"


@dataclass(frozen=True)
class Client:
    """A firm's program: its token and the request it wants to sign up."""

    token: str
    request_id: int


@dataclass(frozen=True)
class Reply:
    """What one client got, and how long it waited, in seconds."""

    status: int
    code: str
    seconds: float


def make_clients(db: Session, count: int, at: datetime) -> list[Client]:
    """Firms with an owner, a token and a published request each; one digest serves all, it is slow by design."""
    digest, until = hash_password(PASSWORD), business_day(at) + timedelta(days=300)

    def one(db: Session, number: int) -> Client:
        code = credit_code(COMPANY, "410402", 500_000 + number)
        party = enter_party(
            db, code=code, name=f"竞争{number}号有限公司", kind="enterprise", fiscal_region="410402", at=at
        )
        db.add(Enterprise(party_id=party.id or 0, industry="C34", size_class="small"))
        account = accounts.create_account(
            db,
            username=f"racer{number}",
            name="周恒",
            password=PASSWORD,
            password_digest=digest,
            organisation=party,
            role="owner",
            at=at,
            by=THE_SERVICE,
        )
        caller = accounts.caller_for(db, account.id or 0)
        assert caller is not None
        issued = tokens.issue_token(db, caller, name="竞争", scopes=("matchmaking:write",), days=30, at=at)
        filed = requests.create(db, caller, terms=replace(REQUEST, existing_loans=0), at=at)
        requests.publish(db, caller, filed.id, audience="session_banks", until=until, at=at)
        return Client(issued.secret, filed.id)

    return database.write(db, lambda db: [one(db, number) for number in range(count)])


def frame_after(at: datetime, places: int) -> SessionFrame:
    """A session three weeks ahead whose sign-up is open all the while."""
    week = IsoWeek.containing(business_day(at) + timedelta(days=21))
    return replace(template(week), sign_up_from=at.astimezone(SHANGHAI) - timedelta(hours=1), request_places=places)


def open_session(db: Session, by: Caller, places: int, at: datetime) -> int:
    def work(db: Session) -> int:
        made = sessions.announce(db, by, frame=frame_after(at, places), key=KEY, nonce=NONCE, at=at)
        sessions.open_sign_up(db, made.id or 0, by=by.actor, at=at)
        return made.id or 0

    return database.write(db, work)


def call_off(db: Session, by: Caller, session_id: int, at: datetime) -> None:
    database.write(db, lambda db: changing.cancel(db, by, session_id, reason=REASON, at=at))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(settings: Settings, folder: Path) -> Iterator[int]:
    """The service as it is served for real: two workers with four threads each, on the test's books."""
    port = free_port()
    environment = os.environ | {
        "YINQI_DATABASE_URL": settings.books_url,
        "YINQI_DATA_DIR": str(settings.data_dir),
        "YINQI_SECRET_KEY": settings.secret_key,
        "YINQI_SEAL_KEY": settings.seal_key,
        "YINQI_PORT": str(port),
    }
    with (folder / "server.log").open("wb") as log:
        command = gunicorn_command(replace(settings, port=port))
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port, folder / "server.log")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, log: Path) -> None:
    for _ in range(600):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as line:
                line.request("GET", "/sign-in")
                line.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def rush(port: int, session_id: int, clients: list[Client]) -> list[Reply]:
    """All at once: nobody asks before everybody is ready."""
    gate = threading.Barrier(len(clients))

    def one(client: Client) -> Reply:
        path = f"/api/v1/sessions/{session_id}/requests/{client.request_id}"
        gate.wait(60)
        begun = time.perf_counter()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as line:
            line.request("PUT", path, headers={"Authorization": f"Bearer {client.token}"})
            answer = line.getresponse()
            body = answer.read().decode()
        code = "session_full" if "session_full" in body else body[:200]
        return Reply(answer.status, code if answer.status != 201 else "", time.perf_counter() - begun)

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(one, clients))


def check(db: Session, session_id: int, replies: list[Reply], places: int) -> None:
    """Exactly the places are taken, each by somebody who was told so; everybody else was told that it is full."""
    assert Counter((one.status, one.code) for one in replies) == {
        (201, ""): places,
        (409, "session_full"): len(replies) - places,
    }
    db.expire_all()
    taken = db.exec(select(WeeklySession.requests_taken).where(WeeklySession.id == session_id)).one()
    waiting = (SessionRequest.session_id == session_id) & (SessionRequest.state == "signed_up")
    assert (taken, len(db.exec(select(SessionRequest.id).where(waiting)).all())) == (places, places)


def test_however_many_come_at_once_the_places_are_neither_overbooked_nor_left(
    app: Flask, db: Session, settings: Settings, tmp_path: Path
) -> None:
    by, at = organiser(db), datetime.now(UTC)
    clients = make_clients(db, max(40, RUSH), at)
    with served(settings, tmp_path) as port:
        for _ in range(ROUNDS):
            session_id = open_session(db, by, 10, at)
            check(db, session_id, rush(port, session_id, clients[:40]), 10)
            call_off(db, by, session_id, at)
        session_id = open_session(db, by, PLACES, at)
        replies = rush(port, session_id, clients[:RUSH])
        check(db, session_id, replies, PLACES)
    waits = quantiles([one.seconds for one in replies], n=100)
    books = settings.books_url.split(":")[0]
    print(
        f"rush of {RUSH} for {PLACES} on {books}: p50 {waits[49]:.3f} s, p99 {waits[98]:.3f} s, {ROUNDS} rounds of 40"
    )
