"""The town on each database, founded once."""

from pathlib import Path

import pytest

from tests.conftest import _migrated_postgres
from tests.settlement.histories.places import Place, found_place


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Place:
    """On SQLite."""
    folder = tmp_path_factory.mktemp("town")
    path = folder / "town.db"
    path.write_bytes(sqlite_template.read_bytes())
    return found_place(f"sqlite:///{path}", folder)


@pytest.fixture(scope="session")
def postgres_place(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Place:
    """On PostgreSQL, in a database of its own."""
    return found_place(_migrated_postgres(postgres_url), tmp_path_factory.mktemp("town"))
