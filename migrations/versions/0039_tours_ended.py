"""Tours ended"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("tour_ended_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "tour_ended_at")
