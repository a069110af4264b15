"""SIGKILL at the points of an act on the books, each in a copy of the same books; then the act is done again, as people would.

A point is every statement that writes, every commit, and wherever the act itself ticks. A kill at a statement that only reads leaves
the same books behind as a kill at the next point, so reads have no number. A dry run numbers the points. By default a random sample of
them is killed, from a printed seed; with `YINQI_FULL=1` every one.
"""

import multiprocessing
import os
import shutil
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy
from flask import Flask
from sqlalchemy import create_engine, event
from sqlmodel import Session

from kernel.audit.checkpoints import Checkpoints
from kernel.database import engine_options, prepare
from tests.seeds import is_full, seeded

WRITES = ("INSERT", "UPDATE", "DELETE")
SAMPLE = 6
PATIENCE = 60
PRELOADED = [
    f"tests.settlement.{floor}" for floor in ("payments.kill_floor", "batches.kill_floor", "statements.kill_floor")
]

Tick = Callable[[], None]


class Counted:
    """Counts the points passed, and ends the process at one of them."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.passed, self.kill_at = 0, kill_at

    def __call__(self) -> None:
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class KilledBooks:
    """Where a copy of the books is, and a folder for what stands beside it (checkpoints, a treasury)."""

    url: str
    folder: Path

    @property
    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.folder / "checkpoints")


class Act(Protocol):
    """Something done to books, from wherever they stand; plain values only, so that a child process can do it."""

    @property
    def books(self) -> KilledBooks: ...

    def play(self, tick: Tick, *, minutes: int = 0) -> None: ...


A = TypeVar("A", bound=Any)
O = TypeVar("O")  # noqa: E741 - an outcome


@contextmanager
def opened(books: KilledBooks, tick: Tick) -> Iterator[Session]:
    """A session on the books of a process, each write and each commit of which is a point; checkpoints are published beside them."""
    options = engine_options(books.url)
    engine = create_engine(options.pop("url"), **options)
    prepare(engine)

    def before(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            tick()

    def committing(_c: object) -> None:
        tick()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", committing)
    service = Flask("killed")
    service.extensions["checkpoints"] = books.checkpoints
    with service.app_context(), Session(engine, expire_on_commit=False) as db:
        yield db
    engine.dispose()


@contextmanager
def copy_of(url: str, folder: Path) -> Iterator[KilledBooks]:
    """The seeded books once more, to be killed in."""
    folder.mkdir(parents=True)
    address = sqlalchemy.make_url(url)
    try:
        if address.get_backend_name() == "sqlite":
            source = Path(address.database or "")
            for path in source.parent.glob(f"{source.name}*"):
                shutil.copy(path, folder / path.name)
            yield KilledBooks(f"sqlite:///{folder / source.name}", folder)
        else:
            with _template_copy(address) as copied:
                yield KilledBooks(copied, folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _template_copy(address: sqlalchemy.URL) -> Iterator[str]:
    name = f"k{uuid.uuid4().hex[:12]}"
    engine = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name} TEMPLATE {address.database}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def _play_until(act: Act, point: int) -> None:
    """What a child process does: play until the point, and die there."""
    act.play(Counted(point))


def die_at(act: Act, point: int) -> None:
    """A child, forked from a server that has loaded the house and nothing else, dies at a point."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    child = context.Process(target=_play_until, args=(act, point))
    child.start()
    child.join(PATIENCE)
    assert child.exitcode == -signal.SIGKILL, f"point {point}: {child.exitcode}"


def sample(points: int) -> list[int]:
    """The points to be killed at: all of them with YINQI_FULL, else a few from a printed seed."""
    everything = range(1, points + 1)
    return list(everything) if is_full() else sorted(seeded().sample(everything, min(SAMPLE, points)))


def outcome_despite_kills(act: A, folder: Path, outcome_of: Callable[[A], O]) -> O:
    """What the act comes to, undisturbed and, the same, after a kill at each point and doing it again.

    `act.books` are the seeded books, which nobody else may have open. `outcome_of` looks at what is left, and checks what must hold.
    """
    url, dry, began = act.books.url, Counted(), time.monotonic()
    with copy_of(url, folder / "dry") as books:
        undisturbed = replace(act, books=books)
        undisturbed.play(dry)
        wanted = outcome_of(undisturbed)
    points = sample(dry.passed)
    for point in points:
        with copy_of(url, folder / f"at-{point}") as books:
            killed = replace(act, books=books)
            die_at(killed, point)
            killed.play(Counted(), minutes=5)
            assert outcome_of(killed) == wanted, f"point {point}"
    seconds = time.monotonic() - began
    print(f"{type(act).__name__}: killed at {len(points)} of {dry.passed} points, {seconds:.0f} s")
    return wanted
