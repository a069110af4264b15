"""Drawdowns in parts, and the three that must agree before one counts: the bank states, the enterprise confirms, a return shows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, NotFound
from kernel.money import yuan
from kernel.outbox.service import publish
from kernel.outbox.texts import Facts
from kernel.parties.models import Party
from matchmaking.guarded import took_effect
from matchmaking.referrals import events
from matchmaking.referrals.filed_loans import FiledLoans
from matchmaking.referrals.models import Drawdown, Referral
from matchmaking.referrals.moving import SUBJECT, MoveChange, advance, note_only, row_of
from matchmaking.referrals.reading import ShownReferral, referral_for
from matchmaking.referrals.workflow import DRAWDOWN_MOVES, DRAWDOWN_STATES


def _check_day(drawn_on: date, one: ShownReferral, today: date) -> None:
    errors = FieldErrors()
    signed = one.referral.contracted_at
    if drawn_on > today or (signed is not None and drawn_on < business_day(signed)):
        errors.add(
            "drawn_on", "out_of_range", "放款日在签约以后、今天以前", "The day lies between the contract and today"
        )
    errors.raise_if_any()


def draw(
    db: Session, caller: Caller, referral_id: int, *, loan_id: str, amount: int, drawn_on: date, at: datetime
) -> Drawdown:
    """The bank states one drawdown (fen, the loan's number as its return will list it); together never above the approved amount."""
    one = referral_for(db, caller, referral_id, today=business_day(at))
    _check_day(drawn_on, one, business_day(at))
    drawdown = _insert(db, one, loan_id, amount, drawn_on, caller, at)
    within = col(Referral.drawn) + amount <= col(Referral.approved_amount)
    mine = col(Referral.institution_id) == caller.organisation_id
    if one.state in ("contracted", "disbursed") and one.referral.drawn + amount > (one.referral.approved_amount or 0):
        raise _too_much(one)
    detail = {"drawdown": drawdown.id, "amount": amount, "loan": loan_id, "drawn_on": drawn_on.isoformat()}
    change = MoveChange({"drawn": col(Referral.drawn) + amount}, detail=detail, guard=within & mine)
    advance(db, one.referral, "draw", change=change, by=caller.actor, at=at)
    facts = {"bank": one.bank.name, "drawn_on": drawn_on.isoformat(), "amount": yuan(amount)}
    subject = (SUBJECT, one.id)
    publish(db, events.DRAWN.name, party_id=one.referral.enterprise_id, subject=subject, facts=facts, at=at)
    return drawdown


def _too_much(one: ShownReferral) -> Conflict:
    left = yuan((one.referral.approved_amount or 0) - one.referral.drawn)
    return Conflict(
        "above_the_approved",
        f"放款合计不能超过授信；还能放 {left} 元",
        f"Drawdowns together may not exceed the approved amount; {left} yuan are left",
    )


def _insert(
    db: Session, one: ShownReferral, loan_id: str, amount: int, drawn_on: date, caller: Caller, at: datetime
) -> Drawdown:
    last = select(func.coalesce(func.max(Drawdown.number), 0)).where(col(Drawdown.referral_id) == one.id)
    drawdown = Drawdown(
        referral_id=one.id,
        number=db.execute(last).scalar_one() + 1,
        loan_id=loan_id,
        amount=amount,
        drawn_on=drawn_on,
        stated_at=at,
        stated_by=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(drawdown)
    except IntegrityError:
        raise Conflict(
            "drawdown_stated", "这笔借据已经报过，或者刚有人报了一笔", "This loan has been stated already"
        ) from None
    return drawdown


def _drawdown(one: ShownReferral, drawdown_id: int) -> Drawdown:
    found = next((row for row in one.drawdowns if row.id == drawdown_id), None)
    if found is None:
        raise NotFound("drawdown_not_found", "没有这笔放款", "There is no such drawdown")
    return found


def _step(db: Session, drawdown: Drawdown, verb: str, values: Mapping[str, object]) -> None:
    row = DRAWDOWN_MOVES.by_verb[verb]
    guarded = update(Drawdown).where(
        col(Drawdown.id) == drawdown.id,
        col(Drawdown.state).in_(row.sources),
        col(Drawdown.referral_id) == drawdown.referral_id,
    )
    if not took_effect(db, guarded.values({"state": row.target, **values})):
        raise DRAWDOWN_MOVES.refusal(verb, drawdown.state)


def answer(
    db: Session, caller: Caller, referral_id: int, drawdown_id: int, verb: str, *, dispute: str = "", at: datetime
) -> None:
    """The enterprise confirms a drawdown, or disputes it with its reason; confirming later settles a dispute."""
    one = referral_for(db, caller, referral_id, today=business_day(at))
    drawdown = _drawdown(one, drawdown_id)
    values = {"answered_at": at, "answered_by": caller.account_id, "dispute": dispute}
    _step(db, drawdown, verb, values)
    state = DRAWDOWN_STATES[DRAWDOWN_MOVES.by_verb[verb].target]
    detail = {"drawdown": drawdown_id, "amount": drawdown.amount}
    note_only(
        db, one.referral, f"{verb}_drawdown", change=MoveChange(note=dispute, detail=detail), by=caller.actor, at=at
    )
    facts: Facts = {"referral": one.id, "number": drawdown.number, "state": state.zh, "state_en": state.en}
    subject, bank = (SUBJECT, one.id), one.referral.institution_id
    publish(db, events.DRAWDOWN_ANSWERED.name, party_id=bank, subject=subject, facts=facts, at=at)


def take_back(db: Session, caller: Caller, referral_id: int, drawdown_id: int, *, reason: str, at: datetime) -> None:
    """The bank takes a drawdown back that it stated wrongly, before the enterprise confirmed it; its amount is free again.

    With nothing drawn any more the referral is contracted again, and waits for a drawdown.
    """
    one = referral_for(db, caller, referral_id, today=business_day(at))
    drawdown = _drawdown(one, drawdown_id)
    _step(db, drawdown, "cancel", {})
    freed = update(Referral).where(col(Referral.id) == one.id, col(Referral.institution_id) == caller.organisation_id)
    took_effect(db, freed.values(drawn=col(Referral.drawn) - drawdown.amount))
    change = MoveChange(note=reason, detail={"drawdown": drawdown_id, "amount": drawdown.amount})
    row = row_of(db, one.id)
    act = advance if row.drawn == 0 else note_only
    act(db, row, "cancel_drawdown", change=change, by=caller.actor, at=at)


def without_evidence(db: Session) -> list[tuple[Drawdown, str, str]]:
    """Standing drawdowns that no certified return has shown yet, with the codes of bank and borrower."""
    bank, firm = aliased(Party), aliased(Party)
    query: Any = (
        select(Drawdown, col(bank.code), col(firm.code))
        .join(Referral, col(Referral.id) == col(Drawdown.referral_id))
        .join(bank, col(bank.id) == col(Referral.institution_id))
        .join(firm, col(firm.id) == col(Referral.enterprise_id))
        .where(col(Drawdown.evidence_quarter).is_(None), col(Drawdown.state) != "cancelled")
        .order_by(col(Drawdown.id))
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query).all()]


def shown_in_returns(db: Session, filed: FiledLoans) -> dict[int, str]:
    """Which of them a certified return of the same bank lists for the same borrower, and of which quarter; changes nothing."""
    open_rows = without_evidence(db)
    seen = {
        (loan.institution, loan.borrower, loan.loan_id): loan.quarter
        for loan in filed(db, {firm for _, _, firm in open_rows})
    }
    found = {row.id or 0: seen.get((bank, firm, row.loan_id)) for row, bank, firm in open_rows}
    return {drawdown_id: quarter for drawdown_id, quarter in found.items() if quarter is not None}


def note_evidence(db: Session, drawdown_id: int, quarter: str, *, at: datetime) -> bool:
    """Keep that a certified return shows the loan; False if it was kept already."""
    unseen = (col(Drawdown.id) == drawdown_id) & col(Drawdown.evidence_quarter).is_(None)
    if not took_effect(db, update(Drawdown).where(unseen).values(evidence_quarter=quarter, evidence_at=at)):
        return False
    drawdown = db.execute(select(Drawdown).where(col(Drawdown.id) == drawdown_id)).scalar_one()
    detail = {"drawdown": drawdown_id, "amount": drawdown.amount, "quarter": quarter}
    record(db, "referral.evidence", by=THE_SERVICE, subject=(SUBJECT, drawdown.referral_id), at=at, detail=detail)
    return True
