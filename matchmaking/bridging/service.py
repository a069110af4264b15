"""What can be done with a case until its money goes out: apply, commit, approve, reject. Every step is one guarded UPDATE."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Forbidden, Refused
from kernel.ledger import funds
from kernel.money import grouped
from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import check_identity, enterprise_by_id, institution_by_id
from kernel.policies import PolicyBook
from matchmaking.bridging import books
from matchmaking.bridging.drawing import drawn, most_for
from matchmaking.bridging.models import BankSuspension, BridgingCase, BridgingDraw, BridgingPool, BridgingStep
from matchmaking.bridging.pools import CITY, booking
from matchmaking.bridging.reading import FiledCase, case_for, draws_of
from matchmaking.bridging.terms import BridgingTerms, bridging_terms
from matchmaking.bridging.workflow import CASE_MOVES, HANDS
from matchmaking.guarded import took_effect
from matchmaking.whitelist.reading import listed_on

WHERE_THE_BANK_MUST_STAND = frozenset({"commit", "approve", "fund"})
MOVES_MONEY = frozenset({"approve", "fund", "return", "recover", "clear", "write_off", "regain"})


@dataclass(frozen=True)
class BridgingTermsAsked:
    """What a firm asks for: which old loan at which bank, its balance in fen and due day, how much (fen) for how many days."""

    bank_id: int
    borrower_kind: str
    old_loan: str
    old_balance: int
    old_due_on: date
    amount: int
    days: int


@dataclass(frozen=True)
class BridgingAct:
    """Who moves a case from which version, when, and what is said with it; `today` is the business day of `at`."""

    caller: Caller
    seen: int
    at: datetime
    note: str = ""

    @property
    def today(self) -> date:
        return business_day(self.at)


def subject(case_id: int | None) -> tuple[str, object]:
    return "bridging_case", case_id


def key_of(case: BridgingCase) -> str:
    """The beginning of the keys of everything that a case posts."""
    return f"case/{case.id}"


def _check_asked(db: Session, caller: Caller, asked: BridgingTermsAsked, terms: BridgingTerms, today: date) -> None:
    errors = FieldErrors()
    _, firm = enterprise_by_id(db, caller.organisation_id)
    check_identity(firm)
    is_individual = firm.size_class == "individual_business"
    if is_individual != (asked.borrower_kind == "individual_business"):
        errors.add("borrower_kind", "kind_of_firm", "与登记的企业类型不符", "Not what the firm is registered as")
    if not 1 <= asked.days <= terms.days_at_most:
        most = terms.days_at_most
        errors.add("days", "too_many_days", f"最长 {most} 天", f"{most} days at the most")
    limit = min(terms.case_limits[asked.borrower_kind], asked.old_balance)
    if asked.amount > limit:
        shown = grouped(limit)
        errors.add("amount", "over_limit", f"最多 {shown} 元", f"{shown} yuan at the most")
    if asked.old_due_on < today:
        errors.add("old_due_on", "matured", "旧贷已经到期，不能再转贷", "The old loan has matured already")
    _, bank = institution_by_id(db, asked.bank_id)
    if bank.kind in GUARANTOR_KINDS:
        errors.add("bank_id", "not_a_bank", "选一家银行", "Choose a bank")
    errors.raise_if_any()


def apply(db: Session, caller: Caller, asked: BridgingTermsAsked, *, book: PolicyBook, at: datetime) -> FiledCase:
    """A firm asks for bridge money for one old loan. Invalid beside each field, Conflict while the loan has a live case."""
    today = business_day(at)
    _check_asked(db, caller, asked, bridging_terms(book, today), today)
    case = BridgingCase(
        enterprise_id=caller.organisation_id,
        region=caller.fiscal_region,
        applied_on=today,
        was_listed=listed_on(db, caller.organisation_id, today) is not None,
        **asked.__dict__,
    )
    try:
        with db.begin_nested():
            db.add(case)
    except IntegrityError:
        raise Conflict(
            "loan_bridged_already", "这笔旧贷已有在办的转贷", "This old loan has a case under way already"
        ) from None
    assert case.id is not None
    db.add(BridgingStep(case_id=case.id, number=1, verb="apply", day=today, at=at, by=caller.account_id))
    detail = {"amount": asked.amount, "old_loan": asked.old_loan}
    record(db, "bridging_case.apply", by=caller.actor, subject=subject(case.id), at=at, detail=detail)
    return case_for(db, caller, case.id)


def check_hand(caller: Caller, verb: str) -> None:
    """Forbidden where the caller's role is not the hand of the move."""
    if caller.role not in HANDS[verb]:
        raise Forbidden("role_may_not", "你的角色不能做这一步", "Your role may not take this step")


@dataclass(frozen=True)
class CaseStep:
    """One step of the table from the version seen: the columns it changes, its day, what comes back with it (fen), its words."""

    verb: str
    seen: int
    by: Actor
    at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    day: date | None = None
    principal: int = 0
    fee: int = 0
    note: str = ""

    @classmethod
    def of(cls, verb: str, act: BridgingAct, **said: Any) -> "CaseStep":
        """The step of a person's act."""
        return cls(verb, act.seen, act.caller.actor, act.at, **{"note": act.note, **said})


def take(db: Session, filed: FiledCase, step: CaseStep) -> None:
    """Take a step and write its row; Conflict when the case has moved on. Money is moved after it and before `note`."""
    row = CASE_MOVES.by_verb[step.verb]
    guard = update(BridgingCase).where(col(BridgingCase.id) == filed.id, col(BridgingCase.version) == step.seen)
    guard = guard.where(col(BridgingCase.state).in_(row.sources), *_bank_stands(filed, step.verb))
    if not took_effect(db, guard.values({"state": row.target, "version": step.seen + 1, **step.values})):
        raise _refusal(db, filed, step.verb, step.seen)
    made = BridgingStep(
        case_id=filed.id,
        number=step.seen + 1,
        verb=step.verb,
        day=step.day or business_day(step.at),
        principal=step.principal,
        fee=step.fee,
        note=step.note,
        at=step.at,
        by=step.by.account_id,
    )
    db.add(made)
    db.flush()
    db.refresh(filed.case)


def note(db: Session, filed: FiledCase, step: CaseStep) -> None:
    """The audit entry of a step: last in its transaction, because the head of the trail stays locked until the commit."""
    detail = {"version": step.seen + 1, "principal": step.principal, "fee": step.fee}
    is_money = step.verb in MOVES_MONEY
    record(
        db,
        f"bridging_case.{step.verb}",
        by=step.by,
        subject=subject(filed.id),
        at=step.at,
        detail=detail,
        checkpoint=is_money,
    )


def move_case(db: Session, filed: FiledCase, step: CaseStep) -> None:
    """A step that moves no money."""
    take(db, filed, step)
    note(db, filed, step)


def _bank_stands(filed: FiledCase, verb: str) -> list[ColumnElement[bool]]:
    if verb not in WHERE_THE_BANK_MUST_STAND:
        return []
    standing = exists(
        select(col(BankSuspension.id)).where(
            col(BankSuspension.bank_id) == filed.case.bank_id, col(BankSuspension.until).is_(None)
        )
    )
    return [~standing]


def _refusal(db: Session, filed: FiledCase, verb: str, seen: int) -> Exception:
    case = filed.case
    db.refresh(case)
    if case.state not in CASE_MOVES.by_verb[verb].sources:
        return CASE_MOVES.refusal(verb, case.state)
    if case.version != seen:
        return Conflict(
            "case_changed", "这笔转贷刚被改过，请看过最新的再办", "This case has just changed; reload it first"
        )
    return Refused(
        "bank_suspended",
        "承诺银行有未履约的转贷，暂停参加，追回后恢复",
        "The committing bank has not performed in another case; it is suspended until that is cleared",
    )


def commit(
    db: Session, case_id: int, act: BridgingAct, *, amount: int, document: str, account: str, book: PolicyBook
) -> FiledCase:
    """The bank promises in writing to lend anew `amount` fen. Invalid when the advance asked for is over the cap under it."""
    check_hand(act.caller, "commit")
    filed = case_for(db, act.caller, case_id)
    cap = most_for(bridging_terms(book, act.today), filed.case.borrower_kind, amount)
    if filed.case.amount > cap:
        errors = FieldErrors()
        zh = f"按这个承诺最多垫付 {grouped(cap)} 元，企业申请了 {grouped(filed.case.amount)} 元"
        en = f"This commitment allows {grouped(cap)} yuan; the firm asks for {grouped(filed.case.amount)}"
        errors.add("amount", "over_cap", zh, en)
        errors.raise_if_any()
    values = {"commitment": amount, "commitment_document": document, "loan_account": account}
    move_case(db, filed, CaseStep.of("commit", act, values=values, note=document))
    return case_for(db, act.caller, case_id)


def approve(db: Session, case_id: int, act: BridgingAct, *, book: PolicyBook) -> FiledCase:
    """Set the money aside, from the pools in their order; a county officer decides over the county's pool alone.

    Conflict when the pools hold less: the pools' rows are locked before they are read, and the taking itself is guarded.
    """
    check_hand(act.caller, "approve")
    filed = case_for(db, act.caller, case_id)
    terms, amount = bridging_terms(book, act.today), filed.case.amount
    step = CaseStep.of("approve", act, values={"advance": amount})
    take(db, filed, step)
    pools = {pool.id: pool for pool in _pools_in_order(db, act.caller, filed.case, terms)}
    held = [(pool_id or 0, _free(db, pool)) for pool_id, pool in pools.items()]
    for pool_id, part in drawn(amount, held).items():
        books.promise(
            db, pools[pool_id], part, key=key_of(filed.case), booking=booking(act.today, act.caller.actor, act.at)
        )
        db.add(BridgingDraw(case_id=filed.id, pool_id=pool_id, amount=part))
    db.flush()
    note(db, filed, step)
    return filed


def _pools_in_order(db: Session, caller: Caller, case: BridgingCase, terms: BridgingTerms) -> list[BridgingPool]:
    regions = {"county": case.region, "city": CITY}
    order = [regions[level] for level in terms.draw_order if level == "county" or caller.role != "county_officer"]
    found = {
        pool.region: pool
        for pool in db.execute(select(BridgingPool).where(col(BridgingPool.region).in_(order))).scalars()
    }
    return [found[region] for region in order if region in found]


def _free(db: Session, pool: BridgingPool) -> int:
    funds.hold(db, pool.book, books.EVERY_YEAR)
    return funds.available(db, pool.book, books.EVERY_YEAR)


def refuse(db: Session, case_id: int, verb: str, act: BridgingAct, *, code: str) -> FiledCase:
    """The bank does not commit (`decline`) or the fund does not approve (`reject`); promised money goes back to its pools."""
    check_hand(act.caller, verb)
    filed = case_for(db, act.caller, case_id)
    promised = filed.case.state == "approved"
    step = CaseStep.of(verb, act, values={"rejection": code, "ended_on": act.today})
    take(db, filed, step)
    for draw, pool in draws_of(db, filed.case) if promised else ():
        when = booking(act.today, act.caller.actor, act.at)
        books.release(db, pool, draw.amount, key=key_of(filed.case), booking=when)
    note(db, filed, step)
    return filed


def withdraw(db: Session, case_id: int, act: BridgingAct) -> FiledCase:
    """The firm takes its application back before it is approved."""
    check_hand(act.caller, "withdraw")
    filed = case_for(db, act.caller, case_id)
    move_case(db, filed, CaseStep.of("withdraw", act, values={"ended_on": act.today}))
    return filed
