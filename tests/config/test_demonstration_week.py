"""What `make run` shows of the week on its first morning: a session under way, a repaired plan, series, needs recommended."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from config.app import create_app
from config.demonstration.loading import city as loading
from config.demonstration.loading.living_week import THEME
from config.settings import Settings
from kernel import database
from matchmaking.board.reading import board_of
from matchmaking.recommendations.choosing import candidates, needs_of_pool_firms
from matchmaking.recommendations.models import Recommendation
from matchmaking.releases.models import PlanRelease, ReleaseChange
from matchmaking.series.models import SeriesWeek
from matchmaking.sessions.models import WeeklySession
from matchmaking.video.rooms import VideoHosts
from matchmaking.video.service import links_of
from tests.config.conftest import City

WEEK = "2022-W42"
LOADED = ("单位", "机构", "企业", "人员", "产品", WEEK, "2022-W43", "系列", "需求推荐")


@pytest.fixture(scope="module")
def living(sqlite_template: Path, city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The parties of the city, its products and the week of the present, loaded as `make run` loads them."""
    folder = tmp_path_factory.mktemp("living")
    (folder / "yinqi.db").write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(data_dir=folder, demonstration=True, testing=True))
    for step in loading.steps(app, city.folder):
        if step.title.split(" ")[0] in LOADED:
            step.run()
    yield app
    with app.app_context():
        database.books.engine.dispose()


@pytest.fixture
def books(living: Flask) -> Iterator[Session]:
    with living.app_context():
        yield database.current()


def by_video(db: Session) -> WeeklySession:
    return db.exec(select(WeeklySession).where(WeeklySession.week == WEEK, WeeklySession.theme_code == THEME)).one()


def test_the_live_board_has_somebody_in_every_state(books: Session) -> None:
    later = loading.PRESENT + timedelta(minutes=4)
    counts = board_of(books, by_video(books), at=later).counts
    assert min(counts[state] for state in ("running", "late", "done", "no_show", "next")) >= 1, counts
    assert counts["done"] > counts["no_show"]


def test_every_meeting_by_video_has_a_room_of_its_own(books: Session) -> None:
    session = by_video(books)
    meetings = [line.line.meeting for line in board_of(books, session, at=loading.PRESENT).lines]
    links = links_of(books, session, meetings, VideoHosts(("shipin.yinqi.example",), b"key"))
    assert len(set(links.values())) == len(meetings) >= 20


def test_the_usual_session_was_repaired_twice_with_a_diff(books: Session) -> None:
    releases = list(books.exec(select(PlanRelease).order_by(col(PlanRelease.number))))
    assert [(one.number, one.cause) for one in releases] == [(2, "enterprise"), (3, "desk")]
    changed = Counter(books.exec(select(ReleaseChange.release_id)))
    assert all(changed[one.id or 0] for one in releases)


def test_both_series_announce_the_weeks_to_come(books: Session) -> None:
    announced = Counter(books.exec(select(SeriesWeek.series_id).where(SeriesWeek.outcome == "announced")))
    assert len(announced) == 2
    assert min(announced.values()) >= 2


def test_needs_are_answered_and_others_wait_for_the_organiser(books: Session) -> None:
    states = Counter(books.exec(select(Recommendation.state)))
    assert (states["taken_up"], states["declined"]) == (2, 1)
    assert states["sent"] >= 1
    assert candidates(books, needs_of_pool_firms(books, loading.PRESENT.date()))
