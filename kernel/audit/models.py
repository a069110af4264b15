"""Tables of the trail and of its head."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class AuditEntry(SQLModel, table=True):
    """One change: who did what to which thing, chained to the entry before it."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    organisation_id: int | None = Field(default=None, foreign_key="party.id", index=True)
    act: str = Field(max_length=60)
    subject_kind: str = Field(max_length=40)
    subject_id: str = Field(max_length=80)
    detail: str = Field(sa_type=Text)
    previous_digest: str = Field(max_length=64)
    digest: str = Field(max_length=64, unique=True)


class AuditHead(SQLModel, table=True):
    """The one row whose update serialises all writers of the trail."""

    __tablename__ = "audit_head"
    __table_args__ = table_args(CheckConstraint("id = 1", name="single_row"))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int
    digest: str = Field(max_length=64)
