"""Pool firms, revenues, bars and reviews"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_pool_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("in_pool", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("near", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_pool_review")),
        sa.UniqueConstraint("region", "quarter", name=op.f("uq_matchmaking_pool_review_region_quarter")),
    )
    op.create_table(
        "matchmaking_monthly_revenue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revenue", Fen(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "revenue BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_monthly_revenue_revenue_range")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_matchmaking_monthly_revenue_account_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_monthly_revenue_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_monthly_revenue")),
        sa.UniqueConstraint(
            "enterprise_id", "month", "number", name=op.f("uq_matchmaking_monthly_revenue_enterprise_id_month_number")
        ),
    )
    with op.batch_alter_table("matchmaking_monthly_revenue", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_monthly_revenue_enterprise_id"), ["enterprise_id"], unique=False
        )
    op.create_table(
        "matchmaking_pool_bar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("bar", Fen(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("bar BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_pool_bar_bar_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_matchmaking_pool_bar_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_pool_bar")),
        sa.UniqueConstraint("region", "since", name=op.f("uq_matchmaking_pool_bar_region_since")),
    )
    op.create_table(
        "matchmaking_pool_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revenue", Fen(), nullable=False),
        sa.Column("revenue_year", sa.Integer(), nullable=False),
        sa.Column("bar", Fen(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("nominated_on", sa.Date(), nullable=False),
        sa.Column("nominated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('admitted', 'left', 'nominated', 'reached_scale', 'rejected')",
            name=op.f("ck_matchmaking_pool_entry_state_listed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('admitted', 'reached_scale') OR since IS NOT NULL",
            name=op.f("ck_matchmaking_pool_entry_admitted_since"),
        ),
        sa.CheckConstraint("bar BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_pool_entry_bar_range")),
        sa.CheckConstraint(
            "revenue BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_pool_entry_revenue_range")
        ),
        sa.CheckConstraint(
            "until IS NULL OR (since IS NOT NULL AND until >= since)",
            name=op.f("ck_matchmaking_pool_entry_until_after_since"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_pool_entry_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["nominated_by"], ["account.id"], name=op.f("fk_matchmaking_pool_entry_nominated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_pool_entry")),
    )
    with op.batch_alter_table("matchmaking_pool_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_pool_entry_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_pool_entry_region"), ["region"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_pool_entry_live",
            ["enterprise_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('admitted', 'nominated')"),
            postgresql_where=sa.text("state IN ('admitted', 'nominated')"),
        )
    op.create_table(
        "matchmaking_pool_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('admitted', 'left', 'nominated', 'reached_scale', 'rejected')",
            name=op.f("ck_matchmaking_pool_step_state_listed"),
        ),
        sa.CheckConstraint(
            "verb IN ('admit', 'leave', 'nominate', 'reach', 'reject', 'withdraw')",
            name=op.f("ck_matchmaking_pool_step_verb_listed"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_matchmaking_pool_step_account_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["matchmaking_pool_entry.id"], name=op.f("fk_matchmaking_pool_step_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_pool_step")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_matchmaking_pool_step_entry_id_number")),
    )
    with op.batch_alter_table("matchmaking_pool_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_pool_step_entry_id"), ["entry_id"], unique=False)
    op.create_table(
        "matchmaking_scale_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("revenue", Fen(), nullable=False),
        sa.Column("was_in_register", sa.Boolean(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "revenue BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_scale_entry_revenue_range")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["matchmaking_pool_entry.id"], name=op.f("fk_matchmaking_scale_entry_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_matchmaking_scale_entry")),
    )


def downgrade() -> None:
    op.drop_table("matchmaking_scale_entry")
    with op.batch_alter_table("matchmaking_pool_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_pool_step_entry_id"))
    op.drop_table("matchmaking_pool_step")
    with op.batch_alter_table("matchmaking_pool_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_pool_entry_live",
            sqlite_where=sa.text("state IN ('admitted', 'nominated')"),
            postgresql_where=sa.text("state IN ('admitted', 'nominated')"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_pool_entry_region"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_pool_entry_enterprise_id"))
    op.drop_table("matchmaking_pool_entry")
    op.drop_table("matchmaking_pool_bar")
    with op.batch_alter_table("matchmaking_monthly_revenue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_monthly_revenue_enterprise_id"))
    op.drop_table("matchmaking_monthly_revenue")
    op.drop_table("matchmaking_pool_review")
