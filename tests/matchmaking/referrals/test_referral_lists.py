"""The bureau's and the bank's lists come a page at a time, and nothing is left off in silence."""

from dataclasses import replace

from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from matchmaking.referrals import service, views
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
