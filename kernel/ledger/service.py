"""Post to the books and reverse; nothing is ever edited. Services of the contexts call this inside their own write transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.audit.service import Actor
from kernel.errors import Conflict, DomainError, NotFound, Refused
from kernel.ledger.models import LedgerPeriod, Posting, PostingGroup
from kernel.ledger.workflow import CLOSED, OPEN


@dataclass(frozen=True)
class Entry:
    """One amount for one account, in fen: debit positive, credit negative; a zero is left out."""

    account: str
    amount: int
    party_id: int | None = None
    scheme: str = ""
    quarter: str = ""
    budget_year: int = 0


@dataclass(frozen=True)
class Booking:
    """When a group counts and when, and by whom, it is written. Late data: an early `effective_on`, today's `booked_on`."""

    effective_on: date
    booked_on: date
    at: datetime
    by: Actor


class Unbalanced(DomainError):
    """The entries of a group do not sum to 0: a slip of the programmer, and nothing is written."""

    def __init__(self, difference: int) -> None:
        super().__init__(
            "unbalanced",
            f"这组分录借贷不平，差 {difference} 分，一笔也没有记",
            f"These entries do not balance by {difference} fen; nothing was posted",
        )


class PeriodClosed(Refused):
    """The month is closed; late data is booked in the open one."""

    def __init__(self, month: str) -> None:
        super().__init__(
            "period_closed",
            f"{month} 已经结账，不能再记；迟到的数据记在未结的月份，生效日照填原来的日子",
            f"{month} is closed; book late data in the open month and keep its effective date",
        )


def month_of(day: date) -> str:
    """The period of the books to which a day belongs: `2022-10`."""
    return f"{day.year:04d}-{day.month:02d}"


def post(
    db: Session, book: str, key: str, act: str, entries: Iterable[Entry], *, booking: Booking, reference: str = ""
) -> PostingGroup:
    """Write one balanced group. `key` is unique in the book, so one event is posted once (Conflict the second time).

    Raises `Unbalanced`, `PeriodClosed` for a closed month, Refused for an effective date after the booking.
    """
    return _write(db, PostingGroup(book=book, key=key, act=act, reference=reference, **_dates(booking)), entries)


def reverse(db: Session, group: PostingGroup, *, key: str, booking: Booking, reference: str = "") -> PostingGroup:
    """The mirror of a group, once: the only way to take something back."""
    mirrored = [replace(entry, amount=-entry.amount) for entry in entries_of(db, group)]
    made = PostingGroup(
        book=group.book, key=key, act="reverse", reference=reference, reverses_id=group.id, **_dates(booking)
    )
    return _write(db, made, mirrored)


def entries_of(db: Session, group: PostingGroup) -> list[Entry]:
    """The entries of a group as they were posted."""
    rows = db.exec(select(Posting).where(Posting.group_id == group.id).order_by(col(Posting.place)))
    return [Entry(row.account, row.amount, row.party_id, row.scheme, row.quarter, row.budget_year) for row in rows]


def group_by_key(db: Session, book: str, key: str) -> PostingGroup:
    """The group of an event, or NotFound."""
    found = db.exec(select(PostingGroup).where(PostingGroup.book == book, PostingGroup.key == key)).first()
    if found is None:
        raise NotFound("posting_not_found", f"账上没有这一笔：{key}", f"There is no such posting: {key}")
    return found


def _dates(booking: Booking) -> dict[str, Any]:
    if booking.effective_on > booking.booked_on:
        raise Refused(
            "effective_after_booking",
            "生效日不能晚于记账日",
            "The effective date may not lie after the day of booking",
        )
    return {
        "effective_on": booking.effective_on,
        "booked_on": booking.booked_on,
        "booked_at": booking.at,
        "booked_by": booking.by.account_id,
    }


def _write(db: Session, group: PostingGroup, entries: Iterable[Entry]) -> PostingGroup:
    moving = [entry for entry in entries if entry.amount]
    _check_balance(moving)
    _take_place(db, group.book, month_of(group.booked_on))
    _insert(db, group)
    assert group.id is not None
    for place, entry in enumerate(moving, start=1):
        db.add(Posting(group_id=group.id, place=place, **entry.__dict__))
    db.flush()
    return group


def _check_balance(entries: Sequence[Entry]) -> None:
    difference = sum(entry.amount for entry in entries)
    if difference or not entries:
        raise Unbalanced(difference)


def _insert(db: Session, group: PostingGroup) -> None:
    try:
        with db.begin_nested():
            db.add(group)
    except IntegrityError:
        raise Conflict(
            "posted_already", f"这一笔已经记过账：{group.key}", f"This has been posted already: {group.key}"
        ) from None


def _take_place(db: Session, book: str, month: str) -> None:
    """Count the group into its month by one guarded UPDATE, so that a closing at the same moment waits or wins."""
    if _counted(db, book, month):
        return
    period(db, book, month)
    if not _counted(db, book, month):
        raise PeriodClosed(month)


def hold(db: Session, book: str) -> None:
    """Keep everybody else from posting to a book until this transaction ends, by locking the rows of its months."""
    db.execute(update(LedgerPeriod).where(col(LedgerPeriod.book) == book).values(groups=LedgerPeriod.groups))


def _counted(db: Session, book: str, month: str) -> bool:
    mine = (col(LedgerPeriod.book) == book) & (col(LedgerPeriod.month) == month)
    counted = update(LedgerPeriod).where(mine, col(LedgerPeriod.state) != CLOSED)
    moved = db.execute(counted.values(groups=LedgerPeriod.groups + 1))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def period(db: Session, book: str, month: str) -> LedgerPeriod:
    """The row of a month, opened when there is none."""
    query = select(LedgerPeriod).where(LedgerPeriod.book == book, LedgerPeriod.month == month)
    query = query.execution_options(populate_existing=True)
    found = db.exec(query).first()
    if found is None:
        try:
            with db.begin_nested():
                db.add(LedgerPeriod(book=book, month=month, state=OPEN))
        except IntegrityError:
            pass  # opened by another at the same moment
        found = db.exec(query).one()
    return found
