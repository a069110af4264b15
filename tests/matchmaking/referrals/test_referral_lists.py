"""The bureau's and the bank's lists come a page at a time, and nothing is left off in silence."""

from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from matchmaking.referrals import service
from tests.factories import Visitor, username_of
from tests.matchmaking.referrals.city import days_on, delivered, write


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
    done = Visitor(app, username_of(db, city.bank_of(first))).get("/referrals").text
    assert "没有通过" in done
    assert "共 1 条" in done
