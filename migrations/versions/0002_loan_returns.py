"""Loan returns and certified balances"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_certified_balance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("balance", Fen(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "balance BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_certified_balance_balance_range")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_settlement_certified_balance_version_counts_from_1")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["party.id"], name=op.f("fk_settlement_certified_balance_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_settlement_certified_balance_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_certified_balance")),
        sa.UniqueConstraint(
            "institution_id",
            "quarter",
            "version",
            name=op.f("uq_settlement_certified_balance_institution_id_quarter_version"),
        ),
    )
    with op.batch_alter_table("settlement_certified_balance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_certified_balance_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_certified_balance_quarter"), ["quarter"], unique=False)
    op.create_table(
        "settlement_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("sheet", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("bytes_digest", sa.String(length=64), nullable=False),
        sa.Column("row_digest", sa.String(length=64), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("borrowers", sa.Integer(), nullable=False),
        sa.Column("total", Fen(), nullable=False),
        sa.Column("eligible", Fen(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("repaired_from_id", sa.Integer(), nullable=True),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("certified_by", sa.Integer(), nullable=True),
        sa.Column("certified_at", Moment(), nullable=True),
        sa.Column("superseded_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'refused') = (row_digest IS NULL)", name=op.f("ck_settlement_return_refused_has_no_rows")
        ),
        sa.CheckConstraint(
            "state <> 'certified' OR certified_by IS NOT NULL", name=op.f("ck_settlement_return_certified_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('certified', 'filed', 'refused', 'superseded')", name=op.f("ck_settlement_return_state_listed")
        ),
        sa.CheckConstraint(
            "(certified_by IS NULL) = (certified_at IS NULL)", name=op.f("ck_settlement_return_certified_at_some_time")
        ),
        sa.CheckConstraint(
            "certified_by IS NULL OR certified_by <> filed_by", name=op.f("ck_settlement_return_two_persons")
        ),
        sa.CheckConstraint(
            "eligible BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_return_eligible_range")
        ),
        sa.CheckConstraint("total BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_return_total_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_settlement_return_version_counts_from_1")),
        sa.ForeignKeyConstraint(["certified_by"], ["account.id"], name=op.f("fk_settlement_return_certified_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_settlement_return_confirmed_by")),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_settlement_return_filed_by")),
        sa.ForeignKeyConstraint(["institution_id"], ["party.id"], name=op.f("fk_settlement_return_institution_id")),
        sa.ForeignKeyConstraint(
            ["repaired_from_id"], ["settlement_return.id"], name=op.f("fk_settlement_return_repaired_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_return")),
        sa.UniqueConstraint(
            "institution_id", "quarter", "version", name=op.f("uq_settlement_return_institution_id_quarter_version")
        ),
    )
    with op.batch_alter_table("settlement_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_return_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_return_quarter"), ["quarter"], unique=False)
        batch_op.create_index(
            "uq_settlement_return_certified",
            ["institution_id", "quarter"],
            unique=True,
            sqlite_where=sa.text("state = 'certified'"),
            postgresql_where=sa.text("state = 'certified'"),
        )
    op.create_table(
        "settlement_return_repair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("mended_by", sa.Integer(), nullable=False),
        sa.Column("mended_at", Moment(), nullable=False),
        sa.CheckConstraint("row >= 1", name=op.f("ck_settlement_return_repair_row_counts_from_1")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["party.id"], name=op.f("fk_settlement_return_repair_institution_id")
        ),
        sa.ForeignKeyConstraint(["mended_by"], ["account.id"], name=op.f("fk_settlement_return_repair_mended_by")),
        sa.ForeignKeyConstraint(
            ["return_id"], ["settlement_return.id"], name=op.f("fk_settlement_return_repair_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_return_repair")),
        sa.UniqueConstraint(
            "return_id", "row", "column_name", name=op.f("uq_settlement_return_repair_return_id_row_column_name")
        ),
    )
    with op.batch_alter_table("settlement_return_repair", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_return_repair_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_return_repair_return_id"), ["return_id"], unique=False)
    op.create_table(
        "settlement_return_report",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["party.id"], name=op.f("fk_settlement_return_report_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["settlement_return.id"], name=op.f("fk_settlement_return_report_return_id")
        ),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_settlement_return_report")),
    )
    with op.batch_alter_table("settlement_return_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_return_report_institution_id"), ["institution_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("settlement_return_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_return_report_institution_id"))
    op.drop_table("settlement_return_report")
    with op.batch_alter_table("settlement_return_repair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_return_repair_return_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_return_repair_institution_id"))
    op.drop_table("settlement_return_repair")
    with op.batch_alter_table("settlement_return", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_return_certified",
            sqlite_where=sa.text("state = 'certified'"),
            postgresql_where=sa.text("state = 'certified'"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_return_quarter"))
        batch_op.drop_index(batch_op.f("ix_settlement_return_institution_id"))
    op.drop_table("settlement_return")
    with op.batch_alter_table("settlement_certified_balance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_certified_balance_quarter"))
        batch_op.drop_index(batch_op.f("ix_settlement_certified_balance_institution_id"))
    op.drop_table("settlement_certified_balance")
