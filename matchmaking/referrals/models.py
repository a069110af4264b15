"""Tables of referrals: where each stands, every move with who, when and why, pauses of the clock, drawdowns, escalations."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.columns import CodeList, Percent
from matchmaking.matching.vocabulary import GUARANTEE_KINDS
from matchmaking.referrals.clock import REGIMES, STAGES
from matchmaking.referrals.reasons import PAPERS, REASONS
from matchmaking.referrals.workflow import DRAWDOWN_STATES, ENDED, SOURCES, STATES

_LIVE = text("state NOT IN ('" + "', '".join(ENDED) + "')")
_OPEN = text("supplied_at IS NULL")


class Referral(SQLModel, table=True):
    """One request at one bank. `version` counts its moves and guards each; the clock's days are kept as they were at delivery.

    `is_green_channel`: the product has one and the firm is of those it is for. `deposit` (fen) and `counter_guarantees` are
    what the bank asks for at approval, never more than the product said. `drawn` is the sum of the drawdowns that stand
    (stated, confirmed or disputed), in fen, never above the approved amount.
    """

    __tablename__ = "matchmaking_referral"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("source", SOURCES),
        one_of("regime", REGIMES, optional=True),
        one_of("reason_code", REASONS, optional=True),
        one_of("guarantee", GUARANTEE_KINDS, optional=True),
        UniqueConstraint("meeting_id"),
        Index(
            "uq_matchmaking_referral_live",
            "request_id",
            "institution_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        fen_range("drawn", lowest=0),
        CheckConstraint("deposit >= 0 AND deposit <= COALESCE(approved_amount, 0)", name="deposit_within_the_approved"),
        CheckConstraint("drawn <= COALESCE(approved_amount, 0)", name="drawn_within_the_approved"),
        CheckConstraint("approved_amount IS NULL OR approved_amount >= 1", name="approved_amount_range"),
        CheckConstraint("approved_term IS NULL OR approved_term BETWEEN 1 AND 360", name="approved_term_range"),
        CheckConstraint("(state = 'refused') = (reason_code IS NOT NULL)", name="refused_with_a_reason"),
        CheckConstraint("state = 'submitted' OR delivered_at IS NOT NULL OR closed_at IS NOT NULL", name="delivered"),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    request_version_id: int = Field(foreign_key="matchmaking_request_version.id")
    product_version_id: int = Field(foreign_key="matchmaking_product_version.id")
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    meeting_id: int | None = Field(default=None, foreign_key="matchmaking_meeting.id")
    moved_from_id: int | None = Field(default=None, foreign_key="matchmaking_referral.id")
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    source: str = Field(max_length=20, default="meeting")
    state: str = Field(max_length=20, default="submitted", index=True)
    version: int = 0
    submitted_at: datetime = Field(sa_type=Moment)
    delivered_at: datetime | None = Field(default=None, sa_type=Moment)
    regime: str | None = Field(default=None, max_length=20)
    answer_days: int | None = None
    contact_days: int | None = None
    decision_days: int | None = None
    longest_months: int | None = None
    is_first_loan: bool = False
    is_green_channel: bool = False
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    contacted_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_amount: int | None = Field(default=None, sa_type=Fen)
    approved_rate: Decimal | None = Field(default=None, sa_type=Percent)
    approved_term: int | None = None
    guarantee: str | None = Field(default=None, max_length=20)
    deposit: int = Field(default=0, sa_type=Fen)
    counter_guarantees: tuple[str, ...] = Field(default=(), sa_type=CodeList)
    contract_number: str | None = Field(default=None, max_length=64)
    contracted_at: datetime | None = Field(default=None, sa_type=Moment)
    drawn: int = Field(default=0, sa_type=Fen)
    reason_code: str | None = Field(default=None, max_length=2)
    reason_text: str = Field(default="", max_length=500)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class ReferralMove(SQLModel, table=True):
    """One thing that happened to a referral; rows are only inserted. The account is empty where the service itself acted."""

    __tablename__ = "matchmaking_referral_move"
    __table_args__ = table_args(UniqueConstraint("referral_id", "number"))

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="matchmaking_referral.id", index=True)
    number: int
    act: str = Field(max_length=30)
    state_before: str = Field(max_length=20)
    state_after: str = Field(max_length=20)
    note: str = Field(default="", max_length=500)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    made_for: int | None = Field(default=None, foreign_key="party.id")


class ReferralPause(SQLModel, table=True):
    """The clock stopped while the bank waits for the enterprise's papers; one at a time, with what was asked for."""

    __tablename__ = "matchmaking_referral_pause"
    __table_args__ = table_args(
        one_of("reason", (PAPERS,)),
        Index(
            "uq_matchmaking_referral_pause_open",
            "referral_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("supplied_at IS NULL OR supplied_at >= asked_at", name="in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="matchmaking_referral.id", index=True)
    reason: str = Field(max_length=30, default=PAPERS)
    papers: str = Field(max_length=500)
    asked_at: datetime = Field(sa_type=Moment)
    asked_by: int | None = Field(default=None, foreign_key="account.id")
    supplied_at: datetime | None = Field(default=None, sa_type=Moment)
    supplied_by: int | None = Field(default=None, foreign_key="account.id")


class Drawdown(SQLModel, table=True):
    """One payment out: the bank states it, the enterprise confirms or disputes it, a certified loan return shows the loan.

    It counts once all three agree: state `confirmed` and `evidence_quarter` set.
    """

    __tablename__ = "matchmaking_drawdown"
    __table_args__ = table_args(
        UniqueConstraint("referral_id", "number"),
        UniqueConstraint("referral_id", "loan_id"),
        one_of("state", DRAWDOWN_STATES),
        fen_range("amount", lowest=1),
        CheckConstraint("(evidence_quarter IS NULL) = (evidence_at IS NULL)", name="evidence_whole"),
    )

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="matchmaking_referral.id", index=True)
    number: int
    loan_id: str = Field(max_length=64)
    amount: int = Field(sa_type=Fen)
    drawn_on: date
    state: str = Field(max_length=20, default="stated")
    stated_at: datetime = Field(sa_type=Moment)
    stated_by: int | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    dispute: str = Field(default="", max_length=500)
    evidence_quarter: str | None = Field(default=None, max_length=6)
    evidence_at: datetime | None = Field(default=None, sa_type=Moment)


class ReferralEscalation(SQLModel, table=True):
    """A stage that ran over its deadline, told to the bureau once; closed with what was done about it."""

    __tablename__ = "matchmaking_referral_escalation"
    __table_args__ = table_args(
        UniqueConstraint("referral_id", "stage"),
        one_of("stage", STAGES),
        CheckConstraint("(handled_at IS NULL) = (note = '')", name="handled_with_a_note"),
    )

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="matchmaking_referral.id", index=True)
    stage: str = Field(max_length=20)
    deadline: date
    raised_at: datetime = Field(sa_type=Moment)
    handled_at: datetime | None = Field(default=None, sa_type=Moment)
    handled_by: int | None = Field(default=None, foreign_key="account.id")
    note: str = Field(default="", max_length=500)
