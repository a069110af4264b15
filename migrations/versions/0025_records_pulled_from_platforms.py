"""Records pulled from platforms"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_pull_cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("resource", sa.String(length=20), nullable=False),
        sa.Column("cursor", sa.String(length=200), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_pull_cursor")),
        sa.UniqueConstraint("source", "resource", name=op.f("uq_outbox_pull_cursor_source_resource")),
    )
    op.create_table(
        "outbox_pulled_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("resource", sa.String(length=20), nullable=False),
        sa.Column("remote_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("pulled_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('refused', 'taken', 'unreadable')", name=op.f("ck_outbox_pulled_record_state_listed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_pulled_record")),
        sa.UniqueConstraint(
            "source", "resource", "remote_id", name=op.f("uq_outbox_pulled_record_source_resource_remote_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("outbox_pulled_record")
    op.drop_table("outbox_pull_cursor")
