"""Claims on payers, payees and appropriations"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_payment_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=10), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payment_series")),
        sa.UniqueConstraint("payer", "year", "prefix", name=op.f("uq_settlement_payment_series_payer_year_prefix")),
    )
    op.create_table(
        "settlement_payer_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("statement_number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_code", sa.String(length=18), nullable=False),
        sa.Column("beneficiary_name", sa.String(length=120), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("taken_in_on", sa.Date(), nullable=False),
        sa.Column("set_off", Fen(), nullable=False),
        sa.Column("ordered", Fen(), nullable=False),
        sa.Column("cut", Fen(), nullable=False),
        sa.Column("carried", Fen(), nullable=False),
        sa.Column("recovered", Fen(), nullable=False),
        sa.CheckConstraint("kind IN ('adjustment', 'award')", name=op.f("ck_settlement_payer_claim_kind_listed")),
        sa.CheckConstraint(
            "(amount > 0 AND recovered = 0 AND set_off + ordered + cut + carried <= amount) OR (amount < 0 AND ordered = 0 AND cut = 0 AND carried = 0 AND set_off + recovered <= -amount)",
            name=op.f("ck_settlement_payer_claim_adds_up"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_settlement_payer_claim_amount_moves")),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_payer_claim_amount_range"),
        ),
        sa.CheckConstraint(
            "carried BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payer_claim_carried_range")
        ),
        sa.CheckConstraint("cut BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payer_claim_cut_range")),
        sa.CheckConstraint(
            "ordered BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payer_claim_ordered_range")
        ),
        sa.CheckConstraint(
            "recovered BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payer_claim_recovered_range")
        ),
        sa.CheckConstraint(
            "set_off BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_payer_claim_set_off_range")
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_payer_claim_beneficiary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payer_claim")),
        sa.UniqueConstraint(
            "payer",
            "statement_number",
            "revision",
            "kind",
            name=op.f("uq_settlement_payer_claim_payer_statement_number_revision_kind"),
        ),
    )
    with op.batch_alter_table("settlement_payer_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_payer_claim_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payer_claim_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_payer_claim_payer"), ["payer"], unique=False)
    op.create_table(
        "settlement_appropriation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('checked', 'proposed', 'refused')", name=op.f("ck_settlement_appropriation_state_listed")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_settlement_appropriation_amount_moves")),
        sa.CheckConstraint(
            "amount BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_settlement_appropriation_amount_range"),
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> proposed_by",
            name=op.f("ck_settlement_appropriation_checked_by_another"),
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_settlement_appropriation_checked_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_settlement_appropriation_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_appropriation")),
    )
    with op.batch_alter_table("settlement_appropriation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_appropriation_payer"), ["payer"], unique=False)
    op.create_table(
        "settlement_payee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("account_number", sa.String(length=34), nullable=False),
        sa.Column("bank_name", sa.String(length=120), nullable=False),
        sa.Column("bank_code", sa.String(length=12), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(state = 'checked') = (effective_from IS NOT NULL)",
            name=op.f("ck_settlement_payee_effective_once_checked"),
        ),
        sa.CheckConstraint(
            "state IN ('checked', 'proposed', 'refused')", name=op.f("ck_settlement_payee_state_listed")
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> proposed_by", name=op.f("ck_settlement_payee_checked_by_another")
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_settlement_payee_checked_by")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_settlement_payee_party_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_settlement_payee_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payee")),
        sa.UniqueConstraint("holder", "version", name=op.f("uq_settlement_payee_holder_version")),
    )
    with op.batch_alter_table("settlement_payee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_payee_party_id"), ["party_id"], unique=False)
        batch_op.create_index(
            "uq_settlement_payee_waiting",
            ["holder"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
    op.create_table(
        "settlement_recovery_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_code", sa.String(length=18), nullable=False),
        sa.Column("beneficiary_name", sa.String(length=120), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("recovered", Fen(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_settlement_recovery_notice_amount_range")
        ),
        sa.CheckConstraint("recovered <= amount", name=op.f("ck_settlement_recovery_notice_recovered_within_amount")),
        sa.CheckConstraint(
            "recovered BETWEEN 0 AND 100000000000000000", name=op.f("ck_settlement_recovery_notice_recovered_range")
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_recovery_notice_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_settlement_recovery_notice_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_recovery_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_settlement_recovery_notice_number")),
    )
    with op.batch_alter_table("settlement_recovery_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_recovery_notice_beneficiary_id"), ["beneficiary_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_recovery_notice_payer"), ["payer"], unique=False)
    op.create_table(
        "settlement_recovered_money",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=60), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 100000000000000000", name=op.f("ck_settlement_recovered_money_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["settlement_recovery_notice.id"], name=op.f("fk_settlement_recovered_money_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_settlement_recovered_money_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_recovered_money")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_settlement_recovered_money_bank_reference")),
    )
    with op.batch_alter_table("settlement_recovered_money", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_recovered_money_notice_id"), ["notice_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlement_recovered_money", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_recovered_money_notice_id"))
    op.drop_table("settlement_recovered_money")
    with op.batch_alter_table("settlement_recovery_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_recovery_notice_payer"))
        batch_op.drop_index(batch_op.f("ix_settlement_recovery_notice_beneficiary_id"))
    op.drop_table("settlement_recovery_notice")
    with op.batch_alter_table("settlement_payee", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_settlement_payee_waiting",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_settlement_payee_party_id"))
    op.drop_table("settlement_payee")
    with op.batch_alter_table("settlement_appropriation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_appropriation_payer"))
    op.drop_table("settlement_appropriation")
    with op.batch_alter_table("settlement_payer_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_payer_claim_payer"))
        batch_op.drop_index(batch_op.f("ix_settlement_payer_claim_beneficiary_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_payer_claim_batch"))
    op.drop_table("settlement_payer_claim")
    op.drop_table("settlement_payment_series")
