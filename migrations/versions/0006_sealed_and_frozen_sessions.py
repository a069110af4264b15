"""sealed and frozen sessions: the seed out of the books, the market kept at closing, changes with reasons, parts of certificates"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "matchmaking_session"
STATE = "ck_matchmaking_session_state_listed"
FORMER = "state IN ('announced', 'closed', 'matched', 'open', 'published')"
PRESENT = "state IN ('announced', 'cancelled', 'closed', 'matched', 'open', 'published')"
MOMENTS = ("opened_at", "closed_at", "matched_at", "cancelled_at")


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.alter_column(
            "seed", new_column_name="seed_nonce", existing_type=sa.String(64), existing_nullable=False
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, Moment(), nullable=True))
        batch_op.drop_constraint(op.f("uq_matchmaking_session_organiser_id_week"), type_="unique")
        batch_op.drop_constraint(op.f(STATE), type_="check")
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.create_check_constraint(op.f(STATE), PRESENT)
        batch_op.alter_column("version", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
    op.create_index(
        "uq_matchmaking_session_live_week",
        TABLE,
        ["organiser_id", "week"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "matchmaking_session_market",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", Moment(), nullable=False),
        sa.Column("banks", sa.Text(), nullable=False),
        sa.Column("products", sa.Text(), nullable=False),
        sa.Column("requests", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], [f"{TABLE}.id"], name=op.f("fk_matchmaking_session_market_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_market")),
        sa.UniqueConstraint("session_id", name=op.f("uq_matchmaking_session_market_session_id")),
    )
    op.create_table(
        "matchmaking_session_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('cancelled', 'changed', 'early')", name=op.f("ck_matchmaking_session_notice_kind_listed")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_session_notice_made_by")),
        sa.ForeignKeyConstraint(["session_id"], [f"{TABLE}.id"], name=op.f("fk_matchmaking_session_notice_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_notice")),
    )
    op.create_index(
        op.f("ix_matchmaking_session_notice_session_id"), "matchmaking_session_notice", ["session_id"], unique=False
    )
    op.create_table(
        "matchmaking_session_slice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_matchmaking_session_slice_party_id")),
        sa.ForeignKeyConstraint(["session_id"], [f"{TABLE}.id"], name=op.f("fk_matchmaking_session_slice_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_slice")),
        sa.UniqueConstraint("session_id", "party_id", name=op.f("uq_matchmaking_session_slice_session_id_party_id")),
    )
    for column in ("party_id", "session_id"):
        op.create_index(
            op.f(f"ix_matchmaking_session_slice_{column}"), "matchmaking_session_slice", [column], unique=False
        )


def downgrade() -> None:
    for table in ("matchmaking_session_slice", "matchmaking_session_notice", "matchmaking_session_market"):
        op.drop_table(table)
    op.drop_index("uq_matchmaking_session_live_week", TABLE)
    op.execute(sa.text("UPDATE matchmaking_session SET state = 'closed' WHERE state = 'cancelled'"))
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.drop_constraint(op.f(STATE), type_="check")
        for name in (*MOMENTS, "version"):
            batch_op.drop_column(name)
        batch_op.alter_column(
            "seed_nonce", new_column_name="seed", existing_type=sa.String(64), existing_nullable=False
        )
        batch_op.create_check_constraint(op.f(STATE), FORMER)
        batch_op.create_unique_constraint(op.f("uq_matchmaking_session_organiser_id_week"), ["organiser_id", "week"])
