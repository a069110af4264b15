"""Tables of the bridging fund. The money itself stands in `kernel.ledger`, one set of books a pool; amounts in fen."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.bridging.terms import BORROWER_KINDS
from matchmaking.bridging.workflow import CASE_MOVES, CONTRIBUTION_STATES, LIVE, REJECTIONS, STATES

_LIVE = text("state IN (" + ", ".join(f"'{state}'" for state in sorted(LIVE)) + ")")
_STANDING = text("until IS NULL")
_COUNTS = text("state <> 'refused'")


class BridgingPool(SQLModel, table=True):
    """A pool of the city (`region` = `city`) or of a county; `book` names its set of books."""

    __tablename__ = "matchmaking_bridging_pool"

    id: int | None = Field(default=None, primary_key=True)
    region: str = Field(max_length=10, unique=True)
    book: str = Field(max_length=20, unique=True)
    document: str = Field(max_length=200)
    opened_on: date
    opened_by: int | None = Field(default=None, foreign_key="account.id")


class PoolContribution(SQLModel, table=True):
    """Money that somebody put into a pool, or took back (negative), by a document that counts once.

    Entered by one person (`by`), booked or refused by another: until then the pool knows nothing of it.
    """

    __tablename__ = "matchmaking_bridging_contribution"
    __table_args__ = table_args(
        one_of("state", CONTRIBUTION_STATES),
        fen_range("amount"),
        CheckConstraint("amount <> 0", name="amount_moves"),
        CheckConstraint("checked_by IS NULL OR checked_by <> by", name="two_persons"),
        CheckConstraint("(state = 'entered') = (checked_at IS NULL)", name="checked_has_its_moment"),
        Index(
            "uq_matchmaking_bridging_contribution_document",
            "pool_id",
            "document",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    pool_id: int = Field(foreign_key="matchmaking_bridging_pool.id", index=True)
    contributor: str = Field(max_length=120)
    amount: int = Field(sa_type=Fen)
    day: date
    document: str = Field(max_length=120)
    at: datetime = Field(sa_type=Moment)
    by: int | None = Field(default=None, foreign_key="account.id")
    state: str = Field(max_length=20, default="entered")
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", max_length=500)


class BridgingCase(SQLModel, table=True):
    """One old loan to be bridged; at most one live case a loan. `version` guards every move.

    `region` is the firm's at the application, `was_listed` whether the whitelist of that day held it. `advance` is what was approved,
    `fee` what was taken for it in all, `recovered` what came back of the advance.
    """

    __tablename__ = "matchmaking_bridging_case"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("borrower_kind", BORROWER_KINDS),
        one_of("rejection", REJECTIONS, optional=True),
        fen_range("amount", lowest=1),
        fen_range("old_balance", lowest=1),
        fen_range("fee", lowest=0),
        CheckConstraint("commitment IS NULL OR commitment >= amount", name="commitment_covers_amount"),
        CheckConstraint("advance IS NULL OR advance BETWEEN 1 AND amount", name="advance_within_amount"),
        CheckConstraint("recovered BETWEEN 0 AND COALESCE(advance, 0)", name="recovered_within_advance"),
        CheckConstraint("days BETWEEN 1 AND 366", name="days_range"),
        Index(
            "uq_matchmaking_bridging_case_live",
            "bank_id",
            "old_loan",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    bank_id: int = Field(foreign_key="institution.party_id", index=True)
    region: str = Field(max_length=10, index=True)
    borrower_kind: str = Field(max_length=30)
    old_loan: str = Field(max_length=64)
    old_balance: int = Field(sa_type=Fen)
    old_due_on: date
    amount: int = Field(sa_type=Fen)
    days: int
    applied_on: date
    was_listed: bool = False
    state: str = Field(max_length=20, default="applied")
    version: int = 1
    commitment: int | None = Field(default=None, sa_type=Fen)
    commitment_document: str = Field(default="", max_length=120)
    loan_account: str = Field(default="", max_length=60)
    advance: int | None = Field(default=None, sa_type=Fen)
    paid_out_on: date | None = None
    due_on: date | None = None
    old_repaid_on: date | None = None
    new_loan: str = Field(default="", max_length=64)
    new_loan_on: date | None = None
    called_on: date | None = None
    ended_on: date | None = None
    recovered: int = Field(default=0, sa_type=Fen)
    fee: int = Field(default=0, sa_type=Fen)
    rejection: str | None = Field(default=None, max_length=20)


class BridgingDraw(SQLModel, table=True):
    """What one pool gives to one case, and how much of it came back."""

    __tablename__ = "matchmaking_bridging_draw"
    __table_args__ = table_args(
        UniqueConstraint("case_id", "pool_id"),
        fen_range("amount", lowest=1),
        CheckConstraint("returned BETWEEN 0 AND amount", name="returned_within_amount"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="matchmaking_bridging_case.id", index=True)
    pool_id: int = Field(foreign_key="matchmaking_bridging_pool.id", index=True)
    amount: int = Field(sa_type=Fen)
    returned: int = Field(default=0, sa_type=Fen)


class BridgingStep(SQLModel, table=True):
    """One step of a case: only inserted, numbered by the version it made. `principal` is what came back with it, in fen."""

    __tablename__ = "matchmaking_bridging_step"
    __table_args__ = table_args(
        UniqueConstraint("case_id", "number"),
        one_of("verb", {"apply", *CASE_MOVES.by_verb}),
        fen_range("principal", lowest=0),
        fen_range("fee", lowest=0),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="matchmaking_bridging_case.id", index=True)
    number: int
    verb: str = Field(max_length=20)
    day: date
    principal: int = Field(default=0, sa_type=Fen)
    fee: int = Field(default=0, sa_type=Fen)
    note: str = Field(default="", max_length=500)
    at: datetime = Field(sa_type=Moment)
    by: int | None = Field(default=None, foreign_key="account.id")


class BankSuspension(SQLModel, table=True):
    """A bank out of the scheme because it did not perform its commitment, until the case is cleared."""

    __tablename__ = "matchmaking_bridging_suspension"
    __table_args__ = table_args(
        CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
        Index(
            "ix_matchmaking_bridging_suspension_standing",
            "bank_id",
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    bank_id: int = Field(foreign_key="institution.party_id")
    case_id: int = Field(foreign_key="matchmaking_bridging_case.id", unique=True)
    since: date
    until: date | None = None
