"""Statements and the figures of the growth reward"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_statement_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_statement_series")),
        sa.UniqueConstraint("scheme", "quarter", name=op.f("uq_settlement_statement_series_scheme_quarter")),
    )
    op.create_table(
        "settlement_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_code", sa.String(length=18), nullable=False),
        sa.Column("beneficiary_name", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("amount", Fen(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("hold_reasons", sa.String(length=200), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("shares_digest", sa.String(length=64), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("drafted_at", Moment(), nullable=False),
        sa.Column("replaced_at", Moment(), nullable=True),
        sa.CheckConstraint("held = (hold_reasons <> '')", name=op.f("ck_settlement_statement_held_for_a_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'replaced', 'withdrawn')", name=op.f("ck_settlement_statement_state_listed")
        ),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_statement_amount_range"),
        ),
        sa.CheckConstraint("amount IS NOT NULL OR held", name=op.f("ck_settlement_statement_no_amount_is_held")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_settlement_statement_revision_counts_from_1")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_statement_beneficiary_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["account.id"], name=op.f("fk_settlement_statement_drafted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_statement")),
        sa.UniqueConstraint(
            "beneficiary_id",
            "scheme",
            "quarter",
            "revision",
            name=op.f("uq_settlement_statement_beneficiary_id_scheme_quarter_revision"),
        ),
        sa.UniqueConstraint("number", "revision", name=op.f("uq_settlement_statement_number_revision")),
    )
    with op.batch_alter_table("settlement_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_statement_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_statement_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_statement_quarter"), ["quarter"], unique=False)
        batch_op.create_index(
            "uq_settlement_statement_current",
            ["beneficiary_id", "scheme", "quarter"],
            unique=True,
            sqlite_where=sa.text("state <> 'replaced'"),
            postgresql_where=sa.text("state <> 'replaced'"),
        )
    op.create_table(
        "settlement_statement_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("clause", sa.Integer(), nullable=False),
        sa.Column("base", Fen(), nullable=True),
        sa.Column("rate", sa.String(length=40), nullable=False),
        sa.Column("amount", Fen(), nullable=True),
        sa.Column("parameters", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_statement_line_amount_range"),
        ),
        sa.CheckConstraint(
            "base BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_statement_line_base_range"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_statement_line_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["settlement_statement.id"], name=op.f("fk_settlement_statement_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_statement_line")),
        sa.UniqueConstraint("statement_id", "place", name=op.f("uq_settlement_statement_line_statement_id_place")),
    )
    with op.batch_alter_table("settlement_statement_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_statement_line_beneficiary_id"), ["beneficiary_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_statement_line_statement_id"), ["statement_id"], unique=False)
    op.create_table(
        "settlement_statement_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_statement_share_amount_range"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_statement_share_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["settlement_statement.id"], name=op.f("fk_settlement_statement_share_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_statement_share")),
        sa.UniqueConstraint("statement_id", "payer", name=op.f("uq_settlement_statement_share_statement_id_payer")),
    )
    with op.batch_alter_table("settlement_statement_share", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_statement_share_beneficiary_id"), ["beneficiary_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_statement_share_statement_id"), ["statement_id"], unique=False)
    op.create_table(
        "settlement_growth_figures",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("rate", sa.String(length=20), nullable=False),
        sa.Column("balance", Fen(), nullable=True),
        sa.Column("reference_balance", Fen(), nullable=True),
        sa.Column("increment", Fen(), nullable=True),
        sa.Column("alternative_basis", sa.String(length=40), nullable=False),
        sa.Column("alternative_reference_balance", Fen(), nullable=True),
        sa.Column("alternative_increment", Fen(), nullable=True),
        sa.Column("alternative_amount", Fen(), nullable=True),
        sa.Column("returned_balance", Fen(), nullable=True),
        sa.Column("certified_balance", Fen(), nullable=True),
        sa.Column("dip_rebound", sa.Boolean(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=True),
        sa.Column("rule_digest", sa.String(length=64), nullable=False),
        sa.Column("return_digest", sa.String(length=64), nullable=False),
        sa.Column("reference_digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "alternative_amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_alternative_amount_range"),
        ),
        sa.CheckConstraint(
            "alternative_increment BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_alternative_increment_range"),
        ),
        sa.CheckConstraint(
            "alternative_reference_balance BETWEEN 0 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_alternative_reference_balance_range"),
        ),
        sa.CheckConstraint(
            "balance BETWEEN 0 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_balance_range"),
        ),
        sa.CheckConstraint(
            "certified_balance BETWEEN 0 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_certified_balance_range"),
        ),
        sa.CheckConstraint(
            "increment BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_increment_range"),
        ),
        sa.CheckConstraint(
            "reference_balance BETWEEN 0 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_reference_balance_range"),
        ),
        sa.CheckConstraint(
            "returned_balance BETWEEN 0 AND 100000000000000000",
            name=op.f("ck_settlement_growth_figures_returned_balance_range"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_growth_figures_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["settlement_return.id"], name=op.f("fk_settlement_growth_figures_return_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["settlement_statement.id"], name=op.f("fk_settlement_growth_figures_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_settlement_growth_figures")),
    )
    with op.batch_alter_table("settlement_growth_figures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_growth_figures_beneficiary_id"), ["beneficiary_id"], unique=False
        )
    op.create_table(
        "settlement_growth_reconciliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("balance", Fen(), nullable=False),
        sa.CheckConstraint(
            "balance BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_growth_reconciliation_balance_range")
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_growth_reconciliation_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["settlement_statement.id"], name=op.f("fk_settlement_growth_reconciliation_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_growth_reconciliation")),
        sa.UniqueConstraint(
            "statement_id",
            "reason",
            "detail",
            name=op.f("uq_settlement_growth_reconciliation_statement_id_reason_detail"),
        ),
    )
    with op.batch_alter_table("settlement_growth_reconciliation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_growth_reconciliation_beneficiary_id"), ["beneficiary_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_settlement_growth_reconciliation_statement_id"), ["statement_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("settlement_growth_reconciliation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_growth_reconciliation_statement_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_growth_reconciliation_beneficiary_id"))
    op.drop_table("settlement_growth_reconciliation")
    with op.batch_alter_table("settlement_growth_figures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_growth_figures_beneficiary_id"))
    op.drop_table("settlement_growth_figures")
    with op.batch_alter_table("settlement_statement_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_statement_share_statement_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_statement_share_beneficiary_id"))
    op.drop_table("settlement_statement_share")
    with op.batch_alter_table("settlement_statement_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_statement_line_statement_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_statement_line_beneficiary_id"))
    op.drop_table("settlement_statement_line")
    with op.batch_alter_table("settlement_statement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_statement_current",
            sqlite_where=sa.text("state <> 'replaced'"),
            postgresql_where=sa.text("state <> 'replaced'"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_statement_quarter"))
        batch_op.drop_index(batch_op.f("ix_settlement_statement_number"))
        batch_op.drop_index(batch_op.f("ix_settlement_statement_beneficiary_id"))
    op.drop_table("settlement_statement")
    op.drop_table("settlement_statement_series")
