"""The bureau's and the bank's lists come a page at a time, and nothing is left off in silence."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, col

from kernel import database
from kernel.clock import Clock
from matchmaking.referrals import jobs, service, views
from matchmaking.referrals.models import Referral
from matchmaking.referrals.reading import Clocked, ShownReferral
from tests.factories import Visitor, username_of
from tests.matchmaking.referrals.city import WORK, contacted, days_on, delivered, now, write


def test_each_list_says_how_many_there_are_and_leads_to_the_rest(app: Flask, db: Session) -> None:
    city = delivered(db)
    count, first = len(city.referrals), city.referrals[0]
    write(db, service.refuse, city.bank_of(first), first.id, code="04", text="担保不够", at=days_on(1))
    app.extensions["clock"] = Clock.starting_at(days_on(6))
    bureau = Visitor(app, username_of(db, city.people.organiser))
    for show, number in (("late", count - 1), ("open", count - 1), ("all", count)):
        seen = [bureau.get(f"/referrals?show={show}&per_page=1&page={page}").text for page in range(1, number + 1)]
        assert all(f"共 {number} 条" in text for text in seen), show
        assert "下一页" not in seen[-1]
        links = {one.id for one in city.referrals for text in seen if f'"/referrals/{one.id}"' in text}
        assert len(links) == number, show
    bank = Visitor(app, username_of(db, city.bank_of(first)))
    for address in ("/referrals", "/referrals?show=open&format=zzz"):
        done = bank.get(address).text
        assert "没有通过" in done
        assert "共 1 条" in done


def _eight_of(one: ShownReferral) -> list[ShownReferral]:
    return [replace(one, referral=Referral(**one.referral.model_dump() | {"id": number})) for number in range(1, 9)]


def test_a_group_of_the_inbox_shows_its_first_few_and_leads_to_all_of_them(app: Flask, db: Session) -> None:
    city = delivered(db)
    rows, day = _eight_of(city.referrals[0]), days_on(6).date()
    clocked = [Clocked(one.referral, one.standing(WORK, day)) for one in rows]
    some, every = views.headings(clocked, WORK, day), views.headings(clocked, WORK, day, whole="late")
    with app.test_request_context():
        (few,), (all_of_them,) = (views.inbox(found, rows, WORK, day, may_act=True) for found in (some, every))
    assert (few["count"], len(few["items"]), few["url"]) == (8, views.FIRST_FEW, "/referrals?due=late")
    assert (all_of_them["count"], len(all_of_them["items"]), all_of_them["url"]) == (8, 8, None)
    assert views.headings(clocked, WORK, day, whole="paused") == []


def test_a_group_asked_for_whole_stands_alone_on_the_page(app: Flask, db: Session) -> None:
    city = delivered(db)
    one = city.referrals[0]
    app.extensions["clock"] = Clock.starting_at(days_on(6))
    bank = Visitor(app, username_of(db, city.bank_of(one)))
    assert one.enterprise.name in bank.get("/referrals?due=late").text
    empty = bank.get("/referrals?due=paused").text
    assert one.enterprise.name not in empty
    assert "看整个收件箱" in empty


def test_a_firm_sees_first_what_waits_for_it(db: Session) -> None:
    city = delivered(db)
    older = city.referrals[0]
    contacted(db, city.bank_of(older), older)
    write(db, service.ask_for_papers, city.bank_of(older), older.id, papers="电费单", at=days_on(3))
    seen = [now(db, city.people.organiser, one) for one in city.referrals]
    assert views.by_turn(seen)[0].id == older.id
    assert [views.waits_for_firm(one) is not None for one in views.by_turn(seen)] == [True] + [False] * (len(seen) - 1)


def test_a_deadline_in_a_year_without_a_calendar_stops_no_other_clock_and_is_said_in_words(
    app: Flask, db: Session
) -> None:
    city = delivered(db)
    one = city.referrals[0]
    mine = [each for each in city.referrals if each.referral.institution_id == one.referral.institution_id]
    beyond = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)
    moved = update(Referral).where(col(Referral.id) == one.id).values(delivered_at=beyond)
    database.write(db, lambda db: db.execute(moved))
    late = len(city.referrals) - 1
    assert jobs.escalate_due(db, work=WORK, at=days_on(6)) == late
    app.extensions["clock"] = Clock.starting_at(days_on(6))
    bank = Visitor(app, username_of(db, city.bank_of(one)))
    home = bank.get("/").text
    assert "算不出来" not in home
    assert f"{len(mine) - 1} 件推荐等本行：受理" in home
    for address in ("/referrals", "/referrals?due=unknown", f"/referrals/{one.id}"):
        assert "放假安排还没公布，时限算不出" in bank.get(address).text, address
    assert "放假安排还没公布，时限算不出" in Visitor(app, username_of(db, city.firm_of(one))).get("/referrals").text
    bureau = Visitor(app, username_of(db, city.people.organiser))
    assert f"共 {late} 条" in bureau.get("/referrals?show=late").text
    assert "放假安排还没公布，时限算不出" in bureau.get("/referrals?show=open").text
    app.extensions["clock"] = Clock.starting_at(datetime(2027, 3, 1, 2, 0, tzinfo=UTC))
    assert "到期，已逾期" in bureau.get("/referrals?show=late").text
