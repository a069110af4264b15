"""decisions on open words and missing numbers, what they set, and the what-ifs that people keep"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LIVE = "revokes_id IS NOT NULL AND state IN ('recorded', 'in_force')"
KEPT = "deleted_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "settlement_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("alternative", sa.String(60), nullable=False),
        sa.Column("revokes_id", sa.Integer(), nullable=True),
        sa.Column("document_number", sa.String(120), nullable=False),
        sa.Column("document_title", sa.String(200), nullable=False),
        sa.Column("document_issuer", sa.String(120), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("evidence_name", sa.String(200), nullable=False),
        sa.Column("evidence_type", sa.String(60), nullable=False),
        sa.Column("evidence_size", sa.Integer(), nullable=False),
        sa.Column("evidence_digest", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_by_name", sa.String(40), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_by_name", sa.String(40), nullable=False),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("check_note", sa.String(400), nullable=False),
        sa.CheckConstraint(
            "state IN ('in_force', 'recorded', 'refused', 'revoked')", name=op.f("ck_settlement_decision_state_listed")
        ),
        sa.CheckConstraint(
            "kind IN ('parameter', 'revocation', 'word')", name=op.f("ck_settlement_decision_kind_listed")
        ),
        sa.CheckConstraint("(kind = 'word') = (word <> '')", name=op.f("ck_settlement_decision_word_named")),
        sa.CheckConstraint(
            "(kind = 'revocation') = (revokes_id IS NOT NULL)", name=op.f("ck_settlement_decision_revocation_of_one")
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> recorded_by", name=op.f("ck_settlement_decision_two_persons")
        ),
        sa.CheckConstraint(
            "(state = 'recorded') = (checked_by IS NULL)", name=op.f("ck_settlement_decision_checked_by_somebody")
        ),
        sa.CheckConstraint(
            "(checked_by IS NULL) = (checked_at IS NULL)", name=op.f("ck_settlement_decision_checked_at_some_time")
        ),
        sa.ForeignKeyConstraint(
            ["revokes_id"], ["settlement_decision.id"], name=op.f("fk_settlement_decision_revokes_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_settlement_decision_recorded_by")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_settlement_decision_checked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_decision")),
    )
    op.create_index(op.f("ix_settlement_decision_state"), "settlement_decision", ["state"])
    op.create_index(
        "uq_settlement_decision_live_revocation",
        "settlement_decision",
        ["revokes_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )
    op.create_table(
        "settlement_decided_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(60), nullable=False),
        sa.Column("parameter", sa.String(60), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_settlement_decided_value_until_not_before_since")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["settlement_decision.id"], name=op.f("fk_settlement_decided_value_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_decided_value")),
        sa.UniqueConstraint("decision_id", "place", name=op.f("uq_settlement_decided_value_decision_id_place")),
    )
    op.create_index(op.f("ix_settlement_decided_value_decision_id"), "settlement_decided_value", ["decision_id"])
    op.create_table(
        "settlement_scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_settlement_scenario_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_scenario")),
    )
    op.create_index(op.f("ix_settlement_scenario_owner_id"), "settlement_scenario", ["owner_id"])
    op.create_index(
        "uq_settlement_scenario_kept_name",
        "settlement_scenario",
        ["owner_id", "name"],
        unique=True,
        sqlite_where=sa.text(KEPT),
        postgresql_where=sa.text(KEPT),
    )


def downgrade() -> None:
    op.drop_table("settlement_scenario")
    op.drop_table("settlement_decided_value")
    op.drop_table("settlement_decision")
