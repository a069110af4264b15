"""One state and one last day of a statement and its batch, whatever page, file or API tells it, on every day of its way."""

import csv
import io
import re
from datetime import date

import pytest
from flask import Flask

from settlement.batches.items import items_of
from settlement.batches.models import Batch
from settlement.batches.service import set_aside
from tests.factories import Visitor
from tests.settlement.batches.batch_floor import AFTER_NOTICE, OCTOBER, Bureau
from tests.settlement.batches.test_over_http import on_day, visitor
from tests.settlement.filing_floor import Q3

NOTICE_ENDS = date(2022, 10, 27)


@pytest.fixture
def office(app: Flask, bureau: Bureau) -> Bureau:
    on_day(app, bureau, OCTOBER)
    return bureau


@pytest.fixture
def operator(app: Flask, office: Bureau) -> Visitor:
    return visitor(app, office, office.hands["operator"])


def words(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def told(operator: Visitor, number: str) -> dict[str, str]:
    """What each place says of one statement's state: the code of the API, and the words of list, file, page and quarter."""
    listed = operator.get("/statements?quarter=2022Q3").text
    row = next(part for part in listed.split("<tr>") if f">{number}</a>" in part)
    name = operator.send("GET", f"/statements/{number}").get_json()["beneficiary_name"]
    quarter = next(
        part
        for part in operator.get("/quarters/2022Q3").text.split("<tr>")
        if f">{name}</a>" in part and "区县" in part
    )
    saved = csv.DictReader(io.StringIO(operator.get("/statements?format=csv").data.decode("utf-8-sig")))
    return {
        "api": operator.send("GET", f"/statements/{number}").get_json()["state"],
        "api list": next(
            one["state"] for one in operator.send("GET", "/statements").get_json()["items"] if one["number"] == number
        ),
        "list": words(row),
        "page": words(operator.get(f"/statements/{number}").text),
        "quarter": words(quarter),
        "file": next(",".join(str(value) for value in one.values()) for one in saved if number in one.values()),
    }


def assert_told(operator: Visitor, number: str, code: str, title: str) -> None:
    said = told(operator, number)
    assert (said.pop("api"), said.pop("api list")) == (code, code)
    assert {place: title in text for place, text in said.items()} == dict.fromkeys(said, True)


def numbers(office: Bureau, batch: Batch) -> list[str]:
    return [item.statement_number for item in items_of(office.db, batch)]


def test_every_place_tells_the_same_state_from_the_draft_to_the_release(
    app: Flask, office: Bureau, operator: Visitor
) -> None:
    batch = office.open()
    number = numbers(office, batch)[0]
    assert_told(operator, number, "computed", "已计算")
    for move, role, code, title in (
        ("submit", "operator", "submitted", "已提交，待复核"),
        ("review", "reviewer", "reviewed", "已复核，待审批"),
        ("approve", "approver", "approved", "已审批，待公示"),
        ("publish", "operator", "on_notice", "公示"),
    ):
        batch = office.move(batch, move, office.hands[role])
        assert_told(operator, number, code, title)
    assert batch.notice_until == NOTICE_ENDS
    on_day(app, office, AFTER_NOTICE)
    assert_told(operator, number, "notice_over", "公示期满，待下达拨付")
    office.move(batch, "order", office.hands["cashier"])
    assert_told(operator, number, "ordered", "已下达拨付")


@pytest.mark.parametrize("day", [OCTOBER, date(2022, 10, 24), date(2022, 10, 25), NOTICE_ENDS])
def test_while_the_notice_runs_every_place_says_its_own_last_day(
    app: Flask, office: Bureau, operator: Visitor, day: date
) -> None:
    batch = office.move(office.approve(office.open()), "publish", office.hands["operator"])
    on_day(app, office, day)
    page = words(operator.get("/quarters/2022Q3").text)
    left = sum(
        1 for one in range(day.toordinal() + 1, NOTICE_ENDS.toordinal() + 1) if date.fromordinal(one).weekday() < 5
    )
    assert f"还剩 {left} 个工作日" in page
    assert "公示到 10-27" in page
    assert "公示 至 10月27日" in page
    assert "逾期" not in page
    assert "公示到 2022-10-27" in words(operator.get(f"/statements/{numbers(office, batch)[0]}").text)
    assert "最晚 10月27日 周四" in words(operator.get(f"/batches/{batch.number}").text)


def test_the_day_after_the_notice_waits_for_the_cashier_and_is_not_late(
    app: Flask, office: Bureau, operator: Visitor
) -> None:
    batch = office.move(office.approve(office.open()), "publish", office.hands["operator"])
    on_day(app, office, date(2022, 10, 28))
    page = words(operator.get("/quarters/2022Q3").text)
    assert "公示期满，待下达拨付" in page
    assert "公示到" not in page
    assert "逾期" not in page
    assert "联审与拨付期第 1 个工作日，还剩 11 个工作日" in page
    (task,) = [one for one in _tasks(app, office, "cashier") if batch.number in one]
    assert "11-14" in task
    on_day(app, office, date(2022, 11, 16))
    late = words(operator.get("/quarters/2022Q3").text)
    assert "联审与拨付逾期 2 个工作日" in late
    assert "逾期 2 日" in late


def _tasks(app: Flask, office: Bureau, role: str) -> list[str]:
    page = visitor(app, office, office.hands[role]).get("/").text
    return [words(part) for part in page.split("<li")]


def test_what_was_set_aside_is_not_counted_with_the_batch(office: Bureau, operator: Visitor) -> None:
    batch = office.open()
    out, kept = numbers(office, batch)
    office.write(lambda db: set_aside(db, office.hands["operator"], batch, out, reason="数字再核", desk=office.desk))
    page = words(operator.get("/quarters/2022Q3").text)
    assert "本批 1 家合计" in page
    assert "已剔出" in page
    assert kept in operator.get("/batches/" + batch.number).text


def test_after_a_release_the_next_batch_is_opened_from_the_page_for_a_late_filer(
    app: Flask, office: Bureau, operator: Visitor
) -> None:
    office.release(office.open())
    on_day(app, office, office.today)
    assert "开下一批" not in operator.get("/quarters/2022Q3").text
    late = office.floor.another_bank("应河农村商业银行")
    office.settle(late, 100_000, 300_000)
    office.draft()
    page = operator.get("/quarters/2022Q3").text
    assert "开下一批（1 项）" in page
    cashier = visitor(app, office, office.hands["cashier"])
    assert "开下一批" not in cashier.get("/quarters/2022Q3").text
    opened = operator.post("/batches", follow=True, quarter=str(Q3)).text
    assert "B-2022Q3-02" in opened
    assert "应河农村商业银行" in opened
    assert "开下一批" not in operator.get("/quarters/2022Q3").text


def test_after_a_rejection_the_page_offers_a_batch_again(office: Bureau, operator: Visitor) -> None:
    batch = office.move(office.open(), "submit", office.hands["operator"])
    assert "开下一批" not in operator.get("/quarters/2022Q3").text
    office.move(batch, "reject", office.hands["reviewer"], reason="依据不足")
    assert "开批次（2 项）" in operator.get("/quarters/2022Q3").text


def test_after_the_last_batch_closed_none_is_offered(app: Flask, office: Bureau, operator: Visitor) -> None:
    assert "开批次（2 项）" in operator.get("/quarters/2022Q3").text
    on_day(app, office, date(2025, 6, 2))
    assert "开批次" not in operator.get("/quarters/2022Q3").text
