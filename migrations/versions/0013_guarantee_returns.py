"""Returns of guarantors: the kind of a return, and the file of events beside it"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "settlement_return"
ADDED = {
    f"ck_{TABLE}_kind_listed": "kind IN ('guarantees', 'loans')",
    f"ck_{TABLE}_events_have_bytes": "events_digest IS NOT NULL OR events_name = ''",
    f"ck_{TABLE}_loans_have_no_events": "kind = 'guarantees' OR events_digest IS NULL",
}
FILLED: dict[str, tuple[sa.types.TypeEngine[Any], str]] = {
    "kind": (sa.String(20), "loans"),
    "events_name": (sa.String(200), ""),
    "events": (sa.Integer(), "0"),
}


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        for name, (kind, default) in FILLED.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch_op.add_column(sa.Column("events_digest", sa.String(64), nullable=True))
        for name, rule in ADDED.items():
            batch_op.create_check_constraint(op.f(name), rule)
    with op.batch_alter_table(TABLE) as batch_op:
        for name, (kind, _) in FILLED.items():
            batch_op.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        for name in ADDED:
            batch_op.drop_constraint(op.f(name), type_="check")
        for name in (*FILLED, "events_digest"):
            batch_op.drop_column(name)
