"""Applications to defer principal and interest"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLE = "matchmaking_deferral"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("loan", sa.String(length=64), nullable=False),
        sa.Column("balance", Fen(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("borrower_kind", sa.String(length=30), nullable=False),
        sa.Column("is_merchant", sa.Boolean(), nullable=False),
        sa.Column("is_hit", sa.Boolean(), nullable=False),
        sa.Column("with_interest", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("penalty_interest", sa.Boolean(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applied_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "borrower_kind IN ('farmer', 'individual_business', 'large', 'medium', 'micro', 'owner', 'small')",
            name=op.f(f"ck_{TABLE}_borrower_kind_listed"),
        ),
        sa.CheckConstraint(
            "refusal IS NULL OR refusal IN ('able', 'business', 'documents', 'not_hit', 'other')",
            name=op.f(f"ck_{TABLE}_refusal_listed"),
        ),
        sa.CheckConstraint("rule IN ('disaster', 'fourth_quarter', 'merchants')", name=op.f(f"ck_{TABLE}_rule_listed")),
        sa.CheckConstraint(
            "state IN ('applied', 'granted', 'refused', 'withdrawn')", name=op.f(f"ck_{TABLE}_state_listed")
        ),
        sa.CheckConstraint("balance BETWEEN 1 AND 100000000000000000", name=op.f(f"ck_{TABLE}_balance_range")),
        sa.CheckConstraint(
            "until > due_on AND (last_day IS NULL OR until <= last_day)", name=op.f(f"ck_{TABLE}_until_within_rule")
        ),
        sa.CheckConstraint(
            "granted_until IS NULL OR (granted_until > due_on AND granted_until <= until)",
            name=op.f(f"ck_{TABLE}_granted_within_asked"),
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (granted_until IS NOT NULL)", name=op.f(f"ck_{TABLE}_granted_has_its_day")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["institution.party_id"], name=op.f(f"fk_{TABLE}_bank_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.party_id"], name=op.f(f"fk_{TABLE}_enterprise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for column in ("bank_id", "enterprise_id", "region"):
            batch_op.create_index(batch_op.f(f"ix_{TABLE}_{column}"), [column], unique=False)
        batch_op.create_index(
            f"uq_{TABLE}_open",
            ["bank_id", "loan", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("state = 'applied'"),
            postgresql_where=sa.text("state = 'applied'"),
        )


def downgrade() -> None:
    op.drop_table(TABLE)
