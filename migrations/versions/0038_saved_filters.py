"""Saved filters"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "saved_filter"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{TABLE}_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("account_id", "path", "name", name=op.f(f"uq_{TABLE}_account_id_path_name")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
