"""Table of recommendations: one request, as it stood, to one bank or to one platform."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from matchmaking.recommendations.workflow import STATES
from matchmaking.referrals.reasons import REASONS


class Recommendation(SQLModel, table=True):
    """A version of a request recommended under a consent, once to each receiver. `state` guards every move.

    A bank answers with a note, or declines with a coded reason; of a platform `heard` is the version of the last status taken.
    """

    __tablename__ = "matchmaking_recommendation"
    __table_args__ = table_args(
        UniqueConstraint(
            "consent_id", "request_version_id", "institution_id", name="uq_matchmaking_recommendation_bank"
        ),
        UniqueConstraint("consent_id", "request_version_id", "platform", name="uq_matchmaking_recommendation_platform"),
        one_of("state", STATES),
        one_of("reason_code", REASONS, optional=True),
        CheckConstraint("(institution_id IS NULL) <> (platform IS NULL)", name="one_receiver"),
        CheckConstraint(
            "state <> 'declined' OR platform IS NOT NULL OR reason_code IS NOT NULL", name="bank_declines_with_a_reason"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    request_version_id: int = Field(foreign_key="matchmaking_request_version.id")
    consent_id: int = Field(foreign_key="matchmaking_consent.id")
    institution_id: int | None = Field(default=None, foreign_key="institution.party_id", index=True)
    platform: str | None = Field(default=None, max_length=40)
    state: str = Field(max_length=20, default="sent")
    reason_code: str | None = Field(default=None, max_length=2)
    note: str = Field(default="", max_length=500)
    heard: str = Field(default="", max_length=60)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_by: int | None = Field(default=None, foreign_key="account.id")
