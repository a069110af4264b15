"""Numbers of papers, one series a payer and year; taking one also makes drawers take turns."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from settlement.payments.models import PaymentSeries

ORDER, RECOVERY = "PO", "RN"


def next_number(db: Session, prefix: str, payer: str, year: int) -> str:
    """The next number, such as `PO-410411-2022-0001`; the series stays locked until the transaction ends."""
    mine = (
        (col(PaymentSeries.payer) == payer) & (col(PaymentSeries.year) == year) & (col(PaymentSeries.prefix) == prefix)
    )
    advance = update(PaymentSeries).where(mine).values(last_number=PaymentSeries.last_number + 1)
    if db.execute(advance).rowcount == 0:  # type: ignore[attr-defined]
        try:
            with db.begin_nested():
                db.add(PaymentSeries(payer=payer, year=year, prefix=prefix))
        except IntegrityError:
            pass  # begun by another at the same moment
        db.execute(advance)
    number = db.execute(select(PaymentSeries.last_number).where(mine)).scalar_one()
    return f"{prefix}-{payer}-{year}-{number:04d}"
