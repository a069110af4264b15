"""Banks that keep off an enterprise, with the reason on record."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, NotFound
from kernel.parties.models import Party
from kernel.parties.service import party_by_code
from matchmaking.guarded import took_effect
from matchmaking.sessions.models import BankBlock

MOST_FOUND = 20


def block(db: Session, caller: Caller, *, enterprise_code: str, reason: str, at: datetime) -> BankBlock:
    """Close the caller's bank to an enterprise from now on; NotFound for a code that is no enterprise's."""
    party = party_by_code(db, enterprise_code)
    if party.kind != "enterprise" or party.id is None:
        raise NotFound("party_not_found", f"没有找到 {enterprise_code}", f"{enterprise_code} was not found")
    row = BankBlock(
        institution_id=caller.organisation_id,
        enterprise_id=party.id,
        reason=reason,
        recorded_at=at,
        recorded_by=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict("already_blocked", "已经登记过不见这家企业", "This enterprise is blocked already") from None
    detail = {"enterprise": enterprise_code, "reason": reason}
    record(db, "bank_block.record", by=caller.actor, subject=("bank_block", row.id), at=at, detail=detail)
    return row


def enterprises_named(db: Session, part: str) -> list[Party]:
    """Enterprises whose name holds the text, or whose code it is; at most `MOST_FOUND`, by name. Names and codes are public."""
    named = col(Party.name).contains(part, autoescape=True) | (col(Party.code) == part.upper())
    query = select(Party).where(col(Party.kind) == "enterprise", named).order_by(col(Party.name)).limit(MOST_FOUND)
    return list(db.execute(query).scalars())


def enterprise_of(db: Session, code: str) -> Party | None:
    """The enterprise of a code, if there is one."""
    found: Party | None = db.execute(
        select(Party).where(col(Party.code) == code, col(Party.kind) == "enterprise")
    ).scalar()
    return found


def lift(db: Session, caller: Caller, block_id: int, *, at: datetime) -> None:
    """End a block of the caller's bank."""
    mine = (col(BankBlock.id) == block_id) & (col(BankBlock.institution_id) == caller.organisation_id)
    if not took_effect(db, update(BankBlock).where(mine, col(BankBlock.lifted_at).is_(None)).values(lifted_at=at)):
        raise NotFound("block_not_found", "没有这条记录，或已经解除", "There is no such block, or it is lifted already")
    record(db, "bank_block.lift", by=caller.actor, subject=("bank_block", block_id), at=at)


def blocks_of(db: Session, caller: Caller) -> list[tuple[BankBlock, Party]]:
    """The live blocks of the caller's bank with the enterprises they keep off."""
    query = (
        select(BankBlock, Party)
        .join(Party, col(Party.id) == col(BankBlock.enterprise_id))
        .where(col(BankBlock.institution_id) == caller.organisation_id, col(BankBlock.lifted_at).is_(None))
        .order_by(col(BankBlock.id).desc())
    )
    return [(row[0], row[1]) for row in db.execute(query)]
