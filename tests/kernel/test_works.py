"""Long works: percent from stages, failures kept whole, the threads that do them beside the timetable, old results forgotten."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, select

from config.schedule import start_workers
from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.clock import Clock
from kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Refused
from kernel.parties.service import party_by_id
from kernel.tables.faults import Fault, FileRefused
from kernel.works import doing, holding, places, service
from kernel.works.cancelling import cancel_for_good
from kernel.works.failures import failure_from, failure_json
from kernel.works.holding import WorkReached
from kernel.works.jobs import KEPT_FOR, forget
from kernel.works.kinds import AtWork, WorkKind, WorkStage, percent_of
from kernel.works.models import DONE, FAILED, WAITING, Work
from kernel.works.ordering import ask_for_good
from kernel.works.pages import TOLD_FOR
from kernel.works.rights import may_look, require_cancelling, require_result
from kernel.works.service import Order
from tests.factories import Visitor, make_bureau, make_person, username_of

WORDS = Text("数数", "Counting")
READERS = frozenset({"operator"})
STAGES = (
    WorkStage("first", WORDS, 1),
    WorkStage("second", WORDS, 3, Text("{done} 件，共 {whole} 件", "{done} of {whole}")),
)


@pytest.fixture
def operator(db: Session) -> Caller:
    return make_person(db, make_bureau(db), "operator")


def counting(app: Flask, run: object) -> None:
    """A kind of work whose function is given."""
    kind = WorkKind("count", WORDS, STAGES, run, _nowhere, _nowhere, _nowhere, WORDS, WORDS, READERS, "a:read", None)  # type: ignore[arg-type]
    app.extensions["work_kinds"] = {"count": kind}


def _nowhere(_work: Work) -> str:
    return "/"


def asked(db: Session, operator: Caller, at: datetime, to: int = 0) -> Work:
    order = Order("count", "数数", {"to": to} if to else {}, places.new_folder(), "zh")
    return ask_for_good(db, operator, order, at=at)


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
    asked(db, operator, at, to=3)
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


def test_what_came_of_a_work_is_told_at_home_for_a_day_and_stays_in_the_list(
    app: Flask, db: Session, operator: Caller
) -> None:
    outcomes: dict[str, Callable[[AtWork], None]] = {
        "看原因": lambda work: work.ending.fail(work.db, Refused("too_much", "数不完", "Too much to count")),
        "数数</a>": lambda work: work.ending.finish(work.db, ""),
    }
    visitor = Visitor(app, username_of(db, operator))
    for words, end in outcomes.items():
        counting(app, lambda work, end=end: database.write(work.db, lambda db: end(replace(work, db=db))))
        asked(db, operator, app.extensions["clock"].now())
        assert "看进度" in visitor.get("/").text
        db.rollback()
        assert doing.do_next(db)
        assert [one in visitor.get("/").text for one in (words, "看进度")] == [True, False]
    app.extensions["clock"] = Clock(TOLD_FOR + timedelta(minutes=1))
    visitor.sign_in(username_of(db, operator))
    assert "数数" not in visitor.get("/").text
    assert visitor.get("/works").text.count("数数") >= 2


def test_works_are_found_by_their_state(app: Flask, db: Session, operator: Caller) -> None:
    counting(app, lambda *_: "")
    number = asked(db, operator, datetime(2022, 10, 20, tzinfo=UTC)).id
    found = {state: list(db.execute(service.works_query(operator, state=state)).scalars()) for state in (WAITING, DONE)}
    assert ([one.id for one in found[WAITING]], found[DONE]) == ([number], [])


def test_an_equal_order_under_way_is_the_same_work_and_an_organisation_has_three_at_most(
    app: Flask, db: Session, operator: Caller
) -> None:
    counting(app, None)
    at, colleague = datetime.now(UTC), make_colleague(db, operator)
    first = asked(db, operator, at, to=1)
    assert asked(db, operator, at, to=1).id == first.id
    assert asked(db, colleague, at, to=1).id != first.id
    asked(db, colleague, at, to=2)
    with pytest.raises(Conflict) as refused:
        asked(db, operator, at, to=3)
    assert refused.value.code == "works_under_way"
    assert asked(db, operator, at, to=1).id == first.id
    assert len(list(places.works_folder().iterdir())) == 3
    cancel_for_good(db, operator, first.id or 0, at=at)
    assert asked(db, operator, at, to=1).id != first.id
    assert asked(db, make_person(db, make_bureau(db, "另一个局"), "operator"), at, to=1).state == WAITING


def make_colleague(db: Session, one: Caller) -> Caller:
    return make_person(db, party_by_id(db, one.organisation_id), one.role)


def test_organisations_are_served_in_turn_though_one_asked_for_more_before(
    app: Flask, db: Session, operator: Caller
) -> None:
    counting(app, None)
    at, other = datetime.now(UTC), make_person(db, make_bureau(db, "另一个局"), "operator")
    first, second = (asked(db, operator, at, to=number).id for number in (1, 2))
    theirs = asked(db, other, at, to=1).id
    taken = []
    for holder in ("one", "two"):
        number = holding.next_due(db, at=at) or 0
        database.write(db, partial(holding.take_up, work_id=number, holder=holder, at=at))
        taken.append(number)
    assert taken == [first, theirs]
    assert holding.next_due(db, at=at) is None
    database.write(db, lambda db: holding.finish(db, first or 0, "one", "", at=at))
    assert holding.next_due(db, at=at) == second


TOKENS = [  # the scopes of a token; whether it sees the work, may take its file, may cancel it
    (None, True, True, True),
    ({"a:read"}, True, True, False),
    ({"a:write"}, True, False, True),
    ({"a:read", "a:write"}, True, True, True),
    ({"b:read", "b:write"}, False, False, False),
]


@pytest.mark.parametrize(("scopes", "looks", "reads", "cancels"), TOKENS)
def test_a_token_sees_takes_and_cancels_a_work_by_the_scopes_of_its_kind_alone(
    app: Flask, db: Session, operator: Caller, scopes: set[str] | None, looks: bool, reads: bool, cancels: bool
) -> None:
    counting(app, None)
    kind = replace(app.extensions["work_kinds"]["count"], writes="a:write")
    app.extensions["work_kinds"] = {"count": kind}
    at = datetime.now(UTC)
    number = asked(db, operator, at).id or 0
    robot = replace(operator, token_scopes=frozenset(scopes) if scopes else None)
    assert [one.id for one in db.execute(service.works_query(robot)).scalars()] == ([number] if looks else [])
    assert does(lambda: require_result(robot, kind)) == reads
    assert does(lambda: database.write(db, lambda db: service.cancel(db, robot, number, at=at))) == cancels


def test_a_kind_is_shown_to_its_readers_alone_and_without_a_scope_no_token_touches_it(
    app: Flask, db: Session, operator: Caller
) -> None:
    counting(app, None)
    kind = app.extensions["work_kinds"]["count"]
    assert not may_look(replace(operator, role="reviewer"), kind)
    with pytest.raises(Forbidden):
        require_cancelling(replace(operator, token_scopes=frozenset({"a:read"})), kind)


def does(act: Callable[[], object]) -> bool:
    """Whether somebody may."""
    try:
        act()
    except (Forbidden, NotFound):
        return False
    return True


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
