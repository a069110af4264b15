"""A reviewer of the bureau and their browser, for the tests of the web edge."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel import database
from kernel.accounts import service
from kernel.audit.service import THE_SERVICE
from kernel.parties.service import enter_party
from tests.factories import PASSWORD, quick_digest

NOW = datetime.now(UTC)


@pytest.fixture
def account_id(app: Flask) -> int:
    with app.app_context():

        def work(db: Any) -> int:
            party = enter_party(
                db, code="11410400000000001X", name="市财政局", kind="bureau", fiscal_region="410402", at=NOW
            )
            account = service.create_account(
                db,
                username="linjing",
                name="林静",
                password=PASSWORD,
                organisation=party,
                role="reviewer",
                at=NOW,
                by=THE_SERVICE,
                password_digest=quick_digest(),
            )
            return account.id or 0

        return database.write(database.current(), work)


@pytest.fixture
def client(app: Flask, account_id: int) -> FlaskClient:
    """A browser signed in as the reviewer; unsafe requests carry the CSRF token in a header."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/sign-in", data={"username": "linjing", "password": PASSWORD}).status_code == 302
    return client
