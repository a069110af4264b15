"""What a merger would change, before anybody has checked it: computed on a savepoint that is taken back; nothing is kept."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from settlement.batches.restating import Restatement, preview
from settlement.batches.service import BatchDesk
from settlement.mergers.models import InstitutionMerger
from settlement.mergers.service import end, parties_of
from settlement.mergers.workflow import PROPOSED
from settlement.statements.models import Statement
from settlement.statements.standing import outdated
from settlement.statements.workflow import DRAFT


@dataclass(frozen=True)
class MergerEffects:
    """Signed statements with their deltas, as a restatement would show them, and the drafts that would be computed anew."""

    restatement: Restatement
    drafts: tuple[Statement, ...]


def effects_of(db: Session, row: InstitutionMerger, *, desk: BatchDesk) -> MergerEffects:
    """What would follow from a merger that waits; nothing more follows from one that was decided."""
    if row.state != PROPOSED:
        return MergerEffects(Restatement(()), ())
    standing = {one.id or 0: one for one in db.exec(select(Statement).where(Statement.state == DRAFT))}
    before = outdated(db, standing.values(), desk.premises)
    trial = db.begin_nested()
    try:
        end(db, *parties_of(db, row), row.ended_on)
        shown = preview(db, desk=desk)
        moved = outdated(db, standing.values(), desk.premises) - before
    finally:
        trial.rollback()
    signed = {one.statement.id for one in shown.deltas}
    query = select(Statement).where(col(Statement.id).in_(moved)).order_by(Statement.quarter, Statement.number)
    return MergerEffects(shown, tuple(one for one in db.exec(query) if one.id not in signed))
