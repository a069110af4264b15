"""Returns are always sent to be certified, and may be sent back with a reason"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "settlement_return"
STATES = f"ck_{TABLE}_state_listed"
SENT_BACK_BY = f"fk_{TABLE}_sent_back_by"
ADDED = {
    f"ck_{TABLE}_certified_once_sent": "state <> 'certified' OR confirmed_at IS NOT NULL",
    f"ck_{TABLE}_sent_back_with_reason": "state <> 'sent_back' OR sent_back_reason <> ''",
    f"ck_{TABLE}_two_persons_send_back": "sent_back_by IS NULL OR sent_back_by <> filed_by",
}


def upgrade() -> None:
    op.execute(
        f"UPDATE {TABLE} SET confirmed_at = certified_at, confirmed_by = filed_by"  # noqa: S608
        " WHERE certified_at IS NOT NULL AND confirmed_at IS NULL"
    )
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.add_column(sa.Column("sent_back_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sent_back_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("sent_back_reason", sa.String(500), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f(SENT_BACK_BY), "account", ["sent_back_by"], ["id"])
        batch_op.drop_constraint(op.f(STATES), type_="check")
        batch_op.create_check_constraint(
            op.f(STATES), "state IN ('certified', 'filed', 'refused', 'sent_back', 'superseded')"
        )
        for name, rule in ADDED.items():
            batch_op.create_check_constraint(op.f(name), rule)
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.alter_column(
            "sent_back_reason", server_default=None, existing_type=sa.String(500), existing_nullable=False
        )


def downgrade() -> None:
    op.execute(f"UPDATE {TABLE} SET state = 'filed' WHERE state = 'sent_back'")  # noqa: S608
    with op.batch_alter_table(TABLE) as batch_op:
        for name in (*ADDED, STATES):
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(STATES), "state IN ('certified', 'filed', 'refused', 'superseded')")
        batch_op.drop_constraint(op.f(SENT_BACK_BY), type_="foreignkey")
        for name in ("sent_back_by", "sent_back_at", "sent_back_reason"):
            batch_op.drop_column(name)
