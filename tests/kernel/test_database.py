"""The one write path: writers take turns, nothing is lost, nothing half done."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from kernel import database
from kernel.audit.models import AuditEntry, AuditHead
from kernel.audit.service import THE_SERVICE, TrailBroken, broken_at, record
from kernel.database import FirstComeLock
from kernel.jobs.models import JobRun
from kernel.jobs.service import claim, is_done
from kernel.parties.models import Party
from kernel.parties.service import enter_party

pytestmark = pytest.mark.both_databases

T = TypeVar("T")

NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
CODE = "91410402MA0000015P"


def in_threads(app: Flask, count: int, work: Callable[[Session, int], T]) -> list[T]:
    """Run `work(db, number)` in one write transaction in each of `count` threads; results in order of number."""

    def run(number: int) -> T:
        with app.app_context():
            return database.write(database.current(), lambda db: work(db, number))

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_a_failed_write_leaves_nothing(db: Session) -> None:
    def work(db: Session) -> None:
        enter_party(db, code=CODE, name="甲", kind="enterprise", fiscal_region="410402", at=NOW)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        database.write(db, work)
    assert db.exec(select(func.count()).select_from(Party)).one() == 0


def test_twelve_writers_at_once_keep_one_unforked_trail(app: Flask, db: Session) -> None:
    def work(db: Session, number: int) -> None:
        for step in range(5):
            record(db, "test.write", by=THE_SERVICE, subject=("test", number), at=NOW, detail={"step": step})

    in_threads(app, 12, work)
    assert db.exec(select(func.count()).select_from(AuditEntry)).one() == 60
    assert broken_at(db) is None


def test_a_piece_of_work_is_claimed_by_exactly_one_of_twelve(app: Flask, db: Session) -> None:
    won = in_threads(app, 12, lambda db, _number: claim(db, "draft", "2022Q3", at=NOW))
    assert sorted(won) == [False] * 11 + [True]
    assert db.exec(select(func.count()).select_from(JobRun)).one() == 1
    assert is_done(db, "draft", "2022Q3")


def test_a_claim_is_given_back_when_its_work_fails(db: Session) -> None:
    def work(db: Session) -> None:
        assert claim(db, "draft", "2022Q3", at=NOW)
        raise ValueError("crash")

    with pytest.raises(ValueError, match="crash"):
        database.write(db, work)
    assert not is_done(db, "draft", "2022Q3")
    assert database.write(db, lambda db: claim(db, "draft", "2022Q3", at=NOW))


def test_a_changed_deleted_or_cut_entry_breaks_the_chain(db: Session) -> None:
    def work(db: Session) -> None:
        for step in range(5):
            record(db, "test.write", by=THE_SERVICE, subject=("test", 1), at=NOW, detail={"step": step})

    database.write(db, work)
    assert broken_at(db) is None
    third = col(AuditEntry.number) == 3
    database.write(db, lambda db: db.execute(update(AuditEntry).where(third).values(act="test.forged")))
    assert broken_at(db) == 3
    database.write(db, lambda db: db.execute(update(AuditEntry).where(third).values(act="test.write")))
    assert broken_at(db) is None
    last = db.exec(select(AuditEntry).where(AuditEntry.number == 5)).one()
    database.write(db, lambda db: db.delete(last))
    assert broken_at(db) == 5


def test_the_lock_serves_its_waiters_in_the_order_they_came() -> None:
    lock, order = FirstComeLock(), []
    lock.acquire()
    threads = []
    for number in range(20):
        started = threading.Event()

        def wait(number: int = number, started: threading.Event = started) -> None:
            started.set()
            lock.acquire()
            order.append(number)
            lock.release()

        thread = threading.Thread(target=wait)
        thread.start()
        started.wait()
        while len(lock._waiting) <= number:
            pass
        threads.append(thread)
    lock.release()
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def test_without_the_trails_head_nothing_changes(db: Session) -> None:
    database.write(db, lambda db: db.execute(delete(AuditHead)))
    with pytest.raises(TrailBroken):
        database.write(db, lambda db: record(db, "test.write", by=THE_SERVICE, subject=("test", 1), at=NOW))
