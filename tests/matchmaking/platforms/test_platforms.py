"""Products, recommended requests and their progress reach a real platform over HTTP, each version once."""

import json
from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import Invalid, Refused
from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.letters import Post
from kernel.outbox.models import Delivery, OutboxEvent, Subscription
from kernel.outbox.rest import PlatformChannel
from kernel.policies import PolicyBook
from matchmaking.matching_policy import matching_policy
from matchmaking.platforms.service import push_changes, push_request
from matchmaking.products import service as products
from matchmaking.recommendations import service as recommendations
from matchmaking.refusing import nobody
from matchmaking.requests import service as requests
from tests.kernel.outbox.platform import FakeProvince, province
from tests.kernel.outbox.post import BOX, subscribe
from tests.matchmaking.people import CONSENT_UNTIL, NOW, ask, offer, town

BOOK = PolicyBook.load(Settings().policies_dir)


def recommend(db: Session, by: Caller, *request_ids: int) -> int:
    policy = matching_policy(BOOK, date(2022, 10, 20))
    return recommendations.recommend(db, by, request_ids, policy=policy, past_refusers=nobody, at=NOW)


def statuses(made: FakeProvince) -> list[str]:
    return [
        record["status"]
        for _, record in made.effects
        if set(record) == {"sourceRef", "needCode", "status", "changedAt"}
    ]


def test_a_platform_hears_that_a_consent_was_taken_back_and_given_anew(db: Session) -> None:
    people = town(db)
    subscribe(db, people.organiser, "provincial", "platform", platforms=("provincial",))
    owner = people.firms[0]
    filed = ask(db, owner, audience="recommended")
    database.write(db, lambda db: recommend(db, people.organiser, filed.id))
    push_changes(db, at=NOW)
    database.write(db, lambda db: requests.retract(db, owner, filed.id, "revoke", at=NOW))
    push_changes(db, at=NOW)
    for audience in ("session_banks", "recommended"):
        database.write(
            db,
            lambda db: requests.publish(db, owner, filed.id, audience=audience, until=CONSENT_UNTIL, at=NOW),  # noqa: B023
        )
        push_changes(db, at=NOW)
        if audience == "session_banks":
            database.write(db, lambda db: requests.retract(db, owner, filed.id, "revoke", at=NOW))
    database.write(db, lambda db: recommend(db, people.organiser, filed.id))
    push_changes(db, at=NOW)
    with province(knows_keys=True) as made:
        office = PostOffice(Post({"platform": PlatformChannel({"provincial": made.platform})}), BOX)
        deliver_due(db, office, now=lambda: NOW)
    assert statuses(made) == ["OPEN", "CLOSED", "OPEN"]


def told(db: Session, name: str) -> list[tuple[str, object]]:
    """To which platform a kind of record went, and what it said of the state."""
    query = select(Subscription.address, OutboxEvent.facts).join(Delivery, col(Delivery.event_id) == OutboxEvent.id)
    query = query.join(Subscription, col(Subscription.id) == Delivery.subscription_id).where(OutboxEvent.event == name)
    return [(address, json.loads(facts).get("state")) for address, facts in db.exec(query.order_by(col(Delivery.id)))]


def test_a_platform_hears_each_time_that_a_request_is_open_again(db: Session) -> None:
    people = town(db)
    subscribe(db, people.organiser, "provincial", "platform", platforms=("provincial",))
    filed = ask(db, people.firms[0], audience="recommended")
    database.write(db, lambda db: recommend(db, people.organiser, filed.id))
    push_changes(db, at=NOW)
    for verb in ("match", "reenter", "match", "reenter"):
        database.write(db, lambda db: requests.step(db, filed.id, verb, by=people.organiser.actor, at=NOW))  # noqa: B023
        db.expire_all()
        assert push_changes(db, at=NOW)["statuses"] == 1
        assert push_changes(db, at=NOW)["statuses"] == 0
    heard = [state for _, state in told(db, "platform.status")]
    assert heard == ["published", "matched", "published", "matched", "published"]


def test_a_platform_that_is_added_later_is_told_all_that_the_others_know_and_they_nothing_anew(db: Session) -> None:
    people, both = town(db), ("provincial", "sme-cloud")
    offer(db, people.near)
    filed = ask(db, people.firms[0], audience="recommended")
    subscribe(db, people.organiser, "provincial", "platform", platforms=both)
    database.write(db, lambda db: recommend(db, people.organiser, filed.id))
    push_changes(db, at=NOW)
    subscribe(db, people.organiser, "sme-cloud", "platform", platforms=both)
    assert push_changes(db, at=NOW) == {"products": 1, "statuses": 0}
    assert database.write(db, lambda db: recommend(db, people.organiser, filed.id)) == 1
    assert push_changes(db, at=NOW) == {"products": 0, "statuses": 1}
    for name in ("platform.product", "platform.request", "platform.status"):
        assert [address for address, _ in told(db, name)] == list(both), name


def test_a_pass_without_anything_new_writes_nothing(db: Session) -> None:
    people = town(db)
    subscribe(db, people.organiser, "provincial", "platform", platforms=("provincial",))
    for _ in range(3):
        offer(db, people.near)
    assert push_changes(db, at=NOW) == {"products": 3, "statuses": 0}
    sent: list[str] = []
    event.listen(database.books.engine, "before_cursor_execute", lambda *seen: sent.append(seen[2]))
    assert push_changes(db, at=NOW) == {"products": 0, "statuses": 0}
    assert [one for one in sent if one.startswith(("INSERT", "UPDATE", "SAVEPOINT", "BEGIN IMMEDIATE"))] == []
    assert len(sent) <= 8


def test_a_platform_hears_of_each_version_once_and_of_requests_only_with_consent(db: Session) -> None:
    people = town(db)
    with pytest.raises(Invalid):
        subscribe(db, people.near, "provincial", "platform", platforms=("provincial",))
    with pytest.raises(Invalid):
        subscribe(db, people.organiser, "national", "platform", platforms=("provincial",))
    subscribe(db, people.organiser, "provincial", "platform", platforms=("provincial",))
    listing = offer(db, people.near)
    filed = ask(db, people.firms[0], audience="recommended")
    for_banks_alone = ask(db, people.firms[1])
    with pytest.raises(Refused, match="no_consent"):
        database.write(db, lambda db: push_request(db, for_banks_alone, ["provincial"], at=NOW))
    assert database.write(db, lambda db: recommend(db, people.organiser, filed.id)) == 2
    assert database.write(db, lambda db: push_request(db, filed, ["provincial"], at=NOW)) == 0
    assert push_changes(db, at=NOW) == {"products": 1, "statuses": 1}
    assert push_changes(db, at=NOW) == {"products": 0, "statuses": 0}
    database.write(db, lambda db: products.move(db, people.near, listing.id, "withdraw", at=NOW))
    database.write(db, lambda db: requests.retract(db, people.firms[0], filed.id, "withdraw", at=NOW))
    db.expire_all()
    assert push_changes(db, at=NOW) == {"products": 1, "statuses": 1}
    with province(knows_keys=True) as made:
        office = PostOffice(Post({"platform": PlatformChannel({"provincial": made.platform})}), BOX)
        assert deliver_due(db, office, now=lambda: NOW)["delivered"] == 5
    heard = [
        (one.get("productCode") or one.get("needCode"), one.get("status"), one.get("amount")) for _, one in made.effects
    ]
    code = filed.request.code
    assert heard == [
        (code, None, "300"),
        (listing.product.code, "ON", {"min": "10", "max": "500"}),
        (code, "OPEN", None),
        (listing.product.code, "OFF", {"min": "10", "max": "500"}),
        (code, "CLOSED", None),
    ]
