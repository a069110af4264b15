"""What would block a payment, said before pay day: every reason at once, per claim."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.payments.approved import ApprovedItem
from settlement.payments.models import PayeeAccount, PayerClaim
from settlement.payments.payees import payees_in_force
from settlement.payments.rules import Block, policy_blocks
from settlement.payments.suspensions import suspension_blocks

ItemKey = tuple[str, int, str]
ApprovedItems = Callable[[Session, str], Sequence[ApprovedItem]]
LEAST_HANDS = 3

PAYEE_MISSING = Block(
    "payee_missing",
    Text(
        "没有生效的收款账户：先登记、复核，并等过等待期",
        "No payee account in force: enter it, have it checked, and let the waiting time pass",
    ),
)
HELD = Block("held", Text("结算单暂缓，解除后再付", "The statement is held; pay it when the hold is lifted"))


@dataclass(frozen=True)
class ClaimStanding:
    """A claim with its item read afresh (None when it is gone), the account in force, and what stands against paying it."""

    claim: PayerClaim
    item: ApprovedItem | None
    payee: PayeeAccount | None
    blocks: tuple[Block, ...]


def standings(
    db: Session, claims: Iterable[PayerClaim], *, approvals: ApprovedItems, book: PolicyBook, today: date,
    cashier: Caller | None = None,
) -> list[ClaimStanding]:  # fmt: skip
    """How each claim stands today; with a cashier, also whether that person may pay it."""
    listed = list(claims)
    items = items_afresh(db, listed, approvals)
    payees = payees_in_force(db, {claim.beneficiary_code for claim in listed}, today)
    found = []
    for claim in listed:
        item, payee = items.get(key_of(claim)), payees.get(claim.beneficiary_code)
        blocks = [*item_blocks(claim, item, book, cashier), *payee_blocks(claim, payee)]
        blocks += suspension_blocks(db, claim, book, today)
        found.append(ClaimStanding(claim, item, payee, tuple(blocks)))
    return found


def key_of(claim: PayerClaim) -> ItemKey:
    """Which item a claim came from."""
    return claim.statement_number, claim.revision, claim.kind


def items_afresh(db: Session, claims: Iterable[PayerClaim], approvals: ApprovedItems) -> Mapping[ItemKey, ApprovedItem]:
    """The items behind some claims as they stand now."""
    batches = sorted({claim.batch for claim in claims})
    return {
        (item.statement_number, item.revision, item.kind): item for batch in batches for item in approvals(db, batch)
    }


def item_blocks(
    claim: PayerClaim, item: ApprovedItem | None, book: PolicyBook, cashier: Caller | None = None
) -> list[Block]:
    """What stands against the item: changed or taken back since approval, held, undecided by policy, or the cashier's own hands."""
    if item is None or not item.is_approved:
        return [Block("not_approved", Text("审批被撤回或不在批次里了", "No longer approved or no longer in the batch"))]
    quarter = Quarter.parse(item.quarter)
    found = policy_blocks(book, item.scheme, quarter, deducts_central_bank=item.deducts_central_bank)
    if _has_changed(claim, item):
        found.append(
            Block("changed_since_approval", Text("与审批时不一样了，退回重新审批", "Not what was approved; return it"))
        )
    if item.held:
        found.append(HELD)
    if len(item.hands) < LEAST_HANDS:
        text = Text("经办、复核、审批不是三个人", "Operator, reviewer and approver are not three people")
        found.append(Block("too_few_hands", text))
    if cashier is not None and cashier.account_id in item.hands:
        text = Text("你已经在这张结算单上签过，请另一位拨付办理", "You signed this before; another cashier pays it")
        found.append(Block("same_person", text))
    return found


def _has_changed(claim: PayerClaim, item: ApprovedItem) -> bool:
    same = (
        item.approved_digest == item.present_digest == claim.digest
        and item.fingerprint == claim.fingerprint
        and item.share_of(claim.payer) == claim.amount
        and sum(fen for _, fen in item.shares) == item.amount
    )
    return not same


def payee_blocks(claim: PayerClaim, payee: PayeeAccount | None) -> list[Block]:
    """Whether there is an account to pay to."""
    return [PAYEE_MISSING] if payee is None and claim.amount > 0 else []
