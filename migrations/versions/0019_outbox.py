"""Outbox"""

import sqlalchemy as sa
from alembic import op
from kernel.columns import Fen, Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_received",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("event_code", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_received")),
        sa.UniqueConstraint("source", "event_code", name=op.f("uq_outbox_received_source_event_code")),
    )
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_outbox_event_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
        sa.UniqueConstraint("code", name=op.f("uq_outbox_event_code")),
    )
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_event_party_id"), ["party_id"], unique=False)

    op.create_table(
        "outbox_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=True),
        sa.Column("previous_secret", sa.String(length=300), nullable=True),
        sa.Column("previous_until", Moment(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('mail', 'platform', 'sms', 'webhook')", name=op.f("ck_outbox_subscription_channel_listed")
        ),
        sa.CheckConstraint("state IN ('active', 'ended', 'paused')", name=op.f("ck_outbox_subscription_state_listed")),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)",
            name=op.f("ck_outbox_subscription_previous_secret_is_dated"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_outbox_subscription_made_by")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_outbox_subscription_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_subscription")),
    )
    with op.batch_alter_table("outbox_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_subscription_party_id"), ["party_id"], unique=False)

    op.create_table(
        "outbox_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=True),
        sa.Column("delivered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('dead', 'delivered', 'dropped', 'sending', 'unknown', 'waiting')",
            name=op.f("ck_outbox_delivery_state_listed"),
        ),
        sa.CheckConstraint("tries >= 0 AND attempts >= tries", name=op.f("ck_outbox_delivery_attempts_counted")),
        sa.ForeignKeyConstraint(["event_id"], ["outbox_event.id"], name=op.f("fk_outbox_delivery_event_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["outbox_subscription.id"], name=op.f("fk_outbox_delivery_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_delivery")),
        sa.UniqueConstraint("event_id", "subscription_id", name=op.f("uq_outbox_delivery_event_id_subscription_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_outbox_delivery_reference")),
    )
    with op.batch_alter_table("outbox_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_delivery_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_delivery_subscription_id"), ["subscription_id"], unique=False)

    op.create_table(
        "outbox_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('delivered', 'refused', 'unknown')",
            name=op.f("ck_outbox_attempt_outcome_listed"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["outbox_delivery.id"], name=op.f("fk_outbox_attempt_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attempt")),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("uq_outbox_attempt_delivery_id_number")),
    )
    with op.batch_alter_table("outbox_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_attempt_delivery_id"), ["delivery_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outbox_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_attempt_delivery_id"))

    op.drop_table("outbox_attempt")
    with op.batch_alter_table("outbox_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_delivery_subscription_id"))
        batch_op.drop_index("ix_outbox_delivery_due")

    op.drop_table("outbox_delivery")
    with op.batch_alter_table("outbox_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_subscription_party_id"))

    op.drop_table("outbox_subscription")
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_event_party_id"))

    op.drop_table("outbox_event")
    op.drop_table("outbox_received")
