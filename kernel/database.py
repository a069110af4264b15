"""The one write path to the books, the same on SQLite and PostgreSQL (reliability rule 4).

SQLite: WAL, `synchronous=FULL`, foreign keys on, `BEGIN IMMEDIATE` behind a first-come lock of this process.
PostgreSQL: READ COMMITTED with a lock timeout; a serialisation failure or deadlock runs the work again, at most five times.
"""

import inspect
import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from kernel.errors import Conflict

T = TypeVar("T")

WRITES = "yinqi_writes"
BUSY_SECONDS = 30
TRIES = 5
RETRYABLE = frozenset({"40001", "40P01"})

books: SQLAlchemy = SQLAlchemy(session_options={"class_": Session, "expire_on_commit": False})


class FirstComeLock:
    """A lock that serves its waiters in the order they came; `threading.Lock` promises no order."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


_writers = FirstComeLock()


def engine_options(url: str) -> dict[str, Any]:
    """What Flask-SQLAlchemy-Lite needs to open the books at `url`."""
    if url.startswith("sqlite"):
        return {"url": url, "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    return {"url": url, "pool_pre_ping": True, "connect_args": {"options": "-c lock_timeout=10000"}}


def init_app(app: Flask) -> None:
    """Open the books for an app whose config names `DATABASE_URL`."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(app.config["DATABASE_URL"])}
    books.init_app(app)
    _drop_async_closing(app)
    with app.app_context():
        prepare(books.engine)


def _drop_async_closing(app: Flask) -> None:
    """No session here is asynchronous, and closing none of them would cost each request two threads and an event loop."""
    closings = app.teardown_appcontext_funcs
    closings[:] = [closing for closing in closings if not inspect.iscoroutinefunction(closing)]


def prepare(engine: Engine) -> None:
    """Set an engine's connections up for the write path."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # this module emits BEGIN itself
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def spare_the_disk(engine: Engine) -> None:
    """Do not wait for the disk at each commit: for SQLite books that would be made anew after a power cut, as in a first loading."""
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    engine.dispose()  # connections that were opened before wait still


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _writer_turn(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "sqlite":
        yield
        return
    _writers.acquire()
    try:
        yield
    finally:
        _writers.release()


def _is_retryable(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in RETRYABLE


def _is_lock_timeout(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "55P03"


def _attempt(db: Session, work: Callable[[Session], T]) -> T:
    db.commit()  # ends a read that this session may have begun; keeps what it loaded
    with _writer_turn(db.get_bind().engine):
        try:
            db.connection(execution_options={WRITES: True})
            result = work(db)
            db.commit()
        except BaseException:
            db.rollback()
            raise
    return result


def write(db: Session, work: Callable[[Session], T]) -> T:
    """Run `work` in one write transaction of `db` and commit it; an exception rolls everything back.

    `work` may run again after a deadlock, so it must not touch anything but the books.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _attempt(db, work)
        except OperationalError as error:
            if _is_lock_timeout(error):
                raise Conflict(
                    "busy", "别人正在改同一件事，请稍后再试", "Someone else is changing this; try again soon"
                ) from error
            if attempt == TRIES or not _is_retryable(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def one_at_a_time(db: Session, table: Any, key: int) -> None:
    """Hold a row until this transaction ends, so that two who count what belongs to it and then add to it take turns.

    For limits that are counted; what is limited by a column of its own is taken by a guarded update. SQLite has one writer anyway.
    """
    db.execute(select(table.id).where(table.id == key).with_for_update(key_share=True))


def write_apart(work: Callable[[Session], T]) -> T:
    """The same in a session of its own, for what must last though the caller's transaction fails (lock-out counters)."""
    with Session(books.engine, expire_on_commit=False) as db:
        return write(db, work)


def current() -> Session:
    """The session of the current request, command or job."""
    session = books.session
    assert isinstance(session, Session)
    return session
