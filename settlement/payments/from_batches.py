"""The approved items of a batch, taken afresh from its rows: what payments pay, and the proof that it is what was signed."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from settlement.batches.digests import Shares, batch_digest
from settlement.batches.items import digests_afresh, items_of, shares_by_item, statements_by_item
from settlement.batches.models import Batch, BatchItem
from settlement.batches.reading import batch_by_number, signatures_of
from settlement.batches.workflow import HANDS, INCLUDED, ORDERED
from settlement.payments.approved import ApprovedItem
from settlement.statements.service import StatementWhole

BEFORE_PAYMENT = frozenset(step.move for step in HANDS if step.target != ORDERED)


def approved_items(db: Session, number: str) -> list[ApprovedItem]:
    """Every item that a batch releases for payment; NotFound for an unknown batch.

    Of an item whose batch was signed with other digests than it has now, the approved digest is empty, which never equals the present one.
    """
    batch = batch_by_number(db, number)
    signed_for = items_of(db, batch)
    afresh, shares = digests_afresh(db, signed_for), shares_by_item(db, signed_for)
    statements = statements_by_item(db, signed_for)
    hands = _hands(db, batch, signed_for)
    return [
        _item(batch, one, statements[one.statement_id], shares.get(one.id or 0, ()), afresh[one.id or 0], hands)
        for one in signed_for
        if one.state == INCLUDED
    ]


def _hands(db: Session, batch: Batch, items: list[BatchItem]) -> frozenset[int]:
    """Who signed before payment exactly what stands in the batch; nobody counts whose signature is for something else."""
    kept = batch_digest(batch, ((item, item.digest) for item in items))
    return frozenset(
        one.signed_by for one in signatures_of(db, batch) if one.step in BEFORE_PAYMENT and one.digest == kept
    )


def _item(
    batch: Batch,
    item: BatchItem,
    statement: StatementWhole,
    shares: Shares,
    present_digest: str,
    hands: frozenset[int],
) -> ApprovedItem:
    whole = len(hands) == len(BEFORE_PAYMENT)
    return ApprovedItem(
        batch=batch.number,
        statement_number=item.statement_number,
        revision=item.revision,
        kind=item.kind,
        beneficiary_id=item.beneficiary_id,
        beneficiary_code=statement.statement.beneficiary_code,
        beneficiary_name=statement.statement.beneficiary_name,
        scheme=item.scheme,
        quarter=item.quarter,
        amount=item.amount,
        shares=tuple(shares),
        approved_digest=item.digest if whole else "",
        present_digest=present_digest,
        hands=hands,
        is_approved=batch.state == ORDERED,
        held=statement.statement.held,
        deducts_central_bank=bool(statement.explanation.get("central_bank_deducted", False)),
    )


def dues_released(db: Session, batches: Collection[str]) -> dict[str, int]:
    """What every statement in some released batches is due by the newest of its items there, fen, by statement number.

    Statements that have an amount in a batch beside these are left out: what is on the books of them is not yet the whole.
    """
    query = (
        select(BatchItem.statement_number, Batch.number, BatchItem.due, BatchItem.amount)
        .join(Batch, col(Batch.id) == col(BatchItem.batch_id))
        .where(Batch.state == ORDERED, BatchItem.state == INCLUDED)
    )
    dues: dict[str, int] = {}
    elsewhere: set[str] = set()
    for number, batch, due, amount in db.exec(query.order_by(col(BatchItem.id))):
        if batch in batches:
            dues[number] = due
        elif amount:
            elsewhere.add(number)
    return {number: due for number, due in dues.items() if number not in elsewhere}


def released_batches(db: Session) -> list[str]:
    """The numbers of the batches that are released for payment, the oldest first."""
    query = select(Batch.number).where(Batch.state == ORDERED)
    return list(db.exec(query.order_by(Batch.quarter, col(Batch.sequence))))
