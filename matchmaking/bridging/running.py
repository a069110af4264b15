"""A case whose money is out: paid to the old loan, lent anew, returned with its fee; or overdue, called, recovered, written off."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel.audit.service import THE_SERVICE
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import FieldErrors
from kernel.money import grouped
from kernel.outbox.service import publish
from kernel.policies import PolicyBook
from matchmaking.bridging import books
from matchmaking.bridging.drawing import in_proportion
from matchmaking.bridging.events import CALLED, OVERDUE, STANDS_ASIDE
from matchmaking.bridging.fees import fee, is_commitment_called
from matchmaking.bridging.models import BankSuspension, BridgingCase, BridgingDraw
from matchmaking.bridging.pools import booking
from matchmaking.bridging.reading import BANK, FIRM, FiledCase, advance_of, case_for, draws_of
from matchmaking.bridging.service import BridgingAct, CaseStep, check_hand, key_of, move_case, note, take
from matchmaking.bridging.terms import bridging_terms
from matchmaking.bridging.workflow import CASE_MOVES, MONEY_OUT


def _check_day(day: date, earliest: date | None, today: date) -> None:
    errors = FieldErrors()
    if day > today:
        errors.add("day", "to_come", "不能晚于今天", "Not after today")
    if earliest is not None and day < earliest:
        errors.add("day", "too_early", f"不能早于 {earliest}", f"Not before {earliest}")
    errors.raise_if_any()


def fund(db: Session, case_id: int, act: BridgingAct) -> FiledCase:
    """Pay the promised money out to the old loan today, each pool its part; the days begin to run."""
    check_hand(act.caller, "fund")
    filed = case_for(db, act.caller, case_id)
    due = act.today + timedelta(days=filed.case.days)
    step = CaseStep.of("fund", act, values={"paid_out_on": act.today, "due_on": due})
    take(db, filed, step)
    for draw, pool in draws_of(db, filed.case):
        when = booking(act.today, act.caller.actor, act.at)
        books.pay_out(db, pool, draw.amount, key=key_of(filed.case), booking=when)
    note(db, filed, step)
    return filed


def report(db: Session, case_id: int, verb: str, act: BridgingAct, *, day: date, new_loan: str = "") -> FiledCase:
    """The bank reports that the money repaid the old loan (`repay_old`), or that it lent anew (`lend_anew`, with the contract)."""
    check_hand(act.caller, verb)
    filed = case_for(db, act.caller, case_id)
    earliest = filed.case.paid_out_on if verb == "repay_old" else filed.case.old_repaid_on
    _check_day(day, earliest, act.today)
    values: dict[str, Any] = {"old_repaid_on": day}
    if verb == "lend_anew":
        values = {"new_loan": _contract(new_loan), "new_loan_on": day}
    move_case(db, filed, CaseStep.of(verb, act, values=values, day=day, note=new_loan))
    return filed


def _contract(number: str) -> str:
    errors = FieldErrors()
    if not number:
        errors.add("new_loan", "required", "填新贷合同号", "Write the new contract's number")
    errors.raise_if_any()
    return number


def fee_until(db: Session, case: BridgingCase, day: date, book: PolicyBook) -> int:
    """The fee of a paid-out case when the last of it comes back on `day`, in fen, less what was taken already.

    It runs until the writing off where there was one: what is regained later costs nothing more.
    """
    assert case.paid_out_on is not None
    until = case.ended_on if case.state == "written_off" and case.ended_on else day
    return fee(advance_of(db, case), bridging_terms(book, case.paid_out_on), until) - case.fee


def take_back(
    db: Session, case_id: int, act: BridgingAct, *, verb: str, day: date, book: PolicyBook, amount: int | None = None
) -> FiledCase:
    """Money came back: all of it (`return`), or `amount` fen of an overdue case (`recover`) or of one written off (`regain`).

    The pools share it in proportion. With the last of the principal comes the whole fee. Only then is the case cleared and the
    bank's suspension over (domain §9: "suspended from the scheme until cleared"), written off or not.
    """
    check_hand(act.caller, verb)
    filed = case_for(db, act.caller, case_id)
    if filed.case.state not in CASE_MOVES.by_verb[verb].sources:
        raise CASE_MOVES.refusal(verb, filed.case.state)
    _check_day(day, _last_day(db, filed), act.today)
    principal = filed.owed if amount is None else amount
    if principal > filed.owed:
        _over_owed(filed)
    is_last = principal == filed.owed and bool(filed.owed)
    earned = fee_until(db, filed.case, day, book) if is_last else 0
    cleared = verb != "return" and is_last
    values: dict[str, Any] = {"recovered": filed.case.recovered + principal, "fee": filed.case.fee + earned}
    if verb == "return" or cleared:
        values["ended_on"] = day
    said = CaseStep.of("clear" if cleared else verb, act, values=values, day=day, principal=principal, fee=earned)
    take(db, filed, said)
    _book_back(db, filed, said, was_lost=verb == "regain")
    if cleared:
        _lift(db, filed.case, day)
    note(db, filed, said)
    return filed


def _last_day(db: Session, filed: FiledCase) -> date | None:
    """The day before which nothing can have come back any more: of what came back last, of the writing off, of the paying out."""
    case = filed.case
    repaid = advance_of(db, case).repaid if case.paid_out_on else {}
    return max([*repaid, *([case.ended_on] if case.ended_on else [])], default=case.paid_out_on)


def _over_owed(filed: FiledCase) -> None:
    errors = FieldErrors()
    owed = grouped(filed.owed)
    errors.add("amount", "over_owed", f"只欠 {owed} 元", f"Only {owed} yuan are owed")
    errors.raise_if_any()


def _book_back(db: Session, filed: FiledCase, step: CaseStep, *, was_lost: bool) -> None:
    draws, when = draws_of(db, filed.case), booking(step.day or business_day(step.at), step.by, step.at)
    parts = in_proportion(step.principal, {draw.pool_id: draw.amount - draw.returned for draw, _ in draws})
    fees = in_proportion(step.fee, {draw.pool_id: draw.amount for draw, _ in draws})
    key = f"{key_of(filed.case)}/{step.seen + 1}"
    for draw, pool in draws:
        if part := parts[draw.pool_id]:
            if was_lost:
                books.regain(db, pool, part, key=key, booking=when, reference=key_of(filed.case))
            else:
                books.take_back(db, pool, part, key=key, booking=when)
            mine = update(BridgingDraw).where(col(BridgingDraw.id) == draw.id)
            db.execute(mine.values(returned=BridgingDraw.returned + part))
        books.earn(db, pool, fees[draw.pool_id], key=key, booking=when, reference=key_of(filed.case))


def _lift(db: Session, case: BridgingCase, day: date) -> None:
    mine = (col(BankSuspension.case_id) == case.id) & col(BankSuspension.until).is_(None)
    db.execute(update(BankSuspension).where(mine).values(until=day))


def write_off(db: Session, case_id: int, act: BridgingAct) -> FiledCase:
    """Give up what is still owed: each pool loses its part of it. The bank stays suspended until it performs what it promised."""
    check_hand(act.caller, "write_off")
    filed = case_for(db, act.caller, case_id)
    step = CaseStep.of("write_off", act, values={"ended_on": act.today}, principal=filed.owed)
    take(db, filed, step)
    for draw, pool in draws_of(db, filed.case):
        if part := draw.amount - draw.returned:
            when = booking(act.today, act.caller.actor, act.at)
            books.lose(db, pool, part, key=key_of(filed.case), booking=when, reference=act.note[:200])
    note(db, filed, step)
    return filed


def past_due(db: Session, today: date) -> list[FiledCase]:
    """Cases whose money is out after its due day, the overdue ones included."""
    query: Any = select(BridgingCase, FIRM, BANK).join(FIRM, col(FIRM.id) == col(BridgingCase.enterprise_id))
    query = query.join(BANK, col(BANK.id) == col(BridgingCase.bank_id))
    query = query.where(col(BridgingCase.state).in_(MONEY_OUT), col(BridgingCase.due_on) < today)
    return [FiledCase(*row) for row in db.execute(query.order_by(col(BridgingCase.id)))]


def fall_overdue(db: Session, filed: FiledCase, *, at: datetime, today: date) -> bool:
    """Mark a case whose money did not come back; whether this call did it."""
    if filed.case.state == "overdue":
        return False
    move_case(db, filed, CaseStep("fall_overdue", filed.case.version, THE_SERVICE, at, day=today))
    for party_id in (filed.case.enterprise_id, filed.case.bank_id):
        publish(db, OVERDUE.name, party_id=party_id, subject=("bridging_case", filed.id), facts=_facts(filed), at=at)
    return True


def _facts(filed: FiledCase) -> dict[str, str]:
    """What a late case's parties are told of it."""
    due_on = filed.case.due_on.isoformat() if filed.case.due_on else ""
    return {"loan": filed.case.old_loan, "due_on": due_on, "owed": grouped(filed.owed)}


def call_commitment(db: Session, filed: FiledCase, *, book: PolicyBook, at: datetime, today: date) -> bool:
    """Ask the committing bank to perform once the day of default has come, and suspend it; whether this call did it."""
    case = filed.case
    assert case.due_on is not None
    assert case.paid_out_on is not None
    terms = bridging_terms(book, case.paid_out_on)
    if case.called_on is not None or not is_commitment_called(case.due_on, today, terms):
        return False
    move_case(db, filed, CaseStep("call", case.version, THE_SERVICE, at, {"called_on": today}, today))
    if terms.suspends_bank:
        db.add(BankSuspension(bank_id=case.bank_id, case_id=filed.id, since=today))
        db.flush()
    suspended = STANDS_ASIDE if terms.suspends_bank else Text("", "")
    facts = _facts(filed) | {
        "document": case.commitment_document,
        "suspended": suspended.zh,
        "suspended_en": suspended.en,
    }
    publish(db, CALLED.name, party_id=case.bank_id, subject=("bridging_case", filed.id), facts=facts, at=at)
    return True
