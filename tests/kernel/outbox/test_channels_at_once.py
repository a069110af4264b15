"""Those of one organisation who set up channels in the same instant take turns: neither the same address twice nor one too many."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, func, select

from kernel.accounts.service import Caller
from kernel.outbox import subscriptions
from kernel.outbox.models import Subscription
from tests.at_once import at_once
from tests.factories import NOW, make_enterprise, make_person
from tests.kernel.outbox.post import BOX

pytestmark = pytest.mark.both_databases

SIDE_BY_SIDE = 6


def add(owner: Caller, address: str) -> Callable[[Session], Any]:
    return partial(
        subscriptions.add_channel,
        caller=owner,
        channel="mail",
        address=address,
        events=(),
        box=BOX,
        local=True,
        at=NOW,
    )


@pytest.fixture
def owner(db: Session) -> Caller:
    return make_person(db, make_enterprise(db, "恒润精密铸造有限公司"), "owner")


def test_one_address_is_entered_once(app: Flask, db: Session, owner: Caller) -> None:
    ends = at_once(app, [add(owner, "hui@hengrun.cn")] * SIDE_BY_SIDE)
    assert sorted(ends) == ["channel_exists"] * (SIDE_BY_SIDE - 1) + ["done"]


def test_no_more_channels_than_may_be(app: Flask, db: Session, owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_CHANNELS", 2)
    ends = at_once(app, [add(owner, f"hui{number}@hengrun.cn") for number in range(SIDE_BY_SIDE)])
    assert sorted(ends) == ["done"] * 2 + ["too_many_channels"] * (SIDE_BY_SIDE - 2)
    db.rollback()
    assert db.exec(select(func.count()).select_from(Subscription)).one() == 2
