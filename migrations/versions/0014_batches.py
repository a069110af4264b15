"""Batches, their moves, signatures and deputies"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('approved', 'on_notice', 'open', 'ordered', 'rejected', 'reviewed', 'submitted')",
            name=op.f("ck_settlement_batch_state_listed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('on_notice', 'ordered') OR notice_from IS NOT NULL",
            name=op.f("ck_settlement_batch_notice_before_payment"),
        ),
        sa.CheckConstraint(
            "(notice_from IS NULL) = (notice_until IS NULL)", name=op.f("ck_settlement_batch_notice_has_two_ends")
        ),
        sa.CheckConstraint("notice_from <= notice_until", name=op.f("ck_settlement_batch_notice_runs_forward")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_settlement_batch_sequence_counts_from_1")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_settlement_batch_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_settlement_batch_number")),
        sa.UniqueConstraint("quarter", "sequence", name=op.f("uq_settlement_batch_quarter_sequence")),
    )
    with op.batch_alter_table("settlement_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_batch_quarter"), ["quarter"], unique=False)
        batch_op.create_index(
            "uq_settlement_batch_under_way",
            ["quarter"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('ordered', 'rejected')"),
            postgresql_where=sa.text("state NOT IN ('ordered', 'rejected')"),
        )
    op.create_table(
        "settlement_batch_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("statement_number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due", Fen(), nullable=False),
        sa.Column("awarded", Fen(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("left_at", Moment(), nullable=True),
        sa.Column("left_by", sa.Integer(), nullable=True),
        sa.Column("left_reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "kind <> 'award' OR awarded = 0", name=op.f("ck_settlement_batch_item_first_award_follows_none")
        ),
        sa.CheckConstraint("kind IN ('adjustment', 'award')", name=op.f("ck_settlement_batch_item_kind_listed")),
        sa.CheckConstraint(
            "state IN ('dropped', 'included', 'renewed', 'set_aside', 'upheld')",
            name=op.f("ck_settlement_batch_item_state_listed"),
        ),
        sa.CheckConstraint("amount = due - awarded", name=op.f("ck_settlement_batch_item_amount_is_due_less_awarded")),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_batch_item_amount_range"),
        ),
        sa.CheckConstraint(
            "awarded BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_batch_item_awarded_range"),
        ),
        sa.CheckConstraint(
            "due BETWEEN -100000000000000000 AND 100000000000000000", name=op.f("ck_settlement_batch_item_due_range")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["settlement_batch.id"], name=op.f("fk_settlement_batch_item_batch_id")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_batch_item_beneficiary_id")),
        sa.ForeignKeyConstraint(["left_by"], ["account.id"], name=op.f("fk_settlement_batch_item_left_by")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["settlement_statement.id"], name=op.f("fk_settlement_batch_item_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_batch_item")),
    )
    with op.batch_alter_table("settlement_batch_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_batch_item_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_batch_item_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_batch_item_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_settlement_batch_item_statement_number"), ["statement_number"], unique=False
        )
        batch_op.create_index(
            "uq_settlement_batch_item_included",
            ["batch_id", "statement_number"],
            unique=True,
            sqlite_where=sa.text("state = 'included'"),
            postgresql_where=sa.text("state = 'included'"),
        )
        batch_op.create_index(
            "uq_settlement_batch_item_one_award",
            ["statement_number"],
            unique=True,
            sqlite_where=sa.text("state = 'included' AND kind = 'award'"),
            postgresql_where=sa.text("state = 'included' AND kind = 'award'"),
        )
        batch_op.create_index(
            "uq_settlement_batch_item_one_of_a_kind",
            ["statement_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state = 'included'"),
            postgresql_where=sa.text("state = 'included'"),
        )
    op.create_table(
        "settlement_batch_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("moved_by", sa.Integer(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "move IN ('approve', 'order', 'publish', 'reject', 'return', 'review', 'submit')",
            name=op.f("ck_settlement_batch_move_move_listed"),
        ),
        sa.CheckConstraint(
            "target IN ('approved', 'on_notice', 'open', 'ordered', 'rejected', 'reviewed', 'submitted')",
            name=op.f("ck_settlement_batch_move_target_listed"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["settlement_batch.id"], name=op.f("fk_settlement_batch_move_batch_id")),
        sa.ForeignKeyConstraint(["moved_by"], ["account.id"], name=op.f("fk_settlement_batch_move_moved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_batch_move")),
    )
    with op.batch_alter_table("settlement_batch_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_batch_move_batch_id"), ["batch_id"], unique=False)
    op.create_table(
        "settlement_deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("named_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "role IN ('approver', 'cashier', 'operator', 'reviewer')", name=op.f("ck_settlement_deputy_role_listed")
        ),
        sa.CheckConstraint("account_id <> principal_id", name=op.f("ck_settlement_deputy_deputy_is_another")),
        sa.CheckConstraint("since <= until", name=op.f("ck_settlement_deputy_period_runs_forward")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_settlement_deputy_account_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["account.id"], name=op.f("fk_settlement_deputy_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_deputy")),
    )
    with op.batch_alter_table("settlement_deputy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_deputy_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_deputy_principal_id"), ["principal_id"], unique=False)
    op.create_table(
        "settlement_batch_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.Column("voided_at", Moment(), nullable=True),
        sa.Column("voided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "step IN ('approve', 'order', 'review', 'submit')", name=op.f("ck_settlement_batch_signature_step_listed")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by IS NULL)", name=op.f("ck_settlement_batch_signature_voided_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["settlement_batch.id"], name=op.f("fk_settlement_batch_signature_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["settlement_deputy.id"], name=op.f("fk_settlement_batch_signature_deputy_id")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["account.id"], name=op.f("fk_settlement_batch_signature_signed_by")),
        sa.ForeignKeyConstraint(["voided_by"], ["account.id"], name=op.f("fk_settlement_batch_signature_voided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_batch_signature")),
    )
    with op.batch_alter_table("settlement_batch_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_batch_signature_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "uq_settlement_batch_signature_person",
            ["batch_id", "signed_by"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.create_index(
            "uq_settlement_batch_signature_step",
            ["batch_id", "step"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
    op.create_table(
        "settlement_batch_item_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_batch_item_share_amount_range"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_batch_item_share_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["settlement_batch_item.id"], name=op.f("fk_settlement_batch_item_share_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_batch_item_share")),
        sa.UniqueConstraint("item_id", "payer", name=op.f("uq_settlement_batch_item_share_item_id_payer")),
    )
    with op.batch_alter_table("settlement_batch_item_share", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_batch_item_share_beneficiary_id"), ["beneficiary_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_batch_item_share_item_id"), ["item_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlement_batch_item_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_batch_item_share_item_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_batch_item_share_beneficiary_id"))
    op.drop_table("settlement_batch_item_share")
    with op.batch_alter_table("settlement_batch_signature", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_batch_signature_step",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_settlement_batch_signature_person",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_batch_signature_batch_id"))
    op.drop_table("settlement_batch_signature")
    with op.batch_alter_table("settlement_deputy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_deputy_principal_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_deputy_account_id"))
    op.drop_table("settlement_deputy")
    with op.batch_alter_table("settlement_batch_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_batch_move_batch_id"))
    op.drop_table("settlement_batch_move")
    with op.batch_alter_table("settlement_batch_item", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_batch_item_one_of_a_kind",
            sqlite_where=sa.text("state = 'included'"),
            postgresql_where=sa.text("state = 'included'"),
        )
        batch_op.drop_index(
            "uq_settlement_batch_item_one_award",
            sqlite_where=sa.text("state = 'included' AND kind = 'award'"),
            postgresql_where=sa.text("state = 'included' AND kind = 'award'"),
        )
        batch_op.drop_index(
            "uq_settlement_batch_item_included",
            sqlite_where=sa.text("state = 'included'"),
            postgresql_where=sa.text("state = 'included'"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_batch_item_statement_number"))
        batch_op.drop_index(batch_op.f("ix_settlement_batch_item_statement_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_batch_item_beneficiary_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_batch_item_batch_id"))
    op.drop_table("settlement_batch_item")
    with op.batch_alter_table("settlement_batch", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_batch_under_way",
            sqlite_where=sa.text("state NOT IN ('ordered', 'rejected')"),
            postgresql_where=sa.text("state NOT IN ('ordered', 'rejected')"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_batch_quarter"))
    op.drop_table("settlement_batch")
