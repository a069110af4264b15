"""Tables of parties and of the statuses they hold from one day until another."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, one_of, table_args

PARTY_KINDS = ("institution", "enterprise", "bureau")
INSTITUTION_KINDS = (
    "city_commercial_bank",
    "rural_commercial_bank",
    "rural_cooperative_bank",
    "rural_credit_cooperative",
    "village_bank",
    "private_bank",
    "development_bank",
    "policy_bank",
    "branch",
    "guarantor",
    "re_guarantor",
)
GUARANTOR_KINDS = ("guarantor", "re_guarantor")
SIZE_CLASSES = ("micro", "small", "medium", "large", "individual_business")
STATUSES = (
    "local_legal_person",
    "pool",
    "reached_scale",
    "specialised",
    "little_giant",
    "individual_business",
    "trade",
    "first_loan",
    "procurement_contract",
    "credit_platform",
    "dishonest",
)


class Party(SQLModel, table=True):
    """One organisation, known by its unified social credit code; bureaus have codes too.

    `initials` are those of the name in pinyin, for finding it: `kernel.parties.names`.
    """

    __tablename__ = "party"
    __table_args__ = table_args(one_of("kind", PARTY_KINDS))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=18, unique=True)
    name: str = Field(max_length=120)
    initials: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    fiscal_region: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=Moment)


class Institution(SQLModel, table=True):
    """What the service must know of a bank or guarantor beyond its name."""

    __tablename__ = "institution"
    __table_args__ = table_args(one_of("kind", INSTITUTION_KINDS))

    party_id: int = Field(primary_key=True, foreign_key="party.id")
    kind: str = Field(max_length=40)
    government_backed: bool = False
    parent_id: int | None = Field(default=None, foreign_key="institution.party_id")
    successor_id: int | None = Field(default=None, foreign_key="institution.party_id")


class Enterprise(SQLModel, table=True):
    """What the service must know of a firm; amounts in fen, industry a GB/T 4754 section with optional division.

    `identity_confirmed` is false from the day a firm nobody knew signs itself up until an official has confirmed who it is.
    """

    __tablename__ = "enterprise"
    __table_args__ = table_args(one_of("size_class", SIZE_CLASSES))

    party_id: int = Field(primary_key=True, foreign_key="party.id")
    industry: str = Field(max_length=5)
    size_class: str = Field(max_length=20)
    staff: int | None = None
    revenue: int | None = Field(default=None, sa_type=Fen)
    assets: int | None = Field(default=None, sa_type=Fen)
    identity_confirmed: bool = True


class PartyStatus(SQLModel, table=True):
    """One status held on [since, until); `until` empty means still held. Rows are appended, never edited but to close them."""

    __tablename__ = "party_status"
    __table_args__ = table_args(
        one_of("status", STATUSES),
        UniqueConstraint("party_id", "status", "since"),
        CheckConstraint("until IS NULL OR until > since", name="until_after_since"),
    )

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    status: str = Field(max_length=40)
    since: date
    until: date | None = None
    reference: str = Field(default="", max_length=200)
