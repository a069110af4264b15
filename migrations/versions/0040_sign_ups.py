"""Sign-ups"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "matchmaking_enrolment"
LIVE = sa.text("state IN ('waiting', 'confirmed')")
STATES = "state IN ('confirmed', 'refused', 'waiting')"
SIZES = "size_class IN ('individual_business', 'large', 'medium', 'micro', 'small')"


def upgrade() -> None:
    op.add_column("enterprise", sa.Column("identity_confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("brought_firm", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("industry", sa.String(length=5), nullable=False),
        sa.Column("size_class", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(STATES, name=op.f(f"ck_{TABLE}_state_listed")),
        sa.CheckConstraint(SIZES, name=op.f(f"ck_{TABLE}_size_class_listed")),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f(f"ck_{TABLE}_decided")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f(f"fk_{TABLE}_party_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{TABLE}_account_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f(f"fk_{TABLE}_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for name in ("party_id", "account_id", "state"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)
    op.create_index(f"uq_{TABLE}_live", TABLE, ["code"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def _refuse_while_firms_wait() -> None:
    """Without the column a firm that nobody has confirmed would stand in the books like any other."""
    firm = sa.table("enterprise", sa.column("identity_confirmed", sa.Boolean))
    waiting = sa.select(sa.func.count()).select_from(firm).where(firm.c.identity_confirmed.is_(sa.false()))
    if count := op.get_bind().execute(waiting).scalar_one():
        raise RuntimeError(
            f"{count} 家注册的企业没有核实身份，不能退回到 0040 以前；先在“新注册企业”里核实 / "
            f"{count} firms that signed up are not confirmed: going back below 0040 would make them ordinary ones; "
            "have them confirmed among the sign-ups first"
        )


def downgrade() -> None:
    _refuse_while_firms_wait()
    op.drop_table(TABLE)
    op.drop_column("enterprise", "identity_confirmed")
