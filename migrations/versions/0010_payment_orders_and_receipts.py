"""Payment orders, payments and receipts"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.CheckConstraint("lines >= 1", name=op.f("ck_settlement_receipt_has_lines")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_settlement_receipt_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_receipt")),
        sa.UniqueConstraint("digest", name=op.f("uq_settlement_receipt_digest")),
    )
    op.create_table(
        "settlement_payment_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total", Fen(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("paying_account_id", sa.Integer(), nullable=False),
        sa.Column("shortage", sa.String(length=20), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", Moment(), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('cancelled', 'drawn', 'sending', 'sent', 'settled', 'unknown')",
            name=op.f("ck_settlement_payment_order_state_listed"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_settlement_payment_order_attempts_count")),
        sa.CheckConstraint(
            "total BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payment_order_total_range")
        ),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_settlement_payment_order_drawn_by")),
        sa.ForeignKeyConstraint(
            ["paying_account_id"], ["settlement_payee.id"], name=op.f("fk_settlement_payment_order_paying_account_id")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["account.id"], name=op.f("fk_settlement_payment_order_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payment_order")),
        sa.UniqueConstraint("number", name=op.f("uq_settlement_payment_order_number")),
    )
    with op.batch_alter_table("settlement_payment_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_payment_order_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payment_order_payer"), ["payer"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payment_order_state"), ["state"], unique=False)
    op.create_table(
        "settlement_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("statement_number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("bank_reference", sa.String(length=60), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_settlement_payment_paid_on_a_day")
        ),
        sa.CheckConstraint("kind IN ('adjustment', 'award')", name=op.f("ck_settlement_payment_kind_listed")),
        sa.CheckConstraint(
            "state IN ('cancelled', 'ordered', 'paid', 'rejected')", name=op.f("ck_settlement_payment_state_listed")
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_settlement_payment_amount_range")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_payment_beneficiary_id")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["settlement_payer_claim.id"], name=op.f("fk_settlement_payment_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["settlement_payment_order.id"], name=op.f("fk_settlement_payment_order_id")
        ),
        sa.ForeignKeyConstraint(["payee_id"], ["settlement_payee.id"], name=op.f("fk_settlement_payment_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payment")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_settlement_payment_bank_reference")),
        sa.UniqueConstraint("reference", name=op.f("uq_settlement_payment_reference")),
    )
    with op.batch_alter_table("settlement_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_payment_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payment_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payment_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payment_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_settlement_payment_once",
            ["payer", "statement_number", "revision", "kind"],
            unique=True,
            sqlite_where=sa.text("state IN ('ordered', 'paid')"),
            postgresql_where=sa.text("state IN ('ordered', 'paid')"),
        )
    op.create_table(
        "settlement_payment_order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("due", Fen(), nullable=False),
        sa.Column("set_off", Fen(), nullable=False),
        sa.Column("pay", Fen(), nullable=False),
        sa.Column("carry", Fen(), nullable=False),
        sa.Column("cut", Fen(), nullable=False),
        sa.Column("carried_before", Fen(), nullable=False),
        sa.CheckConstraint(
            "carried_before BETWEEN 0 AND 100000000000000000",
            name=op.f("ck_settlement_payment_order_line_carried_before_range"),
        ),
        sa.CheckConstraint(
            "carry BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payment_order_line_carry_range")
        ),
        sa.CheckConstraint(
            "cut BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payment_order_line_cut_range")
        ),
        sa.CheckConstraint("due = set_off + pay + carry + cut", name=op.f("ck_settlement_payment_order_line_adds_up")),
        sa.CheckConstraint(
            "due BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payment_order_line_due_range")
        ),
        sa.CheckConstraint(
            "pay BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payment_order_line_pay_range")
        ),
        sa.CheckConstraint(
            "set_off BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payment_order_line_set_off_range")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["settlement_payer_claim.id"], name=op.f("fk_settlement_payment_order_line_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["settlement_payment_order.id"], name=op.f("fk_settlement_payment_order_line_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payment_order_line")),
        sa.UniqueConstraint("order_id", "claim_id", name=op.f("uq_settlement_payment_order_line_order_id_claim_id")),
    )
    with op.batch_alter_table("settlement_payment_order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_payment_order_line_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payment_order_line_order_id"), ["order_id"], unique=False)
    op.create_table(
        "settlement_set_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=False),
        sa.Column("recovery_id", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_settlement_set_off_amount_range")),
        sa.ForeignKeyConstraint(["due_id"], ["settlement_payer_claim.id"], name=op.f("fk_settlement_set_off_due_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["settlement_payment_order.id"], name=op.f("fk_settlement_set_off_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["recovery_id"], ["settlement_payer_claim.id"], name=op.f("fk_settlement_set_off_recovery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_set_off")),
        sa.UniqueConstraint(
            "order_id", "due_id", "recovery_id", name=op.f("uq_settlement_set_off_order_id_due_id_recovery_id")
        ),
    )
    with op.batch_alter_table("settlement_set_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_set_off_due_id"), ["due_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_set_off_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_set_off_recovery_id"), ["recovery_id"], unique=False)
    op.create_table(
        "settlement_receipt_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("bank_reference", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("mismatch", sa.String(length=40), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.String(length=20), nullable=True),
        sa.Column("resolution_reason", sa.String(length=200), nullable=False),
        sa.Column("resolved_by", sa.Integer(), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'matched') = (mismatch IS NULL)", name=op.f("ck_settlement_receipt_line_mismatch_unless_matched")
        ),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolution IS NOT NULL)", name=op.f("ck_settlement_receipt_line_resolved_somehow")
        ),
        sa.CheckConstraint(
            "mismatch IS NULL OR mismatch IN ('amount_differs', 'bank_reference_used', 'not_sent', 'paid_already', 'payment_cancelled', 'rejected_already', 'unknown_reference')",
            name=op.f("ck_settlement_receipt_line_mismatch_listed"),
        ),
        sa.CheckConstraint("outcome IN ('paid', 'rejected')", name=op.f("ck_settlement_receipt_line_outcome_listed")),
        sa.CheckConstraint(
            "resolution IS NULL OR resolution IN ('assign', 'dismiss')",
            name=op.f("ck_settlement_receipt_line_resolution_listed"),
        ),
        sa.CheckConstraint(
            "state IN ('matched', 'open', 'resolved')", name=op.f("ck_settlement_receipt_line_state_listed")
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_settlement_receipt_line_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["settlement_payment.id"], name=op.f("fk_settlement_receipt_line_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["settlement_receipt.id"], name=op.f("fk_settlement_receipt_line_receipt_id")
        ),
        sa.ForeignKeyConstraint(["resolved_by"], ["account.id"], name=op.f("fk_settlement_receipt_line_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_receipt_line")),
        sa.UniqueConstraint("receipt_id", "row", name=op.f("uq_settlement_receipt_line_receipt_id_row")),
    )
    with op.batch_alter_table("settlement_receipt_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_receipt_line_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_receipt_line_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_receipt_line_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlement_receipt_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_receipt_line_state"))
        batch_op.drop_index(batch_op.f("ix_settlement_receipt_line_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_receipt_line_payment_id"))
    op.drop_table("settlement_receipt_line")
    with op.batch_alter_table("settlement_set_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_set_off_recovery_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_set_off_order_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_set_off_due_id"))
    op.drop_table("settlement_set_off")
    with op.batch_alter_table("settlement_payment_order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_payment_order_line_order_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_payment_order_line_claim_id"))
    op.drop_table("settlement_payment_order_line")
    with op.batch_alter_table("settlement_payment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_payment_once",
            sqlite_where=sa.text("state IN ('ordered', 'paid')"),
            postgresql_where=sa.text("state IN ('ordered', 'paid')"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_payment_state"))
        batch_op.drop_index(batch_op.f("ix_settlement_payment_order_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_payment_claim_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_payment_beneficiary_id"))
    op.drop_table("settlement_payment")
    with op.batch_alter_table("settlement_payment_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_payment_order_state"))
        batch_op.drop_index(batch_op.f("ix_settlement_payment_order_payer"))
        batch_op.drop_index(batch_op.f("ix_settlement_payment_order_batch"))
    op.drop_table("settlement_payment_order")
    op.drop_table("settlement_receipt")
