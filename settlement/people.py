"""Names of the people behind a return or a statement, for the seals and timelines of pages."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from kernel.accounts.models import Account


def names_of(db: Session, account_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of some accounts, by their numbers."""
    wanted = {number for number in account_ids if number is not None}
    query = select(Account.id, Account.name).where(col(Account.id).in_(wanted))
    return {number: name for number, name in db.exec(query) if number is not None}
