"""The four hands through HTTP: 625 assignments, stale pages, tokens; the notice, an objection, deputies, the pages."""

from datetime import date, datetime

import pytest
from flask import Flask
from sqlmodel import select

from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI, Clock
from kernel.parties.models import Enterprise, Party
from settlement.batches import reading
from settlement.batches.items import items_of
from settlement.batches.models import Batch, BatchItem, Objection
from tests.factories import Robot, Visitor, make_enterprise, make_person, make_token, username_of
from tests.settlement.batches.batch_floor import AFTER_NOTICE, OCTOBER, Bureau
from tests.settlement.batches.test_four_hands import assignments, back_to_the_start, five_people


def on_day(app: Flask, bureau: Bureau, day: date) -> None:
    """The service's clock and the test's show the same day."""
    bureau.today = day
    app.extensions["clock"] = Clock.starting_at(
        datetime(bureau.today.year, bureau.today.month, bureau.today.day, 10, tzinfo=SHANGHAI)
    )


@pytest.fixture
def office(app: Flask, bureau: Bureau) -> Bureau:
    on_day(app, bureau, OCTOBER)
    return bureau


def visitor(app: Flask, bureau: Bureau, person: Caller) -> Visitor:
    found = Visitor(app, username_of(bureau.db, person))
    found.get("/batches")
    return found


def send(visitor: Visitor, batch: dict[str, object], move: str, **changed: object) -> int:
    body = {"move": move, "digest": batch["digest"], "version": batch["version"], **changed}
    return visitor.send("POST", f"/batches/{batch['number']}/moves", json=body).status_code


def shown(visitor: Visitor, number: str) -> dict[str, object]:
    found: dict[str, object] = visitor.send("GET", f"/batches/{number}").get_json()["batch"]
    return found


def test_of_625_assignments_only_four_different_people_pass_over_http(app: Flask, office: Bureau) -> None:
    people, batch, tried = five_people(office), office.open(), assignments()
    visitors = [visitor(app, office, person) for person in people]
    operator, passed = visitors[0], []
    for assignment in tried:
        back_to_the_start(office, batch)
        on_day(app, office, OCTOBER)
        statuses = []
        for step, name in enumerate(("submit", "review", "approve", "order")):
            if name == "order":
                assert send(operator, shown(operator, batch.number), "publish") == 200
                on_day(app, office, AFTER_NOTICE)
            statuses.append(send(visitors[assignment[step]], shown(operator, batch.number), name))
            if statuses[-1] != 200:
                break
        assert statuses == [200] * 4 or statuses[-1] == 422
        passed += [assignment] if statuses == [200] * 4 else []
    assert passed == [one for one in tried if len(set(one)) == 4]
    assert len(tried) < 625 or len(passed) == 120


def test_a_page_that_is_out_of_date_signs_nothing(app: Flask, office: Bureau) -> None:
    batch = office.open()
    operator = visitor(app, office, office.hands["operator"])
    seen = shown(operator, batch.number)
    assert send(operator, seen, "submit", digest="f" * 64) == 409
    assert send(operator, seen, "submit", version=99) == 409
    assert send(operator, {**seen}, "submit") == 200
    assert send(operator, seen, "submit") == 409


def test_tokens_administrators_and_banks_cannot_sign(app: Flask, office: Bureau) -> None:
    batch = office.open()
    for role in ("operator", "reviewer", "approver", "cashier"):
        robot = Robot(app, make_token(office.db, office.hands[role], "settlement:read"))
        assert robot.get(f"/batches/{batch.number}").status_code == 200
        body = {"move": "submit", "digest": batch.digest, "version": batch.version}
        assert robot.send("POST", f"/batches/{batch.number}/moves", json=body).status_code == 403
    party = office.db.exec(select(Party).where(Party.id == office.hands["operator"].organisation_id)).one()
    administrator = Visitor(app, username_of(office.db, make_person(office.db, party, "system_administrator")))
    bank = Visitor(app, username_of(office.db, office.floor.bank.checker))
    for outsider in (administrator, bank):
        outsider.get("/")
        assert send(outsider, {"number": batch.number, "digest": batch.digest, "version": 1}, "submit") == 403
        assert outsider.send("GET", f"/batches/{batch.number}").status_code == 403


def notice(app: Flask, office: Bureau) -> Batch:
    return office.move(office.approve(office.open()), "publish", office.hands["operator"])


def test_an_objection_holds_its_item_until_it_is_answered(app: Flask, office: Bureau) -> None:
    batch = notice(app, office)
    bank = Visitor(app, username_of(office.db, office.floor.bank.maker))
    page = bank.get(f"/batches/{batch.number}/notice").text
    assert "公示名单" in page
    number = next(item.statement_number for item in items(office, batch) if item.amount == 500_00)
    answer = bank.post(f"/batches/{batch.number}/objections", statement_number=number, content="这家没有增长")
    assert answer.status_code == 302
    on_day(app, office, AFTER_NOTICE)
    cashier = visitor(app, office, office.hands["cashier"])
    assert send(cashier, shown(cashier, batch.number), "order") == 422
    reviewer = visitor(app, office, office.hands["reviewer"])
    told = reviewer.send("GET", f"/batches/{batch.number}").get_json()
    assert {one["statement_number"]: one["held"] for one in told["items"]}[number] is True
    (objection,) = told["objections"]
    body = {"outcome": "dismissed", "answer": "核对过，有增长"}
    answered = reviewer.send("POST", f"/objections/{objection['id']}/answers", json=body)
    assert (answered.status_code, answered.get_json()["outcome"]) == (200, "dismissed")
    again = reviewer.send("POST", f"/objections/{objection['id']}/answers", json=body)
    assert again.status_code == 409
    assert not any(one["held"] for one in reviewer.send("GET", f"/batches/{batch.number}").get_json()["items"])
    assert send(cashier, shown(cashier, batch.number), "order") == 200


def test_a_firm_that_nobody_has_confirmed_raises_no_objection(app: Flask, office: Bureau) -> None:
    batch, firm = notice(app, office), make_enterprise(office.db)
    owner = Visitor(app, username_of(office.db, make_person(office.db, firm, "owner")))
    said = {"statement_number": items(office, batch)[0].statement_number, "content": "这家没有增长"}
    path, number = f"/batches/{batch.number}/objections", firm.id

    def confirmed(value: bool) -> None:
        office.write(lambda db: setattr(db.get_one(Enterprise, number), "identity_confirmed", value))

    confirmed(False)
    assert owner.post(path, **said).status_code == owner.send("POST", path, json=said).status_code == 403
    assert office.db.exec(select(Objection)).all() == []
    confirmed(True)
    assert owner.post(path, **said).status_code == 302
    assert len(office.db.exec(select(Objection)).all()) == 1


def items(office: Bureau, batch: Batch) -> list[BatchItem]:
    return list(items_of(office.db, reading.batch_by_number(office.db, batch.number)))


def test_the_pages_lead_from_the_quarter_to_the_release(app: Flask, office: Bureau) -> None:
    operator = visitor(app, office, office.hands["operator"])
    assert "开批次" in operator.get("/quarters/2022Q3").text
    page = operator.post("/batches", follow=True, quarter="2022Q3").text
    assert "B-2022Q3-01" in page
    for name, role in (
        ("submit", "operator"),
        ("review", "reviewer"),
        ("approve", "approver"),
        ("publish", "operator"),
    ):
        person = visitor(app, office, office.hands[role])
        batch = shown(person, "B-2022Q3-01")
        confirm = person.get(f"/batches/B-2022Q3-01/moves/{name}").text
        assert "壹仟伍佰元整" in confirm
        sent = {"move": name, "digest": batch["digest"], "version": batch["version"]}
        assert "办好了" in person.post("/batches/B-2022Q3-01/moves", follow=True, **sent).text
    assert "公示" in operator.get("/batches/B-2022Q3-01").text
    on_day(app, office, AFTER_NOTICE)
    cashier = visitor(app, office, office.hands["cashier"])
    batch = shown(cashier, "B-2022Q3-01")
    sent = {"move": "order", "digest": batch["digest"], "version": batch["version"]}
    assert "已下达拨付" in cashier.post("/batches/B-2022Q3-01/moves", follow=True, **sent).text
    assert "没有要更正的" in cashier.get("/restatements").text
    quarter = cashier.get("/quarters/2022Q3").text
    assert "已下达拨付" in quarter


def test_a_return_needs_its_reason_on_the_page_too(app: Flask, office: Bureau) -> None:
    batch = office.move(office.open(), "submit", office.hands["operator"])
    reviewer = visitor(app, office, office.hands["reviewer"])
    seen = shown(reviewer, batch.number)
    sent = {"move": "return", "digest": seen["digest"], "version": seen["version"]}
    refused = reviewer.post(f"/batches/{batch.number}/moves", **sent)
    assert (refused.status_code, "写明原因" in refused.text) == (422, True)
    back = reviewer.post(f"/batches/{batch.number}/moves", follow=True, **sent, reason="数字要再核")
    assert "数字要再核" in back.text


def test_a_deputy_is_named_and_ended_on_the_page(app: Flask, office: Bureau) -> None:
    approver = visitor(app, office, office.hands["approver"])
    approver.get("/batches/deputies")
    cashier = str(office.hands["cashier"].account_id)
    sent = {"account_id": cashier, "since": "2022-10-20", "until": "2022-10-31", "reason": "出差"}
    assert "代理人定好了" in approver.post("/batches/deputies", follow=True, **sent).text
    listed = approver.send("GET", "/deputies").get_json()
    assert [(one["role"], one["until"], one["ended_at"]) for one in listed] == [("approver", "2022-10-31", None)]
    assert "代理结束了" in approver.post(f"/batches/deputies/{listed[0]['id']}/ends", follow=True).text
    ended, running = (approver.get(f"/batches/deputies?state={one}&format=csv").text for one in ("ended", "running"))
    assert [line.split(",")[2:] for line in ended.splitlines()[1:]] == [
        ["approver", "2022-10-20", "2022-10-31", "出差", "ended"]
    ]
    assert len(running.splitlines()) == 1
    assert "没有符合的" in approver.get("/batches/deputies?state=running").text
    wrong = approver.post("/batches/deputies", **{**sent, "until": "2022-10-01"})
    assert wrong.status_code == 422
