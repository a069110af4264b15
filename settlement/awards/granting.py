"""Grant what an accepted claim is awarded, clause by clause, and take it back; the database keeps once-only rules."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.audit.chain import canonical
from kernel.errors import Conflict
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.awards.models import AwardClaim, AwardGrant, AwardTally
from settlement.event_awards import AwardDecision, DecidedLine, ReadParameter
from settlement.fiscal_shares import share_rule_in_force, split, split_mode


def changes_so_far(db: Session, beneficiary_id: int) -> int:
    """How often the beneficiary's awards have changed; read before anything is computed."""
    query = select(AwardTally).where(AwardTally.beneficiary_id == beneficiary_id)
    tally = db.exec(query.execution_options(populate_existing=True)).first()
    return 0 if tally is None else tally.changes


def take_turn(db: Session, beneficiary_id: int, seen: int) -> None:
    """Count one change from the state that was seen; Conflict where another came first."""
    if seen == 0:
        try:
            with db.begin_nested():
                db.add(AwardTally(beneficiary_id=beneficiary_id, changes=0))
        except IntegrityError:
            pass  # the row is there already; the guard below decides
    mine = (col(AwardTally.beneficiary_id) == beneficiary_id) & (col(AwardTally.changes) == seen)
    taken = db.execute(update(AwardTally).where(mine).values(changes=seen + 1))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "awards_changed_meanwhile",
            "这家单位的另一份申报刚刚有了结果，请重新看过再办",
            "Another claim of this party was decided just now; look again",
        )


def grant(
    db: Session, claim: AwardClaim, decision: AwardDecision, book: PolicyBook, *, at: datetime
) -> list[AwardGrant]:
    """One row a clause that awards something; Conflict where its once-only key is taken."""
    grants = [_grant(claim, line, book, at) for line in decision.due_lines]
    try:
        with db.begin_nested():
            db.add_all(grants)
    except IntegrityError:
        raise Conflict("awarded_already", "同一事项已经奖过", "The same event was awarded already") from None
    return grants


def _grant(claim: AwardClaim, line: DecidedLine, book: PolicyBook, at: datetime) -> AwardGrant:
    explanation = canonical(told(line, claim, book))
    first, last = line.period or (None, None)
    return AwardGrant(
        claim_id=claim.id or 0,
        beneficiary_id=claim.beneficiary_id,
        scheme=line.scheme,
        clause=line.clause.number,
        region=claim.region,
        day=claim.day,
        quarter=str(Quarter.containing(claim.day)),
        once_key=line.once_key,
        document=claim.document,
        amount=line.amount or 0,
        split=line.split,
        period_first=first,
        period_last=last,
        policy_digest=line.policy_digest,
        explanation=explanation,
        digest=hashlib.sha256(explanation.encode()).hexdigest(),
        granted_at=at,
    )


def told(line: DecidedLine, claim: AwardClaim, book: PolicyBook) -> dict[str, Any]:
    """Everything an award rests on, as plain values: clause, dated parameters, the sum written out, who pays."""
    shares = split(line.amount or 0, claim.region, share_rule_in_force(book, claim.day), by=split_mode(line.split))
    return {
        "claim": claim.id,
        "filed": claim.digest,
        "day": claim.day.isoformat(),
        "clause": {
            "number": line.clause.number,
            "place": list(line.clause.place),
            "quote": line.clause.quote,
            "reference": line.clause.reference,
        },
        "amount": line.amount,
        "base": line.base,
        "rate": line.rate,
        "written": list(line.written) if line.written else None,
        "notes": [[one.code, *one.text] for one in line.reasons],
        "parameters": [parameter_told(one) for one in line.parameters],
        "shares": [{"payer": one.payer, "part": str(one.part), "amount": one.amount} for one in shares],
    }


def parameter_told(one: ReadParameter) -> dict[str, Any]:
    """A parameter that was read, with its days and its document."""
    return {
        "scheme": one.scheme,
        "name": one.name,
        "title": list(one.title),
        "shown": list(one.shown),
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "reference": one.reference,
        "origin": one.origin,
        "quote": one.quote,
    }


def revoke(db: Session, claim: AwardClaim, *, at: datetime) -> None:
    """The claim's awards stand no longer; their keys are free again, and the rows stay."""
    standing = (col(AwardGrant.claim_id) == claim.id) & col(AwardGrant.revoked_at).is_(None)
    db.execute(update(AwardGrant).where(standing).values(revoked_at=at))
