"""Works"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("held_until", Moment(), nullable=True),
        sa.Column("result", sa.String(length=200), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("began_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('cancelled', 'done', 'failed', 'running', 'waiting')", name=op.f("ck_work_state_listed")
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_work_percent_range")),
        sa.CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name=op.f("ck_work_ended")),
        sa.CheckConstraint("(state = 'running') = (held_until IS NOT NULL)", name=op.f("ck_work_held")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_work_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("folder", name=op.f("uq_work_folder")),
    )
    op.create_index(op.f("ix_work_account_id"), "work", ["account_id"])
    op.create_index(op.f("ix_work_state"), "work", ["state"])


def downgrade() -> None:
    op.drop_table("work")
