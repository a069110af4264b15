"""Guarantors' canonical returns as the fee subsidy takes them: contracts and events, quarter by quarter, with their digest."""

from sqlmodel import Session, col, select

from kernel.periods import Quarter
from settlement.fee_subsidy.contracts import GuaranteeReturn
from settlement.returns.guarantee_rows import read_guarantees
from settlement.returns.keeping import Keeping
from settlement.returns.kinds import GUARANTEES
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import CERTIFIED


def certified_guarantees(db: Session, institution_id: int, until: Quarter) -> list[LoanReturn]:
    """A guarantor's certified versions up to a quarter, the earliest first: what its subsidy is computed from."""
    query = select(LoanReturn).where(
        LoanReturn.institution_id == institution_id,
        LoanReturn.kind == GUARANTEES.name,
        LoanReturn.state == CERTIFIED,
        LoanReturn.quarter <= str(until),
    )
    return list(db.exec(query.order_by(col(LoanReturn.quarter))))


def guarantees_until(db: Session, institution_id: int, until: Quarter, *, keeping: Keeping) -> list[GuaranteeReturn]:
    """The rows of those returns, the earliest quarter first; a quarter without a certified return is not among them."""
    return [
        read_guarantees(
            Quarter.parse(filed.quarter),
            keeping.tape(filed.row_digest),
            keeping.events(filed.row_digest),
            filed.row_digest,
        )
        for filed in certified_guarantees(db, institution_id, until)
        if filed.row_digest is not None
    ]
