"""A pool firm's need goes to the banks that fit and to all three platforms, only as far as its consent reaches."""

import csv
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, col, select

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Refused
from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.letters import Post
from kernel.outbox.models import OutboxEvent
from kernel.outbox.pulling import PullOffice, pull_all
from kernel.outbox.rest import PlatformChannel
from kernel.policies import PolicyBook
from matchmaking.matching_policy import matching_policy
from matchmaking.recommendations import service
from matchmaking.recommendations.intake import INTAKES
from matchmaking.recommendations.jobs import tend_due
from matchmaking.recommendations.models import Recommendation
from matchmaking.refusing import nobody
from matchmaking.requests import service as requests
from matchmaking.sessions import blocks
from tests.at_once import at_once
from tests.factories import Visitor, username_of
from tests.kernel.outbox.platform import province
from tests.kernel.outbox.post import BOX, Hand, subscribe
from tests.matchmaking.people import NOW, Town, ask, bank, draft, offer, party_code, town

BOOK = PolicyBook.load(Settings().policies_dir)
POLICY = matching_policy(BOOK, date(2022, 10, 20))
PLATFORMS = ("credit-henan", "provincial", "sme-cloud")


def recommend(db: Session, by: Caller, *request_ids: int, past_refusers: Any = nobody) -> int:
    def work(db: Session) -> int:
        return service.recommend(db, by, request_ids, policy=POLICY, past_refusers=past_refusers, at=NOW)

    return database.write(db, work)


def rows(db: Session) -> list[tuple[int | None, str | None, str, str]]:
    db.expire_all()
    query = select(Recommendation).order_by(col(Recommendation.id))
    return [(one.institution_id, one.platform, one.state, one.note) for one in db.exec(query)]


def sent(db: Session, people: Town) -> Recommendation:
    """One recommendation to the near bank, of the pool firm."""
    offer(db, people.near)
    recommend(db, people.organiser, ask(db, people.firms[0], audience="recommended", note="机密样品").id)
    return db.exec(select(Recommendation)).one()


def visit(app: Flask, db: Session, person: Caller) -> Visitor:
    app.extensions["clock"] = Clock.starting_at(NOW)
    return Visitor(app, username_of(db, person))


def test_only_banks_that_fit_and_keep_off_nobody_are_reached(db: Session) -> None:
    people = town(db)
    firm = people.firms[0]
    vetoed, blocking, refused, dear = (bank(db, name) for name in ("昆阳银行", "三苏银行", "龙泉银行", "汝瓷银行"))
    for one in (people.near, people.far, vetoed, blocking, refused):
        offer(db, one)
    offer(db, dear, rate_min=Decimal("9.00"), rate_max=Decimal("9.50"))
    code = party_code(db, firm)
    database.write(db, lambda db: blocks.block(db, blocking, enterprise_code=code, reason="正在诉讼", at=NOW))
    filed = ask(db, firm, audience="recommended", vetoed_institutions=(party_code(db, vetoed),))
    refusers = {(firm.organisation_id, refused.organisation_id)}
    assert recommend(db, people.organiser, filed.id, past_refusers=lambda _db, _firms: refusers) == 2
    assert {row[0] for row in rows(db)} == {people.near.organisation_id, people.far.organisation_id}
    with pytest.raises(Refused, match="nobody_to_recommend_to"):
        recommend(db, people.organiser, filed.id, past_refusers=lambda _db, _firms: refusers)


def test_one_need_and_more_cost_the_organiser_the_same_queries(app: Flask, db: Session) -> None:
    people = town(db)
    for one in (people.near, people.far):
        offer(db, one)
    visitor, asked = visit(app, db, people.organiser), list[str]()
    event.listen(database.books.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    costs = []
    for shown in (1, 2, 3):
        ask(db, people.firms[0], audience="recommended")
        asked.clear()
        page = visitor.get("/recommendations").text
        assert page.count('name="request_ids"') == shown
        costs.append(len(asked))
    assert costs[1:] == costs[:1] * 2


def test_nothing_is_recommended_beyond_the_consent_or_outside_the_pool_and_all_or_none(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    good = ask(db, people.firms[0], audience="recommended")
    for other, code in (
        (ask(db, people.firms[0]), "no_consent"),
        (ask(db, people.firms[1], audience="recommended"), "not_recommendable"),
        (draft(db, people.firms[0]), "not_recommendable"),
    ):
        with pytest.raises(Refused, match=code):
            recommend(db, people.organiser, good.id, other.id)
        assert rows(db) == []
    assert recommend(db, people.organiser, good.id) == 1


def test_all_three_platforms_are_told_once_each_and_what_they_say_comes_back(app: Flask, db: Session) -> None:
    people, hand = town(db), Hand()
    for name in PLATFORMS:
        subscribe(db, people.organiser, name, "platform", platforms=PLATFORMS)
    filed = ask(db, people.firms[0], audience="recommended")
    assert recommend(db, people.organiser, filed.id) == 3
    code = filed.request.code
    with ExitStack() as stack:
        manners = (("500 after effect", "ok"), ("500 before", "ok"), ("ok",))
        servers = {name: stack.enter_context(province(*one)) for name, one in zip(PLATFORMS, manners, strict=True)}
        platforms = {name: made.as_platform(name) for name, made in servers.items()}
        office = PostOffice(Post({"platform": PlatformChannel(platforms)}), BOX)
        for _ in range(3):
            deliver_due(db, office, now=hand)
            hand.forward(hours=2)
        told = {name: [record for _, record in made.effects] for name, made in servers.items()}
        assert {name: len(records) for name, records in told.items()} == dict.fromkeys(PLATFORMS, 1)
        assert [told["credit-henan"][0]["loanAmt"], told["credit-henan"][0]["useCode"]] == ["3000000.00", "1"]
        assert [told["provincial"][0]["amount"], told["sme-cloud"][0]["amount_wan"]] == ["300", "300"]
        refused = {"eventId": "e2", "seq": 7, "needCode": code, "status": "REFUSED", "reason": "材料不全"}
        late = {"eventId": "e1", "seq": 3, "needCode": code, "status": "RECEIVED"}
        strange = {"eventId": "e3", "seq": 9, "needCode": "R999999", "status": "RECEIVED"}
        cloud = {"event": "c1", "number": 1, "need_id": code, "status": "contacted"}
        servers["provincial"].pages = {
            "/api/financing-needs": {},
            "/api/loan-products": {},
            "/api/need-status": {"": {"data": {"list": [refused, refused, late, strange], "nextCursor": None}}},
        }
        servers["credit-henan"].pages = {"/openapi/v1/progress": {"": {"result": {"rows": [], "after": None}}}}
        servers["sme-cloud"].pages = {"/cloud/needs/status": {"": {"items": [cloud], "next": None}}}
        counts = pull_all(db, PullOffice(platforms, INTAKES), at=hand())
    assert (counts["provincial.status"], counts["sme-cloud.status"]) == (3, 1)
    assert rows(db) == [
        (None, "credit-henan", "sent", ""),
        (None, "provincial", "declined", "材料不全"),
        (None, "sme-cloud", "taken_up", ""),
    ]
    visitor = visit(app, db, people.organiser)
    page = visitor.get("/recommendations").text
    assert "材料不全" in page
    assert "省金融服务共享平台" in page
    assert "这份申请没有推荐给这个平台" in visitor.get("/recommendations/platforms").text
    of_state, of_platform = (
        list(csv.DictReader(visitor.get(f"/recommendations/platforms?format=csv&{asked}").text.splitlines()))
        for asked in ("state=refused", "platform=sme-cloud")
    )
    assert {row["state"] for row in of_state} == {"refused"}
    assert len(of_platform) == 1
    assert "材料不全" in visit(app, db, people.firms[0]).get("/recommendations").text


def test_a_bank_answers_once_and_the_firm_reads_the_coded_reason(app: Flask, db: Session) -> None:
    people = town(db)
    one = sent(db, people)
    mine = visit(app, db, people.near)
    assert mine.get("/").text.count("需求，等本行回话") == 1
    page = mine.get("/recommendations").text
    assert "恒润精密铸造有限公司" in page
    assert "机密样品" in page
    short = mine.post(f"/recommendations/{one.id}/decline", code="02", text="")
    assert short.status_code == 422
    done = mine.post(f"/recommendations/{one.id}/decline", code="02", text="少一年报表")
    assert done.status_code == 302
    again = mine.send("POST", f"/recommendations/{one.id}/acceptance", json={"note": "改主意了"})
    assert (again.status_code, again.json["code"]) == (409, "move_not_possible")
    told = visit(app, db, people.firms[0]).get("/recommendations").text
    for words in ("财务报表不全或对不上", "少一年报表", "沙河农村商业银行"):
        assert words in told
    db.rollback()
    query = select(OutboxEvent.party_id).where(OutboxEvent.event == "recommendation.answered")
    assert list(db.exec(query)) == [people.firms[0].organisation_id]
    assert 'href="/recommendations"' in visit(app, db, people.firms[0]).get(f"/requests/{one.request_id}").text


def test_a_bank_that_takes_it_up_tells_whom_to_expect(db: Session) -> None:
    people = town(db)
    one = sent(db, people)
    database.write(db, lambda db: service.take_up(db, people.near, one.id or 0, note="孙悦，周五来厂", at=NOW))
    assert [row[2:] for row in rows(db)] == [("taken_up", "孙悦，周五来厂")]
    with pytest.raises(Conflict):
        database.write(db, lambda db: service.decline(db, people.near, one.id or 0, code="01", text="不", at=NOW))


def test_other_banks_see_nothing_and_a_revoked_consent_closes_the_bank_out_at_once(app: Flask, db: Session) -> None:
    people = town(db)
    one = sent(db, people)
    with pytest.raises(NotFound):
        service.take_up(db, people.far, one.id or 0, note="我行来谈", at=NOW)
    far, near = visit(app, db, people.far), visit(app, db, people.near)
    owner = people.firms[0]
    for place in ("/recommendations", "/messages"):
        assert "恒润" not in far.get(place).text
    assert "恒润" not in near.get("/messages").text
    database.write(db, lambda db: requests.retract(db, owner, one.request_id, "revoke", at=NOW))
    answers = [near.get("/recommendations").text, near.send("GET", "/recommendations").text]
    for text in answers:
        assert "恒润" not in text
        assert "机密样品" not in text
    assert "企业已收回同意" in answers[0]
    late = near.send("POST", f"/recommendations/{one.id}/acceptance", json={"note": "来谈"})
    assert (late.status_code, late.json["code"]) == (404, "recommendation_over")
    assert tend_due(db, at=NOW) == {"proposed": 0, "ended": 1}
    assert [row[2] for row in rows(db)] == ["ended"]


def test_the_organiser_is_told_once_of_what_can_be_recommended_and_sends_it_from_the_page(
    app: Flask, db: Session
) -> None:
    people = town(db)
    offer(db, people.near)
    filed, silent = ask(db, people.firms[0], audience="recommended"), ask(db, people.firms[0])
    assert [tend_due(db, at=NOW)["proposed"] for _ in range(2)] == [1, 0]
    organiser = visit(app, db, people.organiser)
    assert "1 份培育库企业的申请可以推荐" in organiser.get("/").text
    listed = organiser.send("GET", "/recommendations/candidates").json
    assert [(one["request_id"], one["banks"]) for one in listed] == [(filed.id, ["沙河农村商业银行"])]
    page = organiser.get("/recommendations").text
    assert f"/requests/{silent.id}" in page
    assert organiser.post("/recommendations").status_code == 422
    assert organiser.post("/recommendations", request_ids=[str(filed.id)]).status_code == 302
    assert organiser.send("GET", "/recommendations/candidates").json == []
    assert organiser.send("GET", "/recommendations").json["total"] == 1
    for stranger in (people.near, people.firms[0]):
        other = visit(app, db, stranger)
        assert other.send("POST", "/recommendations", json={"request_ids": [filed.id]}).status_code == 403
        assert other.get("/recommendations/platforms").status_code == 403


@pytest.mark.both_databases
def test_two_organisers_at_the_same_moment_recommend_once(app: Flask, db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    filed = ask(db, people.firms[0], audience="recommended")

    def work(db: Session) -> int:
        return service.recommend(db, people.organiser, [filed.id], policy=POLICY, past_refusers=nobody, at=NOW)

    assert sorted(at_once(app, [work] * 4)) == ["done", *["nobody_to_recommend_to"] * 3]
    assert len(rows(db)) == 1


def test_a_platform_cannot_reopen_what_the_firm_has_ended_nor_say_what_nobody_knows(db: Session) -> None:
    people = town(db)
    subscribe(db, people.organiser, "provincial", "platform", platforms=PLATFORMS)
    filed = ask(db, people.firms[0], audience="recommended")
    recommend(db, people.organiser, filed.id)

    def hear(state: str, version: str) -> bool:
        said = {"state": state, "reason": "", "version": version, "at": NOW}
        return database.write(
            db,
            lambda db: service.take_status(db, "provincial", filed.request.code, **said),  # type: ignore[arg-type]
        )

    assert [hear("received", "002"), hear("taken_up", "001")] == [True, False]
    with pytest.raises(Refused, match="unknown_status"):
        hear("sent", "003")
    database.write(db, lambda db: requests.retract(db, people.firms[0], filed.id, "revoke", at=NOW))
    tend_due(db, at=NOW)
    assert not hear("taken_up", "004")
    assert rows(db) == [(None, "provincial", "ended", "")]
