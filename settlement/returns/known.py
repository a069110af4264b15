"""What the books hold a return against while it is read: the last accepted one, earlier events, and the lenders on the register."""

from sqlmodel import Session, col, select

from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import institutions
from kernel.periods import Quarter
from settlement.returns.intake import Known
from settlement.returns.keeping import Keeping
from settlement.returns.kinds import ReturnKind
from settlement.returns.models import LoanReturn
from settlement.returns.service import newest
from settlement.returns.workflow import REFUSED


def known_before(db: Session, institution_id: int, quarter: Quarter, kind: ReturnKind, keeping: Keeping) -> Known:
    """What is known before a return of the quarter is read."""
    last = newest(db, institution_id, quarter.previous, accepted=True)
    previous = keeping.tape(last.row_digest) if last and last.row_digest and last.kind == kind.name else None
    if kind.beside is None:
        return Known(previous)
    earlier = tuple(keeping.events(digest) for digest in _earlier_digests(db, institution_id, quarter, kind))
    return Known(previous, earlier, _lenders(db))


def _earlier_digests(db: Session, institution_id: int, quarter: Quarter, kind: ReturnKind) -> list[str]:
    """The rows of the newest accepted version of every earlier quarter."""
    query = select(LoanReturn.quarter, LoanReturn.row_digest).where(
        LoanReturn.institution_id == institution_id,
        LoanReturn.kind == kind.name,
        LoanReturn.quarter < str(quarter),
        LoanReturn.state != REFUSED,
    )
    newest_last = db.exec(query.order_by(LoanReturn.quarter, col(LoanReturn.version)))
    return [digest for _, digest in sorted(dict(newest_last.all()).items()) if digest is not None]


def _lenders(db: Session) -> frozenset[str]:
    """Every institution on the register that is no guarantor."""
    return frozenset(party.code for party, institution in institutions(db) if institution.kind not in GUARANTOR_KINDS)
