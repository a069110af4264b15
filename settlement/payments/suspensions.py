"""A beneficiary listed for serious dishonesty 失信 after its award was accepted: nothing is paid while it is suspended [default].

Nothing is extinguished: the claim stays on the books and may be paid when the months are over.
"""

from datetime import date

from sqlmodel import Session

from kernel.bilingual import Text
from kernel.policies import PolicyBook
from settlement.awards.dishonesty import suspended_until
from settlement.payments.models import PayerClaim
from settlement.payments.rules import Block
from settlement.statements.schemes.event_awards import SCHEMES


def suspension_blocks(db: Session, claim: PayerClaim, book: PolicyBook, today: date) -> list[Block]:
    """Whether an award waits for the end of its beneficiary's suspension; recoveries and other schemes never do."""
    if claim.scheme not in SCHEMES or claim.amount < 0:
        return []
    until = suspended_until(db, claim.beneficiary_id, book, on=today)
    if until is None:
        return []
    said = Text(f"严重失信暂停给付，{until} 起可付", f"Suspended for serious dishonesty, payable from {until}")
    return [Block("suspended", said)]
