"""claims of event awards, their papers, the awards granted; serious dishonesty as a dated status of a party"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATUS = "ck_party_status_status_listed"
FORMER = "'credit_platform', 'first_loan', 'individual_business', 'little_giant', 'local_legal_person', 'pool', 'procurement_contract', 'reached_scale', 'specialised', 'trade'"
PRESENT = f"'dishonest', {FORMER}"


def _statuses(listed: str) -> None:
    with op.batch_alter_table("party_status") as batch_op:
        batch_op.drop_constraint(op.f(STATUS), type_="check")
        batch_op.create_check_constraint(op.f(STATUS), f"status IN ({listed})")


def upgrade() -> None:
    _statuses(PRESENT)
    op.create_table(
        "settlement_award_tally",
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_award_tally_beneficiary_id")
        ),
        sa.PrimaryKeyConstraint("beneficiary_id", name=op.f("pk_settlement_award_tally")),
    )
    op.create_table(
        "settlement_award_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entered_organisation_id", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("filed_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("refusal_code", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal_code <> '')", name=op.f("ck_settlement_award_claim_refused_for_a_reason")
        ),
        sa.CheckConstraint(
            "refusal_code IN ('', 'claimed_already', 'false_papers', 'not_proven', 'other', 'papers_missing', 'rule_says_no')",
            name=op.f("ck_settlement_award_claim_refusal_code_listed"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR decided_by IS NOT NULL", name=op.f("ck_settlement_award_claim_accepted_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'draft', 'filed', 'refused', 'revoked', 'withdrawn')",
            name=op.f("ck_settlement_award_claim_state_listed"),
        ),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_award_claim_amount_range")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR filed_by IS NULL OR decided_by <> filed_by",
            name=op.f("ck_settlement_award_claim_two_persons"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_settlement_award_claim_version_counts_from_1")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_award_claim_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_settlement_award_claim_decided_by")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_settlement_award_claim_entered_by")),
        sa.ForeignKeyConstraint(
            ["entered_organisation_id"], ["party.id"], name=op.f("fk_settlement_award_claim_entered_organisation_id")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_settlement_award_claim_filed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_award_claim")),
    )
    op.create_index(
        op.f("ix_settlement_award_claim_beneficiary_id"), "settlement_award_claim", ["beneficiary_id"], unique=False
    )
    op.create_index(
        op.f("ix_settlement_award_claim_entered_organisation_id"),
        "settlement_award_claim",
        ["entered_organisation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_settlement_award_claim_region"), "settlement_award_claim", ["region"], unique=False)
    op.create_index(op.f("ix_settlement_award_claim_scheme"), "settlement_award_claim", ["scheme"], unique=False)
    op.create_index(op.f("ix_settlement_award_claim_state"), "settlement_award_claim", ["state"], unique=False)
    op.create_table(
        "settlement_award_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("clause", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("once_key", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("split", sa.String(length=20), nullable=False),
        sa.Column("period_first", sa.Date(), nullable=True),
        sa.Column("period_last", sa.Date(), nullable=True),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("granted_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(period_first IS NULL) = (period_last IS NULL)", name=op.f("ck_settlement_award_grant_period_has_two_ends")
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_settlement_award_grant_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_award_grant_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["settlement_award_claim.id"], name=op.f("fk_settlement_award_grant_claim_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_award_grant")),
        sa.UniqueConstraint("claim_id", "scheme", name=op.f("uq_settlement_award_grant_claim_id_scheme")),
    )
    op.create_index(
        op.f("ix_settlement_award_grant_beneficiary_id"), "settlement_award_grant", ["beneficiary_id"], unique=False
    )
    op.create_index(op.f("ix_settlement_award_grant_claim_id"), "settlement_award_grant", ["claim_id"], unique=False)
    op.create_index(op.f("ix_settlement_award_grant_quarter"), "settlement_award_grant", ["quarter"], unique=False)
    op.create_index(
        "uq_settlement_award_grant_once",
        "settlement_award_grant",
        ["beneficiary_id", "scheme", "once_key"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "settlement_award_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("attached_by", sa.Integer(), nullable=False),
        sa.Column("attached_at", Moment(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_settlement_award_paper_not_empty")),
        sa.ForeignKeyConstraint(["attached_by"], ["account.id"], name=op.f("fk_settlement_award_paper_attached_by")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_award_paper_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["settlement_award_claim.id"], name=op.f("fk_settlement_award_paper_claim_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_award_paper")),
        sa.UniqueConstraint(
            "claim_id", "paper", "digest", name=op.f("uq_settlement_award_paper_claim_id_paper_digest")
        ),
    )
    op.create_index(
        op.f("ix_settlement_award_paper_beneficiary_id"), "settlement_award_paper", ["beneficiary_id"], unique=False
    )
    op.create_index(op.f("ix_settlement_award_paper_claim_id"), "settlement_award_paper", ["claim_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_settlement_award_paper_claim_id"), table_name="settlement_award_paper")
    op.drop_index(op.f("ix_settlement_award_paper_beneficiary_id"), table_name="settlement_award_paper")
    op.drop_table("settlement_award_paper")
    op.drop_index(
        "uq_settlement_award_grant_once",
        table_name="settlement_award_grant",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_settlement_award_grant_quarter"), table_name="settlement_award_grant")
    op.drop_index(op.f("ix_settlement_award_grant_claim_id"), table_name="settlement_award_grant")
    op.drop_index(op.f("ix_settlement_award_grant_beneficiary_id"), table_name="settlement_award_grant")
    op.drop_table("settlement_award_grant")
    op.drop_index(op.f("ix_settlement_award_claim_state"), table_name="settlement_award_claim")
    op.drop_index(op.f("ix_settlement_award_claim_scheme"), table_name="settlement_award_claim")
    op.drop_index(op.f("ix_settlement_award_claim_region"), table_name="settlement_award_claim")
    op.drop_index(op.f("ix_settlement_award_claim_entered_organisation_id"), table_name="settlement_award_claim")
    op.drop_index(op.f("ix_settlement_award_claim_beneficiary_id"), table_name="settlement_award_claim")
    op.drop_table("settlement_award_claim")
    op.drop_table("settlement_award_tally")
    op.execute("DELETE FROM party_status WHERE status = 'dishonest'")
    _statuses(FORMER)
