"""What the payments need to know of an approved item, and of nothing else of a batch. Pure.

Whoever keeps batches hands over a function that gives these (`blocks.ApprovedItems`); it is asked again, afresh, before an order is drawn
and before it is sent.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from kernel.audit.chain import canonical

AWARD, ADJUSTMENT, WITHDRAWAL = "award", "adjustment", "withdrawal"
KINDS = (AWARD, ADJUSTMENT, WITHDRAWAL)


@dataclass(frozen=True)
class ApprovedItem:
    """One item of an approved batch; fen, negative for a recovery. The shares (payer, fen) sum to the amount.

    `approved_digest` is what the approver signed, `present_digest` the same taken afresh: where they differ nothing is paid.
    `hands` are the accounts that submitted, reviewed and approved. `deducts_central_bank`: the amount already leaves out what the
    beneficiary received from the central bank.
    """

    batch: str
    statement_number: str
    revision: int
    kind: str
    beneficiary_id: int
    beneficiary_code: str
    beneficiary_name: str
    scheme: str
    quarter: str
    amount: int
    shares: tuple[tuple[str, int], ...]
    approved_digest: str
    present_digest: str
    hands: frozenset[int]
    is_approved: bool = True
    held: bool = False
    deducts_central_bank: bool = False

    def share_of(self, payer: str) -> int:
        """What one payer bears, in fen; 0 for a payer without a share."""
        return sum(fen for one, fen in self.shares if one == payer)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that a payment of this item rests on."""
        said: dict[str, Any] = asdict(self)
        said["hands"], said["shares"] = sorted(self.hands), sorted([payer, fen] for payer, fen in self.shares)
        return hashlib.sha256(canonical(said).encode()).hexdigest()
