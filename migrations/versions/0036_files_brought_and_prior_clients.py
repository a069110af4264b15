"""Files brought and prior clients"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

IMPORT, CLIENT = "matchmaking_import", "matchmaking_prior_client"


def _imports() -> None:
    op.create_table(
        IMPORT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('clients', 'products', 'requests')", name=op.f(f"ck_{IMPORT}_kind_listed")),
        sa.CheckConstraint("state IN ('accepted', 'dropped', 'read')", name=op.f(f"ck_{IMPORT}_state_listed")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f(f"fk_{IMPORT}_made_by")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f(f"fk_{IMPORT}_party_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f(f"fk_{IMPORT}_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{IMPORT}")),
    )
    op.create_index(op.f(f"ix_{IMPORT}_party_id"), IMPORT, ["party_id"], unique=False)


def _clients() -> None:
    op.create_table(
        CLIENT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= recorded_at", name=op.f(f"ck_{CLIENT}_ended_in_order")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f(f"fk_{CLIENT}_ended_by")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.party_id"], name=op.f(f"fk_{CLIENT}_institution_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f(f"fk_{CLIENT}_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CLIENT}")),
    )
    for name in ("code", "institution_id"):
        op.create_index(op.f(f"ix_{CLIENT}_{name}"), CLIENT, [name], unique=False)
    live = sa.text("ended_at IS NULL")
    op.create_index(
        f"uq_{CLIENT}_live",
        CLIENT,
        ["institution_id", "code"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def upgrade() -> None:
    _imports()
    _clients()


def downgrade() -> None:
    op.drop_table(CLIENT)
    op.drop_table(IMPORT)
