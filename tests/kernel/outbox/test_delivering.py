"""Delivery to receivers that misbehave: at least once, effective once, refusals told apart from the unknown."""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import Conflict, NotFound
from kernel.outbox import delivering, pinned, subscriptions
from kernel.outbox.models import Delivery, Subscription
from kernel.outbox.signing import check_signature
from tests.factories import make_enterprise, make_person
from tests.kernel.outbox.post import BOX, NOW, Desk, subscribe, tell
from tests.kernel.outbox.receivers import http_receiver


@pytest.fixture
def owner(db: Session) -> Caller:
    return make_person(db, make_enterprise(db), "owner")


def act(db: Session, name: str, *args: Any, **options: Any) -> Any:
    return database.write(db, lambda db: getattr(subscriptions, name)(db, *args, **options))


def test_a_webhook_arrives_once_signed_and_says_what_happened_in_both_languages(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver() as receiver:
        made = subscribe(db, owner, receiver.url)
        event = tell(db, owner.organisation_id)
        assert desk.deliver() == {"delivered": 1}
        assert desk.deliver() == {}
    (call,) = receiver.calls
    assert made.secret is not None
    assert check_signature(call.headers, call.body, keys=[made.secret], at=NOW) == call.reference
    assert json.loads(call.body) == {
        "type": "test.told",
        "timestamp": "2022-10-20T01:00:00+00:00",
        "data": {
            "subject": {"kind": "session", "id": 7},
            "facts": {"room": "三号厅", "week": 43},
            "title": {"zh": "第 43 周", "en": "Week 43"},
            "text": {"zh": "在 三号厅", "en": "In 三号厅"},
        },
    }
    assert call.reference == f"msg_{event.code.removeprefix('evt_')}_{made.subscription.id}"
    assert (desk.states(), desk.tries()) == (["delivered"], [(1, "delivered", "200")])


MANNERS: list[tuple[Any, str, str]] = [
    ("500 after effect", "unknown", "500"),
    ("drop", "unknown", "no_answer:ConnectionError"),
    (503, "unknown", "503"),
    (429, "refused", "429"),
    (401, "refused", "401"),
]


def test_a_failed_try_is_repeated_later_with_the_same_id_and_bytes_and_takes_effect_once(
    db: Session, owner: Caller
) -> None:
    desk = Desk(db)
    with http_receiver() as receiver:
        subscribe(db, owner, receiver.url)
        for manner, outcome, _ in MANNERS:
            receiver.manners = [manner, 200]
            tell(db, owner.organisation_id, at=desk.hand.at)
            assert desk.deliver() == {outcome: 1}
            assert desk.states()[-1] == ("unknown" if outcome == "unknown" else "waiting")
            desk.hand.forward(seconds=59)
            assert desk.deliver() == {}
            desk.hand.forward(seconds=1)
            assert desk.deliver() == {"delivered": 1}
            first, second = receiver.calls[-2:]
            assert (first.reference, first.body) == (second.reference, second.body)
            assert receiver.effects[first.reference] == first.body
    assert len(receiver.effects) == len(MANNERS)
    wanted = [row for _, outcome, answer in MANNERS for row in ((1, outcome, answer), (2, "delivered", "200"))]
    assert desk.tries() == wanted


def test_a_receiver_that_never_answers_or_drips_is_cut_off_and_its_fate_is_unknown(
    db: Session, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(db)
    monkeypatch.setattr(pinned, "READ_SECONDS", 0.5)
    monkeypatch.setattr(pinned, "DEADLINE", 1.0)
    with http_receiver("slow", "drip", 200) as receiver:
        subscribe(db, owner, receiver.url)
        tell(db, owner.organisation_id)
        assert desk.deliver() == {"unknown": 1}
        desk.hand.forward(minutes=1)
        assert desk.deliver() == {"unknown": 1}
        desk.hand.forward(minutes=2)
        assert desk.deliver() == {"delivered": 1}
    assert len(receiver.calls) == 3
    assert len(receiver.effects) == 1


def test_a_dead_receiver_is_tried_ten_times_ever_slower_then_given_up_and_can_be_sent_again(
    db: Session, owner: Caller
) -> None:
    desk = Desk(db)
    subscribe(db, owner, "http://127.0.0.1:9/hook".replace(":9/", ":65001/"))
    tell(db, owner.organisation_id)
    moments = []
    while desk.states() == ["waiting"]:
        desk.hand.at = max(desk.hand.at, db.exec(select(Delivery.due_at)).one())
        moments.append(desk.hand.at)
        assert desk.deliver() == {"refused": 1}
    waits = [int((late - early) / timedelta(minutes=1)) for early, late in pairwise(moments)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert desk.states() == ["dead"]
    (delivery,) = db.exec(select(Delivery))
    stranger = make_person(db, make_enterprise(db, "清源环保设备有限公司"), "owner")
    with pytest.raises(NotFound):
        act(db, "send_again", stranger, delivery.id, everybodys=False, at=NOW)
    act(db, "send_again", owner, delivery.id, everybodys=False, at=desk.hand.at)
    with pytest.raises(Conflict):
        act(db, "send_again", owner, delivery.id, everybodys=False, at=desk.hand.at)
    assert desk.deliver() == {"refused": 1}
    assert desk.states() == ["waiting"]
    assert [number for number, _, _ in desk.tries()] == list(range(1, 12))


def test_a_redirect_is_not_followed_and_what_is_gone_is_not_asked_again(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver("redirect", 410) as receiver:
        subscribe(db, owner, receiver.url)
        for _ in range(2):
            tell(db, owner.organisation_id)
            assert desk.deliver() == {"refused": 1}
    assert (desk.states(), desk.tries()) == (["dead", "dead"], [(1, "refused", "302"), (1, "refused", "410")])
    assert [call.path for call in receiver.calls] == ["/hook", "/hook"]


def test_the_receiver_may_ask_for_more_time_but_not_for_ever(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver(503) as receiver:
        subscribe(db, owner, receiver.url)
        tell(db, owner.organisation_id)
        for asked, wait in (
            ("600", timedelta(minutes=10)),
            ("999999", timedelta(hours=12)),
            ("soon", timedelta(minutes=4)),
        ):
            receiver.retry_after = asked
            desk.hand.at = db.exec(select(Delivery.due_at)).one()
            desk.deliver()
            db.expire_all()
            assert db.exec(select(Delivery.due_at)).one() - desk.hand.at == wait


def test_one_failing_receiver_does_not_hold_up_the_others(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver(503) as failing, http_receiver() as sound:
        subscribe(db, owner, failing.url)
        subscribe(db, owner, sound.url)
        for week in (43, 44, 45):
            tell(db, owner.organisation_id, week=week)
        assert desk.deliver() == {"unknown": 1, "delivered": 3}
        assert (len(failing.calls), len(sound.calls)) == (1, 3)


def test_a_channel_with_many_letters_leaves_room_for_those_of_the_others(
    db: Session, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MOST_A_PASS", 3)
    desk, other = Desk(db), make_person(db, make_enterprise(db, "清源环保设备有限公司"), "owner")
    with http_receiver(*[503] * 9) as failing, http_receiver() as sound:
        subscribe(db, owner, failing.url)
        for week in range(1, 9):
            tell(db, owner.organisation_id, week=week)
        subscribe(db, other, sound.url)
        tell(db, other.organisation_id)
        assert desk.deliver() == {"unknown": 1, "delivered": 1}
        assert len(sound.calls) == 1


def test_a_paused_channel_collects_and_a_resumed_one_sends_and_an_ended_one_drops(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver() as receiver:
        channel = subscribe(db, owner, receiver.url).subscription
        act(db, "pause", owner, channel.id, at=NOW)
        tell(db, owner.organisation_id)
        assert desk.deliver() == {}
        with pytest.raises(Conflict):
            act(db, "try_out", owner, channel.id, at=NOW)
        act(db, "resume", owner, channel.id, at=NOW)
        assert desk.deliver() == {"delivered": 1}
        tell(db, owner.organisation_id)
        act(db, "end", owner, channel.id, at=NOW)
        assert desk.deliver() == {}
        assert desk.states() == ["delivered", "dropped"]
        with pytest.raises(NotFound):
            act(db, "resume", owner, channel.id, at=NOW)
    assert len(receiver.calls) == 1


def test_while_a_secret_is_rotated_both_hold_for_a_day_and_then_the_new_one_alone(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver() as receiver:
        old = subscribe(db, owner, receiver.url)
        new = act(db, "rotate", owner, old.subscription.id, box=BOX, at=NOW)
        tell(db, owner.organisation_id)
        desk.hand.forward(hours=23, minutes=59)
        desk.deliver()
        tell(db, owner.organisation_id)
        desk.hand.forward(minutes=1)
        desk.deliver()
    changing, changed = receiver.calls
    assert [len(call.headers["webhook-signature"].split()) for call in (changing, changed)] == [2, 1]
    at = NOW + timedelta(hours=24)
    for secret, call, holds in (
        (old.secret, changing, True),
        (new.secret, changing, True),
        (new.secret, changed, True),
    ):
        assert bool(check_signature(call.headers, call.body, keys=[secret], at=at)) is holds
    with pytest.raises(Exception, match="signature"):
        check_signature(changed.headers, changed.body, keys=[old.secret or ""], at=at)


def test_secrets_are_kept_sealed_and_bound_to_their_party(db: Session, owner: Caller) -> None:
    made = subscribe(db, owner, "https://hooks.hengrun.cn/yinqi")
    kept = db.exec(select(Subscription.secret)).one() or ""
    assert made.secret is not None
    assert made.secret.removeprefix("whsec_") not in kept
    with pytest.raises(Exception, match="secret_unreadable"):
        BOX.open(kept, about="outbox subscription of party 999")


def test_a_key_that_changed_sends_nothing_unsigned(db: Session, owner: Caller) -> None:
    desk = Desk(db)
    with http_receiver() as receiver:
        subscribe(db, owner, receiver.url, box=type(BOX)("another key"))
        tell(db, owner.organisation_id)
        assert desk.deliver() == {"refused": 1}
    assert (receiver.calls, desk.tries()) == ([], [(1, "refused", "no_secret")])
