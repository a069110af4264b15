"""Bridging fund"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_bridging_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("borrower_kind", sa.String(length=30), nullable=False),
        sa.Column("old_loan", sa.String(length=64), nullable=False),
        sa.Column("old_balance", Fen(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("was_listed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("commitment", Fen(), nullable=True),
        sa.Column("commitment_document", sa.String(length=120), nullable=False),
        sa.Column("loan_account", sa.String(length=60), nullable=False),
        sa.Column("advance", Fen(), nullable=True),
        sa.Column("paid_out_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("old_repaid_on", sa.Date(), nullable=True),
        sa.Column("new_loan", sa.String(length=64), nullable=False),
        sa.Column("new_loan_on", sa.Date(), nullable=True),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recovered", Fen(), nullable=False),
        sa.Column("fee", Fen(), nullable=False),
        sa.Column("rejection", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "borrower_kind IN ('individual_business', 'legal_person', 'owner')",
            name=op.f("ck_matchmaking_bridging_case_borrower_kind_listed"),
        ),
        sa.CheckConstraint(
            "rejection IS NULL OR rejection IN ('credit', 'documents', 'no_new_loan', 'other', 'own_means')",
            name=op.f("ck_matchmaking_bridging_case_rejection_listed"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'approved', 'committed', 'funded', 'new_loan_disbursed', 'old_loan_repaid', 'overdue', 'recovered', 'rejected', 'returned', 'withdrawn', 'written_off')",
            name=op.f("ck_matchmaking_bridging_case_state_listed"),
        ),
        sa.CheckConstraint(
            "advance IS NULL OR advance BETWEEN 1 AND amount",
            name=op.f("ck_matchmaking_bridging_case_advance_within_amount"),
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_bridging_case_amount_range")
        ),
        sa.CheckConstraint(
            "commitment IS NULL OR commitment >= amount",
            name=op.f("ck_matchmaking_bridging_case_commitment_covers_amount"),
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_matchmaking_bridging_case_days_range")),
        sa.CheckConstraint("fee BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_bridging_case_fee_range")),
        sa.CheckConstraint(
            "old_balance BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_bridging_case_old_balance_range")
        ),
        sa.CheckConstraint(
            "recovered BETWEEN 0 AND COALESCE(advance, 0)",
            name=op.f("ck_matchmaking_bridging_case_recovered_within_advance"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["institution.party_id"], name=op.f("fk_matchmaking_bridging_case_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_bridging_case_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bridging_case")),
    )
    with op.batch_alter_table("matchmaking_bridging_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_case_bank_id"), ["bank_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_case_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_case_region"), ["region"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_bridging_case_live",
            ["bank_id", "old_loan"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('applied', 'approved', 'committed', 'funded', 'new_loan_disbursed', 'old_loan_repaid', 'overdue')"
            ),
            postgresql_where=sa.text(
                "state IN ('applied', 'approved', 'committed', 'funded', 'new_loan_disbursed', 'old_loan_repaid', 'overdue')"
            ),
        )

    op.create_table(
        "matchmaking_bridging_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("book", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_matchmaking_bridging_pool_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bridging_pool")),
        sa.UniqueConstraint("book", name=op.f("uq_matchmaking_bridging_pool_book")),
        sa.UniqueConstraint("region", name=op.f("uq_matchmaking_bridging_pool_region")),
    )
    op.create_table(
        "matchmaking_bridging_contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("contributor", sa.String(length=120), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_matchmaking_bridging_contribution_amount_moves")),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_matchmaking_bridging_contribution_amount_range"),
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_matchmaking_bridging_contribution_by")),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matchmaking_bridging_pool.id"], name=op.f("fk_matchmaking_bridging_contribution_pool_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bridging_contribution")),
        sa.UniqueConstraint("pool_id", "document", name=op.f("uq_matchmaking_bridging_contribution_pool_id_document")),
    )
    with op.batch_alter_table("matchmaking_bridging_contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_contribution_pool_id"), ["pool_id"], unique=False)

    op.create_table(
        "matchmaking_bridging_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("returned", Fen(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_bridging_draw_amount_range")
        ),
        sa.CheckConstraint(
            "returned BETWEEN 0 AND amount", name=op.f("ck_matchmaking_bridging_draw_returned_within_amount")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["matchmaking_bridging_case.id"], name=op.f("fk_matchmaking_bridging_draw_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matchmaking_bridging_pool.id"], name=op.f("fk_matchmaking_bridging_draw_pool_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bridging_draw")),
        sa.UniqueConstraint("case_id", "pool_id", name=op.f("uq_matchmaking_bridging_draw_case_id_pool_id")),
    )
    with op.batch_alter_table("matchmaking_bridging_draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_draw_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_draw_pool_id"), ["pool_id"], unique=False)

    op.create_table(
        "matchmaking_bridging_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("principal", Fen(), nullable=False),
        sa.Column("fee", Fen(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "verb IN ('apply', 'approve', 'call', 'clear', 'commit', 'decline', 'fall_overdue', 'fund', 'lend_anew', 'recover', 'reject', 'repay_old', 'return', 'withdraw', 'write_off')",
            name=op.f("ck_matchmaking_bridging_step_verb_listed"),
        ),
        sa.CheckConstraint("fee BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_bridging_step_fee_range")),
        sa.CheckConstraint(
            "principal BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_bridging_step_principal_range")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_matchmaking_bridging_step_by")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["matchmaking_bridging_case.id"], name=op.f("fk_matchmaking_bridging_step_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bridging_step")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_matchmaking_bridging_step_case_id_number")),
    )
    with op.batch_alter_table("matchmaking_bridging_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_bridging_step_case_id"), ["case_id"], unique=False)

    op.create_table(
        "matchmaking_bridging_suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_matchmaking_bridging_suspension_until_after_since")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["institution.party_id"], name=op.f("fk_matchmaking_bridging_suspension_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["matchmaking_bridging_case.id"], name=op.f("fk_matchmaking_bridging_suspension_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bridging_suspension")),
        sa.UniqueConstraint("case_id", name=op.f("uq_matchmaking_bridging_suspension_case_id")),
    )
    with op.batch_alter_table("matchmaking_bridging_suspension", schema=None) as batch_op:
        batch_op.create_index(
            "ix_matchmaking_bridging_suspension_standing",
            ["bank_id"],
            unique=False,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_bridging_suspension", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_matchmaking_bridging_suspension_standing",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.drop_table("matchmaking_bridging_suspension")
    with op.batch_alter_table("matchmaking_bridging_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_step_case_id"))

    op.drop_table("matchmaking_bridging_step")
    with op.batch_alter_table("matchmaking_bridging_draw", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_draw_pool_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_draw_case_id"))

    op.drop_table("matchmaking_bridging_draw")
    with op.batch_alter_table("matchmaking_bridging_contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_contribution_pool_id"))

    op.drop_table("matchmaking_bridging_contribution")
    op.drop_table("matchmaking_bridging_pool")
    with op.batch_alter_table("matchmaking_bridging_case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_bridging_case_live",
            sqlite_where=sa.text(
                "state IN ('applied', 'approved', 'committed', 'funded', 'new_loan_disbursed', 'old_loan_repaid', 'overdue')"
            ),
            postgresql_where=sa.text(
                "state IN ('applied', 'approved', 'committed', 'funded', 'new_loan_disbursed', 'old_loan_repaid', 'overdue')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_case_region"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_case_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_bridging_case_bank_id"))

    op.drop_table("matchmaking_bridging_case")
