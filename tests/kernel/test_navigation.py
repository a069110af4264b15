"""The spine: places of one room share an entry, and a page of that room lists them all."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import Flask
from sqlmodel import Session

from kernel.accounts.roles import ROLES_OF_KIND
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.glances import Glance
from kernel.web.navigation import NavigationEntry, Task, entries, room_entries, tasks_for
from kernel.workdays import CalendarUnpublished
from tests.factories import Visitor, make_bureau, make_person, username_of

OPERATOR = Caller(1, "赵敏", "operator", 1, "bureau", "市财政局", "410402")
CASHIER = Caller(2, "钱进", "cashier", 1, "bureau", "市财政局", "410402")
MOST = 10  # words that the spine shows without scrolling at 900 px


def words(rows: Iterable[NavigationEntry]) -> list[str]:
    return [("*" if row.current else "") + row.label.zh for row in rows]


def test_a_page_marks_its_room_in_the_spine_and_lists_the_places_beside_it(app: Flask) -> None:
    with app.test_request_context("/certified-balances"):
        assert "*结算" in words(entries(OPERATOR))
        assert words(room_entries(OPERATOR)) == ["季度", "批次", "结算单", "合并", "*核定"]


def test_a_page_that_no_place_leads_to_marks_the_place_above_it(app: Flask) -> None:
    for path in ("/payments/budgets", "/payments/receipts/files"):
        with app.test_request_context(path):
            assert "*拨付" in words(entries(CASHIER)), path
            assert words(room_entries(CASHIER)) == ["*拨付", "账"], path


def test_a_page_of_another_address_marks_the_place_it_is_reached_from(app: Flask) -> None:
    for path in ("/two-increases/2022Q3", "/calls/2022Q3", "/returns/1"):
        with app.test_request_context(path):
            assert "*结算" in words(entries(OPERATOR)), path
            assert words(room_entries(OPERATOR)) == ["*季度", "批次", "结算单", "合并", "核定"], path


def test_a_room_leads_to_its_first_place(app: Flask) -> None:
    with app.test_request_context("/"):
        assert {row.label.zh: row.url for row in entries(CASHIER)}["结算"] == "/quarters"


def test_a_page_outside_of_rooms_lists_nothing_beside_it(app: Flask) -> None:
    with app.test_request_context("/"):
        assert room_entries(OPERATOR) == []
        assert room_entries(None) == entries(None) == []


def test_nobodys_spine_is_longer_than_a_screen(app: Flask) -> None:
    with app.test_request_context("/"):
        for kind, roles in ROLES_OF_KIND.items():
            for role in roles:
                assert len(entries(Caller(1, "某人", role, 1, kind, "某单位", "410402"))) <= MOST, role


def test_the_next_thing_worth_doing_is_shown_only_to_whom_nothing_waits(app: Flask, db: Session) -> None:
    today = date(2022, 10, 20)
    idle = Task(Text("看看", "Look"), "/", Text("去看", "Look"), when_idle=True)
    waiting = Task(Text("等你", "Waits for you"), "/", Text("去办", "Act"))
    with app.test_request_context("/"):
        app.extensions["task_sources"] = [lambda *_: [idle], lambda *_: []]
        assert tasks_for(db, OPERATOR, today).items == [idle]
        app.extensions["task_sources"] = [lambda *_: [idle], lambda *_: [waiting]]
        assert tasks_for(db, OPERATOR, today).items == [waiting]


def test_a_source_that_cannot_tell_takes_nothing_from_the_others_and_the_home_page_says_so(
    app: Flask, db: Session
) -> None:
    task = Task(Text("等你", "Waits for you"), "/", Text("去办", "Act"))
    glance = Glance(Text("几件", "How many"), "3", "说得出来", "/")

    def silent(*_: object) -> list[Any]:
        raise CalendarUnpublished(2031)

    def broken(*_: object) -> list[Any]:
        raise KeyError("a slip of ours")

    def one_by_one(*_: object) -> Iterator[Task]:
        yield task
        raise CalendarUnpublished(2027)

    visitor = Visitor(app, username_of(db, make_person(db, make_bureau(db), "organiser")))
    app.extensions["task_sources"] = [silent, one_by_one, lambda *_: [task]]
    app.extensions["glance_sources"] = [silent, lambda *_: [glance]]
    answer = visitor.get("/", headers={"X-Request-Id": "zxcv-1234"})
    assert answer.status_code == 200
    assert [answer.text.count(words) for words in ('strong">等你', "说得出来", "编号 zxcv-1234")] == [2, 1, 1]
    app.extensions["task_sources"], app.extensions["glance_sources"] = [lambda *_: [task]], [lambda *_: [glance]]
    assert "算不出来" not in visitor.get("/").text
    app.extensions["task_sources"] = [broken]
    assert visitor.get("/").status_code == 500
