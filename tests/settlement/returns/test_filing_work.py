"""A large return: received at once, read by the scheduler's process with its progress, entered once, or nothing of it."""

import io
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape
from sqlmodel import Session, select

from config.settings import Settings
from kernel import database
from kernel.audit.models import AuditEntry
from kernel.clock import Clock
from kernel.works import doing, holding, service
from kernel.works.kinds import percent_of
from kernel.works.models import CANCELLED, DONE, FAILED, RUNNING, Work
from kernel.works.places import works_folder
from settlement.returns.models import LoanReturn
from settlement.returns.works import FILING
from tests.conftest import TEST_KEY
from tests.factories import Robot, Visitor, make_bureau, make_person, make_token, username_of
from tests.seeds import is_full
from tests.settlement.filing_floor import Bank, csv_of, loan, make_bank
from tests.settlement.returns.dying_worker import EFFECT
from tests.settlement.returns.heard import heard

HOUSE = Path(__file__).parents[3]
ROWS = 60_000 if is_full() else 3_000
KILL_POINTS = ("opening", "adding", "entering", EFFECT) if is_full() else (EFFECT,)


@pytest.fixture
def bank(app: Flask, db: Session) -> Bank:
    """A bank in a service where a few kilobytes are a large file."""
    app.extensions["settings"] = replace(app.extensions["settings"], work_bytes=2_000)
    return make_bank(db)


@pytest.fixture
def maker(app: Flask, db: Session, bank: Bank) -> Visitor:
    return Visitor(app, username_of(db, bank.maker))


def large(rows: int = 40) -> bytes:
    return csv_of(loan(number) for number in range(1, rows + 1))


def upload(maker: Visitor, content: bytes, name: str = "loans.csv") -> str:
    """The page of the work that a large file becomes."""
    maker.get("/returns/2022Q3/file")
    answer = maker.post("/returns/2022Q3/file", file=(io.BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def do_next(db: Session) -> bool:
    """What the worker does, with its eyes on the books as they are now."""
    db.rollback()
    return doing.do_next(db)


def returns_in(db: Session) -> list[LoanReturn]:
    db.rollback()
    return list(db.exec(select(LoanReturn)))


def works_in(db: Session) -> list[Work]:
    db.rollback()
    return list(db.exec(select(Work).execution_options(populate_existing=True)))


def acts(db: Session, act: str) -> int:
    db.rollback()
    return len(db.exec(select(AuditEntry).where(AuditEntry.act == act)).all())


def kept_files() -> list[Path]:
    return [path for path in works_folder().rglob("*") if path.is_file()]


def test_a_large_file_goes_by_its_progress_page_to_the_accepted_version(
    app: Flask, db: Session, maker: Visitor
) -> None:
    reached: list[tuple[str, int]] = []
    heard(app, FILING, lambda *far: reached.append((far[0], percent_of(FILING.stages, *far))))
    page = upload(maker, large(ROWS))
    waiting = maker.get(page)
    assert "等着开始" in waiting.text
    assert waiting.headers["Refresh"] == f"2; url={page}"
    assert "读取报表" in maker.get("/").text
    assert returns_in(db) == []
    assert do_next(db)
    led_on = maker.get(page)
    [work], [filed] = works_in(db), returns_in(db)
    assert led_on.headers["Location"] == f"/returns/{filed.id}"
    assert (filed.state, filed.rows, filed.version, filed.filed_at) == ("filed", ROWS, 1, work.asked_at)
    assert "做完了" in maker.get(page.partition("?")[0]).text
    percents = [percent for _stage, percent in reached]
    assert percents == sorted(percents)
    assert (reached[0][1], reached[-1], work.percent) == (0, ("entering", 98), 100)
    assert (kept_files(), do_next(db)) == ([], False)


def test_the_same_bytes_come_to_one_version_asked_for_twice_or_once_more(db: Session, maker: Visitor) -> None:
    pages = [upload(maker, large()) for _twice in range(2)]
    assert pages[0] == pages[1]
    assert len(kept_files()) == 1
    while do_next(db):
        pass
    [filed] = returns_in(db)
    assert {maker.get(page).headers["Location"] for page in pages} == {f"/returns/{filed.id}"}
    maker.get("/returns/2022Q3/file")
    answer = maker.post("/returns/2022Q3/file", follow=True, file=(io.BytesIO(large()), "loans.csv"))
    assert "一模一样" in answer.text
    assert (len(works_in(db)), len(returns_in(db))) == (1, 1)


def direct(app: Flask, maker: Visitor, content: bytes) -> None:
    """A file that is read within its request."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, work_bytes=1_000_000)
    maker.get("/returns/2022Q3/file")
    assert maker.post("/returns/2022Q3/file", file=(io.BytesIO(content), "loans.csv")).status_code in (302, 409)
    app.extensions["settings"] = before


@pytest.mark.parametrize("moment", ["waits", "entering"])
def test_a_large_file_does_not_replace_what_was_filed_after_it(
    app: Flask, db: Session, maker: Visitor, moment: str
) -> None:
    page = upload(maker, large())
    if moment == "waits":
        direct(app, maker, large(2))
    else:
        heard(app, FILING, lambda *far: direct(app, maker, large(2)) if far[0] == moment else None)
    assert do_next(db)
    [work], [filed] = works_in(db), returns_in(db)
    assert (work.state, filed.version, filed.rows) == (FAILED, 1, 2)
    assert filed.filed_at > work.asked_at
    assert (kept_files(), acts(db, "return.file"), acts(db, "work.fail")) == ([], 1, 1)
    assert "在这份之后又报了一份" in maker.get(page).text
    assert "was filed after this one" in maker.get(f"{page}&lang=en").text


def test_a_file_that_is_filed_once_more_while_it_is_read_is_one_version(
    app: Flask, db: Session, maker: Visitor
) -> None:
    page = upload(maker, large())
    heard(app, FILING, lambda *far: direct(app, maker, large()) if far[0] == "entering" else None)
    assert do_next(db)
    [work], [filed] = works_in(db), returns_in(db)
    assert (work.state, filed.version, acts(db, "return.file")) == (DONE, 1, 1)
    assert maker.get(page).headers["Location"] == f"/returns/{filed.id}"


def test_a_file_with_wrong_rows_leads_to_the_page_where_they_are_mended(db: Session, maker: Visitor) -> None:
    page = upload(maker, csv_of([loan(1, balance="125万"), *(loan(number) for number in range(2, 40))]))
    do_next(db)
    shown = maker.get(str(maker.get(page).headers["Location"]))
    assert "125万" in shown.text
    assert "改好了" in shown.text


def test_a_file_that_is_no_table_is_told_as_the_direct_way_tells_it(
    app: Flask, db: Session, bank: Bank, maker: Visitor
) -> None:
    robot = Robot(app, make_token(db, bank.maker, "settlement:file", "settlement:read"))
    content = "借据号,余额\n".encode() + b"1,2\n" * 1000
    direct = robot.send("POST", "/returns/2022Q3", data={"file": (io.BytesIO(content[:100]), "坏的.csv")}).get_json()
    page = upload(maker, content, "坏的.csv")
    do_next(db)
    failure = robot.get(page.partition("?")[0]).get_json()["failure"]
    assert [one["code"] for one in direct["errors"]] == [one["rule"] for one in failure["findings"]]
    zh = maker.get(page).text
    for words in ("没有做成", "哪里不对", "行 1", "怎么改", failure["findings"][0]["message_zh"]):
        assert words in zh
    assert escape(failure["findings"][0]["message_en"]) in maker.get(f"{page}&lang=en").text
    [work] = works_in(db)
    assert (work.state, returns_in(db), acts(db, "return.unreadable"), kept_files()) == (FAILED, [], 2, [])


def test_what_is_cancelled_before_its_effect_leaves_nothing(db: Session, maker: Visitor) -> None:
    page = upload(maker, large()).partition("?")[0]
    maker.get(page)
    maker.post(f"{page}/cancellation")
    assert "取消了" in maker.get(page).text
    assert not do_next(db)
    [work] = works_in(db)
    assert (work.state, returns_in(db), kept_files()) == (CANCELLED, [], [])
    assert "不能取消" in maker.post(f"{page}/cancellation", follow=True).text


def test_a_work_that_is_cancelled_while_it_is_read_enters_nothing(
    app: Flask, db: Session, bank: Bank, maker: Visitor
) -> None:
    upload(maker, large())
    [work] = works_in(db)
    number = work.id or 0

    def cancel_at_the_last_moment(stage: str, _done: int, _whole: int) -> None:
        if stage == "entering":
            database.write_apart(lambda db: service.cancel(db, bank.maker, number, at=work.asked_at))

    heard(app, FILING, cancel_at_the_last_moment)
    assert do_next(db)
    [work] = works_in(db)
    assert (work.state, returns_in(db), acts(db, "return.file"), kept_files()) == (CANCELLED, [], 0, [])


@pytest.mark.parametrize("point", KILL_POINTS)
@pytest.mark.both_databases
def test_a_killed_worker_loses_its_work_to_the_next_and_the_version_is_entered_once(
    app: Flask, db: Session, maker: Visitor, settings: Settings, point: str
) -> None:
    page = upload(maker, large())
    killed = worker_killed_at(settings, point)
    assert killed == -signal.SIGKILL
    [work] = works_in(db)
    assert (work.state, returns_in(db)) == (RUNNING, [])
    assert not do_next(db)  # its hold has not run out
    app.extensions["clock"] = Clock(holding.LEASE * 2)
    assert do_next(db)
    [work], [filed] = works_in(db), returns_in(db)
    assert (work.state, work.tries, work.percent) == (DONE, 2, 100)
    assert (filed.version, filed.rows, acts(db, "return.file"), acts(db, "work.fail")) == (1, 40, 1, 0)
    assert maker.get(page).headers["Location"] == f"/returns/{filed.id}"


def worker_killed_at(settings: Settings, point: str) -> int:
    command = [sys.executable, "-m", "tests.settlement.returns.dying_worker"]
    order = [settings.books_url, str(settings.data_dir), TEST_KEY, point]
    return subprocess.run([*command, *order], cwd=HOUSE, check=False, timeout=180).returncode


def test_a_work_that_kills_whoever_does_it_is_given_up(app: Flask, db: Session, maker: Visitor) -> None:
    page = upload(maker, large())
    [work] = works_in(db)
    moments = [work.asked_at + holding.LEASE * 2 * times for times in range(holding.MOST_TRIES + 1)]
    for at in moments[:-1]:
        assert database.write(db, partial(holding.take_up, work_id=work.id or 0, holder="gone", at=at)) is not None
    app.extensions["clock"] = Clock(moments[-1] - datetime.now(UTC))
    assert do_next(db)
    [work] = works_in(db)
    assert (work.state, returns_in(db)) == (FAILED, [])
    assert "每次都在半路断了" in maker.get(page).text


def test_nobody_else_sees_a_work_but_the_auditor_who_cannot_touch_it(
    app: Flask, db: Session, bank: Bank, maker: Visitor
) -> None:
    page = upload(maker, large()).partition("?")[0]
    other = make_bank(db, "香山农村商业银行", "410421")
    office = make_bureau(db)
    auditor = Visitor(app, username_of(db, make_person(db, office, "auditor")))
    for stranger in (other.maker, bank.checker, make_person(db, office, "operator")):
        visitor = Visitor(app, username_of(db, stranger))
        assert visitor.get(page).status_code == 404
        assert visitor.send("GET", page).status_code == 404
        assert visitor.post(f"{page}/cancellation").status_code == 404
        assert visitor.send("DELETE", page).status_code == 404
        assert visitor.get(f"{page}/result").status_code == 404
        assert "loans.csv" not in visitor.get("/works").text
    assert "loans.csv" in auditor.get("/works").text
    assert "cancellation" not in auditor.get(page).text
    assert auditor.send("DELETE", page).status_code == 409
    assert maker.get(page).status_code == 200


def test_a_banks_system_is_told_where_to_look_and_may_cancel(app: Flask, db: Session, bank: Bank) -> None:
    robot = Robot(app, make_token(db, bank.maker, "settlement:file", "settlement:read"))
    answer = robot.send("POST", "/returns/2022Q3", data={"file": (io.BytesIO(large()), "loans.csv")})
    assert answer.status_code == 202
    told, where = answer.get_json(), answer.headers["Location"].removeprefix("/api/v1")
    assert (told["state"], told["percent"], told["result"]) == ("waiting", 0, None)
    assert robot.get(where).get_json() == told
    assert robot.get("/works").get_json()["items"] == [told]
    reader = Robot(app, make_token(db, bank.maker, "settlement:read"))
    assert (reader.get(where).status_code, reader.send("DELETE", where).status_code) == (200, 403)
    stranger = Robot(app, make_token(db, bank.maker, "matchmaking:read", "matchmaking:write"))
    assert {
        stranger.send(*one).status_code for one in (("GET", where), ("DELETE", where), ("GET", f"{where}/result"))
    } == {404}
    assert stranger.get("/works").get_json()["items"] == []
    assert robot.send("DELETE", where).get_json()["state"] == "cancelled"
    assert robot.send("DELETE", where).status_code == 409
    robot.send("POST", "/returns/2022Q3", data={"file": (io.BytesIO(large()), "loans.csv")})
    assert do_next(db)
    done = robot.get("/works").get_json()["items"][0]
    assert (done["state"], done["percent"], done["failure"]) == ("done", 100, None)
    assert robot.get(done["result"].removeprefix("/api/v1")).get_json()["rows"] == 40
