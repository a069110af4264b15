"""What must hold of the books, one function each: an empty list, or every place where it does not (reliability §2)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.ledger.models import LedgerFund, LedgerPeriod, Posting, PostingGroup


@dataclass(frozen=True)
class Violation:
    """One place where an invariant does not hold."""

    invariant: str
    subject: str
    text: Text


def unbalanced_groups(db: Session, book: str | None = None) -> list[Violation]:
    """I1: each posting group has postings and they sum to 0."""
    total = func.coalesce(func.sum(Posting.amount), 0)
    query = select(PostingGroup.book, PostingGroup.key, total, func.count(col(Posting.id)))
    query = query.outerjoin(Posting, col(Posting.group_id) == col(PostingGroup.id))
    if book is not None:
        query = query.where(PostingGroup.book == book)
    query = query.group_by(col(PostingGroup.id), PostingGroup.book, PostingGroup.key)
    wrong = query.having((total != 0) | (func.count(col(Posting.id)) == 0))
    return [_unbalanced(name, key, int(amount)) for name, key, amount, _ in db.exec(wrong)]


def _unbalanced(book: str, key: str, amount: int) -> Violation:
    text = Text(f"{key} 借贷不平，差 {amount} 分", f"{key} does not balance by {amount} fen")
    return Violation("I1", f"{book}/{key}", text)


def overtaken_funds(db: Session, book: str | None = None) -> list[Violation]:
    """I2: committed and spent together stay within the appropriation, and the fund says what the postings say."""
    query = select(LedgerFund) if book is None else select(LedgerFund).where(LedgerFund.book == book)
    found, budgets = [], _budgets(db)
    for fund in db.exec(query.execution_options(populate_existing=True)):
        posted = budgets.get((fund.book, fund.budget_year), {})
        granted, taken = -posted.get("appropriation", 0), posted.get("committed", 0) + posted.get("spent", 0)
        if (granted, taken) != (fund.granted, fund.taken) or taken > granted or posted.get("spent", 0) < 0:
            found.append(_overtaken(fund, granted, taken))
    return found


def _budgets(db: Session) -> dict[tuple[str, int], dict[str, int]]:
    """The balances of every account by book and budget year."""
    dimensions = (PostingGroup.book, Posting.budget_year, Posting.account)
    query: Any = select(*dimensions, func.sum(Posting.amount)).join(
        PostingGroup, col(PostingGroup.id) == col(Posting.group_id)
    )
    found: dict[tuple[str, int], dict[str, int]] = {}
    for book, year, account, amount in db.exec(query.group_by(*dimensions)):
        found.setdefault((book, year), {})[account] = int(amount)
    return found


def _overtaken(fund: LedgerFund, granted: int, taken: int) -> Violation:
    text = Text(
        f"{fund.budget_year} 年预算：账上批复 {granted}、已用 {taken} 分，额度表 {fund.granted}、{fund.taken} 分",
        f"Budget {fund.budget_year}: posted {granted} granted and {taken} taken, the fund says {fund.granted} and {fund.taken} fen",
    )
    return Violation("I2", f"{fund.book}/{fund.budget_year}", text)


def crooked_reversals(db: Session, book: str | None = None) -> list[Violation]:
    """I8, for the books: a reversal mirrors the whole of what it reverses, in the same book."""
    origin = aliased(PostingGroup)
    query = select(PostingGroup, origin).join(origin, origin.id == PostingGroup.reverses_id)  # type: ignore[arg-type]
    if book is not None:
        query = query.where(PostingGroup.book == book)
    pairs = db.exec(query).all()
    if not pairs:
        return []
    undone, done = _lines(db, PostingGroup.id, -1), _lines(db, PostingGroup.reverses_id, 1)
    return [
        _crooked(one)
        for one, first in pairs
        if one.book != first.book or undone.get(one.id or 0) != done.get(first.id or 0)
    ]


Line = tuple[str, int | None, str, str, int, int]


def _lines(db: Session, group_id: Any, sign: int) -> dict[int, list[Line]]:
    """The postings of all reversals, or of all that was reversed, by their group, in their places."""
    query = select(Posting).join(PostingGroup, col(Posting.group_id) == col(group_id))
    reversals = query.where(col(PostingGroup.reverses_id).is_not(None))
    found: dict[int, list[Line]] = {}
    for row in db.exec(reversals.order_by(col(Posting.group_id), col(Posting.place))):
        line = (row.account, row.party_id, row.scheme, row.quarter, row.budget_year, sign * row.amount)
        found.setdefault(row.group_id, []).append(line)
    return found


def _crooked(group: PostingGroup) -> Violation:
    text = Text(f"{group.key} 不是原分录的全额冲回", f"{group.key} is not the mirror of what it reverses")
    return Violation("I8", f"{group.book}/{group.key}", text)


def miscounted_periods(db: Session, book: str | None = None) -> list[Violation]:
    """I8, for the books: every month holds as many groups as were let in, so that a closed one has taken nothing since."""
    written: dict[tuple[str, str], int] = {}
    days: Any = select(PostingGroup.book, PostingGroup.booked_on, func.count())
    for name, day, count in db.exec(days.group_by(PostingGroup.book, PostingGroup.booked_on)):
        key = (name, f"{day.year:04d}-{day.month:02d}")
        written[key] = written.get(key, 0) + count
    rows = db.exec(select(LedgerPeriod).execution_options(populate_existing=True))
    let_in = {(one.book, one.month): one.groups for one in rows}
    keys = [key for key in sorted(written.keys() | let_in.keys()) if book is None or key[0] == book]
    return [
        Violation("I8", "/".join(key), Text(f"{key[1]} 的分录组数对不上", f"The groups of {key[1]} do not add up"))
        for key in keys
        if written.get(key, 0) != let_in.get(key, 0)
    ]
