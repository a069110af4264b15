"""Withdrawals of awards: a kind of item, claim and payment of its own"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = ("settlement_batch_item", "settlement_payer_claim", "settlement_payment")
FORMER, PRESENT = "kind IN ('adjustment', 'award')", "kind IN ('adjustment', 'award', 'withdrawal')"


def upgrade() -> None:
    _list(PRESENT)


def downgrade() -> None:
    _list(FORMER)


def _list(kinds: str) -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_kind_listed"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_kind_listed"), kinds)
