"""SIGKILL at the points of the drafting job: the next waking finishes what is left, every statement is there once."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import col, select

from kernel import database
from kernel.audit.models import AuditEntry
from kernel.audit.watching import trail_state
from kernel.jobs.models import JobRun
from settlement.batches.items import items_of
from settlement.batches.reading import batch_by_number
from settlement.batches.workflow import INCLUDED
from settlement.payments.invariants import violations
from settlement.statements.models import Statement, StatementLine, StatementSeries, StatementShare
from tests.settlement.batches.batch_floor import Bureau, make_batch_floor
from tests.settlement.filing_floor import Q3, Floor, loan
from tests.settlement.killing import Counted as Points
from tests.settlement.killing import KilledBooks, opened, outcome_despite_kills
from tests.settlement.statements.kill_floor import DraftingAct

pytestmark = pytest.mark.both_databases


@pytest.fixture
def bureau(app: Flask, floor: Floor) -> Bureau:
    """Two banks with a drafted third quarter in an open batch, corrected since; their earlier quarters are not drafted yet."""
    bureau = make_batch_floor(app, floor)
    bureau.open()
    floor.certify(floor.file([loan(1, balance="980000.00")], Q3))
    floor.certify_balance(980_000_00, Q3, document="更正")
    return bureau


def outcome(act: DraftingAct) -> dict[str, Any]:
    """Every revision with its parts, the numbers given out, the claims of the job, the trail, and the open batch."""
    with opened(act.books, Points()) as db:
        assert violations(db) == []
        assert trail_state(db, act.books.checkpoints).is_sound
        statements = db.exec(select(Statement).order_by(Statement.quarter, Statement.number, col(Statement.revision)))
        told = [(one.number, one.revision, one.state, one.amount) for one in statements]
        drafted = Counter(db.exec(select(AuditEntry.subject_id).where(AuditEntry.act == "statement.draft")))
        assert drafted == Counter(number for number, *_ in told)
        claimed = Counter(db.exec(select(JobRun.key).where(JobRun.job == "draft_statements")))
        assert set(claimed.values()) == {1}
        return {
            "statements": told,
            "parts": [len(db.exec(select(table)).all()) for table in (StatementLine, StatementShare)],
            "series": sorted((one.quarter, one.last_number) for one in db.exec(select(StatementSeries))),
            "claimed": len(claimed),
            "batch": [one.amount for one in items_of(db, batch_by_number(db, "B-2022Q3-01"), (INCLUDED,))],
        }


def test_a_drafting_killed_at_any_point_is_finished_by_the_next_waking(
    bureau: Bureau, books_url: str, tmp_path: Path
) -> None:
    bureau.db.rollback()
    database.books.engine.dispose()
    act = DraftingAct(KilledBooks(books_url, tmp_path), tmp_path)
    found = outcome_despite_kills(act, tmp_path / "killed", outcome)
    assert found["claimed"] == len(found["statements"]) == 7
    assert found["batch"] == [800_00, 500_00]
    assert [one for one in found["statements"] if one[1] > 1] == [("GR-2022Q3-01", 2, "draft", 800_00)]
