"""Referrals, the history of each, pauses of the clock, drawdowns, escalations"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment
from matchmaking.columns import Percent

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("request_version_id", sa.Integer(), nullable=False),
        sa.Column("product_version_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("moved_from_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("delivered_at", Moment(), nullable=True),
        sa.Column("regime", sa.String(length=20), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("contact_days", sa.Integer(), nullable=True),
        sa.Column("decision_days", sa.Integer(), nullable=True),
        sa.Column("longest_months", sa.Integer(), nullable=True),
        sa.Column("is_first_loan", sa.Boolean(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("contacted_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("approved_amount", Fen(), nullable=True),
        sa.Column("approved_rate", Percent(), nullable=True),
        sa.Column("approved_term", sa.Integer(), nullable=True),
        sa.Column("guarantee", sa.String(length=20), nullable=True),
        sa.Column("contract_number", sa.String(length=64), nullable=True),
        sa.Column("contracted_at", Moment(), nullable=True),
        sa.Column("drawn", Fen(), nullable=False),
        sa.Column("reason_code", sa.String(length=2), nullable=True),
        sa.Column("reason_text", sa.String(length=500), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'refused') = (reason_code IS NOT NULL)",
            name=op.f("ck_matchmaking_referral_refused_with_a_reason"),
        ),
        sa.CheckConstraint(
            "guarantee IS NULL OR guarantee IN ('credit', 'guarantor', 'mortgage', 'pledge', 'surety')",
            name=op.f("ck_matchmaking_referral_guarantee_listed"),
        ),
        sa.CheckConstraint(
            "reason_code IS NULL OR reason_code IN ('01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '99')",
            name=op.f("ck_matchmaking_referral_reason_code_listed"),
        ),
        sa.CheckConstraint(
            "regime IS NULL OR regime IN ('13710', 'working_days')", name=op.f("ck_matchmaking_referral_regime_listed")
        ),
        sa.CheckConstraint("source IN ('meeting', 'moved')", name=op.f("ck_matchmaking_referral_source_listed")),
        sa.CheckConstraint(
            "state = 'submitted' OR delivered_at IS NOT NULL OR closed_at IS NOT NULL",
            name=op.f("ck_matchmaking_referral_delivered"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'approved', 'contacted', 'contracted', 'disbursed', 'due_diligence', 'expired', 'published', 'refused', 'submitted', 'withdrawn')",
            name=op.f("ck_matchmaking_referral_state_listed"),
        ),
        sa.CheckConstraint(
            "approved_amount IS NULL OR approved_amount >= 1",
            name=op.f("ck_matchmaking_referral_approved_amount_range"),
        ),
        sa.CheckConstraint(
            "approved_term IS NULL OR approved_term BETWEEN 1 AND 360",
            name=op.f("ck_matchmaking_referral_approved_term_range"),
        ),
        sa.CheckConstraint(
            "drawn <= COALESCE(approved_amount, 0)", name=op.f("ck_matchmaking_referral_drawn_within_the_approved")
        ),
        sa.CheckConstraint("drawn BETWEEN 0 AND 100000000000000000", name=op.f("ck_matchmaking_referral_drawn_range")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_referral_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_referral_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["matchmaking_meeting.id"], name=op.f("fk_matchmaking_referral_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["moved_from_id"], ["matchmaking_referral.id"], name=op.f("fk_matchmaking_referral_moved_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_version_id"],
            ["matchmaking_product_version.id"],
            name=op.f("fk_matchmaking_referral_product_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_referral_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_version_id"],
            ["matchmaking_request_version.id"],
            name=op.f("fk_matchmaking_referral_request_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["matchmaking_session.id"], name=op.f("fk_matchmaking_referral_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_referral")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_matchmaking_referral_meeting_id")),
    )
    with op.batch_alter_table("matchmaking_referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_referral_live",
            ["request_id", "institution_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('refused', 'withdrawn', 'expired')"),
            postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn', 'expired')"),
        )

    op.create_table(
        "matchmaking_drawdown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stated_at", Moment(), nullable=False),
        sa.Column("stated_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("dispute", sa.String(length=500), nullable=False),
        sa.Column("evidence_quarter", sa.String(length=6), nullable=True),
        sa.Column("evidence_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('cancelled', 'confirmed', 'disputed', 'stated')",
            name=op.f("ck_matchmaking_drawdown_state_listed"),
        ),
        sa.CheckConstraint(
            "(evidence_quarter IS NULL) = (evidence_at IS NULL)", name=op.f("ck_matchmaking_drawdown_evidence_whole")
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_drawdown_amount_range")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_matchmaking_drawdown_answered_by")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["matchmaking_referral.id"], name=op.f("fk_matchmaking_drawdown_referral_id")
        ),
        sa.ForeignKeyConstraint(["stated_by"], ["account.id"], name=op.f("fk_matchmaking_drawdown_stated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_drawdown")),
        sa.UniqueConstraint("referral_id", "loan_id", name=op.f("uq_matchmaking_drawdown_referral_id_loan_id")),
        sa.UniqueConstraint("referral_id", "number", name=op.f("uq_matchmaking_drawdown_referral_id_number")),
    )
    with op.batch_alter_table("matchmaking_drawdown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_drawdown_referral_id"), ["referral_id"], unique=False)

    op.create_table(
        "matchmaking_referral_escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("handled_at", Moment(), nullable=True),
        sa.Column("handled_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (note = '')", name=op.f("ck_matchmaking_referral_escalation_handled_with_a_note")
        ),
        sa.CheckConstraint(
            "stage IN ('answer', 'contact', 'decision')", name=op.f("ck_matchmaking_referral_escalation_stage_listed")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["account.id"], name=op.f("fk_matchmaking_referral_escalation_handled_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["matchmaking_referral.id"], name=op.f("fk_matchmaking_referral_escalation_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_referral_escalation")),
        sa.UniqueConstraint("referral_id", "stage", name=op.f("uq_matchmaking_referral_escalation_referral_id_stage")),
    )
    with op.batch_alter_table("matchmaking_referral_escalation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_referral_escalation_referral_id"), ["referral_id"], unique=False
        )

    op.create_table(
        "matchmaking_referral_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("state_before", sa.String(length=20), nullable=False),
        sa.Column("state_after", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_for", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_referral_move_made_by")),
        sa.ForeignKeyConstraint(["made_for"], ["party.id"], name=op.f("fk_matchmaking_referral_move_made_for")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["matchmaking_referral.id"], name=op.f("fk_matchmaking_referral_move_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_referral_move")),
        sa.UniqueConstraint("referral_id", "number", name=op.f("uq_matchmaking_referral_move_referral_id_number")),
    )
    with op.batch_alter_table("matchmaking_referral_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_move_referral_id"), ["referral_id"], unique=False)

    op.create_table(
        "matchmaking_referral_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("papers", sa.String(length=500), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("supplied_at", Moment(), nullable=True),
        sa.Column("supplied_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason IN ('enterprise_papers')", name=op.f("ck_matchmaking_referral_pause_reason_listed")),
        sa.CheckConstraint(
            "supplied_at IS NULL OR supplied_at >= asked_at", name=op.f("ck_matchmaking_referral_pause_in_order")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_matchmaking_referral_pause_asked_by")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["matchmaking_referral.id"], name=op.f("fk_matchmaking_referral_pause_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplied_by"], ["account.id"], name=op.f("fk_matchmaking_referral_pause_supplied_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_referral_pause")),
    )
    with op.batch_alter_table("matchmaking_referral_pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_referral_pause_referral_id"), ["referral_id"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_referral_pause_open",
            ["referral_id"],
            unique=True,
            sqlite_where=sa.text("supplied_at IS NULL"),
            postgresql_where=sa.text("supplied_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_referral_pause", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_referral_pause_open",
            sqlite_where=sa.text("supplied_at IS NULL"),
            postgresql_where=sa.text("supplied_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_pause_referral_id"))

    op.drop_table("matchmaking_referral_pause")
    with op.batch_alter_table("matchmaking_referral_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_move_referral_id"))

    op.drop_table("matchmaking_referral_move")
    with op.batch_alter_table("matchmaking_referral_escalation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_escalation_referral_id"))

    op.drop_table("matchmaking_referral_escalation")
    with op.batch_alter_table("matchmaking_drawdown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_drawdown_referral_id"))

    op.drop_table("matchmaking_drawdown")
    with op.batch_alter_table("matchmaking_referral", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_referral_live",
            sqlite_where=sa.text("state NOT IN ('refused', 'withdrawn', 'expired')"),
            postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn', 'expired')"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_state"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_session_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_request_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_institution_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_referral_enterprise_id"))

    op.drop_table("matchmaking_referral")
