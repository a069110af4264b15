"""Read batches: by number or quarter, their signatures and moves, and which statements they have signed for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from kernel.errors import NotFound
from kernel.periods import Quarter
from settlement.batches.models import Batch, BatchItem, BatchMove, BatchSignature
from settlement.batches.workflow import ENDED, INCLUDED, OPEN, REJECTED, SET_ASIDE, UPHELD


def _missing() -> NotFound:
    return NotFound("batch_not_found", "没有这个批次", "There is no such batch")


def batches_query(*, quarter: Quarter | None = None, state: str | None = None) -> Select[Any]:
    """All batches, the newest quarter first."""
    query = select(Batch)
    if quarter is not None:
        query = query.where(Batch.quarter == str(quarter))
    if state is not None:
        query = query.where(Batch.state == state)
    return query.order_by(col(Batch.quarter).desc(), col(Batch.sequence).desc())


def batch_by_number(db: Session, number: str) -> Batch:
    """A batch by its number, read afresh; NotFound where there is none."""
    query = select(Batch).where(Batch.number == number)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise _missing()
    return found


def batch_by_id(db: Session, batch_id: int) -> Batch:
    """A batch by its row number; NotFound where there is none."""
    found = db.exec(select(Batch).where(Batch.id == batch_id)).first()
    if found is None:
        raise _missing()
    return found


def batch_under_way(db: Session, quarter: Quarter) -> Batch | None:
    """The quarter's batch that is neither released nor rejected."""
    query = select(Batch).where(Batch.quarter == str(quarter), col(Batch.state).not_in(ENDED))
    return db.exec(query).first()


def newest_batch(db: Session, quarter: Quarter) -> Batch | None:
    """The quarter's batch that was opened last, rejected ones left out."""
    query = select(Batch).where(Batch.quarter == str(quarter), Batch.state != REJECTED)
    return db.exec(query.order_by(col(Batch.sequence).desc())).first()


def batches_by_statement(db: Session, numbers: Sequence[str]) -> dict[str, Batch]:
    """The newest batch that each of some statements stands in."""
    query = (
        select(BatchItem.statement_number, Batch)
        .join(Batch, col(Batch.id) == col(BatchItem.batch_id))
        .where(col(BatchItem.statement_number).in_(numbers), BatchItem.state == INCLUDED)
        .order_by(col(BatchItem.id))
    )
    found: dict[str, Batch] = {}
    for number, batch in db.execute(query):
        found[number] = batch
    return found


def taken_out(db: Session, statement_ids: Sequence[int]) -> dict[int, str]:
    """Of some statements those that were set aside or taken down by an objection and that no batch includes, with that state."""
    query = select(BatchItem.statement_id, BatchItem.state).where(col(BatchItem.statement_id).in_(statement_ids))
    states: dict[int, set[str]] = {}
    for statement_id, state in db.execute(query):
        states.setdefault(statement_id, set()).add(state)
    out = (UPHELD, SET_ASIDE)
    return {
        number: next(one for one in out if one in found)
        for number, found in states.items()
        if INCLUDED not in found and found & set(out)
    }


def signatures_of(db: Session, batch: Batch, *, voided: bool = False) -> list[BatchSignature]:
    """The hands on a batch in the order of signing; with `voided` also those that a return has voided."""
    query = select(BatchSignature).where(BatchSignature.batch_id == batch.id)
    if not voided:
        query = query.where(col(BatchSignature.voided_at).is_(None))
    return list(db.exec(query.order_by(col(BatchSignature.id))))


def moves_of(db: Session, batch: Batch) -> list[BatchMove]:
    """Everything that happened to a batch, oldest first."""
    return list(db.exec(select(BatchMove).where(BatchMove.batch_id == batch.id).order_by(col(BatchMove.id))))


def statement_ids_signed_query() -> SelectOfScalar[int]:
    """The statements that stand in a batch beyond the operator's desk: a newer revision of them is a restatement."""
    return (
        select(BatchItem.statement_id)
        .join(Batch, col(Batch.id) == col(BatchItem.batch_id))
        .where(BatchItem.state == INCLUDED, col(Batch.state).not_in((OPEN, REJECTED)))
    )


def statement_ids_signed(db: Session) -> set[int]:
    """The same as a set."""
    return set(db.exec(statement_ids_signed_query()))


def batches_of_statement(db: Session, statement_number: str) -> Sequence[tuple[Batch, BatchItem]]:
    """Every batch that a statement has been in, with its item there, the newest first."""
    query = (
        select(Batch, BatchItem)
        .join(BatchItem, col(BatchItem.batch_id) == col(Batch.id))
        .where(BatchItem.statement_number == statement_number)
        .order_by(col(BatchItem.id).desc())
    )
    return [(batch, item) for batch, item in db.execute(query)]


def standings_of(db: Session, statement_number: str, *, revision: int) -> list[tuple[Batch, BatchItem]]:
    """What each batch that is not rejected awarded or adjusted on a statement up to a revision, the oldest first."""
    return [
        (batch, item)
        for batch, item in reversed(batches_of_statement(db, statement_number))
        if batch.state != REJECTED and item.state == INCLUDED and item.revision <= revision
    ]
