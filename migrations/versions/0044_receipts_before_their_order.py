"""Receipts before their order: a mismatch of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLE = "settlement_receipt_line"
REST = "'not_sent', 'paid_already', 'payment_cancelled', 'rejected_already', 'unknown_reference'"
FORMER = f"'amount_differs', 'bank_reference_used', {REST}"
line = sa.table(TABLE, sa.column("mismatch"))
PRESENT = f"'amount_differs', 'bank_reference_used', 'before_order', {REST}"


def upgrade() -> None:
    _list(PRESENT)


def downgrade() -> None:
    op.execute(sa.update(line).where(line.c.mismatch == "before_order").values(mismatch="amount_differs"))
    _list(FORMER)


def _list(mismatches: str) -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{TABLE}_mismatch_listed"), type_="check")
        batch_op.create_check_constraint(
            op.f(f"ck_{TABLE}_mismatch_listed"), f"mismatch IS NULL OR mismatch IN ({mismatches})"
        )
