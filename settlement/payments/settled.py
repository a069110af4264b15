"""What has come of statements in money: what the quarter's table says last; read only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, case, col, func, select

from settlement.payments.models import PayerClaim, Payment
from settlement.payments.workflow import PAID


@dataclass(frozen=True)
class MoneyHad:
    """Of one statement over all its revisions, in fen: what the treasury's receipts say was paid, and what is settled with it.

    Settled: paid, set off against a recovery or cut, less what came back or was set off of what is to come back.
    """

    paid: int = 0
    settled: int = 0


def money_had(db: Session, numbers: Collection[str]) -> dict[str, MoneyHad]:
    """By number, for those of some statements that have claims on the books: two queries whatever their number."""
    done = case(
        (col(PayerClaim.amount) > 0, PayerClaim.set_off + PayerClaim.cut),
        else_=-(col(PayerClaim.set_off) + col(PayerClaim.recovered)),
    )
    claims = _sums(db, PayerClaim.statement_number, done, [col(PayerClaim.statement_number).in_(numbers)])
    of_paid = [col(Payment.statement_number).in_(numbers), Payment.state == PAID]
    paid = _sums(db, Payment.statement_number, col(Payment.amount), of_paid)
    return {number: MoneyHad(paid.get(number, 0), paid.get(number, 0) + fen) for number, fen in claims.items()}


def _sums(db: Session, number: Any, fen: Any, conditions: Iterable[Any]) -> dict[str, int]:
    rows = db.exec(select(number, func.sum(fen)).where(*conditions).group_by(number))
    return {name: int(total) for name, total in rows}
