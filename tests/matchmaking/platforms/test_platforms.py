"""Products, recommended requests and their progress reach a real platform over HTTP, each version once."""

import pytest
from sqlmodel import Session

from kernel import database
from kernel.errors import Invalid, Refused
from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.letters import Post
from kernel.outbox.rest import PlatformChannel
from matchmaking.platforms.service import push_changes, recommend
from matchmaking.products import service as products
from matchmaking.requests import service as requests
from tests.kernel.outbox.platform import province
from tests.kernel.outbox.post import BOX, subscribe
from tests.matchmaking.people import NOW, ask, draft, offer, town


def test_a_platform_hears_of_each_version_once_and_of_requests_only_with_consent(db: Session) -> None:
    people = town(db)
    with pytest.raises(Invalid):
        subscribe(db, people.near, "provincial", "platform", platforms=("provincial",))
    with pytest.raises(Invalid):
        subscribe(db, people.organiser, "national", "platform", platforms=("provincial",))
    subscribe(db, people.organiser, "provincial", "platform", platforms=("provincial",))
    listing = offer(db, people.near)
    filed = ask(db, people.firms[0])
    unpublished = draft(db, people.firms[1])
    with pytest.raises(Refused, match="no_consent"):
        database.write(db, lambda db: recommend(db, unpublished, at=NOW))
    assert [database.write(db, lambda db: recommend(db, filed, at=NOW)) for _ in range(2)] == [1, 0]
    assert push_changes(db, at=NOW) == {"products": 1, "statuses": 1}
    assert push_changes(db, at=NOW) == {"products": 0, "statuses": 0}
    database.write(db, lambda db: products.move(db, people.near, listing.id, "withdraw", at=NOW))
    database.write(db, lambda db: requests.retract(db, people.firms[0], filed.id, "withdraw", at=NOW))
    db.expire_all()
    assert push_changes(db, at=NOW) == {"products": 1, "statuses": 1}
    with province(knows_keys=True) as made:
        office = PostOffice(Post({"platform": PlatformChannel({"provincial": made.platform})}), BOX)
        assert deliver_due(db, office, now=lambda: NOW)["delivered"] == 5
    told = [
        (one.get("productCode") or one.get("needCode"), one.get("status"), one.get("amount")) for _, one in made.effects
    ]
    code = filed.request.code
    assert told == [
        (code, None, "300"),
        (listing.product.code, "ON", {"min": "10", "max": "500"}),
        (code, "OPEN", None),
        (listing.product.code, "OFF", {"min": "10", "max": "500"}),
        (code, "CLOSED", None),
    ]
