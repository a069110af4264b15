"""Which statements are paid: what the quarter's table says last; read only."""

from collections.abc import Collection

from sqlmodel import Session, col, func, select

from settlement.payments.models import PayerClaim, Payment
from settlement.payments.workflow import PAID


def paid_statements(db: Session, numbers: Collection[str]) -> set[str]:
    """Of some statements those on the books of which every payer has paid all, by the treasury's receipts, that was not set off or cut."""
    owed = func.sum(PayerClaim.amount - PayerClaim.set_off - PayerClaim.cut)
    claims = select(PayerClaim.statement_number, owed).where(
        col(PayerClaim.statement_number).in_(numbers), PayerClaim.amount > 0
    )
    paid = select(Payment.statement_number, func.sum(Payment.amount)).where(
        col(Payment.statement_number).in_(numbers), Payment.state == PAID
    )
    sums = dict(db.exec(paid.group_by(Payment.statement_number)).all())
    rows = db.exec(claims.group_by(PayerClaim.statement_number))
    return {number for number, fen in rows if sums.get(number, 0) >= fen}
