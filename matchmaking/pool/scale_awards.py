"""Awards 27 and 28 for a firm that reached scale: its claim is drafted by what the composition root hands over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlmodel import Session, col, select

from kernel.accounts.roles import ENTERPRISE_ROLES
from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from matchmaking.pool.models import PoolEntry, ScaleEntry
from matchmaking.pool.scope import INDUSTRY

CLAIMANTS = (INDUSTRY, *ENTERPRISE_ROLES)


@dataclass(frozen=True)
class ScaleClaim:
    """What the claim states: who, the day of entry, revenue in fen of the year that supported it, the document."""

    enterprise_code: str
    entered_on: date
    revenue: int
    was_in_register: bool
    document: str


Drafter: TypeAlias = Callable[[Session, Caller, ScaleClaim, datetime, date], str]


def claim_ready(db: Session, enterprise_id: int) -> tuple[PoolEntry, ScaleClaim] | None:
    """The claim that a firm's newest entry into the register makes ready, if it entered."""
    joined = select(ScaleEntry, PoolEntry, Party).join(PoolEntry, col(PoolEntry.id) == col(ScaleEntry.entry_id))
    query = joined.join(Party, col(Party.id) == col(PoolEntry.enterprise_id)).where(
        col(PoolEntry.enterprise_id) == enterprise_id
    )
    found = db.exec(query.order_by(col(ScaleEntry.entered_on).desc())).first()
    if found is None:
        return None
    scale, entry, party = found
    return entry, ScaleClaim(party.code, scale.entered_on, scale.revenue, scale.was_in_register, scale.document)


def draft_claim(db: Session, caller: Caller, enterprise_id: int, *, drafter: Drafter, at: datetime, today: date) -> str:
    """Draft the claim for the firm itself, or for it by the industry bureau; the address of the draft. NotFound for anybody else's firm."""
    own = caller.organisation_id == enterprise_id and caller.organisation_kind == "enterprise"
    ready = claim_ready(db, enterprise_id) if own or caller.role == INDUSTRY else None
    if ready is None:
        raise NotFound(
            "scale_entry_not_found", "没有可以申报的升规记录", "There is no entry into the register to claim for"
        )
    return drafter(db, caller, ready[1], at, today)
