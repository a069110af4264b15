"""Table of what the checks of all books found."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class BooksCheck(SQLModel, table=True):
    """One look at every invariant over all books, batches, statements and the trail; `findings` as canonical JSON, [] is sound."""

    __tablename__ = "settlement_books_check"
    __table_args__ = table_args(CheckConstraint("found >= 0", name="found_counts"))

    id: int | None = Field(default=None, primary_key=True)
    checked_at: datetime = Field(sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    found: int
    findings: str = Field(sa_type=Text)
