"""Calls for returns, queries and objections"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_filing_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("called_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('call', 'late', 'reminder')", name=op.f("ck_settlement_filing_call_kind_listed")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["party.id"], name=op.f("fk_settlement_filing_call_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_filing_call")),
        sa.UniqueConstraint(
            "institution_id", "quarter", "day", name=op.f("uq_settlement_filing_call_institution_id_quarter_day")
        ),
    )
    with op.batch_alter_table("settlement_filing_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_filing_call_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_filing_call_quarter"), ["quarter"], unique=False)
    op.create_table(
        "settlement_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("line", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.CheckConstraint("kind IN ('difference', 'question')", name=op.f("ck_settlement_query_kind_listed")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_query_beneficiary_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_settlement_query_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_settlement_query_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_query")),
    )
    with op.batch_alter_table("settlement_query", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_query_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_query_statement_number"), ["statement_number"], unique=False)
    op.create_table(
        "settlement_query_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('beneficiary', 'bureau')", name=op.f("ck_settlement_query_message_side_listed")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_query_message_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["settlement_query.id"], name=op.f("fk_settlement_query_message_query_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_settlement_query_message_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_query_message")),
    )
    with op.batch_alter_table("settlement_query_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlement_query_message_beneficiary_id"), ["beneficiary_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_settlement_query_message_query_id"), ["query_id"], unique=False)
    op.create_table(
        "settlement_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=False),
        sa.Column("objector", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(outcome = '') = (answered_at IS NULL)", name=op.f("ck_settlement_objection_answered_with_an_outcome")
        ),
        sa.CheckConstraint(
            "outcome IN ('', 'dismissed', 'upheld')", name=op.f("ck_settlement_objection_outcome_listed")
        ),
        sa.CheckConstraint(
            "(answered_by IS NULL) = (answered_at IS NULL)", name=op.f("ck_settlement_objection_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_settlement_objection_answered_by")),
        sa.ForeignKeyConstraint(["batch_id"], ["settlement_batch.id"], name=op.f("fk_settlement_objection_batch_id")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["party.id"], name=op.f("fk_settlement_objection_beneficiary_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["settlement_batch_item.id"], name=op.f("fk_settlement_objection_item_id")
        ),
        sa.ForeignKeyConstraint(["raised_by"], ["account.id"], name=op.f("fk_settlement_objection_raised_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_objection")),
    )
    with op.batch_alter_table("settlement_objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_objection_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_objection_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_objection_item_id"), ["item_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlement_objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_objection_item_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_objection_beneficiary_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_objection_batch_id"))
    op.drop_table("settlement_objection")
    with op.batch_alter_table("settlement_query_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_query_message_query_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_query_message_beneficiary_id"))
    op.drop_table("settlement_query_message")
    with op.batch_alter_table("settlement_query", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_query_statement_number"))
        batch_op.drop_index(batch_op.f("ix_settlement_query_beneficiary_id"))
    op.drop_table("settlement_query")
    with op.batch_alter_table("settlement_filing_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_filing_call_quarter"))
        batch_op.drop_index(batch_op.f("ix_settlement_filing_call_institution_id"))
    op.drop_table("settlement_filing_call")
