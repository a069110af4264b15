"""SIGKILL at the points of a delivery pass; the next pass follows: everything delivered at least once, effective once."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from kernel import database
from kernel.outbox.models import Delivery
from tests.factories import make_enterprise, make_person
from tests.kernel.outbox.kill_floor import DeliveringAct
from tests.kernel.outbox.post import subscribe, tell
from tests.kernel.outbox.receivers import http_receiver
from tests.settlement.killing import Counted, KilledBooks, opened, outcome_despite_kills

pytestmark = pytest.mark.both_databases


def test_a_pass_killed_at_any_point_delivers_everything_and_takes_effect_once(
    db: Session, books_url: str, tmp_path: Path
) -> None:
    owner = make_person(db, make_enterprise(db), "owner")
    with http_receiver() as receiver:
        for channel in ("/first", "/second"):
            subscribe(db, owner, receiver.url + channel)
        for week in (43, 44):
            tell(db, owner.organisation_id, week=week)
        db.rollback()
        database.books.engine.dispose()

        def outcome(act: DeliveringAct) -> dict[str, Any]:
            sent = Counter(call.reference for call in receiver.calls)
            bodies = {(call.reference, call.body) for call in receiver.calls}
            effects = dict(receiver.effects)
            receiver.calls.clear()
            receiver.effects.clear()
            assert max(sent.values()) <= 2
            assert len(bodies) == len(sent) == 4
            with opened(act.books, Counted()) as db:
                return {"states": list(db.exec(select(Delivery.state).order_by(col(Delivery.id)))), "effects": effects}

        act = DeliveringAct(KilledBooks(books_url, tmp_path))
        found = outcome_despite_kills(act, tmp_path / "killed", outcome)
    assert found["states"] == ["delivered"] * 4
    assert len(found["effects"]) == 4
