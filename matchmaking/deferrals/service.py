"""What can be done with an application to defer: ask by a rule of the day, grant within it, refuse by code, withdraw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Forbidden, Refused
from kernel.outbox.service import publish
from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import check_identity, enterprise_by_id, institution_by_id
from kernel.policies import PolicyBook
from matchmaking.deferrals.events import TOLD
from matchmaking.deferrals.models import Deferral
from matchmaking.deferrals.reading import FiledDeferral, deferral_for
from matchmaking.deferrals.rules import (
    RULES,
    DeferralAnswer,
    DeferralFacts,
    deferral_answers,
    fitting_rule,
    is_merchant,
)
from matchmaking.deferrals.workflow import DEFERRAL_MOVES, HANDS, NEEDED, REFUSALS
from matchmaking.guarded import took_effect

Values = Mapping[str, Any]


@dataclass(frozen=True)
class DeferralAsked:
    """The loan that a firm asks to pay later (balance in fen), until when, whether interest too, and why it cannot pay now."""

    bank_id: int
    loan: str
    balance: int
    due_on: date
    borrower_kind: str
    is_hit: bool
    with_interest: bool
    until: date
    why: str


def _check_asked(db: Session, caller: Caller, asked: DeferralAsked) -> None:
    errors = FieldErrors()
    _, firm = enterprise_by_id(db, caller.organisation_id)
    check_identity(firm)
    if asked.borrower_kind not in {firm.size_class, "owner", "farmer"}:
        errors.add("borrower_kind", "kind_of_firm", "与登记的企业类型不符", "Not what the firm is registered as")
    if asked.until <= asked.due_on:
        errors.add("until", "before_due", "要晚于原到期日", "After the day it is due now")
    _, bank = institution_by_id(db, asked.bank_id)
    if bank.kind in GUARANTOR_KINDS:
        errors.add("bank_id", "not_a_bank", "选一家银行", "Choose a bank")
    errors.raise_if_any()


def not_deferrable(found: list[DeferralAnswer]) -> Refused:
    """Why no rule of the day allows what is asked: each with its reason, or with the last day that it allows."""
    zh = "；".join(f"{RULES[one.rule].zh}：{_limit_zh(one) if one.applies else one.why.zh}" for one in found)
    en = "; ".join(f"{RULES[one.rule].en}: {_limit_en(one) if one.applies else one.why.en}" for one in found)
    return Refused("not_deferrable", f"没有规定可以这样延期。{zh}", f"No rule allows this. {en}")


def _limit_zh(one: DeferralAnswer) -> str:
    return f"可延{'本金和利息' if 'interest' in one.covers else '本金'}，最长到 {one.until or '（没有写）'}"


def _limit_en(one: DeferralAnswer) -> str:
    return f"{' and '.join(one.covers)}, until {one.until or 'no day written'}"


def apply(db: Session, caller: Caller, asked: DeferralAsked, *, book: PolicyBook, at: datetime) -> FiledDeferral:
    """A firm asks its bank to defer a loan, by the rules in force today and the loan's own due day.

    Refused with the reason of every rule when none allows it; Conflict while an application for the loan is open.
    """
    _check_asked(db, caller, asked)
    today = business_day(at)
    trades = is_merchant(enterprise_by_id(db, caller.organisation_id)[1].industry)
    found = deferral_answers(DeferralFacts(today, asked.due_on, asked.borrower_kind, trades, asked.is_hit), book)
    rule = fitting_rule(found, until=asked.until, with_interest=asked.with_interest)
    if rule is None:
        raise not_deferrable(found)
    row = Deferral(
        enterprise_id=caller.organisation_id,
        region=caller.fiscal_region,
        is_merchant=trades,
        rule=rule.rule,
        last_day=rule.until,
        penalty_interest=rule.penalty_interest,
        applied_on=today,
        applied_at=at,
        **vars(asked),
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict("deferral_open", "这笔贷款已有待答复的延期申请", "This loan has an open application") from None
    detail = {"loan": asked.loan, "rule": rule.rule, "until": asked.until.isoformat()}
    record(db, "deferral.apply", by=caller.actor, subject=("deferral", row.id), at=at, detail=detail)
    return deferral_for(db, caller, row.id or 0)


def move(db: Session, caller: Caller, deferral_id: int, verb: str, values: Values, *, at: datetime) -> FiledDeferral:
    """Take the move a caller sent from the version it saw; Invalid for what it lacks, Conflict when the application moved on."""
    if caller.role not in HANDS[verb]:
        raise Forbidden("role_may_not", "你的角色不能做这一步", "Your role may not take this step")
    filed = deferral_for(db, caller, deferral_id)
    _check_needed(verb, values)
    changed = _WAYS[verb](filed.deferral, values) | ({} if verb == "withdraw" else {"decided_on": business_day(at)})
    row, seen = DEFERRAL_MOVES.by_verb[verb], values["seen"]
    guard = update(Deferral).where(col(Deferral.id) == filed.id, col(Deferral.version) == seen)
    guard = guard.where(col(Deferral.state).in_(row.sources))
    if not took_effect(db, guard.values({"state": row.target, "version": seen + 1, **changed})):
        db.refresh(filed.deferral)
        raise _refusal(filed.deferral, verb)
    detail = {"version": seen + 1}
    record(db, f"deferral.{verb}", by=caller.actor, subject=("deferral", filed.id), at=at, detail=detail)
    moved = deferral_for(db, caller, deferral_id)
    _tell_firm(db, moved, verb, at)
    return moved


def _tell_firm(db: Session, filed: FiledDeferral, verb: str, at: datetime) -> None:
    """Tell the firm the bank's answer; its own withdrawal it knows."""
    if verb not in TOLD:
        return
    row = filed.deferral
    refusal = REFUSALS[row.refusal] if row.refusal else Text("", "")
    facts = {
        "bank": filed.bank.name,
        "loan": row.loan,
        "until": row.granted_until.isoformat() if row.granted_until else None,
        "refusal": refusal.zh,
        "refusal_en": refusal.en,
        "reason": row.reason,
    }
    publish(db, TOLD[verb].name, party_id=row.enterprise_id, subject=("deferral", filed.id), facts=facts, at=at)


def _refusal(row: Deferral, verb: str) -> Conflict:
    if row.state not in DEFERRAL_MOVES.by_verb[verb].sources:
        return DEFERRAL_MOVES.refusal(verb, row.state)
    return Conflict(
        "deferral_changed", "这份申请刚被改过，请看过最新的再办", "This application has just changed; reload it"
    )


def _check_needed(verb: str, values: Values) -> None:
    errors = FieldErrors()
    for name in NEEDED.get(verb, ()):
        if values[name] in (None, ""):
            errors.add(name, "required", "这一项必填", "This is required")
    errors.raise_if_any()


def _granted(row: Deferral, values: Values) -> dict[str, Any]:
    """Until a day after the loan is due and no later than was asked, which the rule allows."""
    errors = FieldErrors()
    if not row.due_on < values["until"] <= row.until:
        errors.add("until", "out_of_range", f"要晚于 {row.due_on}，不晚于 {row.until}", f"{row.due_on} to {row.until}")
    errors.raise_if_any()
    return {"granted_until": values["until"], "reason": values["reason"]}


def _refused(_row: Deferral, values: Values) -> dict[str, Any]:
    return {"refusal": values["code"], "reason": values["reason"]}


_WAYS: Mapping[str, Callable[[Deferral, Values], dict[str, Any]]] = {
    "grant": _granted,
    "refuse": _refused,
    "withdraw": lambda _row, _values: {},
}
