"""Tables of payments: payees, appropriations, claims by payer, orders with their payments. Receipts are in `receipts/models.py`."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.payments.approved import KINDS
from settlement.payments.workflow import ACCOUNT_STATES, CHECK_STATES, ORDER_STATES, PAYMENT_STATES

_WAITING = text("state IN ('entered', 'proposed')")
_LIVE = text("state IN ('ordered', 'paid')")
_ADDS_UP = (
    "(amount > 0 AND recovered = 0 AND set_off + ordered + cut + carried <= amount)"
    " OR (amount < 0 AND ordered = 0 AND cut = 0 AND carried = 0 AND set_off + recovered <= -amount)"
)
_CHECKED_BY_ANOTHER = "checked_by IS NULL OR checked_by <> proposed_by"


class PayeeAccount(SQLModel, table=True):
    """One version of a bank account: of a beneficiary (`party_id` set), or of a payer, from which it pays.

    An institution's maker may enter its own, which its checker confirms (`confirmed_by`) before the bureau checks it.
    """

    __tablename__ = "settlement_payee"
    __table_args__ = table_args(
        one_of("state", ACCOUNT_STATES),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="confirmed_by_another"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_at_a_moment"),
        UniqueConstraint("holder", "version"),
        CheckConstraint(_CHECKED_BY_ANOTHER, name="checked_by_another"),
        CheckConstraint("(state = 'checked') = (effective_from IS NOT NULL)", name="effective_once_checked"),
        Index("uq_settlement_payee_waiting", "holder", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: int | None = Field(default=None, primary_key=True)
    holder: str = Field(max_length=20)
    party_id: int | None = Field(default=None, foreign_key="party.id", index=True)
    version: int
    account_name: str = Field(max_length=120)
    account_number: str = Field(max_length=34)
    bank_name: str = Field(max_length=120)
    bank_code: str = Field(max_length=12)
    document: str = Field(max_length=120)
    state: str = Field(max_length=20)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=Moment)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    effective_from: date | None = None
    reason: str = Field(default="", max_length=200)


class Appropriation(SQLModel, table=True):
    """A budget decision of one payer and year, in fen: entered by one official, checked by another; negative lowers it."""

    __tablename__ = "settlement_appropriation"
    __table_args__ = table_args(
        one_of("state", CHECK_STATES),
        fen_range("amount"),
        CheckConstraint("amount <> 0", name="amount_moves"),
        CheckConstraint(_CHECKED_BY_ANOTHER, name="checked_by_another"),
    )

    id: int | None = Field(default=None, primary_key=True)
    payer: str = Field(max_length=20, index=True)
    budget_year: int
    amount: int = Field(sa_type=Fen)
    document: str = Field(max_length=120)
    state: str = Field(max_length=20)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = Field(default="", max_length=200)


class PayerClaim(SQLModel, table=True):
    """One payer's part of an approved item, in fen; negative is to be recovered. What became of it never exceeds it."""

    __tablename__ = "settlement_payer_claim"
    __table_args__ = table_args(
        one_of("kind", KINDS),
        *(fen_range(name) for name in ("amount",)),
        *(fen_range(name, lowest=0) for name in ("set_off", "ordered", "cut", "carried", "recovered")),
        UniqueConstraint("payer", "statement_number", "revision", "kind"),
        CheckConstraint("amount <> 0", name="amount_moves"),
        CheckConstraint(_ADDS_UP, name="adds_up"),
    )

    id: int | None = Field(default=None, primary_key=True)
    payer: str = Field(max_length=20, index=True)
    batch: str = Field(max_length=40, index=True)
    statement_number: str = Field(max_length=40)
    revision: int
    kind: str = Field(max_length=20)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    beneficiary_code: str = Field(max_length=18)
    beneficiary_name: str = Field(max_length=120)
    scheme: str = Field(max_length=40)
    quarter: str = Field(max_length=6)
    amount: int = Field(sa_type=Fen)
    digest: str = Field(max_length=64)
    fingerprint: str = Field(max_length=64)
    taken_in_on: date
    set_off: int = Field(default=0, sa_type=Fen)
    ordered: int = Field(default=0, sa_type=Fen)
    cut: int = Field(default=0, sa_type=Fen)
    carried: int = Field(default=0, sa_type=Fen)
    recovered: int = Field(default=0, sa_type=Fen)

    @property
    def open_amount(self) -> int:
        """What still has to be paid (or, of a negative one, recovered), in fen, positive; what is carried is open."""
        if self.amount > 0:
            return self.amount - self.set_off - self.ordered - self.cut
        return -self.amount - self.set_off - self.recovered

    @property
    def name(self) -> str:
        """The claim in keys and trails: statement, revision, kind."""
        return f"{self.statement_number}/r{self.revision}/{self.kind}"


class PaymentSeries(SQLModel, table=True):
    """The counter of a payer's papers of a year; its row also makes drawing take turns."""

    __tablename__ = "settlement_payment_series"
    __table_args__ = table_args(UniqueConstraint("payer", "year", "prefix"))

    id: int | None = Field(default=None, primary_key=True)
    payer: str = Field(max_length=20)
    year: int
    prefix: str = Field(max_length=10)
    last_number: int = 0


class PaymentOrder(SQLModel, table=True):
    """One order to a payer's treasury. Its number is the fixed reference under which it is sent, however often it is tried."""

    __tablename__ = "settlement_payment_order"
    __table_args__ = table_args(
        one_of("state", ORDER_STATES),
        fen_range("total", lowest=0),
        CheckConstraint("attempts >= 0", name="attempts_count"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=30, unique=True)
    payer: str = Field(max_length=20, index=True)
    budget_year: int
    batch: str = Field(max_length=40, index=True)
    state: str = Field(max_length=20, index=True)
    total: int = Field(sa_type=Fen)
    digest: str = Field(max_length=64)
    paying_account_id: int = Field(foreign_key="settlement_payee.id")
    shortage: str = Field(max_length=20)
    drawn_by: int = Field(foreign_key="account.id")
    drawn_at: datetime = Field(sa_type=Moment)
    execute_on: date
    attempts: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class OrderLine(SQLModel, table=True):
    """What one order did with one claim, in fen: what was open was set off, paid, carried or cut."""

    __tablename__ = "settlement_payment_order_line"
    __table_args__ = table_args(
        *(fen_range(name, lowest=0) for name in ("due", "set_off", "pay", "carry", "cut", "carried_before")),
        UniqueConstraint("order_id", "claim_id"),
        CheckConstraint("due = set_off + pay + carry + cut", name="adds_up"),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="settlement_payment_order.id", index=True)
    claim_id: int = Field(foreign_key="settlement_payer_claim.id", index=True)
    place: int
    due: int = Field(sa_type=Fen)
    set_off: int = Field(sa_type=Fen)
    pay: int = Field(sa_type=Fen)
    carry: int = Field(sa_type=Fen)
    cut: int = Field(sa_type=Fen)
    carried_before: int = Field(sa_type=Fen)


class SetOff(SQLModel, table=True):
    """So much of a recovery was taken from a claim by an order, in fen; gone with a cancelled order, which its row remembers."""

    __tablename__ = "settlement_set_off"
    __table_args__ = table_args(fen_range("amount", lowest=1), UniqueConstraint("order_id", "due_id", "recovery_id"))

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="settlement_payment_order.id", index=True)
    due_id: int = Field(foreign_key="settlement_payer_claim.id", index=True)
    recovery_id: int = Field(foreign_key="settlement_payer_claim.id", index=True)
    amount: int = Field(sa_type=Fen)


class Payment(SQLModel, table=True):
    """One payment of one claim to the account that was in force, in fen. At most one lives for a payer, statement, revision and kind."""

    __tablename__ = "settlement_payment"
    __table_args__ = table_args(
        one_of("state", PAYMENT_STATES),
        one_of("kind", KINDS),
        fen_range("amount", lowest=1),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_on_a_day"),
        Index(
            "uq_settlement_payment_once",
            "payer",
            "statement_number",
            "revision",
            "kind",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="settlement_payment_order.id", index=True)
    claim_id: int = Field(foreign_key="settlement_payer_claim.id", index=True)
    payer: str = Field(max_length=20)
    statement_number: str = Field(max_length=40)
    revision: int
    kind: str = Field(max_length=20)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    reference: str = Field(max_length=35, unique=True)
    amount: int = Field(sa_type=Fen)
    digest: str = Field(max_length=64)
    payee_id: int = Field(foreign_key="settlement_payee.id")
    state: str = Field(max_length=20, index=True)
    bank_reference: str | None = Field(default=None, max_length=60, unique=True)
    paid_on: date | None = None
    reason: str = Field(default="", max_length=200)
