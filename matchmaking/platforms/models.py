"""Table of the drafts that were made from platforms' records."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args

KINDS = ("request", "product")


class PlatformDraft(SQLModel, table=True):
    """Which draft of ours a platform's record became; `version` is the number of the last version that came from there.

    A draft whose newest version is another one has been changed by its owner, and the platform changes it no more.
    """

    __tablename__ = "matchmaking_platform_draft"
    __table_args__ = table_args(
        UniqueConstraint("source", "kind", "remote_id"),
        one_of("kind", KINDS),
        CheckConstraint("(kind = 'request') = (request_id IS NOT NULL)", name="request_named"),
        CheckConstraint("(kind = 'product') = (product_id IS NOT NULL)", name="product_named"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=40)
    kind: str = Field(max_length=20)
    remote_id: str = Field(max_length=80)
    request_id: int | None = Field(default=None, foreign_key="matchmaking_request.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="matchmaking_product.id", index=True)
    version: int = 1
    made_at: datetime = Field(sa_type=Moment)
