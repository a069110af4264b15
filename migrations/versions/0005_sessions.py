"""Weekly sessions, their plans and meetings"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=True),
        sa.Column("request_places", sa.Integer(), nullable=False),
        sa.Column("requests_taken", sa.Integer(), nullable=False),
        sa.Column("sign_up_from", Moment(), nullable=False),
        sa.Column("sign_up_until", Moment(), nullable=False),
        sa.Column("match_at", Moment(), nullable=False),
        sa.Column("publish_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("announced_at", Moment(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('announced', 'closed', 'matched', 'open', 'published')",
            name=op.f("ck_matchmaking_session_state_listed"),
        ),
        sa.CheckConstraint(
            "requests_taken BETWEEN 0 AND request_places", name=op.f("ck_matchmaking_session_places_range")
        ),
        sa.CheckConstraint("rooms IS NULL OR rooms >= 1", name=op.f("ck_matchmaking_session_rooms_range")),
        sa.CheckConstraint(
            "sign_up_from < sign_up_until AND sign_up_until <= match_at AND match_at <= publish_at AND publish_at <= starts_at",
            name=op.f("ck_matchmaking_session_steps_in_order"),
        ),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 240", name=op.f("ck_matchmaking_session_slot_minutes_range")),
        sa.CheckConstraint("slots BETWEEN 1 AND 60", name=op.f("ck_matchmaking_session_slots_range")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_matchmaking_session_window_in_order")),
        sa.ForeignKeyConstraint(["organiser_id"], ["party.id"], name=op.f("fk_matchmaking_session_organiser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session")),
        sa.UniqueConstraint("organiser_id", "week", name=op.f("uq_matchmaking_session_organiser_id_week")),
    )
    with op.batch_alter_table("matchmaking_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_session_organiser_id"), ["organiser_id"], unique=False)
    op.create_table(
        "matchmaking_session_bank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("desks", sa.Integer(), nullable=False),
        sa.Column("breaks", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("signed_up_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('signed_up', 'withdrawn')", name=op.f("ck_matchmaking_session_bank_state_listed")
        ),
        sa.CheckConstraint("breaks >= 0", name=op.f("ck_matchmaking_session_bank_breaks_range")),
        sa.CheckConstraint("desks BETWEEN 1 AND 50", name=op.f("ck_matchmaking_session_bank_desks_range")),
        sa.CheckConstraint("seats IS NULL OR seats >= 1", name=op.f("ck_matchmaking_session_bank_seats_range")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_session_bank_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_session_bank_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_bank")),
        sa.UniqueConstraint(
            "session_id", "institution_id", name=op.f("uq_matchmaking_session_bank_session_id_institution_id")
        ),
    )
    with op.batch_alter_table("matchmaking_session_bank", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_session_bank_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_matchmaking_session_bank_session_id"), ["session_id"], unique=False)
    op.create_table(
        "matchmaking_session_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("run_at", Moment(), nullable=False),
        sa.Column("run_by", sa.Integer(), nullable=True),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("certificate_digest", sa.String(length=64), nullable=False),
        sa.Column("ranking", sa.Text(), nullable=False),
        sa.Column("meetings", sa.Text(), nullable=False),
        sa.Column("unmatched", sa.Text(), nullable=False),
        sa.Column("input_banks", sa.Text(), nullable=False),
        sa.Column("input_products", sa.Text(), nullable=False),
        sa.Column("input_requests", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_by"], ["account.id"], name=op.f("fk_matchmaking_session_run_run_by")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_session_run_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_run")),
        sa.UniqueConstraint("session_id", name=op.f("uq_matchmaking_session_run_session_id")),
    )
    op.create_table(
        "matchmaking_session_desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_bank_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=30), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_bank_id"],
            ["matchmaking_session_bank.id"],
            name=op.f("fk_matchmaking_session_desk_session_bank_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_desk")),
        sa.UniqueConstraint(
            "session_bank_id", "number", name=op.f("uq_matchmaking_session_desk_session_bank_id_number")
        ),
    )
    with op.batch_alter_table("matchmaking_session_desk", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_session_desk_session_bank_id"), ["session_bank_id"], unique=False
        )
    op.create_table(
        "matchmaking_session_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("signed_up_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('matched', 'signed_up', 'unmatched', 'withdrawn')",
            name=op.f("ck_matchmaking_session_request_state_listed"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_session_request_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_session_request_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_session_request_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_request")),
        sa.UniqueConstraint(
            "session_id", "request_id", name=op.f("uq_matchmaking_session_request_session_id_request_id")
        ),
    )
    with op.batch_alter_table("matchmaking_session_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_session_request_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_matchmaking_session_request_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_session_request_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_session_request_waiting",
            ["request_id"],
            unique=True,
            sqlite_where=sa.text("state = 'signed_up'"),
            postgresql_where=sa.text("state = 'signed_up'"),
        )
    op.create_table(
        "matchmaking_session_unmatched",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("codes", sa.String(), nullable=False),
        sa.Column("near_misses", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_session_unmatched_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_session_unmatched_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_unmatched")),
        sa.UniqueConstraint(
            "session_id", "request_id", name=op.f("uq_matchmaking_session_unmatched_session_id_request_id")
        ),
    )
    with op.batch_alter_table("matchmaking_session_unmatched", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_session_unmatched_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_session_unmatched_session_id"), ["session_id"], unique=False)
    op.create_table(
        "matchmaking_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("request_version_id", sa.Integer(), nullable=False),
        sa.Column("product_version_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "round >= 1 AND slot >= 1 AND desk >= 1 AND room >= 1", name=op.f("ck_matchmaking_meeting_counted_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_meeting_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_meeting_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_version_id"],
            ["matchmaking_product_version.id"],
            name=op.f("fk_matchmaking_meeting_product_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_meeting_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_version_id"],
            ["matchmaking_request_version.id"],
            name=op.f("fk_matchmaking_meeting_request_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_meeting_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_meeting")),
        sa.UniqueConstraint(
            "session_id",
            "enterprise_id",
            "institution_id",
            name=op.f("uq_matchmaking_meeting_session_id_enterprise_id_institution_id"),
        ),
        sa.UniqueConstraint(
            "session_id", "enterprise_id", "slot", name=op.f("uq_matchmaking_meeting_session_id_enterprise_id_slot")
        ),
        sa.UniqueConstraint(
            "session_id",
            "institution_id",
            "desk",
            "slot",
            name=op.f("uq_matchmaking_meeting_session_id_institution_id_desk_slot"),
        ),
        sa.UniqueConstraint("session_id", "room", "slot", name=op.f("uq_matchmaking_meeting_session_id_room_slot")),
    )
    with op.batch_alter_table("matchmaking_meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_meeting_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_meeting_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_meeting_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_meeting_session_id"), ["session_id"], unique=False)
    op.create_table(
        "matchmaking_session_ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("product_version_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_matchmaking_session_ranking_rank_range")),
        sa.ForeignKeyConstraint(
            ["product_version_id"],
            ["matchmaking_product_version.id"],
            name=op.f("fk_matchmaking_session_ranking_product_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_session_ranking_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_session_ranking_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_session_ranking")),
        sa.UniqueConstraint(
            "session_id", "request_id", "rank", name=op.f("uq_matchmaking_session_ranking_session_id_request_id_rank")
        ),
    )
    with op.batch_alter_table("matchmaking_session_ranking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_session_ranking_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_session_ranking_session_id"), ["session_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_session_ranking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_ranking_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_ranking_request_id"))
    op.drop_table("matchmaking_session_ranking")
    with op.batch_alter_table("matchmaking_meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_meeting_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_meeting_request_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_meeting_institution_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_meeting_enterprise_id"))
    op.drop_table("matchmaking_meeting")
    with op.batch_alter_table("matchmaking_session_unmatched", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_unmatched_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_unmatched_request_id"))
    op.drop_table("matchmaking_session_unmatched")
    with op.batch_alter_table("matchmaking_session_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_session_request_waiting",
            sqlite_where=sa.text("state = 'signed_up'"),
            postgresql_where=sa.text("state = 'signed_up'"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_request_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_request_request_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_request_enterprise_id"))
    op.drop_table("matchmaking_session_request")
    with op.batch_alter_table("matchmaking_session_desk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_desk_session_bank_id"))
    op.drop_table("matchmaking_session_desk")
    op.drop_table("matchmaking_session_run")
    with op.batch_alter_table("matchmaking_session_bank", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_bank_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_bank_institution_id"))
    op.drop_table("matchmaking_session_bank")
    with op.batch_alter_table("matchmaking_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_session_organiser_id"))
    op.drop_table("matchmaking_session")
