"""An event is written with the change it tells of, once, for one party and for each channel that wants it."""

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from kernel import database
from kernel.bilingual import Text
from kernel.outbox.models import Delivery, OutboxEvent, Subscription
from kernel.outbox.service import publish
from kernel.outbox.texts import EventWords, FactMissing, UndeclaredEvent, declare
from tests.factories import make_enterprise

NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
TOLD = declare(EventWords("test.told", Text("第 {week} 周", "Week {week}"), Text("在 {room}", "In {room}")))


def channel(db: Session, party_id: int, **changes: object) -> Subscription:
    made = Subscription(
        **({"party_id": party_id, "channel": "mail", "address": "a@b.cn", "made_at": NOW} | changes)  # type: ignore[arg-type]
    )

    def work(db: Session) -> Subscription:
        db.add(made)
        db.flush()
        return made

    return database.write(db, work)


def tell(db: Session, party_id: int, event: str = "test.told", **facts: str | int | None) -> OutboxEvent:
    facts = facts or {"week": 43, "room": "3"}
    return database.write(
        db, lambda db: publish(db, event, party_id=party_id, subject=("session", 7), facts=facts, at=NOW)
    )


def test_an_event_goes_to_each_channel_of_its_party_that_wants_it_and_to_no_other(db: Session) -> None:
    firm, other = make_enterprise(db), make_enterprise(db, "清源环保设备有限公司")
    every = channel(db, firm.id or 0)
    named = channel(db, firm.id or 0, channel="sms", events="test.told other.told")
    paused = channel(db, firm.id or 0, state="paused")
    for changes in ({"events": "other.told"}, {"state": "ended"}):
        channel(db, firm.id or 0, **changes)
    channel(db, other.id or 0)
    made = tell(db, firm.id or 0)
    assert json.loads(made.facts) == {"room": "3", "week": 43}
    rows = db.exec(select(Delivery).order_by(Delivery.subscription_id)).all()  # type: ignore[arg-type]
    assert [row.subscription_id for row in rows] == [every.id, named.id, paused.id]
    assert {(row.event_id, row.state, row.attempts, row.due_at) for row in rows} == {(made.id, "waiting", 0, NOW)}
    assert len({row.reference for row in rows}) == 3


def test_an_event_vanishes_with_the_change_that_failed(db: Session) -> None:
    firm = make_enterprise(db)
    channel(db, firm.id or 0)

    def work(db: Session) -> None:
        facts = {"week": 43, "room": "3"}
        publish(db, "test.told", party_id=firm.id or 0, subject=("session", 7), facts=facts, at=NOW)
        raise RuntimeError("the change fails")

    with pytest.raises(RuntimeError):
        database.write(db, work)
    assert db.exec(select(OutboxEvent.id)).all() == db.exec(select(Delivery.id)).all() == []


def test_a_missing_fact_and_an_undeclared_event_are_found_at_the_call(db: Session) -> None:
    firm = make_enterprise(db)
    with pytest.raises(FactMissing, match="room"):
        tell(db, firm.id or 0, week=43)
    with pytest.raises(UndeclaredEvent, match=r"test\.unheard"):
        tell(db, firm.id or 0, event="test.unheard")
    with pytest.raises(ValueError, match="declared twice"):
        declare(EventWords("test.told", Text("别的", "Other"), Text("", "")))


def test_the_words_are_told_in_both_languages_and_an_empty_fact_leaves_nothing() -> None:
    assert TOLD.told({"week": 43, "room": None}) == (Text("第 43 周", "Week 43"), Text("在 ", "In "))
