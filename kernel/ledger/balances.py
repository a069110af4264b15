"""Balances as of a day: by the day things count for, by the day they were written, or both. Fen, debit positive."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlmodel import Session, col, select

from kernel.ledger.accounts import ACCOUNTS, BY_CODE, LedgerAccount
from kernel.ledger.models import Posting, PostingGroup


@dataclass(frozen=True)
class AsOf:
    """Which postings count: those effective by a day and written by a day; None is no limit."""

    effective_on: date | None = None
    booked_on: date | None = None


@dataclass(frozen=True)
class ClaimKey:
    """Whose claim: party, scheme, quarter."""

    party_id: int
    scheme: str
    quarter: str


@dataclass(frozen=True)
class TrialLine:
    """One account with the sum of its debits, the sum of its credits (as a positive amount), and its balance."""

    account: LedgerAccount
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        return self.debit - self.credit


NOW = AsOf()


def _counted(book: str | None, as_of: AsOf) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(Posting.group_id) == col(PostingGroup.id)]
    if book is not None:
        found.append(col(PostingGroup.book) == book)
    if as_of.effective_on is not None:
        found.append(col(PostingGroup.effective_on) <= as_of.effective_on)
    if as_of.booked_on is not None:
        found.append(col(PostingGroup.booked_on) <= as_of.booked_on)
    return found


def books(db: Session) -> list[str]:
    """Every set of books that holds a posting."""
    return sorted(db.exec(select(PostingGroup.book).distinct()))


def balances(db: Session, book: str, as_of: AsOf = NOW, *, budget_year: int | None = None) -> dict[str, int]:
    """The balance of every account that moved, of one budget year when it is given."""
    query = select(Posting.account, func.sum(Posting.amount)).where(*_counted(book, as_of))
    if budget_year is not None:
        query = query.where(Posting.budget_year == budget_year)
    return {account: int(amount) for account, amount in db.exec(query.group_by(Posting.account))}


def account_by_book(db: Session, account: str) -> dict[str, int]:
    """The balance of one account in every book where it moved."""
    query = select(PostingGroup.book, func.sum(Posting.amount)).where(*_counted(None, NOW), Posting.account == account)
    return {book: int(amount) for book, amount in db.exec(query.group_by(PostingGroup.book))}


def trial_balance(db: Session, book: str, as_of: AsOf = NOW) -> list[TrialLine]:
    """Every account that moved, in the order of the accounts; debits and credits add up to the same."""
    debit, credit = func.sum(_part(1)), func.sum(_part(-1))
    query = select(Posting.account, debit, credit).where(*_counted(book, as_of)).group_by(Posting.account)
    found = {account: (int(plus), int(minus)) for account, plus, minus in db.exec(query)}
    return [TrialLine(one, *found[one.code]) for one in ACCOUNTS if one.code in found]


def _part(sign: int) -> ColumnElement[Any]:
    """The amount where it has the sign, as a positive number, else 0."""
    amount = col(Posting.amount) * sign
    return (func.abs(amount) + amount) / 2


def claim_balances(
    db: Session, book: str, as_of: AsOf = NOW, *, party_ids: Iterable[int] | None = None
) -> dict[ClaimKey, dict[str, int]]:
    """The balances of the claim accounts of a book, by whose claim it is."""
    return claims_by_book(db, as_of, book=book, party_ids=party_ids).get(book, {})


def claims_by_book(
    db: Session, as_of: AsOf = NOW, *, book: str | None = None, party_ids: Iterable[int] | None = None
) -> dict[str, dict[ClaimKey, dict[str, int]]]:
    """The same of one book or of all (None), by book, in one query."""
    of_claim = (col(Posting.party_id), col(Posting.scheme), col(Posting.quarter), col(Posting.account))
    dimensions = (col(PostingGroup.book), *of_claim)
    query: Select[Any] = select(*dimensions, func.sum(Posting.amount)).where(  # type: ignore[call-overload]
        *_counted(book, as_of), col(Posting.party_id).is_not(None)
    )
    if party_ids is not None:
        query = query.where(col(Posting.party_id).in_(list(party_ids)))
    found: dict[str, dict[ClaimKey, dict[str, int]]] = {}
    for name, party_id, scheme, quarter, account, amount in db.execute(query.group_by(*dimensions)):
        claims = found.setdefault(name, {})
        claims.setdefault(ClaimKey(party_id, scheme, quarter), {})[account] = int(amount)
    return found


def journal_query(book: str, as_of: AsOf = NOW) -> Select[Any]:
    """The postings of a book with their groups, the newest group first."""
    query: Any = select(Posting, PostingGroup).join(PostingGroup, col(PostingGroup.id) == col(Posting.group_id))
    query = query.where(PostingGroup.book == book)
    if as_of.effective_on is not None:
        query = query.where(PostingGroup.effective_on <= as_of.effective_on)
    if as_of.booked_on is not None:
        query = query.where(PostingGroup.booked_on <= as_of.booked_on)
    ordered: Select[Any] = query.order_by(col(PostingGroup.id).desc(), col(Posting.place))
    return ordered


def normal(account: str, amount: int) -> int:
    """A balance as people read it: positive on the side where the account usually stands."""
    return -amount if BY_CODE[account].is_credit else amount
