"""releases of plans: meetings that are called off stay on record, and every repair of a published plan is numbered"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MEETING, SESSION = "matchmaking_meeting", "matchmaking_session"
RELEASE, CHANGE = "matchmaking_release", "matchmaking_release_change"
PLACES = ("slot", "desk", "room")
STANDING = sa.text("state = 'standing'")
LIMITS = {  # the columns of each limit, with the names it had and has
    "uq_matchmaking_meeting_session_id_enterprise_id_slot": (
        "uq_matchmaking_meeting_standing_enterprise_slot",
        ["session_id", "enterprise_id", "slot"],
    ),
    "uq_matchmaking_meeting_session_id_institution_id_desk_slot": (
        "uq_matchmaking_meeting_standing_desk_slot",
        ["session_id", "institution_id", "desk", "slot"],
    ),
    "uq_matchmaking_meeting_session_id_enterprise_id_institution_id": (
        "uq_matchmaking_meeting_standing_pair",
        ["session_id", "enterprise_id", "institution_id"],
    ),
    "uq_matchmaking_meeting_session_id_room_slot": (
        "uq_matchmaking_meeting_standing_room_slot",
        ["session_id", "room", "slot"],
    ),
}


def upgrade() -> None:
    with op.batch_alter_table(SESSION) as batch_op:
        batch_op.add_column(sa.Column("release", sa.Integer(), nullable=False, server_default="0"))
    op.execute(sa.text("UPDATE matchmaking_session SET release = 1 WHERE state = 'published'"))
    with op.batch_alter_table(SESSION) as batch_op:
        batch_op.alter_column("release", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
    with op.batch_alter_table(MEETING) as batch_op:
        for former in LIMITS:
            batch_op.drop_constraint(op.f(former), type_="unique")
        batch_op.add_column(sa.Column("state", sa.String(20), nullable=False, server_default="standing"))
        batch_op.add_column(sa.Column("release", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table(MEETING) as batch_op:
        batch_op.alter_column("state", server_default=None, existing_type=sa.String(20), existing_nullable=False)
        batch_op.alter_column("release", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
        batch_op.create_check_constraint(
            op.f("ck_matchmaking_meeting_state_listed"), "state IN ('cancelled', 'standing')"
        )
        batch_op.create_check_constraint(op.f("ck_matchmaking_meeting_release_range"), "release >= 1")
    for name, columns in LIMITS.values():
        op.create_index(name, MEETING, columns, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        RELEASE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("desk", sa.Integer(), nullable=True),
        sa.Column("is_quiet", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_for", sa.Integer(), nullable=False),
        sa.CheckConstraint("cause IN ('desk', 'enterprise', 'meeting')", name=op.f(f"ck_{RELEASE}_cause_listed")),
        sa.CheckConstraint("number >= 2", name=op.f(f"ck_{RELEASE}_number_range")),
        sa.CheckConstraint("desk IS NULL OR desk >= 1", name=op.f(f"ck_{RELEASE}_desk_range")),
        sa.CheckConstraint(
            "cause = 'desk' OR enterprise_id IS NOT NULL", name=op.f(f"ck_{RELEASE}_names_the_enterprise")
        ),
        sa.CheckConstraint(
            "cause = 'enterprise' OR institution_id IS NOT NULL", name=op.f(f"ck_{RELEASE}_names_the_bank")
        ),
        sa.ForeignKeyConstraint(["session_id"], [f"{SESSION}.id"], name=op.f(f"fk_{RELEASE}_session_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.party_id"], name=op.f(f"fk_{RELEASE}_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f(f"fk_{RELEASE}_institution_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f(f"fk_{RELEASE}_made_by")),
        sa.ForeignKeyConstraint(["made_for"], ["party.id"], name=op.f(f"fk_{RELEASE}_made_for")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RELEASE}")),
        sa.UniqueConstraint("session_id", "number", name=op.f(f"uq_{RELEASE}_session_id_number")),
    )
    op.create_table(
        CHANGE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        *(
            sa.Column(f"{place}_{when}", sa.Integer(), nullable=True)
            for when in ("before", "after")
            for place in PLACES
        ),
        sa.CheckConstraint(
            "change IN ('added', 'cancelled', 'displaced', 'moved')", name=op.f(f"ck_{CHANGE}_change_listed")
        ),
        sa.ForeignKeyConstraint(["release_id"], [f"{RELEASE}.id"], name=op.f(f"fk_{CHANGE}_release_id")),
        sa.ForeignKeyConstraint(["meeting_id"], [f"{MEETING}.id"], name=op.f(f"fk_{CHANGE}_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CHANGE}")),
        sa.UniqueConstraint("release_id", "meeting_id", name=op.f(f"uq_{CHANGE}_release_id_meeting_id")),
    )
    for table, columns in (
        (RELEASE, ("session_id", "enterprise_id", "institution_id")),
        (CHANGE, ("release_id", "meeting_id")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    op.drop_table(CHANGE)
    op.drop_table(RELEASE)
    op.execute(sa.text("DELETE FROM matchmaking_meeting WHERE state = 'cancelled'"))
    for name, _ in LIMITS.values():
        op.drop_index(name, MEETING)
    with op.batch_alter_table(MEETING) as batch_op:
        batch_op.drop_constraint(op.f("ck_matchmaking_meeting_state_listed"), type_="check")
        batch_op.drop_constraint(op.f("ck_matchmaking_meeting_release_range"), type_="check")
        batch_op.drop_column("release")
        batch_op.drop_column("state")
        for former, (_, columns) in LIMITS.items():
            batch_op.create_unique_constraint(op.f(former), columns)
    with op.batch_alter_table(SESSION) as batch_op:
        batch_op.drop_column("release")
