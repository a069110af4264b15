"""A quarter that is sealed once for all tests that only read or tamper with its file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.app import create_app
from config.settings import Settings
from kernel import database
from tests.conftest import TEST_KEY
from tests.settlement.filing_floor import make_floor
from tests.settlement.seal.seal_floor import make_seal_floor


@dataclass(frozen=True)
class TrueSeal:
    """The bytes of a true file, the checkpoints that were published, and a receipt of one of its banks."""

    content: bytes
    published: str


@pytest.fixture(scope="session")
def true_seal(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[TrueSeal]:
    """Made on SQLite; that both databases give a true file is a test of its own."""
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "yinqi.db").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{folder / 'yinqi.db'}"
    app = create_app(Settings(data_dir=folder, database_url=url, secret_key=TEST_KEY, seal_key=TEST_KEY, testing=True))
    with app.app_context():
        made = make_seal_floor(make_floor(app, database.current(), folder), app.extensions["checkpoints"].folder)
        yield TrueSeal(made.file(made.seal()), made.published)
        database.books.engine.dispose()
