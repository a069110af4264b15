"""The spine: places of one room share an entry, and a page of that room lists them all."""

from collections.abc import Iterable
from datetime import date

from flask import Flask
from sqlmodel import Session

from kernel.accounts.roles import ROLES_OF_KIND
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationEntry, Task, entries, room_entries, tasks_for

OPERATOR = Caller(1, "赵敏", "operator", 1, "bureau", "市财政局", "410402")
CASHIER = Caller(2, "钱进", "cashier", 1, "bureau", "市财政局", "410402")
MOST = 10  # words that the spine shows without scrolling at 900 px


def words(rows: Iterable[NavigationEntry]) -> list[str]:
    return [("*" if row.current else "") + row.label.zh for row in rows]


def test_a_page_marks_its_room_in_the_spine_and_lists_the_places_beside_it(app: Flask) -> None:
    with app.test_request_context("/certified-balances"):
        assert "*结算" in words(entries(OPERATOR))
        assert words(room_entries(OPERATOR)) == ["季度", "批次", "结算单", "合并", "*核定"]


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
        assert tasks_for(db, OPERATOR, today) == [idle]
        app.extensions["task_sources"] = [lambda *_: [idle], lambda *_: [waiting]]
        assert tasks_for(db, OPERATOR, today) == [waiting]
