"""A claim held against the rule: the event it states, what was granted before, and the decision; and the digest of what is shown."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from kernel.audit.chain import canonical
from kernel.parties.models import Enterprise, Party
from kernel.parties.service import party_by_id, spans_by_party
from kernel.policies import PolicyBook
from settlement.awards.kept_facts import facts_of
from settlement.awards.models import AwardClaim, AwardGrant, AwardPaper
from settlement.event_awards import (
    AwardBeneficiary,
    AwardDecision,
    AwardEvent,
    FactValue,
    GrantedAward,
    decide,
    kind_of,
)

DISHONEST = "dishonest"


@dataclass(frozen=True)
class StatedClaim:
    """What a claim states, whether or not it has been kept yet."""

    scheme: str
    day: date
    document: str
    facts: Mapping[str, FactValue]


@dataclass(frozen=True)
class KnownParty:
    """A party with all that the books say of it and the rule asks for."""

    party: Party
    firm: Enterprise | None
    dishonest_since: tuple[date, ...]

    def claiming_in(self, region: str) -> AwardBeneficiary:
        """The party as the rule sees it, claiming in a county."""
        return AwardBeneficiary(
            code=self.party.code,
            name=self.party.name,
            kind=self.party.kind,
            region=region,
            section=self.firm.industry[:1] if self.firm else "",
            size_class=self.firm.size_class if self.firm else "",
            dishonest_since=self.dishonest_since,
        )


def known_parties(db: Session, party_ids: Iterable[int]) -> dict[int, KnownParty]:
    """Some parties by row number, in two queries however many they are."""
    wanted = list(party_ids)
    query = select(Party, Enterprise).outerjoin(Enterprise, col(Enterprise.party_id) == col(Party.id))
    spans = spans_by_party(db, wanted, DISHONEST)
    return {
        party.id or 0: KnownParty(party, firm, tuple(span.since for span in spans.get(party.id or 0, ())))
        for party, firm in db.exec(query.where(col(Party.id).in_(wanted)))
    }


def standing_grants(db: Session, beneficiary_id: int) -> list[AwardGrant]:
    """The awards of a beneficiary that stand, in the order in which they were granted."""
    query = select(AwardGrant).where(AwardGrant.beneficiary_id == beneficiary_id, col(AwardGrant.revoked_at).is_(None))
    return list(db.exec(query.order_by(col(AwardGrant.id)).execution_options(populate_existing=True)))


def as_granted(grant: AwardGrant, amount: int | None = None) -> GrantedAward:
    """A kept award as the rule sees it; `amount` where it was computed anew."""
    ends = (grant.period_first, grant.period_last)
    period = None if ends[0] is None or ends[1] is None else (ends[0], ends[1])
    fen = grant.amount if amount is None else amount
    return GrantedAward(grant.scheme, grant.once_key, grant.day, fen, grant.document, period)


def judge(db: Session, stated: StatedClaim, party: Party, region: str, book: PolicyBook, *, on: date) -> AwardDecision:
    """What the rule says of a statement on a day, with everything granted before."""
    number = party.id or 0
    claimant = known_parties(db, [number])[number].claiming_in(region)
    event = AwardEvent(stated.scheme, claimant, stated.day, stated.facts, stated.document)
    earlier = [as_granted(grant) for grant in standing_grants(db, number)]
    return decide(event, earlier, book, on=on)


def stated_by(claim: AwardClaim) -> StatedClaim:
    """What a kept claim states."""
    return StatedClaim(claim.scheme, claim.day, claim.document, facts_of(kind_of(claim.scheme), claim.facts))


def judge_claim(db: Session, claim: AwardClaim, book: PolicyBook, *, on: date) -> AwardDecision:
    """What the rule says of a claim on a day."""
    party = party_by_id(db, claim.beneficiary_id)
    return judge(db, stated_by(claim), party, claim.region, book, on=on)


def papers_of(db: Session, claim_id: int) -> list[AwardPaper]:
    """The papers of a claim, in the order in which they were attached."""
    query = select(AwardPaper).where(AwardPaper.claim_id == claim_id).order_by(col(AwardPaper.id))
    return list(db.exec(query))


def filed_digest(claim: AwardClaim, papers: Iterable[AwardPaper]) -> str:
    """One SHA-256 over everything that a claim states and attaches."""
    return _sha256(
        {
            "scheme": claim.scheme,
            "beneficiary": claim.beneficiary_id,
            "region": claim.region,
            "day": claim.day.isoformat(),
            "document": claim.document,
            "facts": claim.facts,
            "papers": sorted([paper.paper, paper.digest] for paper in papers),
        }
    )


def shown_digest(claim: AwardClaim, decision: AwardDecision) -> str:
    """One SHA-256 over a filed claim and what the rule says of it: what a decision binds to."""
    lines = [
        [line.scheme, line.amount, line.once_key, line.split, line.policy_digest, [one.code for one in line.reasons]]
        for line in decision.lines
    ]
    return _sha256({"filed": claim.digest, "version": claim.version, "lines": lines, "waits": len(decision.waits)})


def _sha256(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()
