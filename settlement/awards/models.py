"""Tables of award claims, the papers behind them, and the awards that were granted."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.awards.workflow import REFUSALS, STATES

_STANDS = text("revoked_at IS NULL")


class AwardClaim(SQLModel, table=True):
    """One claim of one event. `scheme` is the kind's own scheme, `facts` canonical JSON, `amount` what the rule said when last asked.

    `digest` stands for everything that was filed. `entered_organisation_id` is whose draft it is: the beneficiary's, or a bureau's.
    """

    __tablename__ = "settlement_award_claim"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("refusal_code", ("", *REFUSALS)),
        fen_range("amount", lowest=0),
        CheckConstraint("version >= 1", name="version_counts_from_1"),
        CheckConstraint("(state = 'refused') = (refusal_code <> '')", name="refused_for_a_reason"),
        CheckConstraint("state <> 'accepted' OR decided_by IS NOT NULL", name="accepted_by_somebody"),
        CheckConstraint("decided_by IS NULL OR filed_by IS NULL OR decided_by <> filed_by", name="two_persons"),
    )

    id: int | None = Field(default=None, primary_key=True)
    scheme: str = Field(max_length=40, index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    region: str = Field(max_length=10, index=True)
    day: date
    document: str = Field(default="", max_length=80)
    facts: str = Field(sa_type=Text)
    state: str = Field(max_length=20, index=True)
    version: int = 1
    amount: int | None = Field(default=None, sa_type=Fen)
    digest: str = Field(default="", max_length=64)
    entered_organisation_id: int = Field(foreign_key="party.id", index=True)
    entered_by: int = Field(foreign_key="account.id")
    entered_at: datetime = Field(sa_type=Moment)
    filed_by: int | None = Field(default=None, foreign_key="account.id")
    filed_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: int | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    refusal_code: str = Field(default="", max_length=20)
    note: str = Field(default="", sa_type=Text)


class AwardPaper(SQLModel, table=True):
    """One attached paper; its bytes stand in the archive under their SHA-256."""

    __tablename__ = "settlement_award_paper"
    __table_args__ = table_args(
        UniqueConstraint("claim_id", "paper", "digest"), CheckConstraint("size > 0", name="not_empty")
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="settlement_award_claim.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    paper: str = Field(max_length=40)
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=60)
    size: int = Field(sa_type=BigInteger)
    digest: str = Field(max_length=64)
    attached_by: int = Field(foreign_key="account.id")
    attached_at: datetime = Field(sa_type=Moment)


class AwardGrant(SQLModel, table=True):
    """What one clause awards on an accepted claim, in fen. While it stands nobody else of the scheme has its `once_key`.

    `quarter` is that of the qualifying day: the quarter whose statement pays it.
    """

    __tablename__ = "settlement_award_grant"
    __table_args__ = table_args(
        fen_range("amount", lowest=1),
        CheckConstraint("(period_first IS NULL) = (period_last IS NULL)", name="period_has_two_ends"),
        UniqueConstraint("claim_id", "scheme"),
        Index(
            "uq_settlement_award_grant_once",
            "beneficiary_id",
            "scheme",
            "once_key",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="settlement_award_claim.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    scheme: str = Field(max_length=40)
    clause: int
    region: str = Field(max_length=10)
    day: date
    quarter: str = Field(max_length=6, index=True)
    once_key: str = Field(max_length=200)
    document: str = Field(default="", max_length=80)
    amount: int = Field(sa_type=Fen)
    split: str = Field(max_length=20)
    period_first: date | None = None
    period_last: date | None = None
    policy_digest: str = Field(max_length=64)
    explanation: str = Field(sa_type=Text)
    digest: str = Field(max_length=64)
    granted_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class AwardTally(SQLModel, table=True):
    """How often a beneficiary's awards have changed: two acceptances computed from one state cannot both go through."""

    __tablename__ = "settlement_award_tally"

    beneficiary_id: int = Field(primary_key=True, foreign_key="party.id")
    changes: int = 0
