"""Mergers and institutions' own accounts by two people, notices settled by set-offs, and checks of all books"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

PAYEE, NOTICE, MERGER = "settlement_payee", "settlement_recovery_notice", "settlement_merger"
SET_OFF, CHECK = "settlement_recovery_set_off", "settlement_books_check"
WAITING, STANDS = "uq_settlement_payee_waiting", "uq_settlement_merger_absorbed_once"


def upgrade() -> None:
    _make_mergers()
    _make_checks()
    _let_institutions_enter()
    _settle_notices()


def _make_mergers() -> None:
    op.create_table(
        MERGER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absorbed_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'recorded', 'refused')", name=op.f(f"ck_{MERGER}_state_listed")),
        sa.CheckConstraint("absorbed_id <> into_id", name=op.f(f"ck_{MERGER}_into_another")),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> proposed_by", name=op.f(f"ck_{MERGER}_checked_by_another")
        ),
        sa.CheckConstraint("(state = 'proposed') = (checked_by IS NULL)", name=op.f(f"ck_{MERGER}_checked_once_moved")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{MERGER}_{column}"))
            for column, target in (
                ("absorbed_id", "party"),
                ("into_id", "party"),
                ("proposed_by", "account"),
                ("checked_by", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MERGER}")),
    )
    for column in ("absorbed_id", "into_id"):
        op.create_index(op.f(f"ix_{MERGER}_{column}"), MERGER, [column], unique=False)
    stands = sa.text("state <> 'refused'")
    op.create_index(STANDS, MERGER, ["absorbed_id"], unique=True, sqlite_where=stands, postgresql_where=stands)


def _make_checks() -> None:
    op.create_table(
        CHECK,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.CheckConstraint("found >= 0", name=op.f(f"ck_{CHECK}_found_counts")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f(f"fk_{CHECK}_checked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CHECK}")),
    )


def _wait(states: str) -> None:
    """An index of its own statement: batches of SQLite do not rebuild a partial one."""
    op.drop_index(WAITING, table_name=PAYEE)
    where = sa.text(states)
    op.create_index(WAITING, PAYEE, ["holder"], unique=True, sqlite_where=where, postgresql_where=where)


def _let_institutions_enter() -> None:
    with op.batch_alter_table(PAYEE, schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", Moment(), nullable=True))
        batch_op.create_foreign_key(op.f(f"fk_{PAYEE}_confirmed_by"), "account", ["confirmed_by"], ["id"])
        batch_op.drop_constraint(op.f(f"ck_{PAYEE}_state_listed"), type_="check")
        batch_op.create_check_constraint(
            op.f(f"ck_{PAYEE}_state_listed"), "state IN ('checked', 'entered', 'proposed', 'refused')"
        )
        batch_op.create_check_constraint(
            op.f(f"ck_{PAYEE}_confirmed_by_another"), "confirmed_by IS NULL OR confirmed_by <> proposed_by"
        )
        batch_op.create_check_constraint(
            op.f(f"ck_{PAYEE}_confirmed_at_a_moment"), "(confirmed_by IS NULL) = (confirmed_at IS NULL)"
        )
    _wait("state IN ('entered', 'proposed')")


def _range(column: str, lowest: int) -> str:
    return f"{column} BETWEEN {lowest} AND 100000000000000000"


def _settle_notices() -> None:
    with op.batch_alter_table(NOTICE, schema=None) as batch_op:
        batch_op.add_column(sa.Column("set_off", Fen(), nullable=False, server_default="0"))
        batch_op.drop_constraint(op.f(f"ck_{NOTICE}_recovered_within_amount"), type_="check")
    with op.batch_alter_table(NOTICE, schema=None) as batch_op:
        batch_op.alter_column("set_off", server_default=None)
        batch_op.create_check_constraint(op.f(f"ck_{NOTICE}_set_off_range"), _range("set_off", 0))
        batch_op.create_check_constraint(op.f(f"ck_{NOTICE}_settled_within_amount"), "recovered + set_off <= amount")
    op.create_table(
        SET_OFF,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("set_off_on", sa.Date(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.CheckConstraint(_range("amount", 1), name=op.f(f"ck_{SET_OFF}_amount_range")),
        sa.ForeignKeyConstraint(["notice_id"], [f"{NOTICE}.id"], name=op.f(f"fk_{SET_OFF}_notice_id")),
        sa.ForeignKeyConstraint(["order_id"], ["settlement_payment_order.id"], name=op.f(f"fk_{SET_OFF}_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SET_OFF}")),
        sa.UniqueConstraint("notice_id", "order_id", name=op.f(f"uq_{SET_OFF}_notice_id_order_id")),
    )
    for column in ("notice_id", "order_id"):
        op.create_index(op.f(f"ix_{SET_OFF}_{column}"), SET_OFF, [column], unique=False)


def downgrade() -> None:
    op.drop_table(SET_OFF)
    with op.batch_alter_table(NOTICE, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{NOTICE}_settled_within_amount"), type_="check")
        batch_op.drop_constraint(op.f(f"ck_{NOTICE}_set_off_range"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{NOTICE}_recovered_within_amount"), "recovered <= amount")
    with op.batch_alter_table(NOTICE, schema=None) as batch_op:
        batch_op.drop_column("set_off")
    _wait("state = 'proposed'")
    op.execute("UPDATE settlement_payee SET state = 'refused' WHERE state = 'entered'")
    with op.batch_alter_table(PAYEE, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{PAYEE}_confirmed_at_a_moment"), type_="check")
        batch_op.drop_constraint(op.f(f"ck_{PAYEE}_confirmed_by_another"), type_="check")
        batch_op.drop_constraint(op.f(f"ck_{PAYEE}_state_listed"), type_="check")
        batch_op.create_check_constraint(
            op.f(f"ck_{PAYEE}_state_listed"), "state IN ('checked', 'proposed', 'refused')"
        )
        batch_op.drop_constraint(op.f(f"fk_{PAYEE}_confirmed_by"), type_="foreignkey")
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("confirmed_by")
    op.drop_table(CHECK)
    op.drop_table(MERGER)
