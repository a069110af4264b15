"""Contracts of fee-subsidy statements: one row a contract with what it earned and why"""

import sqlalchemy as sa
from alembic import op

from kernel.columns import Fen

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "settlement_fee_contract"
MOST = 100_000_000_000_000_000
SIGNED = ("net_fee", "accrued", "accrued_before", "adjustment", "part")
INDEXED = ("statement_id", "beneficiary_id")


def _ranges() -> list[sa.CheckConstraint]:
    lowest = {"amount": 1} | dict.fromkeys(SIGNED, -MOST)
    return [
        sa.CheckConstraint(f"{name} BETWEEN {least} AND {MOST}", name=op.f(f"ck_{TABLE}_{name}_range"))
        for name, least in lowest.items()
    ]


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_code", sa.String(length=64), nullable=False),
        sa.Column("borrower_name", sa.String(length=120), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("amount", Fen(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("days_in_force", sa.Integer(), nullable=False),
        sa.Column("net_fee", Fen(), nullable=False),
        sa.Column("fee_rate", sa.String(length=80), nullable=False),
        sa.Column("ceiling", sa.String(length=80), nullable=False),
        sa.Column("gap", sa.String(length=80), nullable=False),
        sa.Column("accrued", Fen(), nullable=False),
        sa.Column("accrued_before", Fen(), nullable=False),
        sa.Column("adjustment", Fen(), nullable=False),
        sa.Column("part", Fen(), nullable=False),
        sa.Column("exclusions", sa.String(length=200), nullable=False),
        sa.Column("told_zh", sa.Text(), nullable=False),
        sa.Column("told_en", sa.Text(), nullable=False),
        sa.Column("parameters", sa.String(length=400), nullable=False),
        *_ranges(),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["party.id"], name=op.f(f"fk_{TABLE}_beneficiary_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["settlement_statement.id"], name=op.f(f"fk_{TABLE}_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("statement_id", "contract_id", name=op.f(f"uq_{TABLE}_statement_id_contract_id")),
    )
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for column in INDEXED:
            batch_op.create_index(batch_op.f(f"ix_{TABLE}_{column}"), [column], unique=False)


def downgrade() -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for column in INDEXED:
            batch_op.drop_index(batch_op.f(f"ix_{TABLE}_{column}"))
    op.drop_table(TABLE)
