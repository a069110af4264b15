"""What a payer may spend in a budget year: granted by document, taken by one guarded UPDATE whose row count decides."""

from sqlalchemy import ColumnElement, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.errors import Conflict, Refused
from kernel.ledger.models import LedgerFund
from kernel.ledger.service import Booking, Entry, post
from kernel.money import grouped


def fund_of(db: Session, book: str, budget_year: int) -> LedgerFund | None:
    """The fund of a year as it stands now; None when nothing was ever granted."""
    query = select(LedgerFund).where(LedgerFund.book == book, LedgerFund.budget_year == budget_year)
    return db.exec(query.execution_options(populate_existing=True)).first()


def funds_by_book(db: Session, budget_year: int) -> dict[str, LedgerFund]:
    """The fund of a year of every book that has one."""
    query = select(LedgerFund).where(LedgerFund.budget_year == budget_year)
    return {one.book: one for one in db.exec(query.execution_options(populate_existing=True))}


def available(db: Session, book: str, budget_year: int) -> int:
    """What is left to take, in fen; 0 without any grant."""
    found = fund_of(db, book, budget_year)
    return found.granted - found.taken if found else 0


def hold(db: Session, book: str, budget_year: int) -> None:
    """Keep everybody else from taking from a fund until this transaction ends, so that what is read of it stays true."""
    db.execute(update(LedgerFund).where(*_mine(book, budget_year)).values(taken=LedgerFund.taken))


def grant(
    db: Session,
    book: str,
    budget_year: int,
    amount: int,
    *,
    key: str,
    booking: Booking,
    reference: str,
    act: str = "grant",
) -> None:
    """Grant more (or, with a negative amount, take back what nobody has taken), and post it under the name of the act."""
    _open(db, book, budget_year)
    raised = col(LedgerFund.granted) + amount
    changed = update(LedgerFund).where(*_mine(book, budget_year), raised >= col(LedgerFund.taken), raised >= 0)
    if db.execute(changed.values(granted=raised)).rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(
            "appropriation_taken",
            "要调减的预算已经被占用或支出，减不下来",
            "The budget to be withdrawn is already committed or spent",
        )
    entries = [
        Entry("available", amount, budget_year=budget_year),
        Entry("appropriation", -amount, budget_year=budget_year),
    ]
    post(db, book, key, act, entries, booking=booking, reference=reference)


def take(db: Session, book: str, budget_year: int, amount: int) -> None:
    """Take from the fund, or Conflict when less is left; the caller posts what it took for."""
    taken = col(LedgerFund.taken) + amount
    changed = update(LedgerFund).where(*_mine(book, budget_year), taken <= col(LedgerFund.granted))
    if amount < 0 or db.execute(changed.values(taken=taken)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "appropriation_short",
            f"{budget_year} 年可用预算不足 {grouped(amount)} 元；请先追加预算，或刷新后重算",
            f"Less than {grouped(amount)} yuan of the {budget_year} budget is left; add to it, or reload and compute again",
        )


def give_back(db: Session, book: str, budget_year: int, amount: int) -> None:
    """Put back what was taken and not spent."""
    taken = col(LedgerFund.taken) - amount
    changed = update(LedgerFund).where(*_mine(book, budget_year), taken >= 0)
    if amount < 0 or db.execute(changed.values(taken=taken)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("nothing_taken", "没有占用这么多预算，退不回去", "So much was never taken from the budget")


def _mine(book: str, budget_year: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(LedgerFund.book) == book, col(LedgerFund.budget_year) == budget_year


def _open(db: Session, book: str, budget_year: int) -> None:
    if fund_of(db, book, budget_year) is None:
        try:
            with db.begin_nested():
                db.add(LedgerFund(book=book, budget_year=budget_year))
        except IntegrityError:
            pass  # opened by another at the same moment
