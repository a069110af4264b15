"""A large mended version: asked for on its page, written and read by the scheduler's process, entered once, or nothing of it."""

import io
from dataclasses import replace

import pytest
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.works import doing, service
from kernel.works.kinds import percent_of
from kernel.works.models import CANCELLED, DONE, FAILED, Work
from settlement.returns.models import LoanReturn
from settlement.returns.works import READING_AGAIN
from tests.factories import Robot, Visitor, make_token, username_of
from tests.settlement.filing_floor import Bank, csv_of, loan, make_bank
from tests.settlement.returns.heard import heard


@pytest.fixture
def bank(app: Flask, db: Session) -> Bank:
    return make_bank(db)


@pytest.fixture
def maker(app: Flask, db: Session, bank: Bank) -> Visitor:
    """A maker whose refused version has one row mended, in a service where a few kilobytes are a large file."""
    maker = Visitor(app, username_of(db, bank.maker))
    maker.get("/returns/2022Q3/file")
    rows = [loan(1, balance="125万"), *(loan(number) for number in range(2, 40))]
    maker.post("/returns/2022Q3/file", file=(io.BytesIO(csv_of(rows)), "loans.csv"))
    mended(maker, "1250000.00")
    app.extensions["settings"] = replace(app.extensions["settings"], work_bytes=2_000)
    return maker


def mended(maker: Visitor, value: str) -> None:
    number = maker.send("GET", "/returns?quarter=2022Q3").get_json()["items"][0]["id"]
    said = {"row": 2, "column": "balance", "value": value}
    assert maker.send("PUT", f"/returns/{number}/repairs", json=said).status_code == 200


def read_again(maker: Visitor, db: Session) -> str:
    """The page of the work that reading again becomes."""
    answer = maker.post(f"/returns/{versions(db)[0].id}/repaired")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def versions(db: Session) -> list[LoanReturn]:
    db.rollback()
    return list(db.exec(select(LoanReturn).order_by(LoanReturn.version)))  # type: ignore[arg-type]


def works_in(db: Session) -> list[Work]:
    db.rollback()
    return list(db.exec(select(Work).order_by(Work.id).execution_options(populate_existing=True)))  # type: ignore[arg-type]


def do_next(db: Session) -> bool:
    db.rollback()
    return doing.do_next(db)


def test_a_large_mended_version_goes_by_its_progress_page_to_the_next_one_as_it_was_mended_when_asked_for(
    app: Flask, db: Session, bank: Bank, maker: Visitor
) -> None:
    reached: list[tuple[str, int]] = []
    heard(app, READING_AGAIN, lambda *far: reached.append((far[0], percent_of(READING_AGAIN.stages, *far))))
    page, robot = read_again(maker, db), Robot(app, make_token(db, bank.maker, "settlement:file", "settlement:read"))
    once_more = robot.send("POST", f"/returns/{versions(db)[0].id}/repaired")
    assert (once_more.status_code, once_more.get_json()["state"]) == (202, "waiting")
    mended(maker, "1.00")
    assert (len(versions(db)), "读取改好的报表" in maker.get(page).text) == (1, True)
    assert do_next(db)
    [work], [first, second] = works_in(db), versions(db)
    assert (second.state, second.version, second.rows, second.repaired_from_id) == ("filed", 2, 39, first.id)
    assert (second.total, second.filed_at) == (1_250_000_00 + 38 * 1_000_000_00, work.asked_at)
    assert maker.get(page).headers["Location"] == f"/returns/{second.id}"
    told = robot.get(once_more.headers["Location"].removeprefix("/api/v1")).get_json()
    assert (told["state"], told["percent"], told["result"]) == (DONE, 100, f"/api/v1/returns/{second.id}")
    percents = [percent for _stage, percent in reached]
    assert (reached[0], percents) == (("mending", 0), sorted(percents))


def test_cancelled_or_overtaken_it_takes_no_version_and_what_was_mended_stays(
    app: Flask, db: Session, bank: Bank, maker: Visitor
) -> None:
    read_again(maker, db)
    [asked] = works_in(db)
    kinds, number, at = app.extensions["work_kinds"], asked.id or 0, asked.asked_at

    def cancel_at_the_last_moment(stage: str, _done: int, _whole: int) -> None:
        if stage == "entering":
            database.write_apart(lambda db: service.cancel(db, bank.maker, number, at=at))

    heard(app, READING_AGAIN, cancel_at_the_last_moment)
    assert do_next(db)
    [work], [first] = works_in(db), versions(db)
    assert (work.state, first.state) == (CANCELLED, "refused")
    [repair] = maker.send("GET", f"/returns/{first.id}/repairs").get_json()
    assert repair["value"] == "1250000.00"
    app.extensions["work_kinds"] = kinds
    page = read_again(maker, db)
    app.extensions["settings"] = replace(app.extensions["settings"], work_bytes=1_000_000)
    maker.post("/returns/2022Q3/file", file=(io.BytesIO(csv_of([loan(1)])), "loans.csv"))
    assert do_next(db)
    assert [one.rows for one in versions(db)] == [39, 1]
    assert (works_in(db)[-1].state, "这一版不能再改" in maker.get(page).text) == (FAILED, True)
