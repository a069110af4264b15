"""Marks of products and referrals, and desks taken away"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

PRODUCT, REFERRAL, BANK = "matchmaking_product_version", "matchmaking_referral", "matchmaking_session_bank"
FILLED: dict[str, dict[str, tuple[Any, Any]]] = {
    PRODUCT: {
        "green_channel": (sa.Boolean(), sa.false()),
        "deposit_percent": (sa.Integer(), "0"),
        "deposit_reason": (sa.String(length=200), ""),
        "counter_guarantees": (sa.String(), ""),
    },
    REFERRAL: {
        "is_green_channel": (sa.Boolean(), sa.false()),
        "deposit": (Fen(), "0"),
        "counter_guarantees": (sa.String(), ""),
    },
    BANK: {"closed_desks": (sa.String(), "")},
}
CHECKS: dict[str, dict[str, str]] = {
    PRODUCT: {
        "deposit_percent_range": "deposit_percent BETWEEN 0 AND 1000000",
        "deposit_with_its_reason": "deposit_percent = 0 OR deposit_reason <> ''",
    },
    REFERRAL: {"deposit_within_the_approved": "deposit >= 0 AND deposit <= COALESCE(approved_amount, 0)"},
    BANK: {},
}


def _close_desks() -> None:
    """What releases before this one took away."""
    books = op.get_bind()
    rows = books.execute(
        sa.text(
            "SELECT b.id, b.desks, r.desk FROM matchmaking_session_bank b JOIN matchmaking_release r "
            "ON r.session_id = b.session_id AND r.institution_id = b.institution_id WHERE r.cause = 'desk'"
        )
    ).all()
    closed: dict[int, set[int]] = {}
    for place, desks, desk in rows:
        closed.setdefault(place, set()).update(range(1, desks + 1) if desk is None else (desk,))
    for place, gone in closed.items():
        listed = ";".join(("", *map(str, sorted(gone)), ""))
        books.execute(
            sa.text("UPDATE matchmaking_session_bank SET closed_desks = :listed WHERE id = :place"),
            {"listed": listed, "place": place},
        )


def upgrade() -> None:
    for table, columns in FILLED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, (kind, default) in columns.items():
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, (kind, _) in columns.items():
                batch_op.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)
            for name, rule in CHECKS[table].items():
                batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)
    _close_desks()


def downgrade() -> None:
    for table, columns in FILLED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in CHECKS[table]:
                batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            for name in columns:
                batch_op.drop_column(name)
