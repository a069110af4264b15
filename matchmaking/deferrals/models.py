"""The table of applications to defer; amounts in fen."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.deferrals.rules import RULES
from matchmaking.deferrals.workflow import REFUSALS, STATES
from matchmaking.renewals.rules import KINDS

_OPEN = text("state = 'applied'")


class Deferral(SQLModel, table=True):
    """One loan that its firm asks to pay later; one open application a loan. `version` guards every move.

    `rule` is the one of the application day by which it may be deferred, `last_day` the last one that rule allows (none written: empty),
    `penalty_interest` what it says of penalty interest. The bank grants until `granted_until`, which may be earlier than `until`.
    """

    __tablename__ = "matchmaking_deferral"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("rule", RULES),
        one_of("borrower_kind", KINDS),
        one_of("refusal", REFUSALS, optional=True),
        fen_range("balance", lowest=1),
        CheckConstraint("until > due_on AND (last_day IS NULL OR until <= last_day)", name="until_within_rule"),
        CheckConstraint(
            "granted_until IS NULL OR (granted_until > due_on AND granted_until <= until)", name="granted_within_asked"
        ),
        CheckConstraint("(state = 'granted') = (granted_until IS NOT NULL)", name="granted_has_its_day"),
        Index(
            "uq_matchmaking_deferral_open",
            "bank_id",
            "loan",
            "enterprise_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    bank_id: int = Field(foreign_key="institution.party_id", index=True)
    region: str = Field(max_length=10, index=True)
    loan: str = Field(max_length=64)
    balance: int = Field(sa_type=Fen)
    due_on: date
    borrower_kind: str = Field(max_length=30)
    is_merchant: bool
    is_hit: bool
    with_interest: bool
    why: str = Field(max_length=500)
    rule: str = Field(max_length=20)
    last_day: date | None = None
    penalty_interest: bool | None = None
    until: date
    applied_on: date
    applied_at: datetime = Field(sa_type=Moment)
    state: str = Field(max_length=20, default="applied")
    version: int = 1
    decided_on: date | None = None
    granted_until: date | None = None
    refusal: str | None = Field(default=None, max_length=20)
    reason: str = Field(default="", max_length=500)
