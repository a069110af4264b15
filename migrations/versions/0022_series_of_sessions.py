"""series of sessions, their themes and what became of each week"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SESSION, INDEX = "matchmaking_session", "uq_matchmaking_session_live_week"
STATE_CHECK = f"ck_{SESSION}_state_listed"
LIVE: dict[str, Any] = {f"{books}_where": sa.text("state <> 'cancelled'") for books in ("sqlite", "postgresql")}
STATES = ("announced", "open", "closed", "matched", "published", "cancelled")
THEMES = (
    *("credit_platform", "first_loan", "general", "policy_banks"),
    *("pool", "procurement", "specialised", "trade"),
)
KINDS = (
    *("branch", "city_commercial_bank", "guarantor", "private_bank", "re_guarantor", "rural_commercial_bank"),
    *("rural_cooperative_bank", "rural_credit_cooperative", "village_bank"),
)
NEW_KINDS = ("development_bank", "policy_bank")
NEW: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (  # name, type, what the rows that exist get
    ("theme_code", sa.String(length=30), "general"),
    ("scope", sa.String(length=10), "city"),
    ("partners", sa.String(), ""),
    ("institution_kinds", sa.String(), ""),
    ("break_after", sa.Integer(), None),
    ("break_minutes", sa.Integer(), "0"),
    ("host", sa.String(length=10), "rooms"),
    ("reminded_at", Moment(), None),
    ("concluded_at", Moment(), None),
)


def _listed(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in sorted(values))
    return f"{column} IN ({listed})"


CHECKS = {
    "theme_code_listed": _listed("theme_code", THEMES),
    "scope_listed": _listed("scope", ("city", "county", "joint")),
    "host_listed": _listed("host", ("rooms", "video")),
    "break_whole": "(break_after IS NULL AND break_minutes = 0) OR (break_after >= 1 AND break_minutes >= 1)",
}


def upgrade() -> None:
    op.create_table(
        "matchmaking_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("theme_code", sa.String(length=30), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("partners", sa.String(), nullable=False),
        sa.Column("institution_kinds", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("break_after", sa.Integer(), nullable=True),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("request_places", sa.Integer(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=True),
        sa.Column("host", sa.String(length=10), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("open_minute", sa.Integer(), nullable=False),
        sa.Column("close_days", sa.Integer(), nullable=False),
        sa.Column("close_minute", sa.Integer(), nullable=False),
        sa.Column("match_minutes", sa.Integer(), nullable=False),
        sa.Column("publish_minutes", sa.Integer(), nullable=False),
        sa.Column("weeks_ahead", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("host IN ('rooms', 'video')", name=op.f("ck_matchmaking_series_host_listed")),
        sa.CheckConstraint("scope IN ('city', 'county', 'joint')", name=op.f("ck_matchmaking_series_scope_listed")),
        sa.CheckConstraint("state IN ('ended', 'paused', 'running')", name=op.f("ck_matchmaking_series_state_listed")),
        sa.CheckConstraint(
            "theme_code IN ('credit_platform', 'first_loan', 'general', 'policy_banks', 'pool', 'procurement', 'specialised', 'trade')",
            name=op.f("ck_matchmaking_series_theme_code_listed"),
        ),
        sa.CheckConstraint(
            "(break_after IS NULL AND break_minutes = 0) OR (break_after >= 1 AND break_minutes >= 1)",
            name=op.f("ck_matchmaking_series_break_whole"),
        ),
        sa.CheckConstraint(
            "match_minutes BETWEEN 0 AND publish_minutes", name=op.f("ck_matchmaking_series_steps_in_order")
        ),
        sa.CheckConstraint(
            "open_days BETWEEN 0 AND 20 AND close_days BETWEEN 0 AND open_days",
            name=op.f("ck_matchmaking_series_days_in_order"),
        ),
        sa.CheckConstraint(
            "open_minute BETWEEN 0 AND 1439 AND close_minute BETWEEN 0 AND 1439",
            name=op.f("ck_matchmaking_series_minutes_range"),
        ),
        sa.CheckConstraint("request_places >= 1", name=op.f("ck_matchmaking_series_request_places_range")),
        sa.CheckConstraint("rooms IS NULL OR rooms >= 1", name=op.f("ck_matchmaking_series_rooms_range")),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 240", name=op.f("ck_matchmaking_series_slot_minutes_range")),
        sa.CheckConstraint(
            "starts_minute >= 0 AND starts_minute < ends_minute AND ends_minute < 1440",
            name=op.f("ck_matchmaking_series_window_in_order"),
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 5", name=op.f("ck_matchmaking_series_weekday_range")),
        sa.CheckConstraint("weeks_ahead BETWEEN 1 AND 12", name=op.f("ck_matchmaking_series_weeks_ahead_range")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_series_made_by")),
        sa.ForeignKeyConstraint(["organiser_id"], ["party.id"], name=op.f("fk_matchmaking_series_organiser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_series")),
    )
    with op.batch_alter_table("matchmaking_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_series_organiser_id"), ["organiser_id"], unique=False)

    op.create_table(
        "matchmaking_series_week",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'announced') = (session_id IS NOT NULL)",
            name=op.f("ck_matchmaking_series_week_session_where_announced"),
        ),
        sa.CheckConstraint(
            "outcome IN ('announced', 'exempt', 'no_working_day', 'taken', 'too_late')",
            name=op.f("ck_matchmaking_series_week_outcome_listed"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["matchmaking_series.id"], name=op.f("fk_matchmaking_series_week_series_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_series_week_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_series_week")),
        sa.UniqueConstraint("series_id", "week", name=op.f("uq_matchmaking_series_week_series_id_week")),
    )
    with op.batch_alter_table("matchmaking_series_week", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_series_week_series_id"), ["series_id"], unique=False)

    op.drop_index(INDEX, SESSION)
    with op.batch_alter_table(SESSION) as batch_op:
        for name, kind, value in NEW:
            batch_op.add_column(sa.Column(name, kind, nullable=value is None, server_default=value))
        batch_op.drop_constraint(op.f(STATE_CHECK), type_="check")
    with op.batch_alter_table(SESSION) as batch_op:
        for name, kind, value in NEW:
            if value is not None:
                batch_op.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_{SESSION}_{name}"), condition)
        batch_op.create_check_constraint(op.f(STATE_CHECK), _listed("state", (*STATES, "concluded")))
    op.create_index(INDEX, SESSION, ["organiser_id", "week", "theme_code"], unique=True, **LIVE)
    _replace_check("institution", "ck_institution_kind_listed", _listed("kind", (*KINDS, *NEW_KINDS)))


def _replace_check(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
    with op.batch_alter_table(table) as batch_op:
        batch_op.create_check_constraint(op.f(name), condition)


def downgrade() -> None:
    _replace_check("institution", "ck_institution_kind_listed", _listed("kind", KINDS))
    op.drop_table("matchmaking_series_week")
    op.drop_table("matchmaking_series")
    op.execute(sa.text("UPDATE matchmaking_session SET state = 'published' WHERE state = 'concluded'"))
    op.drop_index(INDEX, SESSION)
    with op.batch_alter_table(SESSION) as batch_op:
        for name in (*CHECKS, "state_listed"):
            batch_op.drop_constraint(op.f(f"ck_{SESSION}_{name}"), type_="check")
    with op.batch_alter_table(SESSION) as batch_op:
        for name, _kind, _value in NEW:
            batch_op.drop_column(name)
        batch_op.create_check_constraint(op.f(STATE_CHECK), _listed("state", STATES))
    op.create_index(INDEX, SESSION, ["organiser_id", "week"], unique=True, **LIVE)
