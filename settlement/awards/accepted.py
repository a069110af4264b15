"""Accepted claims for statements: the awards of a quarter that stand, computed anew under the present policies. Read only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlmodel import Session, col, select

from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.awards.judging import KnownParty, as_granted, known_parties, stated_by
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
    found = computed_anew(db, book, sorted(set(db.exec(query))))
    mine = [one for one in found if one.grant.scheme == scheme and one.grant.quarter == str(quarter)]
    return sorted(mine, key=lambda one: (one.party.code, one.grant.id or 0))


def computed_anew(db: Session, book: PolicyBook, beneficiary_ids: Sequence[int]) -> Iterator[AcceptedAward]:
    """Every standing award of some beneficiaries, each held against those before it."""
    known = known_parties(db, beneficiary_ids)
    query = (
        select(AwardGrant, AwardClaim)
        .join(AwardClaim, col(AwardClaim.id) == col(AwardGrant.claim_id))
        .where(col(AwardGrant.beneficiary_id).in_(beneficiary_ids), col(AwardGrant.revoked_at).is_(None))
        .order_by(col(AwardGrant.beneficiary_id), col(AwardGrant.id))
    )
    for number, rows in groupby(db.exec(query).all(), key=lambda row: row[0].beneficiary_id):
        yield from _in_turn(book, known[number], rows)


def _in_turn(
    book: PolicyBook, known: KnownParty, rows: Iterable[tuple[AwardGrant, AwardClaim]]
) -> Iterator[AcceptedAward]:
    earlier: list[GrantedAward] = []
    pending: list[GrantedAward] = []
    last_claim = 0
    for grant, claim in rows:
        if claim.id != last_claim:
            earlier, pending, last_claim = [*earlier, *pending], [], claim.id or 0
        line = _line_now(book, grant, claim, known, earlier)
        pending.append(as_granted(grant, line.amount or 0))
        yield AcceptedAward(grant, claim, known.party, line)


def _line_now(
    book: PolicyBook, grant: AwardGrant, claim: AwardClaim, known: KnownParty, earlier: list[GrantedAward]
) -> DecidedLine:
    stated = stated_by(claim)
    event = AwardEvent(claim.scheme, known.claiming_in(claim.region), claim.day, stated.facts, claim.document)
    decision = decide(event, earlier, book, on=max(claim.day, business_day(grant.granted_at)))
    return next(line for line in decision.lines if line.scheme == grant.scheme)
