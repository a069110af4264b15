"""Which mergers hold on a day, for those who compute; a merger that waits or was refused is none."""

from datetime import date

from sqlmodel import Session, col, select

from kernel.parties.models import Institution
from settlement.mergers.models import InstitutionMerger
from settlement.mergers.workflow import REFUSED


def mergers_until(db: Session, day: date) -> list[InstitutionMerger]:
    """Those by which an institution has ended on or before a day: its successor is named, and the record says since when."""
    named = (col(Institution.party_id) == col(InstitutionMerger.absorbed_id)) & (
        col(Institution.successor_id) == col(InstitutionMerger.into_id)
    )
    query = select(InstitutionMerger).join(Institution, named)
    done = query.where(InstitutionMerger.state != REFUSED, InstitutionMerger.ended_on <= day)
    return list(db.exec(done.order_by(col(InstitutionMerger.id))))
