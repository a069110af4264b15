"""What the bank and the enterprise do with a referral, each only with its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.errors import Conflict, Refused
from kernel.outbox.service import publish
from matchmaking.guarded import took_effect
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.products.reading import terms_of
from matchmaking.referrals import events
from matchmaking.referrals.asking import Approval, check_asked
from matchmaking.referrals.delivering import enter
from matchmaking.referrals.ending import TAKEN_BACK, tell_bank_of_end
from matchmaking.referrals.models import Referral, ReferralPause
from matchmaking.referrals.moving import SUBJECT, MoveChange, advance, note_only, row_of
from matchmaking.referrals.reading import ShownReferral, referral_for
from matchmaking.referrals.reasons import REASONS
from matchmaking.referrals.workflow import STATES
from matchmaking.sessions.models import SessionRanking


def _own(db: Session, caller: Caller, referral_id: int, at: datetime) -> ShownReferral:
    return referral_for(db, caller, referral_id, today=business_day(at))


def _tell_firm(db: Session, one: ShownReferral, state: str, at: datetime) -> None:
    facts = {"bank": one.bank.name, "state": STATES[state].zh, "state_en": STATES[state].en}
    subject = (SUBJECT, one.id)
    publish(db, events.MOVED_ON.name, party_id=one.referral.enterprise_id, subject=subject, facts=facts, at=at)


def _move(db: Session, caller: Caller, referral_id: int, verb: str, change: MoveChange, at: datetime) -> Referral:
    """A bank's move: the row must be its own in the very UPDATE."""
    one = _own(db, caller, referral_id, at)
    mine = col(Referral.institution_id) == caller.organisation_id
    change = MoveChange(change.values, change.note, change.detail, mine)
    moved = advance(db, one.referral, verb, change=change, by=caller.actor, at=at)
    _tell_firm(db, one, moved.state, at)
    return moved


def accept(db: Session, caller: Caller, referral_id: int, *, at: datetime) -> Referral:
    """published → accepted; where the bank has met the firm already, → contacted at once."""
    moved = _move(db, caller, referral_id, "accept", MoveChange(), at)
    if moved.contacted_at is None:
        return moved
    return contact(db, caller, referral_id, note="面谈过了", at=at)


def meet(db: Session, caller: Caller, referral_id: int, *, note: str, at: datetime) -> Referral:
    """A first contact before the bank has answered: the state stays, the clock of the first contact is stopped."""
    one = _own(db, caller, referral_id, at)
    change = MoveChange(note=note, guard=col(Referral.institution_id) == caller.organisation_id)
    return advance(db, one.referral, "meet", change=change, by=caller.actor, at=at)


def contact(db: Session, caller: Caller, referral_id: int, *, note: str, at: datetime) -> Referral:
    """accepted → contacted: who spoke with whom, in a line."""
    return _move(db, caller, referral_id, "contact", MoveChange(note=note), at)


def investigate(db: Session, caller: Caller, referral_id: int, *, note: str, at: datetime) -> Referral:
    """contacted → due diligence."""
    return _move(db, caller, referral_id, "investigate", MoveChange(note=note), at)


def _must_run(one: ShownReferral) -> None:
    if one.open_pause is not None:
        raise Conflict(
            "papers_awaited",
            "正在等企业补材料，时限停着；材料补齐或不再等，才能作决定",
            "The clock stands still for the enterprise's papers; end the waiting first",
        )


def approve(db: Session, caller: Caller, referral_id: int, *, granted: Approval, at: datetime) -> Referral:
    """contacted or due diligence → approved, with amount, rate, term, guarantee, and what is asked for besides.

    Invalid for a deposit or counter-guarantee beyond what the product said when the firm chose it.
    """
    one = _own(db, caller, referral_id, at)
    _must_run(one)
    check_asked(granted, terms_of(one.product))
    values = {
        "approved_amount": granted.amount,
        "approved_rate": granted.rate,
        "approved_term": granted.term,
        "guarantee": granted.guarantee,
        "deposit": granted.deposit,
        "counter_guarantees": granted.counter_guarantees,
    }
    detail = {
        "amount": granted.amount,
        "rate": format(granted.rate, "f"),
        "term": granted.term,
        "guarantee": granted.guarantee,
        "deposit": granted.deposit,
        "counter_guarantees": list(granted.counter_guarantees),
    }
    return _move(db, caller, referral_id, "approve", MoveChange(values, detail=detail), at)


def refuse(db: Session, caller: Caller, referral_id: int, *, code: str, text: str, at: datetime) -> Referral:
    """A no with its coded reason, which the enterprise sees; an open wait for papers ends with it."""
    one = _own(db, caller, referral_id, at)
    reason = REASONS[code].title
    _end_pause(db, one, by=caller, at=at)
    change = MoveChange(
        {"reason_code": code, "reason_text": text},
        note=text,
        detail={"code": code},
        guard=col(Referral.institution_id) == caller.organisation_id,
    )
    moved = advance(db, one.referral, "refuse", change=change, by=caller.actor, at=at)
    facts = {"bank": one.bank.name, "code": code, "reason": reason.zh, "reason_en": reason.en}
    subject = (SUBJECT, one.id)
    publish(db, events.REFUSED.name, party_id=one.referral.enterprise_id, subject=subject, facts=facts, at=at)
    return moved


def sign(db: Session, caller: Caller, referral_id: int, *, contract_number: str, at: datetime) -> Referral:
    """approved → contracted, under the number of the contract."""
    change = MoveChange({"contract_number": contract_number}, detail={"contract": contract_number})
    return _move(db, caller, referral_id, "sign", change, at)


def ask_for_papers(db: Session, caller: Caller, referral_id: int, *, papers: str, at: datetime) -> ReferralPause:
    """Stop the clock for the enterprise's papers, with what is asked for on record; Conflict if it stands already."""
    one = _own(db, caller, referral_id, at)
    if one.state not in ("accepted", "contacted", "due_diligence"):
        raise Conflict(
            "no_clock_to_stop",
            "受理以后、决定以前，才能等企业补材料",
            "Papers can be awaited after accepting and before deciding",
        )
    pause = ReferralPause(referral_id=one.id, papers=papers, asked_at=at, asked_by=caller.account_id)
    try:
        with db.begin_nested():
            db.add(pause)
    except IntegrityError:
        raise Conflict("papers_asked_for", "已经在等企业补材料了", "Papers are awaited already") from None
    note_only(db, one.referral, "ask_for_papers", change=MoveChange(note=papers), by=caller.actor, at=at)
    facts = {"bank": one.bank.name, "papers": papers}
    subject = (SUBJECT, one.id)
    publish(db, events.PAPERS_WANTED.name, party_id=one.referral.enterprise_id, subject=subject, facts=facts, at=at)
    return pause


def _end_pause(db: Session, one: ShownReferral, *, by: Caller, at: datetime) -> bool:
    still_open = (col(ReferralPause.referral_id) == one.id) & col(ReferralPause.supplied_at).is_(None)
    return took_effect(db, update(ReferralPause).where(still_open).values(supplied_at=at, supplied_by=by.account_id))


def papers_are_in(db: Session, caller: Caller, referral_id: int, *, note: str = "", at: datetime) -> None:
    """The clock runs on: said by the enterprise that supplied them, or by the bank that has them or waits no longer."""
    one = _own(db, caller, referral_id, at)
    if not _end_pause(db, one, by=caller, at=at):
        raise Conflict("no_papers_awaited", "没有在等的材料", "No papers are awaited")
    note_only(db, one.referral, "papers_are_in", change=MoveChange(note=note), by=caller.actor, at=at)
    subject, facts = (SUBJECT, one.id), {"referral": one.id}
    publish(db, events.PAPERS_SUPPLIED.name, party_id=one.referral.institution_id, subject=subject, facts=facts, at=at)


def withdraw(db: Session, caller: Caller, referral_id: int, *, reason: str, at: datetime) -> Referral:
    """The enterprise takes its request back from this one bank."""
    one = _own(db, caller, referral_id, at)
    _end_pause(db, one, by=caller, at=at)
    mine = col(Referral.enterprise_id) == caller.organisation_id
    change = MoveChange(note=reason, detail={"why": "enterprise"}, guard=mine)
    ended = advance(db, one.referral, "withdraw", change=change, by=caller.actor, at=at)
    tell_bank_of_end(db, ended, one.bank.name, TAKEN_BACK, at=at)
    return ended


@dataclass(frozen=True)
class OtherBank:
    """A bank that a firm can move its request to: the best-ranked product of its session there."""

    ranking: SessionRanking
    product: ProductVersion
    institution_id: int


def other_banks(db: Session, one: ShownReferral) -> list[OtherBank]:
    """Banks whose product was ranked for the request in the same session and which have not had it yet, best first."""
    had = select(col(Referral.institution_id)).where(col(Referral.request_id) == one.referral.request_id)
    query: Any = (
        select(SessionRanking, ProductVersion, col(LoanProduct.institution_id))
        .join(ProductVersion, col(ProductVersion.id) == col(SessionRanking.product_version_id))
        .join(LoanProduct, col(LoanProduct.id) == col(ProductVersion.product_id))
        .where(col(SessionRanking.session_id) == one.referral.session_id)
        .where(col(SessionRanking.request_id) == one.referral.request_id)
        .where(col(LoanProduct.institution_id).not_in(had), col(LoanProduct.state) != "withdrawn")
        .order_by(col(SessionRanking.rank))
    )
    best: dict[int, OtherBank] = {}
    for ranking, product, institution_id in db.execute(query).all():
        best.setdefault(institution_id, OtherBank(ranking, product, institution_id))
    return list(best.values())


def move_elsewhere(
    db: Session, caller: Caller, referral_id: int, *, institution_id: int, reason: str, at: datetime
) -> Referral:
    """Withdraw here (if it still runs) and submit the same request to another bank, where the clock starts anew at delivery."""
    one = _own(db, caller, referral_id, at)
    chosen = next((bank for bank in other_banks(db, one) if bank.institution_id == institution_id), None)
    if chosen is None:
        raise Refused(
            "bank_not_suited",
            "这家银行没有适合这份申请的产品，或者已经看过了",
            "That bank has no product for this request, or has had it already",
        )
    if one.state not in ("refused", "withdrawn", "expired"):
        withdraw(db, caller, referral_id, reason=reason, at=at)
    referral = Referral(
        request_id=one.referral.request_id,
        request_version_id=one.referral.request_version_id,
        product_version_id=chosen.ranking.product_version_id,
        session_id=one.referral.session_id,
        moved_from_id=one.id,
        enterprise_id=caller.organisation_id,
        institution_id=institution_id,
        source="moved",
        submitted_at=at,
    )
    made = enter(db, referral, made_for=caller.organisation_id, made_by=caller.account_id)
    if made is None:
        raise Conflict("already_there", "这家银行已经在办了", "That bank has it already")
    change = MoveChange(note=reason, detail={"to": institution_id, "referral": made.id})
    note_only(db, row_of(db, referral_id), "move_elsewhere", change=change, by=caller.actor, at=at)
    return made
