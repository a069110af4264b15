"""Everything that must hold of the settlement as a whole, beside what is looked at before every payment (reliability §2).

Looked at each night and by `yinqi books check` over all payers: it reads the whole trail, which a payment should not wait for.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.ledger.invariants import Violation
from settlement.batches.invariants import awards_run_on, four_hands, moves_listed
from settlement.batches.models import Batch, BatchSignature
from settlement.payments import invariants
from settlement.payments.from_batches import BEFORE_PAYMENT, approved_items
from settlement.payments.models import OrderLine, PayerClaim, Payment, PaymentOrder
from settlement.payments.recoveries.set_offs import asked_beyond_owed
from settlement.payments.trail import broken_chain, untraced_changes
from settlement.payments.workflow import CANCELLED
from settlement.statements.invariants import drafted_once, parts_add_up, revisions_run_on

WholeCheck = Callable[[Session], list[Violation]]


@dataclass(frozen=True)
class WholeInvariant:
    """One invariant over everything: its number, what it says, and the function that looks."""

    number: str
    says: Text
    check: WholeCheck


def paid_by_another(db: Session) -> list[Violation]:
    """I7, the fourth hand: who draws or sends an order has signed none of its batches before payment."""
    signed = select(Batch.number, BatchSignature.signed_by).join(Batch, col(Batch.id) == col(BatchSignature.batch_id))
    before = signed.where(col(BatchSignature.voided_at).is_(None), col(BatchSignature.step).in_(BEFORE_PAYMENT))
    hands = {(number, person) for number, person in db.execute(before)}
    drawn = (
        select(PaymentOrder.number, PayerClaim.batch, PaymentOrder.drawn_by, PaymentOrder.sent_by)
        .join(OrderLine, col(OrderLine.order_id) == col(PaymentOrder.id))
        .join(PayerClaim, col(PayerClaim.id) == col(OrderLine.claim_id))
    )
    text = Text("开令或送出的人在前三手里", "Who drew or sent it is one of the three hands before")
    wrong = {order for order, batch, *payers in db.execute(drawn) for one in payers if (batch, one) in hands}
    return [Violation("I7", number, text) for number in sorted(wrong)]


def paid_as_signed(db: Session) -> list[Violation]:
    """I9, against the batches: what is being paid is what was signed, taken afresh from every row behind it."""
    query = select(PayerClaim).join(Payment, col(Payment.claim_id) == col(PayerClaim.id))
    claims = db.exec(query.where(Payment.state != CANCELLED).execution_options(populate_existing=True)).all()
    signed = _signed(db, {claim.batch for claim in claims})
    text = Text("付的与签的不是同一份", "What is paid is not what was signed")
    return [
        Violation("I9", f"{claim.payer}/{claim.name}", text)
        for claim in claims
        if claim.batch in signed and (claim.name, claim.payer, claim.amount, claim.digest) not in signed[claim.batch]
    ]


def _signed(db: Session, numbers: Collection[str]) -> dict[str, set[tuple[str, str, int, str]]]:
    """What the batches that are kept here release: claim, payer, fen and digest, where the digest is still true."""
    known = db.exec(select(Batch.number).where(col(Batch.number).in_(list(numbers)))).all()
    return {
        number: {
            (f"{item.statement_number}/r{item.revision}/{item.kind}", payer, fen, item.approved_digest)
            for item in approved_items(db, number)
            if item.is_approved and item.approved_digest == item.present_digest
            for payer, fen in item.shares
        }
        for number in known
    }


def asked_as_owed(db: Session) -> list[Violation]:
    """I10, on paper: recovery notices ask for no more than is still to be recovered."""
    return [
        Violation("I10", subject, Text(f"追回通知要 {asked} 分，账上只欠 {owed} 分", f"Asks {asked} fen, owed {owed}"))
        for subject, asked, owed in asked_beyond_owed(db)
    ]


WHOLE = (
    WholeInvariant("I3", Text("每一项都是应付减已奖", "Every item is due less awarded"), awards_run_on),
    WholeInvariant("I6", Text("各项、各方合计等于金额", "Lines and shares add up to the amount"), parts_add_up),
    WholeInvariant("I7", Text("四手四人", "Four hands of four people"), four_hands),
    WholeInvariant("I7", Text("拨付的人不在前三手里", "The cashier is a fourth person"), paid_by_another),
    WholeInvariant("I8", Text("批次只走规定的步骤", "Batches move by the table alone"), moves_listed),
    WholeInvariant("I8", Text("稿次连续，旧稿不改", "Revisions run on, old ones stay"), revisions_run_on),
    WholeInvariant("I9", Text("付的就是签的", "Paid as signed"), paid_as_signed),
    WholeInvariant("I10", Text("追回通知不多要", "Notices ask no more than is owed"), asked_as_owed),
    WholeInvariant("I14", Text("一次变更一条审计", "One audit row a change"), untraced_changes),
    WholeInvariant("I14", Text("审计链完整", "The chain of the trail is whole"), broken_chain),
    WholeInvariant("I17", Text("每一稿只算一次", "Every revision drafted once"), drafted_once),
)


def whole_violations(db: Session) -> list[Violation]:
    """Every place in all books, batches, statements and the trail where any invariant does not hold."""
    return [*invariants.violations(db), *(found for one in WHOLE for found in one.check(db))]
