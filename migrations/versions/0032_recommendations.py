"""Needs recommended to banks and platforms, the consent to it, and drafts made from platforms' records"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LISTED = {
    "matchmaking_consent": (
        "audience",
        "audience IN ('matched_banks', 'session_banks')",
        "audience IN ('matched_banks', 'recommended', 'session_banks')",
    ),
    "matchmaking_request": (
        "source",
        "source IN ('api', 'import', 'web')",
        "source IN ('api', 'import', 'platform', 'web')",
    ),
}


def upgrade() -> None:
    _list(present=True)
    op.create_table(
        "matchmaking_recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("request_version_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("platform", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason_code", sa.String(length=2), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("heard", sa.String(length=60), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('declined', 'ended', 'received', 'sent', 'taken_up')",
            name=op.f("ck_matchmaking_recommendation_state_listed"),
        ),
        sa.CheckConstraint(
            "reason_code IS NULL OR reason_code IN ('01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '99')",
            name=op.f("ck_matchmaking_recommendation_reason_code_listed"),
        ),
        sa.CheckConstraint(
            "(institution_id IS NULL) <> (platform IS NULL)", name=op.f("ck_matchmaking_recommendation_one_receiver")
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR platform IS NOT NULL OR reason_code IS NOT NULL",
            name=op.f("ck_matchmaking_recommendation_bank_declines_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_matchmaking_recommendation_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["matchmaking_consent.id"], name=op.f("fk_matchmaking_recommendation_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_recommendation_institution_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_recommendation_made_by")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_recommendation_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_version_id"],
            ["matchmaking_request_version.id"],
            name=op.f("fk_matchmaking_recommendation_request_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_recommendation")),
        sa.UniqueConstraint(
            "consent_id", "request_version_id", "institution_id", name="uq_matchmaking_recommendation_bank"
        ),
        sa.UniqueConstraint(
            "consent_id", "request_version_id", "platform", name="uq_matchmaking_recommendation_platform"
        ),
    )
    with op.batch_alter_table("matchmaking_recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_recommendation_request_id"), ["request_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_matchmaking_recommendation_institution_id"), ["institution_id"], unique=False
        )
    op.create_table(
        "matchmaking_platform_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("remote_id", sa.String(length=80), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('product', 'request')", name=op.f("ck_matchmaking_platform_draft_kind_listed")),
        sa.CheckConstraint(
            "(kind = 'request') = (request_id IS NOT NULL)", name=op.f("ck_matchmaking_platform_draft_request_named")
        ),
        sa.CheckConstraint(
            "(kind = 'product') = (product_id IS NOT NULL)", name=op.f("ck_matchmaking_platform_draft_product_named")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["matchmaking_product.id"], name=op.f("fk_matchmaking_platform_draft_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_platform_draft_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_platform_draft")),
        sa.UniqueConstraint(
            "source", "kind", "remote_id", name=op.f("uq_matchmaking_platform_draft_source_kind_remote_id")
        ),
    )
    with op.batch_alter_table("matchmaking_platform_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_platform_draft_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_platform_draft_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("matchmaking_platform_draft")
    op.drop_table("matchmaking_recommendation")
    _list(present=False)


def _list(*, present: bool) -> None:
    for table, (column, former, now) in LISTED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_{column}_listed"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{column}_listed"), now if present else former)
