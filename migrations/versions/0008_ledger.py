"""The books, append-only on both databases"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_group", "ledger_posting")


def _refuse_changes(table: str) -> None:
    """Triggers that let rows be inserted and nothing else; on both databases, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuses BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"
    )


def _refusing_function() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )


def upgrade() -> None:
    op.create_table(
        "ledger_fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=20), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("granted", Fen(), nullable=False),
        sa.Column("taken", Fen(), nullable=False),
        sa.CheckConstraint("granted BETWEEN 0 AND 100000000000000000", name=op.f("ck_ledger_fund_granted_range")),
        sa.CheckConstraint("taken BETWEEN 0 AND granted", name=op.f("ck_ledger_fund_taken_within_granted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_fund")),
        sa.UniqueConstraint("book", "budget_year", name=op.f("uq_ledger_fund_book_budget_year")),
    )
    op.create_table(
        "ledger_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("booked_at", Moment(), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("effective_on <= booked_on", name=op.f("ck_ledger_group_effective_by_booking")),
        sa.ForeignKeyConstraint(["booked_by"], ["account.id"], name=op.f("fk_ledger_group_booked_by")),
        sa.ForeignKeyConstraint(["reverses_id"], ["ledger_group.id"], name=op.f("fk_ledger_group_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_group")),
        sa.UniqueConstraint("book", "key", name=op.f("uq_ledger_group_book_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_group_reverses_id")),
    )
    with op.batch_alter_table("ledger_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_group_booked_on"), ["booked_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_group_effective_on"), ["effective_on"], unique=False)
    op.create_table(
        "ledger_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("proposed_groups", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", Moment(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_by IS NOT NULL)", name=op.f("ck_ledger_period_closed_by_somebody")
        ),
        sa.CheckConstraint("state IN ('closed', 'open', 'proposed')", name=op.f("ck_ledger_period_state_listed")),
        sa.CheckConstraint(
            "closed_by IS NULL OR closed_by <> proposed_by", name=op.f("ck_ledger_period_closed_by_another")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_ledger_period_closed_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_ledger_period_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_period")),
        sa.UniqueConstraint("book", "month", name=op.f("uq_ledger_period_book_month")),
    )
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.CheckConstraint(
            "account IN ('appropriation', 'available', 'award', 'carried', 'committed', 'cut', 'in_transit', 'paid', 'payable', 'recoverable', 'recovered', 'set_off', 'spent')",
            name=op.f("ck_ledger_posting_account_listed"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_posting_amount_moves")),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000", name=op.f("ck_ledger_posting_amount_range")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["ledger_group.id"], name=op.f("fk_ledger_posting_group_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ledger_posting_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
        sa.UniqueConstraint("group_id", "place", name=op.f("uq_ledger_posting_group_id_place")),
    )
    with op.batch_alter_table("ledger_posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_posting_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_posting_party_id"), ["party_id"], unique=False)
    _refusing_function()
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    with op.batch_alter_table("ledger_posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_posting_party_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_posting_account"))
    op.drop_table("ledger_posting")
    op.drop_table("ledger_period")
    with op.batch_alter_table("ledger_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_group_effective_on"))
        batch_op.drop_index(batch_op.f("ix_ledger_group_booked_on"))
    op.drop_table("ledger_group")
    op.drop_table("ledger_fund")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_append_only()")
