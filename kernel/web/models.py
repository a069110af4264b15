"""Table of idempotency keys: claimed in the effect's own transaction, with the answer to give again (reliability rule 5)."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class IdempotencyKey(SQLModel, table=True):
    """One key of one account on one route, with the digest of the body and the stored answer."""

    __tablename__ = "idempotency_key"
    __table_args__ = table_args(UniqueConstraint("account_id", "route_digest", "key"))

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    route_digest: str = Field(max_length=64)
    key: str = Field(max_length=80)
    body_digest: str = Field(max_length=64)
    status: int | None = None
    content_type: str = Field(default="", max_length=80)
    location: str | None = Field(default=None, sa_type=Text)
    body: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=Moment)
