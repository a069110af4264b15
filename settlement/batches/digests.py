"""What a signature binds to: one SHA-256 an item over everything its statement says, one a batch over its items.

Taken from the rows each time, never from a kept digest, so that a change of any of them after a signature shows.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import SQLModel

from kernel.audit.chain import canonical
from settlement.batches.models import Batch, BatchItem
from settlement.statements.service import StatementWhole

OF_ITEM = ("statement_number", "revision", "beneficiary_id", "scheme", "quarter", "kind", "due", "awarded", "amount")
LEFT_OUT = frozenset(
    {"id", "statement_id", "item_id", "state", "replaced_at"}
)  # what moves on after a signature, and row numbers

Shares = Sequence[tuple[str, int]]


def item_digest(item: BatchItem, shares: Shares, statement: StatementWhole) -> str:
    """The digest of an item with its shares (payer, fen) and everything its statement is made of."""
    said = {
        "item": {name: getattr(item, name) for name in OF_ITEM},
        "shares": sorted([payer, fen] for payer, fen in shares),
        "statement": _columns(statement.statement),
        "figures": _columns(statement.figures) if statement.figures else None,
        "lines": [_columns(line) for line in statement.lines],
        "statement_shares": [_columns(share) for share in statement.shares],
        "reconciliation": [_columns(line) for line in statement.reconciliation],
    }
    return _sha256(said)


def batch_digest(batch: Batch, items: Iterable[tuple[BatchItem, str]]) -> str:
    """The digest of a batch over its items, each with the digest taken of it just now."""
    listed = sorted([item.statement_number, item.revision, item.kind, item.amount, digest] for item, digest in items)
    return _sha256({"number": batch.number, "quarter": batch.quarter, "items": listed})


def preview_digest(said: Any) -> str:
    """The digest of a preview as plain values."""
    return _sha256(said)


def _columns(row: SQLModel) -> Mapping[str, Any]:
    names = (column.key for column in row.__table__.columns)  # type: ignore[attr-defined]
    return {name: _plain(getattr(row, name)) for name in names if name not in LEFT_OUT}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _sha256(said: Any) -> str:
    return hashlib.sha256(canonical(said).encode()).hexdigest()
