"""Contributions by two people, money regained after a write-off, periods of review"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CONTRIBUTION = "matchmaking_bridging_contribution"
STEP, VERB = "matchmaking_bridging_step", "ck_matchmaking_bridging_step_verb_listed"
FINDING, ONCE = "matchmaking_whitelist_finding", "uq_matchmaking_whitelist_finding_entry_id_ground"
VERBS = (
    "apply",
    "approve",
    "call",
    "clear",
    "commit",
    "decline",
    "fall_overdue",
    "fund",
    "lend_anew",
    "recover",
    "reject",
    "repay_old",
    "return",
    "withdraw",
    "write_off",
)


def _verbs(verbs: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{verb}'" for verb in sorted(verbs))
    with op.batch_alter_table(STEP, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(VERB), type_="check")
        batch_op.create_check_constraint(op.f(VERB), f"verb IN ({listed})")


def upgrade() -> None:
    with op.batch_alter_table(CONTRIBUTION, schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("checked_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("checked_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=True))
    # what stands was booked when it was entered
    op.execute(f"UPDATE {CONTRIBUTION} SET state = 'booked', checked_at = at, reason = ''")  # noqa: S608
    with op.batch_alter_table(CONTRIBUTION, schema=None) as batch_op:
        batch_op.alter_column("state", existing_type=sa.String(length=20), nullable=False)
        batch_op.alter_column("reason", existing_type=sa.String(length=500), nullable=False)
        batch_op.drop_constraint(op.f(f"uq_{CONTRIBUTION}_pool_id_document"), type_="unique")
        batch_op.create_check_constraint(
            op.f(f"ck_{CONTRIBUTION}_state_listed"), "state IN ('booked', 'entered', 'refused')"
        )
        batch_op.create_check_constraint(
            op.f(f"ck_{CONTRIBUTION}_two_persons"), "checked_by IS NULL OR checked_by <> by"
        )
        batch_op.create_check_constraint(
            op.f(f"ck_{CONTRIBUTION}_checked_has_its_moment"), "(state = 'entered') = (checked_at IS NULL)"
        )
        batch_op.create_foreign_key(op.f(f"fk_{CONTRIBUTION}_checked_by"), "account", ["checked_by"], ["id"])
        batch_op.create_index(
            f"uq_{CONTRIBUTION}_document",
            ["pool_id", "document"],
            unique=True,
            sqlite_where=sa.text("state <> 'refused'"),
            postgresql_where=sa.text("state <> 'refused'"),
        )
    _verbs((*VERBS, "regain"))
    with op.batch_alter_table(FINDING, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"{ONCE}_quarter"), type_="unique")
        batch_op.alter_column(
            "quarter", new_column_name="period", existing_type=sa.String(length=6), type_=sa.String(length=7)
        )
    with op.batch_alter_table(FINDING, schema=None) as batch_op:
        batch_op.create_unique_constraint(op.f(f"{ONCE}_period"), ["entry_id", "ground", "period"])
    for quarter, month in (("Q1", "01"), ("Q2", "04"), ("Q3", "07"), ("Q4", "10")):
        op.execute(
            f"UPDATE {FINDING} SET period = substr(period, 1, 4) || '-{month}' WHERE substr(period, 5, 2) = '{quarter}'"  # noqa: S608
        )


def downgrade() -> None:
    """Fails where a contribution still waits or was refused: the older books know no such thing."""
    for quarter, months in (
        ("Q1", "'01', '02', '03'"),
        ("Q2", "'04', '05', '06'"),
        ("Q3", "'07', '08', '09'"),
        ("Q4", "'10', '11', '12'"),
    ):
        op.execute(
            f"UPDATE {FINDING} SET period = substr(period, 1, 4) || '{quarter}' WHERE substr(period, 6, 2) IN ({months})"  # noqa: S608
        )
    with op.batch_alter_table(FINDING, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"{ONCE}_period"), type_="unique")
        batch_op.alter_column(
            "period", new_column_name="quarter", existing_type=sa.String(length=7), type_=sa.String(length=6)
        )
    with op.batch_alter_table(FINDING, schema=None) as batch_op:
        batch_op.create_unique_constraint(op.f(f"{ONCE}_quarter"), ["entry_id", "ground", "quarter"])
    _verbs(VERBS)
    with op.batch_alter_table(CONTRIBUTION, schema=None) as batch_op:
        batch_op.drop_index(
            f"uq_{CONTRIBUTION}_document",
            sqlite_where=sa.text("state <> 'refused'"),
            postgresql_where=sa.text("state <> 'refused'"),
        )
        batch_op.drop_constraint(op.f(f"fk_{CONTRIBUTION}_checked_by"), type_="foreignkey")
        batch_op.drop_constraint(op.f(f"ck_{CONTRIBUTION}_checked_has_its_moment"), type_="check")
        batch_op.drop_constraint(op.f(f"ck_{CONTRIBUTION}_two_persons"), type_="check")
        batch_op.drop_constraint(op.f(f"ck_{CONTRIBUTION}_state_listed"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{CONTRIBUTION}_all_booked"), "state = 'booked'")
    with op.batch_alter_table(CONTRIBUTION, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{CONTRIBUTION}_all_booked"), type_="check")
        batch_op.create_unique_constraint(op.f(f"uq_{CONTRIBUTION}_pool_id_document"), ["pool_id", "document"])
        for name in ("reason", "checked_by", "checked_at", "state"):
            batch_op.drop_column(name)
