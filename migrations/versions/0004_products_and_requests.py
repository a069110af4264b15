"""Products, requests and consents"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_bank_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_bank_block_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_bank_block_institution_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_matchmaking_bank_block_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_bank_block")),
    )
    with op.batch_alter_table("matchmaking_bank_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_bank_block_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matchmaking_bank_block_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_bank_block_live",
            ["institution_id", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )
    op.create_table(
        "matchmaking_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'withdrawn')", name=op.f("ck_matchmaking_product_state_listed")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.party_id"], name=op.f("fk_matchmaking_product_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_product")),
        sa.UniqueConstraint("code", name=op.f("uq_matchmaking_product_code")),
    )
    with op.batch_alter_table("matchmaking_product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_product_institution_id"), ["institution_id"], unique=False)
    op.create_table(
        "matchmaking_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint("source IN ('api', 'import', 'web')", name=op.f("ck_matchmaking_request_source_listed")),
        sa.CheckConstraint(
            "state IN ('draft', 'expired', 'matched', 'published', 'withdrawn')",
            name=op.f("ck_matchmaking_request_state_listed"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_request_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_request")),
        sa.UniqueConstraint("code", name=op.f("uq_matchmaking_request_code")),
    )
    with op.batch_alter_table("matchmaking_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_request_enterprise_id"), ["enterprise_id"], unique=False)
    op.create_table(
        "matchmaking_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "audience IN ('matched_banks', 'session_banks')", name=op.f("ck_matchmaking_consent_audience_listed")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_matchmaking_consent_given_by")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_consent_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_consent")),
    )
    with op.batch_alter_table("matchmaking_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_consent_request_id"), ["request_id"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_consent_live",
            ["request_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
    op.create_table(
        "matchmaking_product_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("amount_min", Fen(), nullable=False),
        sa.Column("amount_max", Fen(), nullable=False),
        sa.Column("term_min", sa.Integer(), nullable=False),
        sa.Column("term_max", sa.Integer(), nullable=False),
        sa.Column("rate_min", sa.Integer(), nullable=False),
        sa.Column("rate_max", sa.Integer(), nullable=False),
        sa.Column("guarantee_kinds", sa.String(), nullable=False),
        sa.Column("industries", sa.String(), nullable=False),
        sa.Column("regions", sa.String(), nullable=False),
        sa.Column("purposes", sa.String(), nullable=False),
        sa.Column("required_tags", sa.String(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("repayment", sa.String(length=30), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("quota", Fen(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "repayment IN ('at_maturity', 'equal_instalments', 'equal_principal', 'interest_first', 'revolving')",
            name=op.f("ck_matchmaking_product_version_repayment_listed"),
        ),
        sa.CheckConstraint(
            "amount_max BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_product_version_amount_max_range")
        ),
        sa.CheckConstraint("amount_min <= amount_max", name=op.f("ck_matchmaking_product_version_amounts_in_order")),
        sa.CheckConstraint(
            "amount_min BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_product_version_amount_min_range")
        ),
        sa.CheckConstraint(
            "promised_days BETWEEN 1 AND 365", name=op.f("ck_matchmaking_product_version_promised_days_range")
        ),
        sa.CheckConstraint("quota IS NULL OR quota >= 0", name=op.f("ck_matchmaking_product_version_quota_range")),
        sa.CheckConstraint(
            "rate_min BETWEEN 0 AND rate_max AND rate_max <= 360000",
            name=op.f("ck_matchmaking_product_version_rates_in_order"),
        ),
        sa.CheckConstraint(
            "term_min BETWEEN 1 AND term_max AND term_max <= 360",
            name=op.f("ck_matchmaking_product_version_terms_in_order"),
        ),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to",
            name=op.f("ck_matchmaking_product_version_valid_in_order"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_product_version_made_by")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["matchmaking_product.id"], name=op.f("fk_matchmaking_product_version_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_product_version")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_matchmaking_product_version_product_id_number")),
    )
    with op.batch_alter_table("matchmaking_product_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_product_version_product_id"), ["product_id"], unique=False)
    op.create_table(
        "matchmaking_request_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("rate_ceiling", sa.Integer(), nullable=False),
        sa.Column("guarantee_kinds", sa.String(), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("existing_loans", Fen(), nullable=True),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("meetings_wanted", sa.Integer(), nullable=False),
        sa.Column("preferred_institutions", sa.String(), nullable=False),
        sa.Column("vetoed_institutions", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('equipment', 'expansion', 'other', 'procurement', 'working_capital')",
            name=op.f("ck_matchmaking_request_version_purpose_listed"),
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_matchmaking_request_version_amount_range")
        ),
        sa.CheckConstraint(
            "existing_loans IS NULL OR existing_loans >= 0",
            name=op.f("ck_matchmaking_request_version_existing_loans_range"),
        ),
        sa.CheckConstraint(
            "meetings_wanted BETWEEN 1 AND 10", name=op.f("ck_matchmaking_request_version_meetings_wanted_range")
        ),
        sa.CheckConstraint("rate_ceiling BETWEEN 0 AND 360000", name=op.f("ck_matchmaking_request_version_rate_range")),
        sa.CheckConstraint("term BETWEEN 1 AND 360", name=op.f("ck_matchmaking_request_version_term_range")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_matchmaking_request_version_made_by")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matchmaking_request.id"], name=op.f("fk_matchmaking_request_version_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_request_version")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_matchmaking_request_version_request_id_number")),
    )
    with op.batch_alter_table("matchmaking_request_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_request_version_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_request_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_request_version_request_id"))
    op.drop_table("matchmaking_request_version")
    with op.batch_alter_table("matchmaking_product_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_product_version_product_id"))
    op.drop_table("matchmaking_product_version")
    with op.batch_alter_table("matchmaking_consent", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_consent_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_consent_request_id"))
    op.drop_table("matchmaking_consent")
    with op.batch_alter_table("matchmaking_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_request_enterprise_id"))
    op.drop_table("matchmaking_request")
    with op.batch_alter_table("matchmaking_product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_product_institution_id"))
    op.drop_table("matchmaking_product")
    with op.batch_alter_table("matchmaking_bank_block", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_bank_block_live",
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_bank_block_institution_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_bank_block_enterprise_id"))
    op.drop_table("matchmaking_bank_block")
