"""What belongs into a batch: `due under present facts − already awarded`, one formula for awards and adjustments alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.audit.service import Actor
from kernel.periods import Quarter
from settlement.batches.digests import Shares, item_digest
from settlement.batches.models import Batch, BatchItem, BatchItemShare
from settlement.batches.workflow import (
    ADJUSTMENT,
    AWARD,
    ENDED,
    INCLUDED,
    ORDERED,
    RENEWED,
    SET_ASIDE,
    SIGNED_FOR,
    UPHELD,
    WITHDRAWAL,
)
from settlement.statements.models import Statement
from settlement.statements.service import StatementWhole, wholes
from settlement.statements.workflow import REPLACED, WITHDRAWN


@dataclass(frozen=True)
class Awarded:
    """What released batches have awarded on a statement so far: fen by payer, and whether there was an award at all."""

    by_payer: Mapping[str, int]
    has_award: bool

    @property
    def amount(self) -> int:
        return sum(self.by_payer.values())


NOTHING_YET = Awarded({}, False)


@dataclass(frozen=True)
class Proposal:
    """An item as it would stand in a batch now."""

    statement: Statement
    kind: str
    due: int
    awarded: int
    shares: Shares

    @property
    def amount(self) -> int:
        return self.due - self.awarded


def awarded_so_far(db: Session, numbers: Iterable[str]) -> dict[str, Awarded]:
    """What released batches have awarded, by statement number; statements without any are left out."""
    query = (
        select(BatchItem, BatchItemShare)
        .join(Batch, col(Batch.id) == col(BatchItem.batch_id))
        .join(BatchItemShare, col(BatchItemShare.item_id) == col(BatchItem.id), isouter=True)
        .where(
            col(BatchItem.statement_number).in_(list(numbers)),
            BatchItem.state == INCLUDED,
            Batch.state == ORDERED,
        )
        .order_by(col(BatchItem.id))
    )
    sums: dict[str, dict[str, int]] = {}
    for item, share in db.execute(query):
        payers = sums.setdefault(item.statement_number, {})
        if share is not None:
            payers[share.payer] = payers.get(share.payer, 0) + share.amount
    return {number: Awarded(payers, True) for number, payers in sums.items()}


def due_now(whole: StatementWhole) -> tuple[int, Shares] | None:
    """What a statement says is due, fen, and by whom; nothing of a withdrawn one, None where it is held."""
    if whole.statement.state == WITHDRAWN:
        return 0, ()
    if whole.statement.held or whole.statement.amount is None:
        return None
    return whole.statement.amount, tuple((share.payer, share.amount) for share in whole.shares)


def proposal(whole: StatementWhole, awarded: Awarded) -> Proposal | None:
    """The item that a statement asks for: its award, the adjustment of what was awarded, or nothing."""
    due = due_now(whole)
    if due is None or (whole.statement.state == WITHDRAWN and not awarded.has_award):
        return None
    amount, parts = due
    is_same = amount == awarded.amount and _without_zeros(dict(parts)) == _without_zeros(awarded.by_payer)
    if awarded.has_award and is_same:
        return None
    difference = _difference(parts, awarded.by_payer)
    return Proposal(whole.statement, _kind(whole.statement, awarded), amount, awarded.amount, difference)


def _kind(statement: Statement, awarded: Awarded) -> str:
    """A withdrawal is a kind of its own: the very revision that is taken back may have adjusted an award before."""
    if statement.state == WITHDRAWN:
        return WITHDRAWAL
    return ADJUSTMENT if awarded.has_award else AWARD


def _without_zeros(parts: Mapping[str, int]) -> dict[str, int]:
    return {payer: fen for payer, fen in parts.items() if fen}


def _difference(parts: Shares, before: Mapping[str, int]) -> Shares:
    """Each payer's part of the item: due from it less awarded from it; payers without a part are left out."""
    due = dict(parts)
    payers = [*due, *(payer for payer in before if payer not in due)]
    each = [(payer, due.get(payer, 0) - before.get(payer, 0)) for payer in payers]
    return tuple((payer, fen) for payer, fen in each if fen)


def standing_until(db: Session, quarter: Quarter) -> list[Statement]:
    """The standing statements of every scheme up to a quarter: late filers and adjustments join the batch that is open."""
    query = select(Statement).where(Statement.state != REPLACED, col(Statement.quarter) <= str(quarter))
    return list(db.exec(query.order_by(Statement.quarter, Statement.scheme, Statement.beneficiary_code)))


def items_of(db: Session, batch: Batch, states: Sequence[str] = SIGNED_FOR) -> list[BatchItem]:
    """The items of a batch, by quarter, scheme and number."""
    query = select(BatchItem).where(BatchItem.batch_id == batch.id, col(BatchItem.state).in_(states))
    ordered = query.order_by(BatchItem.quarter, BatchItem.scheme, BatchItem.statement_number, col(BatchItem.id))
    return list(db.exec(ordered))


def published_items(db: Session, batch: Batch) -> list[BatchItem]:
    """The items of a batch that stand on its public notice: of those that are in it, the ones that pay something."""
    return [item for item in items_of(db, batch, (INCLUDED,)) if item.amount > 0]


def shares_by_item(db: Session, items: Iterable[BatchItem]) -> dict[int, Shares]:
    """Who bears what of some items: (payer, fen), in the order of the split."""
    ids = [item.id for item in items]
    query = select(BatchItemShare).where(col(BatchItemShare.item_id).in_(ids))
    found: dict[int, list[tuple[str, int]]] = {}
    for share in db.exec(query.order_by(col(BatchItemShare.item_id), col(BatchItemShare.place))):
        found.setdefault(share.item_id, []).append((share.payer, share.amount))
    return {number: tuple(parts) for number, parts in found.items()}


def statements_by_item(db: Session, items: Sequence[BatchItem]) -> dict[int, StatementWhole]:
    """The statement behind each item, whole, by the statement's row number."""
    ids = [item.statement_id for item in items]
    statements = db.exec(select(Statement).where(col(Statement.id).in_(ids))).all()
    return wholes(db, statements)


def digests_afresh(db: Session, items: Sequence[BatchItem]) -> dict[int, str]:
    """The digest of each item taken from the rows as they are now, by item number."""
    shares, statements = shares_by_item(db, items), statements_by_item(db, items)
    return {
        item.id or 0: item_digest(item, shares.get(item.id or 0, ()), statements[item.statement_id]) for item in items
    }


def refill(db: Session, batch: Batch, *, at: datetime) -> bool:
    """Bring an open batch's items up to what its statements ask for now; whether anything changed."""
    aside = {item.statement_id for item in items_of(db, batch, (SET_ASIDE,))}
    asked = asked_for(db, Quarter.parse(batch.quarter), beside=batch)
    wanted = {name: pair for name, pair in asked.items() if pair[0].statement.id not in aside}
    return _exchange(db, batch, wanted, at)


def asked_for(
    db: Session, quarter: Quarter, *, beside: Batch | None = None
) -> dict[str, tuple[Proposal, StatementWhole]]:
    """What the statements up to a quarter ask for that no batch under way `beside` the one named has taken up, by number."""
    statements = wholes(db, standing_until(db, quarter))
    elsewhere, upheld = _under_way_elsewhere(db, beside), _upheld(db)
    awarded = awarded_so_far(db, (one.statement.number for one in statements.values()))
    found = {}
    for number, whole in statements.items():
        name = whole.statement.number
        asked = proposal(whole, awarded.get(name, NOTHING_YET))
        if asked is not None and name not in elsewhere and number not in upheld:
            found[name] = (asked, whole)
    return found


def _under_way_elsewhere(db: Session, batch: Batch | None) -> set[str]:
    """Statements that another batch under way has already taken up."""
    query = (
        select(BatchItem.statement_number)
        .join(Batch, col(Batch.id) == col(BatchItem.batch_id))
        .where(BatchItem.state == INCLUDED, col(Batch.state).not_in(ENDED))
    )
    return set(db.exec(query if batch is None else query.where(col(Batch.id) != batch.id)))


def _upheld(db: Session) -> set[int]:
    """Statements whose item an objection has taken down: they wait for a new revision."""
    return set(db.exec(select(BatchItem.statement_id).where(BatchItem.state == UPHELD)))


def _exchange(db: Session, batch: Batch, wanted: Mapping[str, tuple[Proposal, StatementWhole]], at: datetime) -> bool:
    present = {item.statement_number: item for item in items_of(db, batch, (INCLUDED,))}
    kept = shares_by_item(db, present.values())
    changed = False
    for name, item in present.items():
        asked = wanted[name][0] if name in wanted else None
        if asked is None or not _is_same(item, kept.get(item.id or 0, ()), asked):
            leave(db, item, RENEWED, by=None, reason="", at=at)
            changed = True
    for name, (asked, whole) in wanted.items():
        there = present.get(name)
        if there is None or not _is_same(there, kept.get(there.id or 0, ()), asked):
            _add(db, batch, asked, whole, at)
            changed = True
    return changed


def _is_same(item: BatchItem, shares: Shares, asked: Proposal) -> bool:
    same = (item.statement_id, item.kind, item.due, item.awarded) == (
        asked.statement.id,
        asked.kind,
        asked.due,
        asked.awarded,
    )
    return same and dict(shares) == dict(asked.shares)


def _add(db: Session, batch: Batch, asked: Proposal, whole: StatementWhole, at: datetime) -> None:
    statement = asked.statement
    assert batch.id is not None
    assert statement.id is not None
    item = BatchItem(
        batch_id=batch.id,
        statement_id=statement.id,
        statement_number=statement.number,
        revision=statement.revision,
        beneficiary_id=statement.beneficiary_id,
        scheme=statement.scheme,
        quarter=statement.quarter,
        kind=asked.kind,
        state=INCLUDED,
        due=asked.due,
        awarded=asked.awarded,
        amount=asked.amount,
        digest="",
        added_at=at,
    )
    item.digest = item_digest(item, asked.shares, whole)
    db.add(item)
    db.flush()
    assert item.id is not None
    for place, (payer, fen) in enumerate(asked.shares):
        owner = {"item_id": item.id, "beneficiary_id": item.beneficiary_id}
        db.add(BatchItemShare(**owner, place=place, payer=payer, amount=fen))
    db.flush()


def leave(db: Session, item: BatchItem, state: str, *, by: Actor | None, reason: str, at: datetime) -> bool:
    """Take an item out of its batch, kept with the reason; False when it has left already."""
    there = (col(BatchItem.id) == item.id) & (col(BatchItem.state) == INCLUDED)
    values = {"state": state, "left_at": at, "left_by": by.account_id if by else None, "left_reason": reason}
    moved = db.execute(update(BatchItem).where(there).values(**values))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]
