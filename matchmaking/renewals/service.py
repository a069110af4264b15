"""What can be done with a renewal: apply in the window, decide by the clock, sign before maturity, settle on the same day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Forbidden, Refused
from kernel.outbox.service import publish
from kernel.outbox.texts import EventWords
from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import check_identity, enterprise_by_id, institution_by_id
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from matchmaking.guarded import took_effect
from matchmaking.renewals import events
from matchmaking.renewals.models import Renewal
from matchmaking.renewals.reading import FiledRenewal, facts_of, renewal_for
from matchmaking.renewals.rules import (
    SCHEME,
    ConditionAnswer,
    LoanContract,
    answer_due_on,
    answers,
    contract_faults,
    is_eligible,
)
from matchmaking.renewals.workflow import HANDS, REFUSALS, RENEWAL_MOVES
from matchmaking.whitelist.reading import listed_on


@dataclass(frozen=True)
class RenewalTermsAsked:
    """The old loan a firm wants to renew (balance in fen), and what it states of itself."""

    bank_id: int
    old_loan: str
    old_balance: int
    old_starts_on: date
    old_due_on: date
    borrower_kind: str
    purpose: str
    lawful: bool
    sound: bool
    good_credit: bool


@dataclass(frozen=True)
class RenewalAct:
    """Who moves a renewal from which version, and when."""

    caller: Caller
    seen: int
    at: datetime

    @property
    def today(self) -> date:
        return business_day(self.at)


def not_eligible(found: list[ConditionAnswer], *answered: str) -> Refused:
    """Why a renewal does not go on: every condition that is not met (or not known), with its reason."""
    wrong = [one for one in found if one.answer in answered]
    zh = "；".join(f"{one.title.zh}：{one.why.zh}" for one in wrong)
    en = "; ".join(f"{one.title.en}: {one.why.en}" for one in wrong)
    return Refused("not_eligible", f"还不能续贷。{zh}", f"This cannot be renewed yet. {en}")


def _check_asked(db: Session, caller: Caller, asked: RenewalTermsAsked) -> None:
    errors = FieldErrors()
    _, firm = enterprise_by_id(db, caller.organisation_id)
    check_identity(firm)
    registered = {firm.size_class, "owner", "farmer"}
    if asked.borrower_kind not in registered:
        errors.add("borrower_kind", "kind_of_firm", "与登记的企业类型不符", "Not what the firm is registered as")
    if asked.old_due_on <= asked.old_starts_on:
        errors.add("old_due_on", "before_start", "到期日要晚于发放日", "After the day the loan began")
    _, bank = institution_by_id(db, asked.bank_id)
    if bank.kind in GUARANTOR_KINDS:
        errors.add("bank_id", "not_a_bank", "选一家银行", "Choose a bank")
    errors.raise_if_any()


def apply(
    db: Session, caller: Caller, asked: RenewalTermsAsked, *, book: PolicyBook, calendar: WorkCalendar, at: datetime
) -> FiledRenewal:
    """A firm asks its bank to renew. Refused, with every reason, when a condition is not met; Conflict while one is under way.

    The rule set, the window and the whitelist are those of today; what nobody has said yet is left to the bank.
    """
    _check_asked(db, caller, asked)
    today, scheme = business_day(at), book.scheme(SCHEME)
    row = Renewal(
        enterprise_id=caller.organisation_id,
        region=caller.fiscal_region,
        applied_on=today,
        applied_at=at,
        answer_by=answer_due_on(scheme, calendar, asked.old_due_on, today),
        was_listed=listed_on(db, caller.organisation_id, today) is not None,
        sequence=_sequence(db, asked.bank_id, asked.old_loan),
        **asked.__dict__,
    )
    found = answers(facts_of(row), book)
    if is_eligible(found) == "no":
        raise not_eligible(found, "no")
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict("renewal_under_way", "这笔贷款已有在办的续贷", "This loan is being renewed already") from None
    detail = {"old_loan": asked.old_loan, "sequence": row.sequence}
    record(db, "renewal.apply", by=caller.actor, subject=("renewal", row.id), at=at, detail=detail)
    filed = renewal_for(db, caller, row.id or 0)
    _tell(db, filed, events.APPLIED, row.bank_id, at)
    return filed


def _tell(db: Session, filed: FiledRenewal, event: EventWords, party_id: int, at: datetime) -> None:
    """Tell one of its two parties where a renewal stands."""
    row = filed.renewal
    refusal = REFUSALS[row.refusal] if row.refusal else Text("", "")
    facts = {
        "bank": filed.bank.name,
        "loan": row.old_loan,
        "due_on": row.old_due_on.isoformat(),
        "answer_by": row.answer_by.isoformat(),
        "refusal": refusal.zh,
        "refusal_en": refusal.en,
        "reason": row.reason,
    }
    publish(db, event.name, party_id=party_id, subject=("renewal", filed.id), facts=facts, at=at)


def _sequence(db: Session, bank_id: int, loan: str) -> int:
    """Which renewal in its chain this is: one more than the one that made the loan."""
    made = select(col(Renewal.sequence)).where(
        col(Renewal.bank_id) == bank_id, col(Renewal.new_loan) == loan, col(Renewal.state) == "settled"
    )
    return (db.execute(made).scalars().first() or 0) + 1


def _move(
    db: Session, filed: FiledRenewal, verb: str, values: Mapping[str, Any], *, seen: int, by: Actor, at: datetime
) -> None:
    """One step from the version seen, and its audit entry; Conflict when the renewal has moved on."""
    row = RENEWAL_MOVES.by_verb[verb]
    guard = update(Renewal).where(col(Renewal.id) == filed.id, col(Renewal.version) == seen)
    guard = guard.where(col(Renewal.state).in_(row.sources))
    if not took_effect(db, guard.values({"state": row.target, "version": seen + 1, **values})):
        db.refresh(filed.renewal)
        if filed.renewal.state not in row.sources:
            raise RENEWAL_MOVES.refusal(verb, filed.renewal.state)
        raise Conflict(
            "renewal_changed", "这份续贷刚被改过，请看过最新的再办", "This renewal has just changed; reload it"
        )
    db.refresh(filed.renewal)
    record(db, f"renewal.{verb}", by=by, subject=("renewal", filed.id), at=at, detail={"version": seen + 1})


def own(db: Session, renewal_id: int, verb: str, act: RenewalAct) -> FiledRenewal:
    """The renewal that the caller's hand may move; Forbidden for another role."""
    if act.caller.role not in HANDS[verb]:
        raise Forbidden("role_may_not", "你的角色不能做这一步", "Your role may not take this step")
    return renewal_for(db, act.caller, renewal_id)


def approve(
    db: Session, renewal_id: int, act: RenewalAct, *, classification: str, meets_terms: bool, book: PolicyBook
) -> FiledRenewal:
    """The bank says yes: only when every condition is met by then. Refused with the reasons otherwise; then it refuses by code."""
    filed = own(db, renewal_id, "approve", act)
    known = dict(filed.renewal.model_dump(), class_before=classification, meets_new_loan_terms=meets_terms)
    found = answers(facts_of(Renewal(**known)), book)
    if is_eligible(found) != "yes":
        raise not_eligible(found, "no", "unknown")
    _check_clock(filed, act)
    values = {"class_before": classification, "meets_new_loan_terms": meets_terms, "decided_on": act.today}
    _move(db, filed, "approve", values, seen=act.seen, by=act.caller.actor, at=act.at)
    _tell(db, filed, events.APPROVED, filed.renewal.enterprise_id, act.at)
    return filed


def _check_clock(filed: FiledRenewal, act: RenewalAct) -> None:
    if act.today >= filed.renewal.old_due_on:
        raise Refused(
            "loan_matured", "旧贷已经到期，只能用转贷资金", "The old loan has matured; only bridge money helps now"
        )


def refuse(db: Session, renewal_id: int, act: RenewalAct, *, code: str, reason: str) -> FiledRenewal:
    """The bank says no, by code and in words."""
    filed = own(db, renewal_id, "refuse", act)
    values = {"refusal": code, "reason": reason, "decided_on": act.today}
    _move(db, filed, "refuse", values, seen=act.seen, by=act.caller.actor, at=act.at)
    _tell(db, filed, events.REFUSED, filed.renewal.enterprise_id, act.at)
    return filed


def withdraw(db: Session, renewal_id: int, act: RenewalAct) -> FiledRenewal:
    """The firm takes its application back."""
    filed = own(db, renewal_id, "withdraw", act)
    _move(db, filed, "withdraw", {}, seen=act.seen, by=act.caller.actor, at=act.at)
    return filed


def sign(db: Session, renewal_id: int, act: RenewalAct, new: LoanContract, *, book: PolicyBook) -> FiledRenewal:
    """The new contract, signed before the old loan matures. Invalid beside each term that breaks the rules, Conflict for a used number."""
    filed = own(db, renewal_id, "sign", act)
    row = filed.renewal
    old = LoanContract(row.old_loan, row.old_balance, row.old_starts_on, row.old_due_on, row.old_starts_on)
    errors = FieldErrors()
    if new.signed_on > act.today:
        errors.add("signed_on", "to_come", "不能晚于今天", "Not after today")
    for name, why in contract_faults(old, new, book.scheme(SCHEME)):
        errors.add(name, "breaks_rule", *why)
    errors.raise_if_any()
    values = {
        "new_loan": new.number,
        "new_principal": new.principal,
        "signed_on": new.signed_on,
        "new_starts_on": new.starts_on,
        "new_due_on": new.due_on,
    }
    try:
        with db.begin_nested():
            _move(db, filed, "sign", values, seen=act.seen, by=act.caller.actor, at=act.at)
    except IntegrityError:
        raise Conflict("new_loan_taken", "这个新贷合同号已经用过", "This new contract has been used already") from None
    return filed


def settle(
    db: Session, renewal_id: int, act: RenewalAct, *, day: date, class_after: str, reason: str = ""
) -> FiledRenewal:
    """The new loan settles the old one on the day it begins; a lower class than before needs a reason of its own.

    Renewal alone is no ground for a lower class.
    """
    filed = own(db, renewal_id, "settle", act)
    errors = FieldErrors()
    if day > act.today:
        errors.add("day", "to_come", "不能晚于今天", "Not after today")
    if day != filed.renewal.new_starts_on:
        errors.add("day", "not_same_day", "新贷发放当天结清旧贷", "On the day the new loan begins")
    if class_after != filed.renewal.class_before and not reason:
        errors.add(
            "reason", "class_lowered", "续贷本身不是下调分类的理由，写明另外的原因", "Renewal is no ground; say what is"
        )
    errors.raise_if_any()
    values = {"settled_on": day, "class_after": class_after, "reason": reason}
    _move(db, filed, "settle", values, seen=act.seen, by=act.caller.actor, at=act.at)
    return filed


def past_maturity(db: Session, today: date) -> list[int]:
    """Live renewals whose old loan has matured without being settled."""
    live = RENEWAL_MOVES.by_verb["lapse"].sources
    query = select(col(Renewal.id)).where(col(Renewal.state).in_(live), col(Renewal.old_due_on) < today)
    return list(db.execute(query.order_by(col(Renewal.id))).scalars())


def lapse(db: Session, renewal_id: int, *, at: datetime) -> bool:
    """End a renewal that came too late; whether this call did it."""
    row = db.execute(select(Renewal).where(col(Renewal.id) == renewal_id)).scalars().one()
    guard = update(Renewal).where(col(Renewal.id) == renewal_id, col(Renewal.version) == row.version)
    guard = guard.where(col(Renewal.state).in_(RENEWAL_MOVES.by_verb["lapse"].sources))
    if not took_effect(db, guard.values(state="lapsed", version=row.version + 1)):
        return False
    record(db, "renewal.lapse", by=THE_SERVICE, subject=("renewal", renewal_id), at=at)
    return True
