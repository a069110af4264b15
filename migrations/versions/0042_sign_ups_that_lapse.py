"""Sign-ups that lapse"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "matchmaking_enrolment"
FORMER, PRESENT = (
    "state IN ('confirmed', 'refused', 'waiting')",
    "state IN ('confirmed', 'lapsed', 'refused', 'waiting')",
)


def upgrade() -> None:
    _list(PRESENT)


def downgrade() -> None:
    row = sa.table(TABLE, sa.column("state", sa.String), sa.column("reason", sa.String))
    op.execute(sa.update(row).where(row.c.state == "lapsed").values(state="refused", reason="三十天没有核实"))
    _list(FORMER)


def _list(states: str) -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{TABLE}_state_listed"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{TABLE}_state_listed"), states)
