"""The phase of a statement: how far it has come, told alike by every list, page, file and API.

A statement does not know the batches and payments that lie above it; they hand in what they know (`statement_phases`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlmodel import Session

from kernel.bilingual import Text
from settlement.statements.models import Statement
from settlement.statements.workflow import DRAFT, STATES

COMPUTED, COMPUTED_STEP = "computed", 2


@dataclass(frozen=True)
class StatementPhase:
    """How far: `step` 2 computed, 3 reviewed, 4 approved, 5 released for payment."""

    code: str
    title: Text
    step: int = COMPUTED_STEP


def phase_by_itself(statement: Statement) -> StatementPhase:
    """What a statement's own row says: computed, withdrawn or replaced."""
    if statement.state == DRAFT:
        return StatementPhase(COMPUTED, Text("已计算", "Computed"))
    return StatementPhase(statement.state, STATES[statement.state])


def statement_phases(db: Session, statements: Sequence[Statement]) -> Mapping[int, StatementPhase]:
    """The phase of each of some statements, by row number, as the batches and payments of the service know it."""
    found: Mapping[int, StatementPhase] = current_app.extensions["statement_phases"](db, statements)
    return found
