"""Tables of decisions, whose rows are never edited but for their state, and of the scenarios that people keep for themselves."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from settlement.readings.workflow import STATES

KINDS = ("parameter", "word", "revocation")
_LIVE = text("revokes_id IS NOT NULL AND state IN ('recorded', 'in_force')")
_KEPT = text("deleted_at IS NULL")


class PolicyDecision(SQLModel, table=True):
    """One document that sets a parameter, decides an open word or revokes an earlier decision; `digest` stands for what it says.

    Names are kept as they were on the day, as on paper.
    """

    __tablename__ = "settlement_decision"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("kind", KINDS),
        CheckConstraint("(kind = 'word') = (word <> '')", name="word_named"),
        CheckConstraint("(kind = 'revocation') = (revokes_id IS NOT NULL)", name="revocation_of_one"),
        CheckConstraint("checked_by IS NULL OR checked_by <> recorded_by", name="two_persons"),
        CheckConstraint("(state = 'recorded') = (checked_by IS NULL)", name="checked_by_somebody"),
        CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="checked_at_some_time"),
        Index(
            "uq_settlement_decision_live_revocation",
            "revokes_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    state: str = Field(max_length=20, index=True)
    word: str = Field(default="", max_length=60)
    alternative: str = Field(default="", max_length=60)
    revokes_id: int | None = Field(default=None, foreign_key="settlement_decision.id")
    document_number: str = Field(max_length=120)
    document_title: str = Field(max_length=200)
    document_issuer: str = Field(max_length=120)
    document_date: date
    note: str = Field(default="", max_length=400)
    evidence_name: str = Field(max_length=200)
    evidence_type: str = Field(max_length=60)
    evidence_size: int
    evidence_digest: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_by_name: str = Field(max_length=40)
    recorded_at: datetime = Field(sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    checked_by_name: str = Field(default="", max_length=40)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    check_note: str = Field(default="", max_length=400)

    @property
    def number(self) -> str:
        """How the decision is called: `D-0007`."""
        return f"D-{self.id or 0:04d}"


class DecidedValue(SQLModel, table=True):
    """One parameter as a decision sets it; `content` is canonical JSON, `null` where there is to be no value on those days."""

    __tablename__ = "settlement_decided_value"
    __table_args__ = table_args(
        UniqueConstraint("decision_id", "place"),
        CheckConstraint("until IS NULL OR until >= since", name="until_not_before_since"),
    )

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="settlement_decision.id", index=True)
    place: int
    scheme: str = Field(max_length=60)
    parameter: str = Field(max_length=60)
    since: date
    until: date | None = None
    content: str = Field(sa_type=Text)


class Scenario(SQLModel, table=True):
    """A what-if that somebody keeps under a name: changes of parameters and the quarters, as canonical JSON. Nobody else sees it."""

    __tablename__ = "settlement_scenario"
    __table_args__ = table_args(
        Index(
            "uq_settlement_scenario_kept_name",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=60)
    content: str = Field(sa_type=Text)
    kept_at: datetime = Field(sa_type=Moment)
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
