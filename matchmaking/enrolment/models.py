"""Table of sign-ups: what was entered for which code, by whom, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from kernel.parties.models import SIZE_CLASSES
from matchmaking.enrolment.workflow import STATES

_LIVE = text("state IN ('waiting', 'confirmed')")


class Enrolment(SQLModel, table=True):
    """One sign-up. A code has one that waits or was confirmed; one that was refused or has lapsed makes room for the next.

    The facts are as they were entered: those of a firm that the city knew before stand in its party and are not touched.
    `brought_firm`: nobody knew the code, and the party entered the books with this sign-up.
    """

    __tablename__ = "matchmaking_enrolment"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("size_class", SIZE_CLASSES),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("uq_matchmaking_enrolment_live", "code", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=18)
    party_id: int = Field(foreign_key="party.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    brought_firm: bool
    name: str = Field(max_length=120)
    region: str = Field(max_length=10)
    industry: str = Field(max_length=5)
    size_class: str = Field(max_length=20)
    person: str = Field(max_length=40)
    phone: str = Field(max_length=20)
    mail: str = Field(max_length=120)
    state: str = Field(default="waiting", max_length=20, index=True)
    reason: str = Field(default="", max_length=500)
    opened_at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: int | None = Field(default=None, foreign_key="account.id")
