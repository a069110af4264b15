"""Long works: percent from stages, failures kept whole, the threads that do them beside the timetable, old results forgotten."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, select

from config.schedule import start_workers
from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid, Refused
from kernel.tables.faults import Fault, FileRefused
from kernel.works import holding, places, service
from kernel.works.failures import failure_from, failure_json
from kernel.works.holding import WorkReached
from kernel.works.jobs import KEPT_FOR, forget
from kernel.works.kinds import AtWork, WorkKind, WorkStage, percent_of
from kernel.works.models import DONE, FAILED, Work
from kernel.works.service import Order
from tests.factories import make_bureau, make_person

WORDS = Text("数数", "Counting")
STAGES = (
    WorkStage("first", WORDS, 1),
    WorkStage("second", WORDS, 3, Text("{done} 件，共 {whole} 件", "{done} of {whole}")),
)


@pytest.fixture
def operator(db: Session) -> Caller:
    return make_person(db, make_bureau(db), "operator")


def counting(app: Flask, run: object) -> None:
    """A kind of work whose function is given."""
    kind = WorkKind("count", WORDS, STAGES, run, _nowhere, _nowhere, _nowhere, WORDS, WORDS)  # type: ignore[arg-type]
    app.extensions["work_kinds"] = {"count": kind}


def _nowhere(_work: Work) -> str:
    return "/"


def asked(db: Session, operator: Caller, at: datetime) -> Work:
    order = Order("count", "数到三", {}, places.new_folder(), "zh")
    return database.write(db, lambda db: service.ask(db, operator, order, at=at))


@pytest.mark.parametrize(
    ("stage", "done", "whole", "percent"),
    [
        ("first", 0, 1, 0),
        ("first", 1, 1, 25),
        ("second", 0, 0, 25),
        ("second", 2, 4, 62),
        ("second", 9, 4, 99),
        ("no", 1, 1, 0),
    ],
)
def test_percent_weighs_the_stages_and_keeps_the_hundredth_for_the_end(
    stage: str, done: int, whole: int, percent: int
) -> None:
    assert percent_of(STAGES, stage, done, whole) == percent


def test_a_stage_says_how_many_of_how_many() -> None:
    assert STAGES[1].said(1200, 3000) == Text("数数　1,200 件，共 3,000 件", "Counting: 1,200 of 3,000")
    assert STAGES[0].said(1, 2) == WORDS


def test_a_failure_is_kept_with_its_fields_and_rows() -> None:
    fault = Fault("a.csv", 3, "balance", "125万", "not_money", "error", Text("不是金额", "Not an amount"))
    field = FieldError("file", "required", Text("选一个文件", "Choose a file"))
    assert failure_from("") is None
    for error in (Refused("no", "不行", "No"), FileRefused([fault]), Invalid((field,))):
        kept = failure_from(failure_json(error))
        assert kept is not None
        assert (kept.code, kept.text) == (error.code, error.text)
        assert kept.faults == getattr(error, "faults", ())
        assert kept.fields == getattr(error, "errors", ())


def test_what_was_reached_is_never_less_than_before(db: Session, operator: Caller) -> None:
    at = datetime.now(UTC)
    number = asked(db, operator, at).id or 0
    database.write(db, lambda db: holding.take_up(db, number, "one", at=at))
    for percent in (40, 10):
        database.write(
            db, lambda db, far=percent: holding.hear(db, number, "one", WorkReached("first", 1, 2, far), at=at)
        )  # type: ignore[misc]
    assert database.write(db, lambda db: holding.take_up(db, number, "two", at=at)) is None
    work = database.write(db, lambda db: holding.take_up(db, number, "two", at=at + holding.LEASE * 2))
    assert work is not None
    assert work.percent == 40
    assert not database.write(db, lambda db: holding.hear(db, number, "one", WorkReached("first", 1, 2, 50), at=at))


def test_works_are_done_by_threads_beside_the_timetable_and_one_that_breaks_stops_none(
    app: Flask, db: Session, operator: Caller
) -> None:
    done = threading.Event()

    def run(work: AtWork) -> None:
        if not work.content:
            raise ZeroDivisionError
        database.write(work.db, lambda db: work.ending.finish(db, "three"))
        done.set()

    counting(app, run)
    at = datetime.now(UTC)
    broken = asked(db, operator, at)
    order = Order("count", "数到三", {"to": 3}, places.new_folder(), "zh")
    database.write(db, lambda db: service.ask(db, operator, order, at=at))
    leave = threading.Event()
    workers = start_workers(app, leave)
    assert done.wait(30)
    leave.set()
    for worker in workers:
        worker.join(30)
        assert not worker.is_alive()
    db.rollback()
    states = {work.id: work.state for work in db.exec(select(Work).execution_options(populate_existing=True))}
    assert sorted(states.values()) == [DONE, FAILED]
    assert states[broken.id] == FAILED


def test_results_are_forgotten_after_thirty_days_and_what_nobody_stands_for_after_one(
    app: Flask, db: Session, operator: Caller, tmp_path: Path
) -> None:
    at = datetime.now(UTC)
    counting(app, None)
    work = asked(db, operator, at)
    folder = places.works_folder()
    stray = folder / places.new_folder()
    for one in (stray, folder / work.folder):
        os.utime(one, times=((at - timedelta(days=2)).timestamp(),) * 2)
    assert forget(db, folder, at=at) == 1
    assert not stray.exists()
    database.write(db, lambda db: holding.take_up(db, work.id or 0, "one", at=at))
    database.write(db, lambda db: holding.finish(db, work.id or 0, "one", "a.zip", at=at))
    assert forget(db, folder, at=at + KEPT_FOR - timedelta(days=1)) == 0
    assert forget(db, folder, at=at + KEPT_FOR + timedelta(days=1)) == 1
    assert list(folder.iterdir()) == []
