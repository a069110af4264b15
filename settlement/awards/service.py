"""What can be done with a claim: draft, change, file, decide. Each by somebody whose claim it is, or whose hand decides it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, Refused
from kernel.parties.models import Enterprise, Party
from kernel.parties.service import check_identity
from kernel.policies import PolicyBook
from settlement.awards import granting
from settlement.awards.completeness import check_complete
from settlement.awards.judging import StatedClaim, filed_digest, judge, judge_claim, papers_of, shown_digest
from settlement.awards.kept_facts import kept
from settlement.awards.models import AwardClaim
from settlement.awards.scope import (
    beneficiary_for,
    check_may_claim,
    claim_by_id,
    decides,
    is_applicant,
    may_not,
    seen_by,
)
from settlement.awards.workflow import DRAFT, MOVES, REFUSALS, next_state, refusal
from settlement.event_awards import AwardDecision, AwardKind, kind_of

LONGEST_NOTE = 1000


@dataclass(frozen=True)
class ClaimRow:
    """A claim with its beneficiary."""

    claim: AwardClaim
    party: Party


@dataclass(frozen=True)
class SaidWithMove:
    """What a decision on a claim says: the digest of what was shown, a refusal's code, and a word of reason."""

    digest: str = ""
    code: str = ""
    note: str = ""


def claims_query(
    caller: Caller, *, state: str | None = None, scheme: str | None = None, beneficiary_code: str | None = None
) -> Select[Any]:
    """The claims that the caller may see, the newest first."""
    query = select(AwardClaim, Party).join(Party, col(Party.id) == col(AwardClaim.beneficiary_id))
    query = query.where(seen_by(caller))
    if state is not None:
        query = query.where(AwardClaim.state == state)
    if scheme is not None:
        query = query.where(AwardClaim.scheme == scheme)
    if beneficiary_code is not None:
        query = query.where(Party.code == beneficiary_code)
    return cast(Select[Any], query.order_by(col(AwardClaim.id).desc()))


def claims_of(db: Session, caller: Caller, *, state: str | None = None) -> list[ClaimRow]:
    """The same as a list."""
    return [ClaimRow(claim, party) for claim, party in db.execute(claims_query(caller, state=state))]


def check(
    db: Session, caller: Caller, stated: StatedClaim, *, code: str, book: PolicyBook, today: date
) -> AwardDecision:
    """What the rule would say of a claim that is not kept yet."""
    kind = kind_of(stated.scheme)
    check_may_claim(caller, kind)
    party = beneficiary_for(db, caller, kind, code)
    return judge(db, stated, party, party.fiscal_region, book, on=today)


def draft(
    db: Session, caller: Caller, stated: StatedClaim, *, code: str = "", book: PolicyBook, at: datetime, today: date
) -> AwardClaim:
    """A new draft for the caller's own organisation, or for the party `code` where a bureau enters it."""
    kind = kind_of(stated.scheme)
    check_may_claim(caller, kind)
    party = beneficiary_for(db, caller, kind, code)
    decision = judge(db, stated, party, party.fiscal_region, book, on=today)
    claim = AwardClaim(
        scheme=kind.id,
        beneficiary_id=party.id or 0,
        region=party.fiscal_region,
        day=stated.day,
        document=stated.document,
        facts=kept(stated.facts),
        state=DRAFT,
        amount=decision.amount,
        entered_organisation_id=caller.organisation_id,
        entered_by=caller.account_id,
        entered_at=at,
    )
    db.add(claim)
    db.flush()
    detail = {"scheme": claim.scheme, "beneficiary": party.code, "day": claim.day.isoformat()}
    record(db, "award_claim.draft", by=caller.actor, subject=("award_claim", claim.id), at=at, detail=detail)
    return claim


def change(
    db: Session,
    caller: Caller,
    claim_id: int,
    stated: StatedClaim,
    *,
    seen: int,
    book: PolicyBook,
    at: datetime,
    today: date,
) -> AwardClaim:
    """Other words in a draft. Conflict where it is no draft any more, or was changed since version `seen`."""
    claim = claim_by_id(db, caller, claim_id)
    if not is_applicant(caller, claim):
        raise may_not()
    party = db.exec(select(Party).where(Party.id == claim.beneficiary_id)).one()
    decision = judge(db, stated, party, party.fiscal_region, book, on=today)
    values = {
        "day": stated.day,
        "document": stated.document,
        "facts": kept(stated.facts),
        "region": party.fiscal_region,
        "amount": decision.amount,
        "version": seen + 1,
    }
    may = (col(AwardClaim.version) == seen) & (col(AwardClaim.state) == DRAFT)
    if not _moved(db, claim, may, values):
        raise _changed_meanwhile()
    record(
        db,
        "award_claim.change",
        by=caller.actor,
        subject=("award_claim", claim_id),
        at=at,
        detail={"version": seen + 1},
    )
    return claim


def move(
    db: Session,
    caller: Caller,
    claim_id: int,
    verb: str,
    *,
    book: PolicyBook,
    at: datetime,
    today: date,
    said: SaidWithMove = SaidWithMove(),
) -> AwardClaim:
    """File, withdraw, accept, refuse, return or revoke. Refused with every reason where the rule or the papers say no."""
    claim = claim_by_id(db, caller, claim_id)
    kind = kind_of(claim.scheme)
    _check_hand(caller, claim, kind, verb)
    next_state(verb, claim.state)
    _check_said(verb, said)
    if verb == "file":
        return _file(db, caller, claim, kind, book=book, at=at, today=today)
    if verb == "accept":
        return _accept(db, caller, claim, said, book=book, at=at, today=today)
    return _set_aside(db, caller, claim, verb, said, at=at)


def _check_hand(caller: Caller, claim: AwardClaim, kind: AwardKind, verb: str) -> None:
    own = MOVES[verb].hand == "applicant"
    if not (is_applicant(caller, claim) if own else decides(caller, kind)):
        raise may_not()
    if not own and claim.filed_by == caller.account_id:
        raise Refused(
            "two_persons",
            "申报的人不能自己受理，请另一位经办来办",
            "Whoever filed a claim cannot decide it; ask a second person",
        )


def _check_said(verb: str, said: SaidWithMove) -> None:
    errors = FieldErrors()
    if MOVES[verb].needs_note and not 1 <= len(said.note.strip()) <= LONGEST_NOTE:
        errors.add("note", "required", "写明原因，最多 1000 个字", "Write the reason, at most 1000 characters")
    if verb == "refuse" and said.code not in REFUSALS:
        errors.add("code", "required", "选一个原因", "Choose a reason")
    errors.raise_if_any()


def _file(
    db: Session, caller: Caller, claim: AwardClaim, kind: AwardKind, *, book: PolicyBook, at: datetime, today: date
) -> AwardClaim:
    firm = db.exec(select(Enterprise).where(Enterprise.party_id == claim.beneficiary_id)).first()
    if firm is not None:
        check_identity(firm)
    papers, decision = papers_of(db, claim.id or 0), judge_claim(db, claim, book, on=today)
    check_complete(kind, papers, decision)
    values = {
        "state": next_state("file", claim.state),
        "digest": filed_digest(claim, papers),
        "amount": decision.amount,
        "filed_by": caller.account_id,
        "filed_at": at,
        "note": "",
        "version": claim.version + 1,
    }
    _move(db, claim, "file", values)
    detail = {"scheme": claim.scheme, "digest": claim.digest, "amount_fen": claim.amount or 0}
    record(db, "award_claim.file", by=caller.actor, subject=("award_claim", claim.id), at=at, detail=detail)
    return claim


def _accept(
    db: Session, caller: Caller, claim: AwardClaim, said: SaidWithMove, *, book: PolicyBook, at: datetime, today: date
) -> AwardClaim:
    """Bound to the digest of what was shown; two acceptances computed from one state of a beneficiary cannot both go through."""
    changes = granting.changes_so_far(db, claim.beneficiary_id)
    decision = judge_claim(db, claim, book, on=today)
    if not decision.may_be_accepted:
        raise Refused(
            "rule_says_no",
            "现在不能受理：" + "；".join(one.text.zh for one in decision.reasons),
            "Cannot be accepted now: " + "; ".join(one.text.en for one in decision.reasons),
        )
    if said.digest != shown_digest(claim, decision):
        raise _changed_meanwhile()
    granting.take_turn(db, claim.beneficiary_id, changes)
    values = _decided(caller, claim, "accept", at) | {"amount": decision.amount}
    _move(db, claim, "accept", values)
    granting.grant(db, claim, decision, book, at=at)
    detail = {"digest": said.digest, "amount_fen": decision.amount or 0}
    record(db, "award_claim.accept", by=caller.actor, subject=("award_claim", claim.id), at=at, detail=detail)
    return claim


def _decided(caller: Caller, claim: AwardClaim, verb: str, at: datetime) -> dict[str, Any]:
    return {
        "state": next_state(verb, claim.state),
        "decided_by": caller.account_id,
        "decided_at": at,
        "version": claim.version + 1,
    }


def _set_aside(
    db: Session, caller: Caller, claim: AwardClaim, verb: str, said: SaidWithMove, *, at: datetime
) -> AwardClaim:
    """The moves that grant nothing: withdraw, refuse, return, revoke."""
    if verb == "revoke":
        granting.take_turn(db, claim.beneficiary_id, granting.changes_so_far(db, claim.beneficiary_id))
        granting.revoke(db, claim, at=at)
    values: dict[str, Any] = {"state": next_state(verb, claim.state), "version": claim.version + 1}
    if verb in ("refuse", "revoke"):
        values = _decided(caller, claim, verb, at)
    if MOVES[verb].needs_note:
        values["note"] = said.note.strip()
    if verb == "refuse":
        values["refusal_code"] = said.code
    _move(db, claim, verb, values)
    detail = {"code": said.code, "note": said.note.strip()} if MOVES[verb].needs_note else {}
    record(db, f"award_claim.{verb}", by=caller.actor, subject=("award_claim", claim.id), at=at, detail=detail)
    return claim


def _move(db: Session, claim: AwardClaim, verb: str, values: Mapping[str, Any]) -> None:
    """One guarded step; Conflict where somebody was faster."""
    seen = claim.version
    may = col(AwardClaim.state).in_(MOVES[verb].sources) & (col(AwardClaim.version) == seen)
    if not _moved(db, claim, may, values):
        raise refusal(verb, claim.state)


def _moved(db: Session, claim: AwardClaim, may: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    done = db.execute(update(AwardClaim).where(col(AwardClaim.id) == claim.id, may).values(**values))
    db.refresh(claim)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "claim_changed_meanwhile",
        "这份申报或它依据的数在你看的时候变了，请重新看过再办",
        "The claim, or what it rests on, has changed since you looked; look again",
    )
