"""Seals of quarters"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_quarter_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("contents", sa.String(length=64), nullable=False),
        sa.Column("statements", sa.String(length=64), nullable=False),
        sa.Column("kept", sa.String(length=64), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("trail_from", sa.Integer(), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("sealed_by", sa.Integer(), nullable=True),
        sa.Column("sealed_at", Moment(), nullable=False),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_settlement_quarter_seal_sequence_counts_from_1")),
        sa.CheckConstraint("trail_from <= entry_number", name=op.f("ck_settlement_quarter_seal_trail_begins_before")),
        sa.ForeignKeyConstraint(["sealed_by"], ["account.id"], name=op.f("fk_settlement_quarter_seal_sealed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_quarter_seal")),
        sa.UniqueConstraint("entry_number", name=op.f("uq_settlement_quarter_seal_entry_number")),
        sa.UniqueConstraint("quarter", "sequence", name=op.f("uq_settlement_quarter_seal_quarter_sequence")),
    )
    with op.batch_alter_table("settlement_quarter_seal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_quarter_seal_quarter"), ["quarter"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlement_quarter_seal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_quarter_seal_quarter"))

    op.drop_table("settlement_quarter_seal")
