"""Feedback"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "feedback"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('answered', 'waiting')", name=op.f(f"ck_{TABLE}_state_listed")),
        sa.CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name=op.f(f"ck_{TABLE}_answered")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{TABLE}_account_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f(f"fk_{TABLE}_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for name in ("account_id", "state"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
