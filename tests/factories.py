"""Parties, people and visitors for tests: made through the services, each in a write transaction of its own."""

import itertools
import re
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, date, datetime
from functools import cache
from ipaddress import IPv4Address
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from config.demonstration.codes import COMPANY, OFFICE, credit_code
from kernel import database
from kernel.accounts import service, tokens
from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE
from kernel.parties.models import Enterprise, Institution, Party
from kernel.parties.service import StatusSpan, enter_party, record_statuses

NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
PASSWORD = "Correct-Horse-7"

_numbers = itertools.count(2001)
_addresses = (IPv4Address("127.1.0.1") + number for number in itertools.count())


def make_institution(
    db: Session,
    name: str = "沙河农村商业银行",
    *,
    region: str = "410411",
    kind: str = "rural_commercial_bank",
    code: str = "",
    local_from: date | None = date(2009, 12, 28),
    local_until: date | None = None,
    successor: Party | None = None,
) -> Party:
    """A bank or guarantor; a local legal person from `local_from` on, never if that is None."""

    def work(db: Session) -> Party:
        number = code or credit_code(COMPANY, region, next(_numbers))
        party = enter_party(db, code=number, name=name, kind="institution", fiscal_region=region, at=NOW)
        assert party.id is not None
        db.add(Institution(party_id=party.id, kind=kind, successor_id=successor.id if successor else None))
        spans = [StatusSpan("local_legal_person", local_from, local_until)] if local_from else []
        record_statuses(db, party.id, spans)
        return party

    return database.write(db, work)


def make_enterprise(
    db: Session,
    name: str = "锦程机械有限公司",
    *,
    region: str = "410402",
    industry: str = "C34",
    size_class: str = "small",
    statuses: tuple[StatusSpan, ...] = (),
) -> Party:
    """A firm with its statuses."""

    def work(db: Session) -> Party:
        code = credit_code(COMPANY, region, next(_numbers))
        party = enter_party(db, code=code, name=name, kind="enterprise", fiscal_region=region, at=NOW)
        assert party.id is not None
        db.add(Enterprise(party_id=party.id, industry=industry, size_class=size_class))
        record_statuses(db, party.id, statuses)
        return party

    return database.write(db, work)


def make_bureau(db: Session, name: str = "市财政局", *, region: str = "410402") -> Party:
    """A public office."""
    code = credit_code(OFFICE, region, next(_numbers))
    return database.write(
        db, lambda db: enter_party(db, code=code, name=name, kind="bureau", fiscal_region=region, at=NOW)
    )


@cache
def quick_digest() -> str:
    """A digest of PASSWORD that is quickly checked, unlike a real one: tests make many people and let them sign in."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_person(db: Session, organisation: Party, role: str, username: str = "", name: str = "赵敏") -> Caller:
    """Somebody in a role of an organisation, who signs in with PASSWORD; the username is made up when none is given."""
    username = username or f"{role}{next(_numbers)}"
    account = database.write(
        db,
        lambda db: service.create_account(
            db,
            username=username,
            name=name,
            password=PASSWORD,
            organisation=organisation,
            role=role,
            at=NOW,
            by=THE_SERVICE,
            password_digest=quick_digest(),
        ),
    )
    caller = service.caller_for(db, account.id or 0)
    assert caller is not None
    return caller


def username_of(db: Session, caller: Caller) -> str:
    """The name under which somebody signs in."""
    return service.own_account(db, caller).username


def make_token(db: Session, caller: Caller, *scopes: str) -> str:
    """The secret of a fresh access token."""
    issued = database.write(
        db, lambda db: tokens.issue_token(db, caller, name="测试", scopes=scopes, days=30, at=datetime.now(UTC))
    )
    return issued.secret


def apart(call: Callable[..., TestResponse], *args: Any, **options: Any) -> TestResponse:
    """A request in a context of its own, as a server would run it, though the test holds the books open in another."""
    return Context().run(call, *args, **options)


class Robot:
    """A program that uses the API with a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        return apart(self.client.open, f"/api/v1{path}", method=method, headers=self.headers, **options)


class Visitor:
    """A browser without script, at an address of its own: sign-ins are limited by address. Keeps its cookies and sends the CSRF
    token of the page it last saw."""

    def __init__(self, app: Flask, username: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = str(next(_addresses))
        self.csrf = ""
        if username:
            self.sign_in(username)

    def sign_in(self, username: str) -> None:
        self.get("/sign-in")
        answer = self.post("/sign-in", username=username, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        self.get("/")  # the sign-in starts a new session with a new CSRF token

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._seen(apart(self.client.get, path, **options))

    def post(self, path: str, follow: bool = False, **fields: Any) -> TestResponse:
        """Send a form; a field whose value is a (stream, name) pair is a file."""
        fields.setdefault("csrf_token", self.csrf)
        answer = apart(self.client.post, path, data=fields, follow_redirects=follow)
        for one in (*answer.history, answer):  # a long form lies in a temporary file, which the client leaves open
            one.request.environ["wsgi.input"].close()
        return self._seen(answer)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """Use the API with the cookie of the signed-in person."""
        headers = {"X-CSRFToken": self.csrf, **options.pop("headers", {})}
        return apart(self.client.open, f"/api/v1{path}", method=method, headers=headers, **options)

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
            self.csrf = found[1] if found else self.csrf
        return answer
