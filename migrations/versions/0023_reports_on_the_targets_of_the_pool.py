"""reports on the targets of the pool"""

import sqlalchemy as sa
from alembic import op

from kernel.columns import Moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_pool_report",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_matchmaking_pool_report_account_id")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_matchmaking_pool_report")),
    )
    with op.batch_alter_table("matchmaking_pool_review", schema=None) as batch_op:
        batch_op.alter_column("target", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("minimum", existing_type=sa.INTEGER(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_pool_review", schema=None) as batch_op:
        batch_op.alter_column("minimum", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("target", existing_type=sa.INTEGER(), nullable=False)
    op.drop_table("matchmaking_pool_report")
