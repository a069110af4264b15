"""Table of the files that were brought."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from matchmaking.imports.workflow import KINDS, STATES


class MarketImport(SQLModel, table=True):
    """A file as it came in. What it would do is read from `content` each time it is looked at, and once more as it is taken."""

    __tablename__ = "matchmaking_import"
    __table_args__ = table_args(one_of("kind", KINDS), one_of("state", STATES))

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    party_id: int = Field(foreign_key="party.id", index=True)
    file: str = Field(max_length=255)
    content: bytes = Field(sa_type=LargeBinary)
    digest: str = Field(max_length=64)
    state: str = Field(max_length=20, default="read")
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_by: int | None = Field(default=None, foreign_key="account.id")
