"""SIGKILL at the points of a batch's signatures: every hand signs once, the trail is whole, the claims are on the books once."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from kernel import database
from kernel.audit.models import AuditEntry
from kernel.audit.watching import trail_state
from settlement.batches import reading
from settlement.batches.workflow import HANDS
from settlement.payments.invariants import violations
from settlement.payments.models import PayerClaim
from tests.settlement.batches.batch_floor import Bureau
from tests.settlement.batches.kill_floor import SigningAct
from tests.settlement.killing import Counted, KilledBooks, opened, outcome_despite_kills

pytestmark = pytest.mark.both_databases


def outcome(act: SigningAct) -> dict[str, Any]:
    """The batch with its hands and moves, what the trail says of it, and the claims."""
    with opened(act.books, Counted()) as db:
        assert violations(db) == []
        trail = trail_state(db, act.books.checkpoints)
        assert trail.is_sound
        batch = reading.batch_by_number(db, act.number)
        assert all(one.digest == batch.digest for one in reading.signatures_of(db, batch))
        acts = db.exec(select(AuditEntry.act).where(col(AuditEntry.act).like("batch.%"))).all()
        claims = db.exec(select(PayerClaim).order_by(col(PayerClaim.id)))
        return {
            "state": batch.state,
            "hands": [(one.step, one.signed_by) for one in reading.signatures_of(db, batch, voided=True)],
            "moves": [one.move for one in reading.moves_of(db, batch)],
            "acts": Counter(acts),
            "trail": trail.entries,
            "claims": [(one.statement_number, one.payer, one.amount) for one in claims],
        }


def test_a_batch_killed_at_any_point_of_its_signatures_is_signed_once_by_each_hand(
    bureau: Bureau, books_url: str, tmp_path: Path
) -> None:
    number = bureau.open().number
    bureau.db.rollback()
    database.books.engine.dispose()
    act = SigningAct(KilledBooks(books_url, tmp_path), tmp_path, bureau.hands, number)
    found = outcome_despite_kills(act, tmp_path / "killed", outcome)
    moves = ["submit", "review", "approve", "publish", "order"]
    assert found["state"] == "ordered"
    assert found["hands"] == [(step.move, bureau.hands[step.role].account_id) for step in HANDS]
    assert found["moves"] == moves
    assert found["acts"] == {**{f"batch.{move}": 1 for move in moves}, "batch.open": 1, "batch.refill": 1}
    assert sum(fen for _number, _payer, fen in found["claims"]) == 1_500_00
