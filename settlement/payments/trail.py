"""I14: every change of the settlement left exactly one row in the audit trail, and the chain of the trail is whole."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from kernel.audit.models import AuditEntry
from kernel.audit.service import broken_at
from kernel.bilingual import Text
from kernel.ledger.invariants import Violation
from settlement.awards.models import AwardClaim
from settlement.batches.models import Batch, BatchMove, Deputy, Objection
from settlement.certified_balances.models import CertifiedBalance
from settlement.payments.models import Appropriation, PayeeAccount, PayerClaim, Payment, PaymentOrder
from settlement.payments.receipts.models import ReceiptFile, ReceiptLine
from settlement.payments.recoveries.models import NoticeSetOff, RecoveredMoney, RecoveryNotice
from settlement.payments.workflow import CANCELLED, PAID, PROPOSED, REJECTED, RESOLVED
from settlement.returns.models import LoanReturn
from settlement.statements.models import Statement

Trace = tuple[str, str, str]  # act, kind of subject, its id


def untraced_changes(db: Session) -> list[Violation]:
    """I14: what the rows say has happened and what the trail says, act by act and subject by subject, are the same."""
    expected = Counter(_expected(db))
    acts = sorted({act for act, _, _ in expected} | _ACTS)
    query = select(AuditEntry.act, AuditEntry.subject_kind, AuditEntry.subject_id).where(col(AuditEntry.act).in_(acts))
    traced = Counter((act, kind, subject) for act, kind, subject in db.exec(query))
    odd = sorted(key for key in expected.keys() | traced.keys() if expected[key] != traced[key])
    return [_odd(key, expected[key], traced[key]) for key in odd]


def _odd(key: Trace, happened: int, traced: int) -> Violation:
    act, kind, subject = key
    text = Text(
        f"{act} 发生了 {happened} 次，审计里有 {traced} 条", f"{act} happened {happened} times, the trail has {traced}"
    )
    return Violation("I14", f"{kind}/{subject}", text)


def broken_chain(db: Session) -> list[Violation]:
    """I14, the chain: every entry follows from the one before, and the head is the last."""
    number = broken_at(db)
    text = Text("审计链在这里断了", "The chain of the trail breaks here")
    return [] if number is None else [Violation("I14", f"audit/{number}", text)]


def _expected(db: Session) -> Iterator[Trace]:
    for find in (_returned, _stated, _batched, _drawn, _received):
        yield from find(db)


def _each(db: Session, act: str, kind: str, column: Any, *where: Any) -> Iterator[Trace]:
    for subject in db.execute(select(column).where(*where)).scalars():
        yield act, kind, str(subject)


def _returned(db: Session) -> Iterator[Trace]:
    """Returns, the central bank's figures, and claims of awards."""
    yield from _each(db, "return.certify", "return", LoanReturn.id, col(LoanReturn.certified_at).is_not(None))
    yield from _each(db, "certified_balance.record", "certified_balance", CertifiedBalance.id)
    yield from _each(db, "award_claim.draft", "award_claim", AwardClaim.id)
    decided = col(AwardClaim.state).in_(("accepted", "revoked"))
    yield from _each(db, "award_claim.accept", "award_claim", AwardClaim.id, decided)
    yield from _each(db, "award_claim.revoke", "award_claim", AwardClaim.id, AwardClaim.state == "revoked")


def _stated(db: Session) -> Iterator[Trace]:
    yield from _each(db, "statement.draft", "statement", Statement.number)


def _batched(db: Session) -> Iterator[Trace]:
    """Batches with every move, deputies and objections."""
    yield from _each(db, "batch.open", "batch", Batch.number)
    moves = select(BatchMove.move, Batch.number).join(Batch, col(Batch.id) == col(BatchMove.batch_id))
    for move, number in db.execute(moves):
        yield f"batch.{move}", "batch", number
    yield from _each(db, "deputy.name", "deputy", Deputy.id)
    yield from _each(db, "deputy.end", "deputy", Deputy.id, col(Deputy.ended_at).is_not(None))
    yield from _each(db, "objection.raise", "objection", Objection.id)
    yield from _each(db, "objection.answer", "objection", Objection.id, col(Objection.answered_at).is_not(None))


def _drawn(db: Session) -> Iterator[Trace]:
    """Accounts, budgets, claims and orders."""
    yield from _each(db, "payee.propose", "payee", PayeeAccount.id)
    yield from _each(db, "payee.check", "payee", PayeeAccount.id, col(PayeeAccount.checked_by).is_not(None))
    yield from _each(db, "payee.confirm", "payee", PayeeAccount.id, col(PayeeAccount.confirmed_by).is_not(None))
    yield from _each(db, "appropriation.propose", "appropriation", Appropriation.id)
    yield from _each(db, "appropriation.check", "appropriation", Appropriation.id, Appropriation.state != PROPOSED)
    for claim in db.exec(select(PayerClaim)):
        yield "claim.take_in", "claim", claim.name
    yield from _each(db, "order.draw", "payment_order", PaymentOrder.number)
    yield from _each(db, "order.cancel", "payment_order", PaymentOrder.number, PaymentOrder.state == CANCELLED)
    sent = col(PaymentOrder.sent_by).is_not(None)
    yield from _each(db, "order.send", "payment_order", PaymentOrder.number, sent)
    tries = select(PaymentOrder.number, PaymentOrder.attempts).where(PaymentOrder.attempts > 1)
    for number, attempts in db.execute(tries):
        yield from [("order.recover", "payment_order", number)] * (attempts - 1)


def _received(db: Session) -> Iterator[Trace]:
    """What the bank said, and what came back."""
    yield from _each(db, "receipt.take", "receipt", ReceiptFile.id)
    yield from _each(db, "mismatch.resolve", "receipt_line", ReceiptLine.id, ReceiptLine.state == RESOLVED)
    answered = col(Payment.state).in_((PAID, REJECTED))
    yield from _each(db, "payment.receipt", "payment", Payment.reference, answered)
    yield from _each(db, "recovery.issue", "recovery_notice", RecoveryNotice.number)
    back = select(RecoveryNotice.number).join(RecoveredMoney, col(RecoveredMoney.notice_id) == col(RecoveryNotice.id))
    for number in db.execute(back).scalars():
        yield "recovery.receive", "recovery_notice", number
    settled = select(RecoveryNotice.number, NoticeSetOff.undone_at).join(
        NoticeSetOff, col(NoticeSetOff.notice_id) == col(RecoveryNotice.id)
    )
    for number, undone_at in db.execute(settled):
        yield "recovery.set_off", "recovery_notice", number
        if undone_at is not None:
            yield "recovery.reopen", "recovery_notice", number


_ACTS = {
    "return.certify",
    "certified_balance.record",
    "award_claim.accept",
    "award_claim.revoke",
    "statement.draft",
    "batch.open",
    "deputy.name",
    "objection.answer",
    "claim.take_in",
    "order.draw",
    "order.send",
    "order.cancel",
    "order.recover",
    "payment.receipt",
    "receipt.take",
    "mismatch.resolve",
    "recovery.issue",
    "recovery.receive",
    "recovery.set_off",
    "recovery.reopen",
    "payee.check",
    "payee.confirm",
    "appropriation.check",
    *(f"batch.{move}" for move in ("submit", "review", "approve", "publish", "order", "return", "reject")),
}
