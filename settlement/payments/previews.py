"""A preview laid out for reading: each planned line with its claim and what blocks it, blocked ones first."""

from dataclasses import dataclass

from settlement.payments.models import PayeeAccount, PayerClaim
from settlement.payments.orders import OrderPreview
from settlement.payments.planning import PlannedLine
from settlement.payments.rules import Block


@dataclass(frozen=True)
class OrderPreviewRow:
    """One claim as an order would treat it."""

    claim: PayerClaim
    line: PlannedLine
    payee: PayeeAccount | None
    blocks: tuple[Block, ...]


def preview_lines(seen: OrderPreview) -> list[OrderPreviewRow]:
    """The lines of a preview, the blocked ones first, otherwise in the stated order."""
    by_claim = seen.by_claim
    lines = []
    for line in seen.plan.lines:
        standing = by_claim[line.due.claim_id]
        lines.append(OrderPreviewRow(standing.claim, line, standing.payee, standing.blocks))
    return sorted(lines, key=lambda one: not one.blocks)
