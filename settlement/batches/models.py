"""Tables of batches: the batch, its items with their shares, the signatures (voided ones kept), its moves, deputies, objections."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.batches.workflow import HAND_ROLES, HANDS, ITEM_STATES, KINDS, MOVES, STATES

_UNDER_WAY = text("state NOT IN ('ordered', 'rejected')")
_INCLUDED = text("state = 'included'")
_ONE_AWARD = text("state = 'included' AND kind = 'award'")
_VALID = text("voided_at IS NULL")


class Batch(SQLModel, table=True):
    """What is settled together in one quarter's season. `digest` stands for its items exactly; `version` counts its changes."""

    __tablename__ = "settlement_batch"
    __table_args__ = table_args(
        one_of("state", STATES),
        UniqueConstraint("quarter", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_counts_from_1"),
        CheckConstraint("(notice_from IS NULL) = (notice_until IS NULL)", name="notice_has_two_ends"),
        CheckConstraint("notice_from <= notice_until", name="notice_runs_forward"),
        CheckConstraint(
            "state NOT IN ('on_notice', 'ordered') OR notice_from IS NOT NULL", name="notice_before_payment"
        ),
        Index(
            "uq_settlement_batch_under_way",
            "quarter",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=40, unique=True)
    quarter: str = Field(max_length=6, index=True)
    sequence: int
    state: str = Field(max_length=20)
    version: int = 1
    digest: str = Field(max_length=64)
    opened_by: int | None = Field(default=None, foreign_key="account.id")
    opened_at: datetime = Field(sa_type=Moment)
    notice_from: date | None = None
    notice_until: date | None = None


class BatchItem(SQLModel, table=True):
    """One statement's amount in a batch: what is due under present facts, less what was awarded before, fen.

    `digest` stands for the item with everything its statement says; an item is never changed, a newer one takes its place.
    """

    __tablename__ = "settlement_batch_item"
    __table_args__ = table_args(
        one_of("kind", KINDS),
        one_of("state", ITEM_STATES),
        fen_range("due"),
        fen_range("awarded"),
        fen_range("amount"),
        CheckConstraint("amount = due - awarded", name="amount_is_due_less_awarded"),
        CheckConstraint("kind <> 'award' OR awarded = 0", name="first_award_follows_none"),
        Index(
            "uq_settlement_batch_item_included",
            "batch_id",
            "statement_number",
            unique=True,
            sqlite_where=_INCLUDED,
            postgresql_where=_INCLUDED,
        ),
        Index(
            "uq_settlement_batch_item_one_award",
            "statement_number",
            unique=True,
            sqlite_where=_ONE_AWARD,
            postgresql_where=_ONE_AWARD,
        ),
        Index(
            "uq_settlement_batch_item_one_of_a_kind",
            "statement_id",
            "kind",
            unique=True,
            sqlite_where=_INCLUDED,
            postgresql_where=_INCLUDED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="settlement_batch.id", index=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    statement_number: str = Field(max_length=40, index=True)
    revision: int
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    scheme: str = Field(max_length=40)
    quarter: str = Field(max_length=6)
    kind: str = Field(max_length=20)
    state: str = Field(max_length=20)
    due: int = Field(sa_type=Fen)
    awarded: int = Field(sa_type=Fen)
    amount: int = Field(sa_type=Fen)
    digest: str = Field(max_length=64)
    added_at: datetime = Field(sa_type=Moment)
    left_at: datetime | None = Field(default=None, sa_type=Moment)
    left_by: int | None = Field(default=None, foreign_key="account.id")
    left_reason: str = Field(default="", max_length=400)


class BatchItemShare(SQLModel, table=True):
    """What one payer bears of an item, fen; the shares add up to its amount, negative ones are recovered."""

    __tablename__ = "settlement_batch_item_share"
    __table_args__ = table_args(fen_range("amount"), UniqueConstraint("item_id", "payer"))

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="settlement_batch_item.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    place: int
    payer: str = Field(max_length=20)
    amount: int = Field(sa_type=Fen)


class BatchSignature(SQLModel, table=True):
    """One hand on a batch, bound to the digest of what was shown. A voided one is kept with who voided it.

    The two partial indexes are the four eyes: one valid signature a step, one a person.
    """

    __tablename__ = "settlement_batch_signature"
    __table_args__ = table_args(
        one_of("step", [step.move for step in HANDS]),
        CheckConstraint("(voided_at IS NULL) = (voided_by IS NULL)", name="voided_by_somebody"),
        Index(
            "uq_settlement_batch_signature_step",
            "batch_id",
            "step",
            unique=True,
            sqlite_where=_VALID,
            postgresql_where=_VALID,
        ),
        Index(
            "uq_settlement_batch_signature_person",
            "batch_id",
            "signed_by",
            unique=True,
            sqlite_where=_VALID,
            postgresql_where=_VALID,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="settlement_batch.id", index=True)
    step: str = Field(max_length=20)
    signed_by: int = Field(foreign_key="account.id")
    deputy_id: int | None = Field(default=None, foreign_key="settlement_deputy.id")
    digest: str = Field(max_length=64)
    signed_at: datetime = Field(sa_type=Moment)
    voided_at: datetime | None = Field(default=None, sa_type=Moment)
    voided_by: int | None = Field(default=None, foreign_key="account.id")


class BatchMove(SQLModel, table=True):
    """Everything that happened to a batch, returns and rejections with their reasons; only added to."""

    __tablename__ = "settlement_batch_move"
    __table_args__ = table_args(one_of("move", MOVES), one_of("target", STATES))

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="settlement_batch.id", index=True)
    move: str = Field(max_length=20)
    target: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    moved_by: int = Field(foreign_key="account.id")
    moved_at: datetime = Field(sa_type=Moment)
    reason: str = Field(default="", max_length=1000)


class Deputy(SQLModel, table=True):
    """Somebody who may act in another's role from a day to a day, both included; named by the one who is away."""

    __tablename__ = "settlement_deputy"
    __table_args__ = table_args(
        one_of("role", HAND_ROLES),
        CheckConstraint("since <= until", name="period_runs_forward"),
        CheckConstraint("account_id <> principal_id", name="deputy_is_another"),
    )

    id: int | None = Field(default=None, primary_key=True)
    role: str = Field(max_length=40)
    principal_id: int = Field(foreign_key="account.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    since: date
    until: date
    reason: str = Field(max_length=400)
    named_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Objection(SQLModel, table=True):
    """Somebody objects to an item on public notice; it holds the item until it is answered. Kept with its answer."""

    __tablename__ = "settlement_objection"
    __table_args__ = table_args(
        one_of("outcome", ("", "dismissed", "upheld")),
        CheckConstraint("(outcome = '') = (answered_at IS NULL)", name="answered_with_an_outcome"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_by_somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="settlement_batch.id", index=True)
    item_id: int = Field(foreign_key="settlement_batch_item.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    raised_by: int = Field(foreign_key="account.id")
    objector: str = Field(max_length=120)
    content: str = Field(sa_type=Text)
    raised_at: datetime = Field(sa_type=Moment)
    outcome: str = Field(default="", max_length=20)
    answer: str = Field(default="", max_length=2000)
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
