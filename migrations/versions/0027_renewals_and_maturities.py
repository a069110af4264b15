"""Renewals and maturities"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_loan_maturity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("loan", sa.String(length=64), nullable=False),
        sa.Column("balance", Fen(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("borrower_kind", sa.String(length=30), nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "borrower_kind IN ('farmer', 'individual_business', 'large', 'medium', 'micro', 'owner', 'small')",
            name=op.f("ck_matchmaking_loan_maturity_borrower_kind_listed"),
        ),
        sa.CheckConstraint(
            "classification IS NULL OR classification IN ('doubtful', 'loss', 'normal', 'special_mention', 'substandard')",
            name=op.f("ck_matchmaking_loan_maturity_classification_listed"),
        ),
        sa.CheckConstraint("source IN ('firm', 'return')", name=op.f("ck_matchmaking_loan_maturity_source_listed")),
        sa.CheckConstraint(
            "balance BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_loan_maturity_balance_range")
        ),
        sa.CheckConstraint("due_on > starts_on", name=op.f("ck_matchmaking_loan_maturity_due_after_start")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["institution.party_id"], name=op.f("fk_matchmaking_loan_maturity_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_loan_maturity_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_loan_maturity")),
        sa.UniqueConstraint(
            "bank_id",
            "loan",
            "source",
            "enterprise_id",
            name=op.f("uq_matchmaking_loan_maturity_bank_id_loan_source_enterprise_id"),
        ),
    )
    with op.batch_alter_table("matchmaking_loan_maturity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_loan_maturity_bank_id"), ["bank_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_loan_maturity_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_loan_maturity_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "matchmaking_renewal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("old_loan", sa.String(length=64), nullable=False),
        sa.Column("old_balance", Fen(), nullable=False),
        sa.Column("old_starts_on", sa.Date(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("borrower_kind", sa.String(length=30), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applied_at", Moment(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("was_listed", sa.Boolean(), nullable=False),
        sa.Column("lawful", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("good_credit", sa.Boolean(), nullable=False),
        sa.Column("meets_new_loan_terms", sa.Boolean(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("class_before", sa.String(length=20), nullable=True),
        sa.Column("class_after", sa.String(length=20), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("new_loan", sa.String(length=64), nullable=False),
        sa.Column("new_principal", Fen(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("new_starts_on", sa.Date(), nullable=True),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "borrower_kind IN ('farmer', 'individual_business', 'large', 'medium', 'micro', 'owner', 'small')",
            name=op.f("ck_matchmaking_renewal_borrower_kind_listed"),
        ),
        sa.CheckConstraint(
            "class_after IS NULL OR class_after IN ('doubtful', 'loss', 'normal', 'special_mention', 'substandard')",
            name=op.f("ck_matchmaking_renewal_class_after_listed"),
        ),
        sa.CheckConstraint(
            "class_before IS NULL OR class_before IN ('doubtful', 'loss', 'normal', 'special_mention', 'substandard')",
            name=op.f("ck_matchmaking_renewal_class_before_listed"),
        ),
        sa.CheckConstraint(
            "purpose IN ('operating', 'working_capital')", name=op.f("ck_matchmaking_renewal_purpose_listed")
        ),
        sa.CheckConstraint(
            "refusal IS NULL OR refusal IN ('business', 'classification', 'credit', 'not_listed', 'other', 'policy', 'terms')",
            name=op.f("ck_matchmaking_renewal_refusal_listed"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'approved', 'lapsed', 'refused', 'settled', 'signed', 'withdrawn')",
            name=op.f("ck_matchmaking_renewal_state_listed"),
        ),
        sa.CheckConstraint(
            "new_principal IS NULL OR new_principal BETWEEN 1 AND old_balance",
            name=op.f("ck_matchmaking_renewal_new_within_old"),
        ),
        sa.CheckConstraint(
            "old_balance BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_renewal_old_balance_range")
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_matchmaking_renewal_sequence_counts")),
        sa.CheckConstraint(
            "settled_on IS NULL OR settled_on = new_starts_on", name=op.f("ck_matchmaking_renewal_same_day_settlement")
        ),
        sa.CheckConstraint(
            "signed_on IS NULL OR signed_on < old_due_on", name=op.f("ck_matchmaking_renewal_signed_before_maturity")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["institution.party_id"], name=op.f("fk_matchmaking_renewal_bank_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_renewal_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_renewal")),
    )
    with op.batch_alter_table("matchmaking_renewal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_renewal_bank_id"), ["bank_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_renewal_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_renewal_region"), ["region"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_renewal_live",
            ["bank_id", "old_loan"],
            unique=True,
            sqlite_where=sa.text("state IN ('applied', 'approved', 'signed')"),
            postgresql_where=sa.text("state IN ('applied', 'approved', 'signed')"),
        )
        batch_op.create_index(
            "uq_matchmaking_renewal_new_loan",
            ["bank_id", "new_loan"],
            unique=True,
            sqlite_where=sa.text("new_loan <> ''"),
            postgresql_where=sa.text("new_loan <> ''"),
        )


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_renewal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_renewal_new_loan",
            sqlite_where=sa.text("new_loan <> ''"),
            postgresql_where=sa.text("new_loan <> ''"),
        )
        batch_op.drop_index(
            "uq_matchmaking_renewal_live",
            sqlite_where=sa.text("state IN ('applied', 'approved', 'signed')"),
            postgresql_where=sa.text("state IN ('applied', 'approved', 'signed')"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_renewal_region"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_renewal_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_renewal_bank_id"))

    op.drop_table("matchmaking_renewal")
    with op.batch_alter_table("matchmaking_loan_maturity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_loan_maturity_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_loan_maturity_due_on"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_loan_maturity_bank_id"))

    op.drop_table("matchmaking_loan_maturity")
