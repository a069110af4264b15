"""The whitelist, its spans and publications"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matchmaking_whitelist_publication",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_matchmaking_whitelist_publication")),
    )
    op.create_table(
        "matchmaking_whitelist_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("nominated_on", sa.Date(), nullable=False),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("open_objections", sa.Integer(), nullable=False),
        sa.Column("removal_ground", sa.String(length=30), nullable=True),
        sa.Column("heard_until", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "removal_ground IS NULL OR removal_ground IN ('classification', 'closed', 'dishonesty', 'false_data', 'fell_below', 'left_pool', 'overdue', 'scale_years_over')",
            name=op.f("ck_matchmaking_whitelist_entry_removal_ground_listed"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'declined', 'nominated', 'publicised', 'removed', 'suspended', 'under_review')",
            name=op.f("ck_matchmaking_whitelist_entry_state_listed"),
        ),
        sa.CheckConstraint(
            "(removal_ground IS NULL) = (heard_until IS NULL)",
            name=op.f("ck_matchmaking_whitelist_entry_removal_has_its_day"),
        ),
        sa.CheckConstraint("open_objections >= 0", name=op.f("ck_matchmaking_whitelist_entry_open_objections_range")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_whitelist_entry_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_matchmaking_whitelist_entry_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_whitelist_entry")),
    )
    with op.batch_alter_table("matchmaking_whitelist_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_whitelist_entry_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(
            "uq_matchmaking_whitelist_entry_live",
            ["enterprise_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('active', 'nominated', 'publicised', 'suspended', 'under_review')"),
            postgresql_where=sa.text("state IN ('active', 'nominated', 'publicised', 'suspended', 'under_review')"),
        )
    op.create_table(
        "matchmaking_whitelist_published",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_whitelist_published_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["number"],
            ["matchmaking_whitelist_publication.number"],
            name=op.f("fk_matchmaking_whitelist_published_number"),
        ),
        sa.PrimaryKeyConstraint("number", "enterprise_id", name=op.f("pk_matchmaking_whitelist_published")),
    )
    op.create_table(
        "matchmaking_whitelist_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=30), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "ground IN ('classification', 'closed', 'dishonesty', 'false_data', 'fell_below', 'left_pool', 'overdue', 'scale_years_over')",
            name=op.f("ck_matchmaking_whitelist_finding_ground_listed"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["matchmaking_whitelist_entry.id"], name=op.f("fk_matchmaking_whitelist_finding_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_whitelist_finding")),
        sa.UniqueConstraint(
            "entry_id", "ground", "quarter", name=op.f("uq_matchmaking_whitelist_finding_entry_id_ground_quarter")
        ),
    )
    with op.batch_alter_table("matchmaking_whitelist_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_whitelist_finding_entry_id"), ["entry_id"], unique=False)
    op.create_table(
        "matchmaking_whitelist_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("after", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(number = 1 AND previous IS NULL AND after IS NULL) OR (number > 1 AND previous IS NOT NULL AND previous = number - 1 AND after IS NOT NULL)",
            name=op.f("ck_matchmaking_whitelist_span_in_one_chain"),
        ),
        sa.CheckConstraint(
            "after IS NULL OR since >= after", name=op.f("ck_matchmaking_whitelist_span_since_after_forerunner")
        ),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_matchmaking_whitelist_span_until_after_since")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id", "previous", "after"],
            [
                "matchmaking_whitelist_span.enterprise_id",
                "matchmaking_whitelist_span.number",
                "matchmaking_whitelist_span.until",
            ],
            name="fk_matchmaking_whitelist_span_chain",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.party_id"], name=op.f("fk_matchmaking_whitelist_span_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["matchmaking_whitelist_entry.id"], name=op.f("fk_matchmaking_whitelist_span_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_whitelist_span")),
        sa.UniqueConstraint(
            "enterprise_id", "number", "until", name=op.f("uq_matchmaking_whitelist_span_enterprise_id_number_until")
        ),
        sa.UniqueConstraint("enterprise_id", "number", name=op.f("uq_matchmaking_whitelist_span_enterprise_id_number")),
    )
    with op.batch_alter_table("matchmaking_whitelist_span", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matchmaking_whitelist_span_enterprise_id"), ["enterprise_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_matchmaking_whitelist_span_entry_id"), ["entry_id"], unique=False)
    op.create_table(
        "matchmaking_whitelist_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "ground IS NULL OR ground IN ('classification', 'closed', 'dishonesty', 'false_data', 'fell_below', 'left_pool', 'overdue', 'scale_years_over')",
            name=op.f("ck_matchmaking_whitelist_step_ground_listed"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'declined', 'nominated', 'publicised', 'removed', 'suspended', 'under_review')",
            name=op.f("ck_matchmaking_whitelist_step_state_listed"),
        ),
        sa.CheckConstraint(
            "verb IN ('activate', 'announce_removal', 'call_off_removal', 'decline', 'nominate', 'publicise', 'reinstate', 'remove', 'resume', 'review', 'suspend')",
            name=op.f("ck_matchmaking_whitelist_step_verb_listed"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_matchmaking_whitelist_step_account_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["matchmaking_whitelist_entry.id"], name=op.f("fk_matchmaking_whitelist_step_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_whitelist_step")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_matchmaking_whitelist_step_entry_id_number")),
    )
    with op.batch_alter_table("matchmaking_whitelist_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_whitelist_step_entry_id"), ["entry_id"], unique=False)
    op.create_table(
        "matchmaking_whitelist_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (answered_on IS NULL)",
            name=op.f("ck_matchmaking_whitelist_submission_answered_has_its_day"),
        ),
        sa.CheckConstraint(
            "kind IN ('appeal', 'objection', 'statement')", name=op.f("ck_matchmaking_whitelist_submission_kind_listed")
        ),
        sa.CheckConstraint(
            "state IN ('dismissed', 'open', 'upheld')", name=op.f("ck_matchmaking_whitelist_submission_state_listed")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_matchmaking_whitelist_submission_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["matchmaking_whitelist_entry.id"], name=op.f("fk_matchmaking_whitelist_submission_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["party.id"], name=op.f("fk_matchmaking_whitelist_submission_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["account.id"], name=op.f("fk_matchmaking_whitelist_submission_received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchmaking_whitelist_submission")),
    )
    with op.batch_alter_table("matchmaking_whitelist_submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchmaking_whitelist_submission_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "uq_matchmaking_whitelist_submission_open",
            ["entry_id", "kind", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("matchmaking_whitelist_submission", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_whitelist_submission_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_whitelist_submission_entry_id"))
    op.drop_table("matchmaking_whitelist_submission")
    with op.batch_alter_table("matchmaking_whitelist_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_whitelist_step_entry_id"))
    op.drop_table("matchmaking_whitelist_step")
    with op.batch_alter_table("matchmaking_whitelist_span", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_whitelist_span_entry_id"))
        batch_op.drop_index(batch_op.f("ix_matchmaking_whitelist_span_enterprise_id"))
    op.drop_table("matchmaking_whitelist_span")
    with op.batch_alter_table("matchmaking_whitelist_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchmaking_whitelist_finding_entry_id"))
    op.drop_table("matchmaking_whitelist_finding")
    op.drop_table("matchmaking_whitelist_published")
    with op.batch_alter_table("matchmaking_whitelist_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_matchmaking_whitelist_entry_live",
            sqlite_where=sa.text("state IN ('active', 'nominated', 'publicised', 'suspended', 'under_review')"),
            postgresql_where=sa.text("state IN ('active', 'nominated', 'publicised', 'suspended', 'under_review')"),
        )
        batch_op.drop_index(batch_op.f("ix_matchmaking_whitelist_entry_enterprise_id"))
    op.drop_table("matchmaking_whitelist_entry")
    op.drop_table("matchmaking_whitelist_publication")
