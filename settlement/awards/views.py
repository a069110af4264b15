"""What pages and API show of a claim, gathered from the books and from the rule; read only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.models import AuditEntry
from kernel.audit.service import entries_about
from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.money import yuan
from kernel.parties.models import Party
from kernel.parties.service import party_by_id
from kernel.policies import Clause, PolicyBook
from settlement.awards.completeness import missing_papers
from settlement.awards.judging import judge_claim, papers_of, shown_digest, stated_by
from settlement.awards.models import AwardClaim, AwardGrant, AwardPaper
from settlement.awards.scope import claim_by_id, claimable, decides, is_applicant
from settlement.awards.workflow import DRAFT, FILED, MOVES, STATES
from settlement.event_awards import AwardDecision, AwardFact, AwardKind, DecidedLine, FactValue, kind_of
from settlement.fiscal_shares import Share, share_rule_in_force, split, split_mode
from settlement.people import names_of

ACTS = {
    "award_claim.draft": Text("起草", "Drafted"),
    "award_claim.change": Text("改草稿", "Changed the draft"),
    "award_claim.attach": Text("附材料", "Attached a paper"),
    "award_claim.detach": Text("取下材料", "Took a paper off"),
    **{f"award_claim.{verb}": move.label for verb, move in MOVES.items()},
}


@dataclass(frozen=True)
class AwardKindView:
    """A kind of event with its clauses, for lists and forms."""

    kind: AwardKind
    title: Text
    clauses: tuple[Clause, ...]
    book: PolicyBook

    @property
    def scheme(self) -> str:
        return self.kind.id

    def options(self, fact: AwardFact) -> Mapping[str, Text]:
        return fact.options(self.book, self.kind.id)

    def payable(self, day: date) -> tuple[bool, Text]:
        """Whether an event of the day could be paid, by its first clause."""
        return self.clauses[0].payable_on(day)

    def waits_for_document(self, day: date) -> bool:
        """Whether a document still has to set what an event of the day would be paid."""
        return bool(self.clauses[0].kind == "P" and self.clauses[0].undecided_on(day))

    @property
    def told(self) -> dict[str, Any]:
        """The kind as plain values."""
        return {
            "scheme": self.kind.id,
            "schemes": list(self.kind.rules),
            "clauses": [clause.number for clause in self.clauses],
            "title": self.title,
            "responsible": self.kind.responsible,
            "day": self.kind.day,
            "facts": [{**fact.__dict__, "choices": self.options(fact)} for fact in self.kind.facts],
            "papers": self.kind.evidence,
        }


def kind_view(kind: AwardKind, book: PolicyBook) -> AwardKindView:
    """One kind as pages show it."""
    clauses = tuple(clause for scheme in kind.rules for clause in book.scheme(scheme).clauses)
    return AwardKindView(kind, book.scheme(kind.id).title, clauses, book)


def claimable_kinds(caller: Caller, book: PolicyBook) -> list[AwardKindView]:
    """What the caller may claim, what needs no further document first, then by clause."""
    every = [kind_view(kind, book) for kind in claimable(caller)]
    return sorted(every, key=lambda one: (one.clauses[0].kind == "P", one.clauses[0].number))


def shares_of(line: DecidedLine, region: str, day: date, book: PolicyBook) -> tuple[Share, ...]:
    """Who would pay a clause's award."""
    if not line.is_due:
        return ()
    return split(line.amount or 0, region, share_rule_in_force(book, day), by=split_mode(line.split))


@dataclass(frozen=True)
class AwardDecisionView:
    """A decision with its payers, and the digest that an acceptance names."""

    decision: AwardDecision
    shares: Sequence[tuple[Share, ...]]
    digest: str = ""

    @property
    def lines(self) -> list[tuple[DecidedLine, tuple[Share, ...]]]:
        return list(zip(self.decision.lines, self.shares, strict=True))

    @property
    def told(self) -> dict[str, Any]:
        """The decision as plain values."""
        one = self.decision
        return {
            "is_eligible": one.is_eligible,
            "may_be_accepted": one.may_be_accepted,
            "amount": one.amount,
            "suspended_until": one.suspended_until,
            "digest": self.digest,
            "reasons": one.reasons,
            "lines": [{**line.__dict__, "shares": shares} for line, shares in self.lines],
        }


def decision_view(decision: AwardDecision, book: PolicyBook, digest: str = "") -> AwardDecisionView:
    """A decision as pages show it."""
    region, day = decision.event.beneficiary.region, decision.event.day
    return AwardDecisionView(decision, [shares_of(line, region, day, book) for line in decision.lines], digest)


@dataclass(frozen=True)
class ClaimView:
    """One claim, ready for its page."""

    claim: AwardClaim
    party: Party
    kind: AwardKindView
    facts: Mapping[str, FactValue]
    papers: Sequence[AwardPaper]
    grants: Sequence[AwardGrant]
    decision: AwardDecisionView | None
    trouble: Text | None
    moves: Sequence[str]
    is_mine: bool
    names: Mapping[int, str]
    notes: Sequence[AuditEntry]

    @property
    def state(self) -> Text:
        return STATES[self.claim.state]

    @property
    def may_change(self) -> bool:
        return self.is_mine and self.claim.state == DRAFT

    @property
    def missing(self) -> list[Text]:
        """The required papers that are not attached yet."""
        return missing_papers(self.kind.kind, self.papers)

    def attached(self, paper: str) -> list[AwardPaper]:
        return [one for one in self.papers if one.paper == paper]

    @property
    def fact_rows(self) -> list[tuple[AwardFact, FactValue, Text | None]]:
        """Each stated fact, with the title of a chosen code."""
        return [
            (fact, self.facts[fact.name], self.kind.options(fact).get(str(self.facts[fact.name])))
            for fact in self.kind.kind.facts
        ]

    @property
    def granted(self) -> list[dict[str, Any]]:
        """What was awarded, as it was explained when it was granted."""
        return [
            {"scheme": one.scheme, "revoked": one.revoked_at is not None, **json.loads(one.explanation)}
            for one in self.grants
        ]

    @property
    def travelling_facts(self) -> dict[str, Any]:
        """The facts as they travel: money as yuan text, days as text."""
        money = {fact.name for fact in self.kind.kind.facts if fact.type == "money"}
        return {name: _travelling(value, name in money) for name, value in self.facts.items()}

    @property
    def told(self) -> dict[str, Any]:
        """The claim as plain values."""
        return {
            "claim": self.claim,
            "party": self.party,
            "facts": self.travelling_facts,
            "papers": self.papers,
            "moves": self.moves,
            "decision": self.decision.told if self.decision else None,
            "grants": self.granted,
        }


def _travelling(value: FactValue, is_money: bool) -> Any:
    if is_money:
        return yuan(int(str(value)))
    return value.isoformat() if isinstance(value, date) else value


def claim_view(db: Session, caller: Caller, claim_id: int, book: PolicyBook, today: date) -> ClaimView:
    """A claim that the caller may see; NotFound otherwise."""
    claim = claim_by_id(db, caller, claim_id)
    decision, trouble = _decision(db, claim, book, today)
    notes = entries_about(db, ("award_claim", claim_id))
    people = [claim.entered_by, claim.filed_by, claim.decided_by, *(note.account_id for note in notes)]
    grants = db.exec(select(AwardGrant).where(AwardGrant.claim_id == claim_id).order_by(col(AwardGrant.id)))
    return ClaimView(
        claim=claim,
        party=party_by_id(db, claim.beneficiary_id),
        kind=kind_view(kind_of(claim.scheme), book),
        facts=stated_by(claim).facts,
        papers=papers_of(db, claim_id),
        grants=list(grants),
        decision=decision,
        trouble=trouble,
        moves=moves_for(caller, claim),
        is_mine=is_applicant(caller, claim),
        names=names_of(db, people),
        notes=notes,
    )


def _decision(
    db: Session, claim: AwardClaim, book: PolicyBook, today: date
) -> tuple[AwardDecisionView | None, Text | None]:
    """The rule's word on a claim that is still open; what is accepted keeps the word it was accepted by."""
    if claim.state not in (DRAFT, FILED):
        return None, None
    try:
        decision = judge_claim(db, claim, book, on=today)
        return decision_view(decision, book, shown_digest(claim, decision)), None
    except Refused as refused:  # a policy that asks for something the rules cannot do
        return None, refused.text


def moves_for(caller: Caller, claim: AwardClaim) -> list[str]:
    """The moves that lie in the caller's hand now."""
    kind, mine = kind_of(claim.scheme), is_applicant(caller, claim)
    own = claim.filed_by == caller.account_id
    return [
        verb
        for verb, one in MOVES.items()
        if claim.state in one.sources and (mine if one.hand == "applicant" else decides(caller, kind) and not own)
    ]
