"""Drafting by the scheduler, with real processes: two at once, one killed in the middle; each institution one draft a quarter."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlmodel import Session, select

from config.settings import Settings
from kernel import database
from kernel.jobs.models import JobRun
from kernel.workdays import WorkCalendar
from settlement.calendar import due_quarters, rewarded_quarters, season_of
from settlement.jobs import draft_due
from settlement.statements.models import Statement
from tests.factories import NOW, make_institution
from tests.settlement.filing_floor import Q2, Q3, Floor, loan

pytestmark = pytest.mark.both_databases

QUARTERS = 6
BANKS = 5
PATIENCE = 120


@pytest.fixture
def city(floor: Floor) -> Floor:
    """Five banks, one of them with returns."""
    for number in range(BANKS - 1):
        make_institution(floor.db, f"第{number}村镇银行", kind="village_bank", region="410421")
    floor.certify(floor.file([loan(1, balance="900000.00")], Q2))
    floor.certify(floor.file([loan(1)], Q3))
    floor.certify_balance(900_000_00, Q2)
    floor.certify_balance(1_000_000_00, Q3)
    floor.db.rollback()
    return floor


@contextmanager
def scheduler(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler process of its own on the test's books; ended at the end if it still runs."""
    environment = os.environ | {
        "YINQI_DATA_DIR": str(settings.data_dir),
        "YINQI_DATABASE_URL": settings.database_url,
        "YINQI_SECRET_KEY": settings.secret_key,
    }
    command = [sys.executable, "-c", "from config.cli import main; main()", "scheduler"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def drafts(db: Session) -> list[Statement]:
    db.rollback()
    return list(db.exec(select(Statement)))


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "the schedulers did not get there in time"
        time.sleep(0.05)


def assert_each_once(db: Session) -> None:
    found = drafts(db)
    per_quarter = Counter((one.beneficiary_code, one.quarter) for one in found)
    assert len(per_quarter) == BANKS * QUARTERS
    assert set(per_quarter.values()) == {1}
    assert {one.revision for one in found} == {1}
    assert len({one.number for one in found}) == BANKS * QUARTERS
    claims = db.exec(select(JobRun.key).where(JobRun.job == "draft_statements")).all()
    assert len(claims) == len(set(claims)) == BANKS * QUARTERS


def test_two_schedulers_at_once_draft_each_statement_once(city: Floor, settings: Settings) -> None:
    with scheduler(settings), scheduler(settings):
        wait_for(lambda: len(drafts(city.db)) >= BANKS * QUARTERS)
        time.sleep(1)
    assert_each_once(city.db)


def test_what_a_kill_left_undone_the_next_scheduler_does(city: Floor, settings: Settings) -> None:
    with scheduler(settings) as first:
        wait_for(lambda: len(drafts(city.db)) >= 3)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert 3 <= len(drafts(city.db)) < BANKS * QUARTERS
    with scheduler(settings):
        wait_for(lambda: len(drafts(city.db)) >= BANKS * QUARTERS)
    assert_each_once(city.db)


def test_a_quarter_is_due_the_day_after_its_deadline(city: Floor) -> None:
    book, calendar = city.premises.book, WorkCalendar()
    assert season_of(book, Q3, calendar).filing_until == date(2022, 10, 10)
    assert due_quarters(book, calendar, date(2022, 10, 10))[-1] == Q2
    assert due_quarters(book, calendar, date(2022, 10, 11))[-1] == Q3
    assert due_quarters(book, calendar, date(2022, 4, 11)) == ()
    assert due_quarters(book, calendar, date(2030, 1, 1)) == rewarded_quarters(book)


def test_a_waking_drafts_what_is_due_and_the_next_changes_nothing(city: Floor) -> None:
    day, calendar = date(2022, 10, 20), WorkCalendar()
    first = draft_due(city.db, premises=city.premises, calendar=calendar, at=NOW, today=day)
    nothing = {"written": 0, "withdrawn": 0, "unchanged": 0, "failed": 0, "waiting": 0}
    assert first == nothing | {"written": 3 * BANKS}
    again = draft_due(city.db, premises=city.premises, calendar=calendar, at=NOW, today=day)
    assert again == nothing | {"unchanged": 3 * BANKS}
    assert database.current() is city.db
