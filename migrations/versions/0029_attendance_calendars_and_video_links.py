"""Attendance, calendars and video links"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_calendar_feed_made_by")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_matchmaking_calendar_feed_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_matchmaking_calendar_feed_digest")),
    )
    with op.batch_alter_table("matchmaking_calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_calendar_feed_party_id"), ["party_id"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_calendar_feed_live",
            ["party_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "matchmaking_video_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_video_link_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_video_link_session_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_matchmaking_video_link_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_video_link")),
        sa.UniqueConstraint(
            "session_id", "institution_id", name=op.f("uq_matchmaking_video_link_session_id_institution_id")
        ),
    )
    with op.batch_alter_table("matchmaking_video_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_video_link_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_video_link_session_id"), ["session_id"], unique=False)

    op.create_table(
        "matchmaking_meeting_side",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("checked_in_at", Moment(), nullable=True),
        sa.Column("checked_in_by", sa.Integer(), nullable=True),
        sa.Column("took_place", sa.Boolean(), nullable=True),
        sa.Column("said_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("amount", Fen(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("noted_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'intent') = (amount IS NOT NULL) OR (outcome IS NULL AND amount IS NULL)",
            name=op.f("ck_matchmaking_meeting_side_intent_has_amount"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('intent', 'material_needed', 'no_interest')",
            name=op.f("ck_matchmaking_meeting_side_outcome_listed"),
        ),
        sa.CheckConstraint(
            "side IN ('enterprise', 'institution')", name=op.f("ck_matchmaking_meeting_side_side_listed")
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_meeting_side_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["checked_in_by"], ["account.id"], name=op.f("fk_matchmaking_meeting_side_checked_in_by")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["matchmaking_meeting.id"], name=op.f("fk_matchmaking_meeting_side_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_meeting_side")),
        sa.UniqueConstraint("meeting_id", "side", name=op.f("uq_matchmaking_meeting_side_meeting_id_side")),
    )
    with op.batch_alter_table("matchmaking_meeting_side", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_meeting_side_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "matchmaking_no_show",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("consequence", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "(consequence = 'pause') = (since IS NOT NULL)", name=op.f("ck_matchmaking_no_show_a_pause_is_dated")
        ),
        sa.CheckConstraint(
            "consequence IN ('pause', 'warning')", name=op.f("ck_matchmaking_no_show_consequence_listed")
        ),
        sa.CheckConstraint(
            "(since IS NULL) = (until IS NULL) AND (until IS NULL OR until > since)",
            name=op.f("ck_matchmaking_no_show_dates_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["matchmaking_meeting.id"], name=op.f("fk_matchmaking_no_show_meeting_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_matchmaking_no_show_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_no_show")),
        sa.UniqueConstraint("meeting_id", "party_id", name=op.f("uq_matchmaking_no_show_meeting_id_party_id")),
    )
    with op.batch_alter_table("matchmaking_no_show", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_no_show_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_no_show_party_id"), ["party_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_no_show", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_no_show_party_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_no_show_meeting_id"))

    op.drop_table("matchmaking_no_show")
    with op.batch_alter_table("matchmaking_meeting_side", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_meeting_side_meeting_id"))

    op.drop_table("matchmaking_meeting_side")
    with op.batch_alter_table("matchmaking_video_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_video_link_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_video_link_institution_id"))

    op.drop_table("matchmaking_video_link")
    with op.batch_alter_table("matchmaking_calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_calendar_feed_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_calendar_feed_party_id"))

    op.drop_table("matchmaking_calendar_feed")
