"""What was told, and how it went out, narrowed to days, to a state, to a kind of channel."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlmodel import Session, col, update

from kernel import database
from kernel.accounts.service import Caller
from kernel.outbox.models import Delivery, OutboxEvent
from kernel.outbox.reading import failing_deliveries, messages_of, own_deliveries
from kernel.web.paging import Asked
from tests.factories import Visitor, make_bureau, make_enterprise, make_person, username_of
from tests.kernel.outbox.test_publishing import channel, tell

MIDNIGHT = datetime(2022, 10, 19, 16, tzinfo=UTC)  # at which 20 October begins in Asia/Shanghai
BEFORE = datetime(2022, 10, 19, 15, 59, tzinfo=UTC)


@pytest.fixture
def owner(db: Session) -> Caller:
    return make_person(db, make_enterprise(db), "owner")


def told_at(db: Session, owner: Caller, moment: datetime) -> int:
    number = tell(db, owner.organisation_id).id or 0
    database.write(
        db, lambda db: db.execute(update(OutboxEvent).where(col(OutboxEvent.id) == number).values(made_at=moment))
    )
    return number


def test_the_days_of_messages_are_days_in_shanghai_both_included(db: Session, owner: Caller) -> None:
    earlier, later = told_at(db, owner, BEFORE), told_at(db, owner, MIDNIGHT)
    cases: dict[tuple[date | None, date | None], list[int]] = {
        (None, None): [later, earlier],
        (date(2022, 10, 20), None): [later],
        (None, date(2022, 10, 19)): [earlier],
        (date(2022, 10, 19), date(2022, 10, 20)): [later, earlier],
        (date(2022, 10, 21), None): [],
    }
    for (since, until), expected in cases.items():
        page = messages_of(db, owner, Asked(), since=since, until=until)
        assert ([one.event.id for one in page.items], page.total) == (expected, len(expected))


def test_deliveries_are_found_by_state_and_by_kind_of_channel(db: Session, owner: Caller) -> None:
    channel(db, owner.organisation_id), channel(db, owner.organisation_id, channel="sms", address="13800000000")
    tell(db, owner.organisation_id)
    mail, sms = (own_deliveries(db, owner, Asked(), channel=kind).items[0].delivery for kind in ("mail", "sms"))
    for one, state in ((mail, "dead"), (sms, "unknown")):
        moved = update(Delivery).where(col(Delivery.id) == one.id).values(state=state)
        database.write(db, lambda db, moved=moved: db.execute(moved))
    assert [one.delivery.id for one in own_deliveries(db, owner, Asked(), state="dead").items] == [mail.id]
    assert [one.delivery.id for one in failing_deliveries(db, Asked(), state="unknown").items] == [sms.id]
    assert [one.delivery.id for one in failing_deliveries(db, Asked(), channel="mail").items] == [mail.id]
    assert failing_deliveries(db, Asked(), state="unknown", channel="mail").total == 0


def test_a_day_that_cannot_be_read_asks_for_every_day_and_an_empty_span_says_so(app: Flask, db: Session) -> None:
    organiser = make_person(db, make_bureau(db), "organiser")
    told_at(db, organiser, MIDNIGHT)
    visitor = Visitor(app, username_of(db, organiser))
    assert "第 43 周" in visitor.get("/messages?since=yesterday").text
    page = visitor.get("/messages?since=2022-10-21&sort=made_at").text
    assert "第 43 周" not in page
    assert "没有符合的" in page
    assert '<input type="hidden" name="sort" value="made_at">' in page
