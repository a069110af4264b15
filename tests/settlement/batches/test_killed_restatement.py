"""SIGKILL at the points of a restatement: what was shown is carried into the batch once, and the books balance when it is released."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.models import AuditEntry
from kernel.audit.watching import trail_state
from settlement.batches import reading
from settlement.batches.items import items_of
from settlement.batches.restating import preview
from settlement.batches.workflow import INCLUDED
from settlement.payments.from_batches import approved_items, released_batches
from settlement.payments.invariants import violations
from settlement.payments.released import take_in_released
from settlement.statements.models import Statement
from settlement.statements.workflow import REPLACED
from tests.settlement.batches.batch_floor import Q2, Q3, Bureau
from tests.settlement.batches.kill_floor import RestatingAct, SigningAct, desk_at
from tests.settlement.filing_floor import loan
from tests.settlement.killing import Counted, KilledBooks, opened, outcome_despite_kills

pytestmark = pytest.mark.both_databases

Q1 = Q2.previous


def corrected_city(bureau: Bureau) -> str:
    """Both quarters computed, the second released, the third approved; then the second turns out to have been more.

    The number of the third quarter's batch.
    """
    bureau.floor.certify(bureau.floor.file([loan(1, balance="800000.00")], Q1))
    bureau.floor.certify_balance(800_000_00, Q1)
    bureau.draft(Q2)
    bureau.draft(Q3)
    bureau.release(bureau.open(Q2))
    take_in_released(
        bureau.db, batches=released_batches, approvals=approved_items, at=bureau.desk.at, today=bureau.today
    )
    third = bureau.approve(bureau.open(Q3))
    bureau.floor.certify(bureau.floor.file([loan(1, balance="950000.00")], Q2))
    bureau.floor.certify_balance(950_000_00, Q2, document="更正")
    return third.number


def outcome(act: RestatingAct, signing: SigningAct) -> dict[str, Any]:
    """The standing statements, the batch with its items and voided hands, the trail; then all of it released and on the books."""
    desk = desk_at(act.returns, act.day, 10)
    with opened(act.books, Counted()) as db:
        assert preview(db, desk=desk).deltas == ()
        assert violations(db) == []
        assert trail_state(db, act.books.checkpoints).is_sound
        batch = reading.batch_by_number(db, signing.number)
        found = {
            "statements": standing(db),
            "state": batch.state,
            "items": [(one.quarter, one.kind, one.amount) for one in items_of(db, batch, (INCLUDED,))],
            "voided": [one.step for one in reading.signatures_of(db, batch, voided=True) if one.voided_at],
            "returns": [one.move for one in reading.moves_of(db, batch)].count("return"),
            "drafted": drafted(db),
        }
    replace(signing, books=act.books).play(Counted(), minutes=10)
    with opened(act.books, Counted()) as db:
        assert violations(db) == []
        assert trail_state(db, act.books.checkpoints).is_sound
        return found | {"released": released_batches(db)}


def standing(db: Session) -> list[tuple[str, int, int | None]]:
    query = select(Statement).where(Statement.state != REPLACED).order_by(Statement.quarter, Statement.number)
    return [(one.number, one.revision, one.amount) for one in db.exec(query)]


def drafted(db: Session) -> dict[str, int]:
    """How often each statement was drafted, by the trail."""
    query = select(AuditEntry.subject_id).where(col(AuditEntry.act) == "statement.draft")
    return dict(Counter(db.exec(query)))


def test_a_restatement_killed_at_any_point_is_carried_into_the_batch_once(
    bureau: Bureau, books_url: str, tmp_path: Path
) -> None:
    number = corrected_city(bureau)
    bureau.db.rollback()
    database.books.engine.dispose()
    books = KilledBooks(books_url, tmp_path)
    act = RestatingAct(books, tmp_path, bureau.hands["operator"], bureau.today)
    signing = SigningAct(books, tmp_path, bureau.hands, number)
    found = outcome_despite_kills(act, tmp_path / "killed", lambda act: outcome(act, signing))
    assert (found["state"], found["returns"], found["voided"]) == ("open", 1, ["submit", "review", "approve"])
    assert found["items"] == [
        ("2022Q2", "adjustment", 500_00),
        ("2022Q3", "award", 500_00),
        ("2022Q3", "award", 500_00),
    ]
    assert [one for one in found["statements"] if one[1] > 1] == [
        ("GR-2022Q2-01", 2, 1_500_00),
        ("GR-2022Q3-01", 3, 500_00),
    ]
    assert found["released"] == ["B-2022Q2-01", number]
