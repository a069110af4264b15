"""Accepted claims for statements: the awards of a quarter that stand, computed anew under the present policies. Read only."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.awards.judging import as_granted, beneficiary_of, stated_by
from settlement.awards.models import AwardClaim, AwardGrant
from settlement.event_awards import AwardEvent, DecidedLine, GrantedAward, decide


@dataclass(frozen=True)
class AcceptedAward:
    """One award on an accepted claim, and its clause's answer under the present policies; `line.amount` is what is due now."""

    grant: AwardGrant
    claim: AwardClaim
    party: Party
    line: DecidedLine


def accepted_awards(
    db: Session, book: PolicyBook, *, scheme: str, quarter: Quarter, beneficiary_id: int | None = None
) -> list[AcceptedAward]:
    """The awards of a scheme whose qualifying day lies in a quarter, by beneficiary's code and in the order of granting.

    Each beneficiary's awards are computed anew in the order in which they were granted, so that caps and once-only rules hold
    whatever a later decision changed.
    """
    query = select(AwardGrant.beneficiary_id).where(
        AwardGrant.scheme == scheme, AwardGrant.quarter == str(quarter), col(AwardGrant.revoked_at).is_(None)
    )
    if beneficiary_id is not None:
        query = query.where(AwardGrant.beneficiary_id == beneficiary_id)
    found = [award for one in sorted(set(db.exec(query))) for award in computed_anew(db, book, one)]
    mine = [one for one in found if one.grant.scheme == scheme and one.grant.quarter == str(quarter)]
    return sorted(mine, key=lambda one: (one.party.code, one.grant.id or 0))


def computed_anew(db: Session, book: PolicyBook, beneficiary_id: int) -> Iterator[AcceptedAward]:
    """Every standing award of a beneficiary, each held against those before it."""
    party = db.exec(select(Party).where(Party.id == beneficiary_id)).one()
    query = (
        select(AwardGrant, AwardClaim)
        .join(AwardClaim, col(AwardClaim.id) == col(AwardGrant.claim_id))
        .where(AwardGrant.beneficiary_id == beneficiary_id, col(AwardGrant.revoked_at).is_(None))
        .order_by(col(AwardGrant.id))
    )
    earlier: list[GrantedAward] = []
    pending: list[GrantedAward] = []
    last_claim = 0
    for grant, claim in db.exec(query):
        if claim.id != last_claim:
            earlier, pending, last_claim = [*earlier, *pending], [], claim.id or 0
        line = _line_now(db, book, grant, claim, party, earlier)
        pending.append(as_granted(grant, line.amount or 0))
        yield AcceptedAward(grant, claim, party, line)


def _line_now(
    db: Session, book: PolicyBook, grant: AwardGrant, claim: AwardClaim, party: Party, earlier: list[GrantedAward]
) -> DecidedLine:
    stated = stated_by(claim)
    event = AwardEvent(claim.scheme, beneficiary_of(db, party, claim.region), claim.day, stated.facts, claim.document)
    decision = decide(event, earlier, book, on=max(claim.day, business_day(grant.granted_at)))
    return next(line for line in decision.lines if line.scheme == grant.scheme)
