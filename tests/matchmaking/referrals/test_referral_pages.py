"""The pages and the JSON of referrals: each side's own, the next act on each row, and nothing of anybody else."""

from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from matchmaking.referrals import jobs, service
from tests.factories import Robot, Visitor, make_token, username_of
from tests.matchmaking.referrals.city import (
    BOOK,
    WORK,
    ReferredTown,
    contacted,
    contracted,
    days_on,
    delivered,
    drew,
    now,
)


@pytest.fixture
def city(db: Session) -> ReferredTown:
    return delivered(db)


def on_day(app: Flask, number: int) -> None:
    app.extensions["clock"] = Clock.starting_at(days_on(number))


def test_the_bank_works_its_inbox_by_the_clock_from_accepting_to_the_first_drawdown(
    app: Flask, db: Session, city: ReferredTown
) -> None:
    one = city.referrals[0]
    bank = Visitor(app, username_of(db, city.bank_of(one)))
    on_day(app, 4)
    page = bank.get("/referrals").text
    assert "今天到期" in page
    assert one.enterprise.name in page
    url = f"/referrals/{one.id}"
    assert bank.get(url).status_code == 200
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("contact", {"note": "电话说过了"}),
        ("approve", {"amount": "1200000.00", "rate": "4.2", "term": "12", "guarantee": "surety"}),
        ("sign", {"contract_number": "HT-1"}),
        ("draw", {"loan_id": "JJ-1", "amount": "500000.00", "drawn_on": days_on(4).date().isoformat()}),
    ]
    for name, fields in steps:
        answer = bank.post(f"{url}/bank/{name}", **fields)
        assert answer.status_code == 302, (name, answer.text)
    firm = Visitor(app, username_of(db, city.firm_of(one)))
    assert "JJ-1" in firm.get(url).text
    drawdown = now(db, city.people.organiser, one).drawdowns[0]
    assert firm.post(f"{url}/drawdowns/{drawdown.id}/confirm").status_code == 302
    assert now(db, city.people.organiser, one).drawdowns[0].state == "confirmed"


def test_a_refusal_shows_the_firm_its_reason_and_its_cure(app: Flask, db: Session, city: ReferredTown) -> None:
    one = city.referrals[0]
    on_day(app, 1)
    bank = Visitor(app, username_of(db, city.bank_of(one)))
    bank.get(f"/referrals/{one.id}")
    assert bank.post(f"/referrals/{one.id}/bank/refuse", code="01").status_code == 422
    assert bank.post(f"/referrals/{one.id}/bank/refuse", code="01", text="只有 6 个月").status_code == 302
    firm = Visitor(app, username_of(db, city.firm_of(one)))
    for page in (firm.get("/referrals").text, firm.get(f"/referrals/{one.id}").text):
        assert "看不到近 12 个月的纳税记录" in page
        assert "近 4 个季度增值税申报表" in page


def test_the_bureau_sees_what_is_overdue_and_says_what_it_did(app: Flask, db: Session, city: ReferredTown) -> None:
    jobs.escalate_due(db, work=WORK, at=days_on(5))
    on_day(app, 5)
    bureau = Visitor(app, username_of(db, city.people.organiser))
    page = bureau.get("/referrals").text
    assert "已逾期 1 个工作日" in page
    raised = now(db, city.people.organiser, city.referrals[0]).escalations[0]
    assert bureau.post(f"/referrals/escalations/{raised.id}", note="打过电话").status_code == 302
    assert "打过电话" in bureau.get("/referrals").text
    assert bureau.get(f"/referrals/{city.referrals[0].id}").status_code == 200


def test_another_bank_and_another_firm_get_the_same_404_as_for_nothing(
    app: Flask, db: Session, city: ReferredTown
) -> None:
    one = city.referrals[0]
    on_day(app, 1)
    bank = city.people.far if city.bank_of(one) == city.people.near else city.people.near
    firm = next(firm for firm in city.people.firms if firm != city.firm_of(one))
    for stranger in (bank, firm):
        visitor = Visitor(app, username_of(db, stranger))
        assert visitor.get(f"/referrals/{one.id}").status_code == 404
        assert visitor.get("/referrals/999999").status_code == 404
        shown = visitor.get("/referrals").text
        assert f"/referrals/{one.id}" not in shown.split()


def test_a_program_of_the_bank_moves_a_referral_as_the_page_does(app: Flask, db: Session, city: ReferredTown) -> None:
    one = city.referrals[0]
    on_day(app, 1)
    robot = Robot(app, make_token(db, city.bank_of(one), "matchmaking:read", "matchmaking:write"))
    seen = robot.get(f"/referrals/{one.id}").json
    assert (seen["state"], seen["clock"]["stage"], seen["clock"]["deadline"]) == ("published", "answer", "2022-10-24")
    path = f"/referrals/{one.id}"
    assert robot.send("POST", f"{path}/accept", json={}).json["state"] == "accepted"
    assert robot.send("POST", f"{path}/accept", json={}).status_code == 409
    assert robot.send("POST", f"{path}/contact", json={"note": "打过电话"}).json["state"] == "contacted"
    assert robot.send("POST", f"{path}/ask-for-papers", json={"papers": "电费单"}).json["clock"]["deadline"] is None
    assert robot.send("POST", f"{path}/papers-are-in", json={}).status_code == 403
    assert robot.send("POST", f"{path}/go-on", json={}).status_code == 200
    listed = robot.get("/referrals?state=contacted").json
    assert ([row["id"] for row in listed["items"]], listed["total"]) == ([one.id], 1)
    second = robot.get("/referrals?per_page=1&page=2").json
    assert (len(second["items"]), second["page"], second["pages"]) == (1, 2, second["total"])


def test_the_firm_moves_its_request_to_another_bank_on_its_page(app: Flask, db: Session) -> None:
    city = delivered(db, meetings_wanted=1)
    one = city.referrals[0]
    on_day(app, 2)
    firm = Visitor(app, username_of(db, city.firm_of(one)))
    assert "换一家银行" in firm.get(f"/referrals/{one.id}").text
    other = service.other_banks(db, one)[0].institution_id
    fields = {"institution_id": str(other), "reason": "想快一点"}
    assert firm.post(f"/referrals/{one.id}/enterprise/move-elsewhere", **fields).status_code == 302
    jobs.deliver_due(db, book=BOOK, work=WORK, at=days_on(3))
    assert "想快一点" in firm.get(f"/referrals/{one.id}").text


def test_what_a_drawdown_lacks_is_said_on_both_sides(app: Flask, db: Session, city: ReferredTown) -> None:
    one = city.referrals[0]
    contracted(db, city.bank_of(one), one)
    drew(db, city.bank_of(one), one, "JJ-9", 10_000_000)
    contacted(db, city.bank_of(city.referrals[1]), city.referrals[1])
    on_day(app, 7)
    for person in (city.bank_of(one), city.firm_of(one)):
        page = Visitor(app, username_of(db, person)).get(f"/referrals/{one.id}").text
        assert "等企业确认" in page
        assert "JJ-9" in page
