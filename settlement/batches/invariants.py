"""What must hold of batches, one function each: an empty list, or every place where it does not (reliability §2)."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.ledger.invariants import Violation
from settlement.batches.items import shares_by_item
from settlement.batches.models import Batch, BatchItem, BatchMove, BatchSignature
from settlement.batches.workflow import AWARD, HANDS, INCLUDED, OPEN, ORDERED, REJECTED, STEPS

_LATER = {step.target: {one.move for one in HANDS[: place + 1]} for place, step in enumerate(HANDS)}
_SIGNED = {OPEN: set(), REJECTED: set(), "on_notice": _LATER["approved"], **_LATER}


def four_hands(db: Session) -> list[Violation]:
    """I7: what a batch has come to was signed by as many different people, each to the batch's own digest."""
    valid: dict[int, list[BatchSignature]] = {}
    query = select(BatchSignature).where(col(BatchSignature.voided_at).is_(None))
    for one in db.exec(query.execution_options(populate_existing=True)):
        valid.setdefault(one.batch_id, []).append(one)
    batches = db.exec(select(Batch).execution_options(populate_existing=True)).all()
    text = Text("经手人不是各不相同的人，或签的不是这一份", "Not different people, or not signed for this very batch")
    return [Violation("I7", one.number, text) for one in batches if not _is_signed(one, valid.get(one.id or 0, []))]


def _is_signed(batch: Batch, signatures: Sequence[BatchSignature]) -> bool:
    return (
        {one.step for one in signatures} == _SIGNED[batch.state]
        and len({one.signed_by for one in signatures}) == len(signatures)
        and all(one.digest == batch.digest for one in signatures)
    )


def moves_listed(db: Session) -> list[Violation]:
    """I8: a batch came to its state by moves of the table alone, each from where the one before had led."""
    state_of: dict[int, str] = {}
    strays: set[int] = set()
    allowed = {(step.source, step.move, step.target) for step in STEPS}
    for one in db.exec(select(BatchMove).order_by(col(BatchMove.id))):
        before = state_of.get(one.batch_id, OPEN)
        if (before, one.move, one.target) not in allowed:
            strays.add(one.batch_id)
        state_of[one.batch_id] = one.target
    batches = db.exec(select(Batch).execution_options(populate_existing=True))
    text = Text("状态不是按规定步骤走到的", "Its state was not reached by the moves of the table")
    return [
        Violation("I8", one.number, text)
        for one in batches
        if one.id in strays or one.state != state_of.get(one.id or 0, OPEN)
    ]


def awards_run_on(db: Session) -> list[Violation]:
    """I3, before the money: each released item is what is due less all that was awarded before it, and its shares add up."""
    query = select(BatchItem).join(Batch, col(Batch.id) == col(BatchItem.batch_id))
    released = query.where(Batch.state == ORDERED, BatchItem.state == INCLUDED).order_by(col(BatchItem.id))
    items = db.exec(released.execution_options(populate_existing=True)).all()
    shares = shares_by_item(db, items)
    awarded: dict[str, int] = {}
    found = []
    for one in items:
        before = awarded.get(one.statement_number)
        parts = sum(fen for _, fen in shares.get(one.id or 0, ()))
        first = (before is None) == (one.kind == AWARD)
        if not first or one.awarded != (before or 0) or one.amount != one.due - one.awarded or parts != one.amount:
            found.append(_not_due(one, before or 0, parts))
        awarded[one.statement_number] = (before or 0) + one.amount
    return found


def _not_due(item: BatchItem, before: int, parts: int) -> Violation:
    said = f"{item.due} − {before} ≠ {item.amount}, Σ {parts}"
    text = Text(f"应付减已奖对不上（分）：{said}", f"Due less awarded does not agree (fen): {said}")
    return Violation("I3", f"{item.statement_number}/r{item.revision}/{item.kind}", text)
