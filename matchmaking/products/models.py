"""Tables of loan products and their dated versions."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.columns import CodeList, Percent
from matchmaking.products.terms import REPAYMENTS
from matchmaking.products.workflow import STATES


class LoanProduct(SQLModel, table=True):
    """A bank's product. `latest` is the number of its newest version and the guard of every change."""

    __tablename__ = "matchmaking_product"
    __table_args__ = table_args(one_of("state", STATES))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    state: str = Field(max_length=20, default="draft")
    latest: int = 1
    created_at: datetime = Field(sa_type=Moment)
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


class ProductVersion(SQLModel, table=True):
    """The terms of a product from `made_at` on; rows are only inserted, so a match keeps the terms it saw."""

    __tablename__ = "matchmaking_product_version"
    __table_args__ = table_args(
        UniqueConstraint("product_id", "number"),
        one_of("repayment", REPAYMENTS),
        fen_range("amount_min", lowest=1),
        fen_range("amount_max", lowest=1),
        CheckConstraint("amount_min <= amount_max", name="amounts_in_order"),
        CheckConstraint("term_min BETWEEN 1 AND term_max AND term_max <= 360", name="terms_in_order"),
        CheckConstraint("rate_min BETWEEN 0 AND rate_max AND rate_max <= 360000", name="rates_in_order"),
        CheckConstraint("promised_days BETWEEN 1 AND 365", name="promised_days_range"),
        CheckConstraint("deposit_percent BETWEEN 0 AND 1000000", name="deposit_percent_range"),
        CheckConstraint("deposit_percent = 0 OR deposit_reason <> ''", name="deposit_with_its_reason"),
        CheckConstraint("quota IS NULL OR quota >= 0", name="quota_range"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="valid_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="matchmaking_product.id", index=True)
    number: int
    name: str = Field(max_length=60)
    amount_min: int = Field(sa_type=Fen)
    amount_max: int = Field(sa_type=Fen)
    term_min: int
    term_max: int
    rate_min: Decimal = Field(sa_type=Percent)
    rate_max: Decimal = Field(sa_type=Percent)
    guarantee_kinds: tuple[str, ...] = Field(sa_type=CodeList)
    industries: tuple[str, ...] = Field(sa_type=CodeList)
    regions: tuple[str, ...] = Field(sa_type=CodeList)
    purposes: tuple[str, ...] = Field(sa_type=CodeList)
    required_tags: tuple[str, ...] = Field(sa_type=CodeList)
    promised_days: int
    repayment: str = Field(max_length=30)
    documents: str = Field(sa_type=Text)
    valid_from: date | None = None
    valid_to: date | None = None
    quota: int | None = Field(default=None, sa_type=Fen)
    green_channel: bool = False
    deposit_percent: Decimal = Field(default=Decimal(0), sa_type=Percent)
    deposit_reason: str = Field(default="", max_length=200)
    counter_guarantees: tuple[str, ...] = Field(default=(), sa_type=CodeList)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")
