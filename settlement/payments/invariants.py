"""What must hold between claims, payments and books, one function each; checked by tests, by `yinqi books check`, before every payment.

Each takes the session and a book (None: all) and gives every place where it does not hold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.ledger.balances import ClaimKey, account_by_book, claims_by_book
from kernel.ledger.invariants import (
    Violation,
    crooked_reversals,
    miscounted_periods,
    overtaken_funds,
    unbalanced_groups,
)
from kernel.ledger.service import hold
from settlement.payments.from_batches import dues_released
from settlement.payments.models import OrderLine, PayerClaim, Payment, PaymentOrder
from settlement.payments.workflow import CANCELLED, LIVE_PAYMENTS, ORDERED, PAID

Check = Callable[[Session, str | None], list[Violation]]


@dataclass(frozen=True)
class Invariant:
    """One invariant: its number, what it says, and the function that looks."""

    number: str
    says: Text
    check: Check


def claims_equal_books(db: Session, book: str | None = None) -> list[Violation]:
    """I3: per beneficiary, quarter and scheme, net paid + set off + still to pay + cut − recoverable = due; claims and books agree."""
    found = []
    booked, claims, payments = claims_by_book(db, book=book), _claimed(db, book), _paid(db, book)
    for payer in sorted(booked.keys() | claims.keys()):
        posted, claimed = booked.get(payer, {}), claims.get(payer, {})
        for key in sorted(posted.keys() | claimed.keys(), key=str):
            expected = claimed.get(key, {}) | {"paid": -payments.get((payer, key), 0)}
            found += _unequal(payer, key, posted.get(key, {}), expected)
    return found


def _unequal(payer: str, key: ClaimKey, posted: Mapping[str, int], expected: Mapping[str, int]) -> list[Violation]:
    in_transit = expected.get("ordered", 0) - expected["paid"]
    wanted = {name: fen for name, fen in expected.items() if name != "ordered"} | {"in_transit": in_transit}
    wrong = {name: (posted.get(name, 0), fen) for name, fen in wanted.items() if posted.get(name, 0) != fen}
    if sum(posted.values()) == 0 and not wrong:
        return []
    said = (
        "; ".join(f"{name} {has} ≠ {fen}" for name, (has, fen) in sorted(wrong.items())) or f"Σ {sum(posted.values())}"
    )
    text = Text(f"账与应付款对不上（分）：{said}", f"Books and claims disagree (fen): {said}")
    return [Violation("I3", f"{payer}/{key.party_id}/{key.scheme}/{key.quarter}", text)]


def _claimed(db: Session, book: str | None) -> dict[str, dict[ClaimKey, dict[str, int]]]:
    """What the claims say every account must hold, by payer and whose claim; `ordered` is in transit and paid together."""
    c = PayerClaim
    open_due = col(c.amount) - col(c.set_off) - col(c.ordered) - col(c.cut) - col(c.carried)
    open_back = -col(c.amount) - col(c.set_off) - col(c.recovered)
    is_due = col(c.amount) > 0

    def summed(value: Any) -> ColumnElement[int]:
        return func.coalesce(func.sum(value), 0)

    columns = {
        "award": summed(col(c.amount)),
        "payable": -summed(case((is_due, open_due), else_=0)),
        "carried": -summed(col(c.carried)),
        "cut": -summed(col(c.cut)),
        "ordered": -summed(col(c.ordered)),
        "set_off": summed(case((is_due, -col(c.set_off)), else_=col(c.set_off))),
        "recoverable": summed(case((is_due, 0), else_=open_back)),
        "recovered": summed(col(c.recovered)),
    }
    whose = (col(c.payer), col(c.beneficiary_id), col(c.scheme), col(c.quarter))
    query: Any = select(*whose, *columns.values()).group_by(*whose)
    found: dict[str, dict[ClaimKey, dict[str, int]]] = {}
    for payer, party, scheme, quarter, *sums in db.execute(query if book is None else query.where(c.payer == book)):
        amounts = dict(zip(columns, map(int, sums), strict=True))
        found.setdefault(payer, {})[ClaimKey(party, scheme, quarter)] = amounts
    return found


def _paid(db: Session, book: str | None) -> dict[tuple[str, ClaimKey], int]:
    c = PayerClaim
    whose = (col(Payment.payer), col(c.beneficiary_id), col(c.scheme), col(c.quarter))
    query: Any = select(*whose, func.sum(Payment.amount)).join(c, col(c.id) == col(Payment.claim_id))  # type: ignore[call-overload]
    rows = db.execute(_of(query.where(Payment.state == PAID), book).group_by(*whose))
    return {(payer, ClaimKey(party, scheme, quarter)): int(fen) for payer, party, scheme, quarter, fen in rows}


def claims_equal_dues(db: Session, book: str | None = None) -> list[Violation]:
    """I3, against the batches: the claims of a statement, over all payers, add up to its due under the newest approved revision."""
    rows = db.exec(select(PayerClaim.statement_number, PayerClaim.batch, PayerClaim.payer, PayerClaim.amount)).all()
    dues = dues_released(db, {batch for _, batch, _, _ in rows})
    sums: dict[str, int] = {}
    seen: set[str] = set()
    for number, _batch, payer, fen in rows:
        sums[number] = sums.get(number, 0) + fen
        seen |= {number} if book in (None, payer) else set()
    return [
        _not_due(number, sums[number], dues[number])
        for number in sorted(seen & dues.keys())
        if sums[number] != dues[number]
    ]


def _not_due(number: str, claimed: int, due: int) -> Violation:
    text = Text(f"各方合计 {claimed} 分，批准应付 {due} 分", f"{claimed} fen claimed of all payers, {due} fen approved")
    return Violation("I3", number, text)


def paid_once(db: Session, book: str | None = None) -> list[Violation]:
    """I4: one living payment a payer, statement, revision and kind; a paid one has a bank reference of its own."""
    key = (Payment.payer, Payment.statement_number, Payment.revision, Payment.kind)
    query = select(*key, func.count(col(Payment.id))).where(col(Payment.state).in_(LIVE_PAYMENTS))  # type: ignore[call-overload]
    twice = db.execute(_of(query, book).group_by(*key).having(func.count(col(Payment.id)) > 1))
    found = [_twice(f"{payer}/{number}/r{revision}/{kind}") for payer, number, revision, kind, _ in twice]
    bare = select(Payment.payer, Payment.reference).where(Payment.state == PAID, col(Payment.bank_reference).is_(None))
    return found + [_twice(f"{payer}/{reference}") for payer, reference in db.execute(_of(bare, book))]


def _of(query, book: str | None):  # type: ignore[no-untyped-def]
    return query if book is None else query.where(Payment.payer == book)


def _twice(subject: str) -> Violation:
    text = Text(
        f"{subject} 付了不止一次，或没有银行流水号", f"{subject} is paid more than once, or without a bank reference"
    )
    return Violation("I4", subject, text)


def orders_add_up(db: Session, book: str | None = None) -> list[Violation]:
    """I8, for orders: the payments of an order are its lines, and sum to its total, whatever became of them since."""
    payments = select(Payment.order_id, func.sum(Payment.amount)).group_by(Payment.order_id)  # type: ignore[arg-type]
    lines = select(OrderLine.order_id, func.sum(OrderLine.pay)).group_by(OrderLine.order_id)  # type: ignore[arg-type]
    paid, planned = dict(db.execute(payments).all()), dict(db.execute(lines).all())
    query = select(PaymentOrder).execution_options(populate_existing=True)
    rows = db.exec(query if book is None else query.where(PaymentOrder.payer == book))
    return [
        Violation(
            "I8", one.number, Text("拨付令的合计与各笔对不上", "The order's total is not the sum of its payments")
        )
        for one in rows
        if not int(paid.get(one.id, 0)) == int(planned.get(one.id, 0)) == one.total
    ]


def paid_as_approved(db: Session, book: str | None = None) -> list[Violation]:
    """I9: the digest paid is the digest approved, and no living payment is more than its claim was ordered for."""
    query = select(Payment.payer, Payment.reference).join(PayerClaim, col(PayerClaim.id) == col(Payment.claim_id))
    differs = (
        (col(Payment.digest) != col(PayerClaim.digest))
        | (col(Payment.payer) != col(PayerClaim.payer))
        | (col(Payment.beneficiary_id) != col(PayerClaim.beneficiary_id))
        | (col(Payment.amount) > col(PayerClaim.amount))
    )
    wrong = db.execute(_of(query.where(differs, col(Payment.state) != CANCELLED), book))
    return [
        Violation("I9", f"{payer}/{reference}", Text("付的不是审批的那一份", "What is paid is not what was approved"))
        for payer, reference in wrong
    ]


def recovered_within_paid(db: Session, book: str | None = None) -> list[Violation]:
    """I10: 0 ≤ recovered ≤ paid, per beneficiary and payer."""
    found = []
    for payer, claims in sorted(claims_by_book(db, book=book).items()):
        sums: dict[int, tuple[int, int]] = {}
        for key, accounts in claims.items():
            paid, recovered = sums.get(key.party_id, (0, 0))
            sums[key.party_id] = (paid - accounts.get("paid", 0), recovered + accounts.get("recovered", 0))
        found += [_over(payer, party, *both) for party, both in sorted(sums.items()) if not 0 <= both[1] <= both[0]]
    return found


def _over(payer: str, party_id: int, paid: int, recovered: int) -> Violation:
    text = Text(f"追回 {recovered} 分，多于已付 {paid} 分", f"Recovered {recovered} fen of {paid} paid")
    return Violation("I10", f"{payer}/{party_id}", text)


def transit_is_ordered(db: Session, book: str | None = None) -> list[Violation]:
    """I2, the other half: what is committed of a budget is exactly what is on its way to the bank."""
    query: Any = select(Payment.payer, func.sum(Payment.amount)).where(Payment.state == ORDERED)
    ordered = {payer: int(fen) for payer, fen in db.execute(query.group_by(Payment.payer))}
    committed = account_by_book(db, "committed")
    payers = sorted(ordered.keys() | committed.keys()) if book is None else [book]
    pairs = [(payer, committed.get(payer, 0), ordered.get(payer, 0)) for payer in payers]
    return [_not_in_transit(*pair) for pair in pairs if pair[1] != pair[2]]


def _not_in_transit(payer: str, committed: int, ordered: int) -> Violation:
    text = Text(f"占用 {committed} 分，在途 {ordered} 分", f"{committed} fen committed, {ordered} fen ordered")
    return Violation("I2", payer, text)


INVARIANTS = (
    Invariant("I1", Text("每组分录合计为零", "Each posting group sums to 0"), unbalanced_groups),
    Invariant("I2", Text("已用不超过批复预算", "Taken within the appropriation"), overtaken_funds),
    Invariant("I2", Text("占用等于在途", "Committed is what is in transit"), transit_is_ordered),
    Invariant("I3", Text("应付、实付、挂账、追回相符", "Due, paid, carried and recoverable agree"), claims_equal_books),
    Invariant("I3", Text("各方合计等于批准的应付", "Claims add up to the approved due"), claims_equal_dues),
    Invariant("I4", Text("一单一付", "One payment a statement"), paid_once),
    Invariant("I8", Text("只冲销、不改写", "Reversed, never edited"), crooked_reversals),
    Invariant("I8", Text("结账之后没有再记", "Nothing posted into a closed month"), miscounted_periods),
    Invariant("I8", Text("拨付令各笔合计相符", "Orders add up"), orders_add_up),
    Invariant("I9", Text("付的就是批的", "Paid as approved"), paid_as_approved),
    Invariant("I10", Text("追回不超过已付", "Recovered within paid"), recovered_within_paid),
)


def violations(db: Session, book: str | None = None) -> list[Violation]:
    """Every place in a book (or all) where any invariant does not hold."""
    return [one for invariant in INVARIANTS for one in invariant.check(db, book)]


def standing_violations(db: Session, book: str | None = None) -> list[Violation]:
    """The same for readers, who hold no lock: what a second look still finds, so that a posting in between raises no alarm."""
    first = violations(db, book)
    return [one for one in violations(db, book) if one in first] if first else []


def require_sound(db: Session, book: str) -> None:
    """A failed invariant blocks paying, not reading. Nobody else posts to the book until this transaction ends."""
    hold(db, book)
    wrong = violations(db, book)
    if wrong:
        first = wrong[0]
        raise Refused(
            "books_unsound",
            f"账核对不过，暂停付款：{first.invariant} {first.subject} {first.text.zh}",
            f"The books do not hold, so nothing is paid: {first.invariant} {first.subject} {first.text.en}",
        )
