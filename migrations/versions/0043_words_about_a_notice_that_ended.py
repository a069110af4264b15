"""Words about a notice that ended"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "matchmaking_whitelist_submission"
FORMER, PRESENT = (
    "state IN ('dismissed', 'open', 'upheld')",
    "state IN ('closed', 'dismissed', 'open', 'upheld')",
)
ANSWER = "办结时没有单独答复"
entry = sa.table(
    "matchmaking_whitelist_entry",
    *(sa.column(name) for name in ("id", "state", "removal_ground", "open_objections")),
)
step = sa.table("matchmaking_whitelist_step", sa.column("entry_id"), sa.column("day"))
said = sa.table(
    TABLE, *(sa.column(name) for name in ("id", "entry_id", "kind", "state", "answer", "answered_on", "received_on"))
)


def upgrade() -> None:
    _list(PRESENT)
    _close_what_ended()
    _count_what_is_open()


def downgrade() -> None:
    op.execute(sa.update(said).where(said.c.state == "closed").values(state="dismissed"))
    _list(FORMER)


def _list(states: str) -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{TABLE}_state_listed"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{TABLE}_state_listed"), states)


def _close_what_ended() -> None:
    """Words left open by a move that ended their notice, on the day of the listing's last step."""
    of = entry.c.id == said.c.entry_id
    ended = sa.or_(
        sa.and_(said.c.kind == "objection", entry.c.state != "publicised"),
        sa.and_(said.c.kind == "statement", entry.c.removal_ground.is_(None)),
        sa.and_(said.c.kind == "appeal", entry.c.state.not_in(("suspended", "removed"))),
    )
    over = sa.exists().where(of, ended).correlate(said)
    last = sa.select(sa.func.max(step.c.day)).where(step.c.entry_id == said.c.entry_id).scalar_subquery()
    change = sa.update(said).where(said.c.state == "open", over)
    op.execute(change.values(state="closed", answer=ANSWER, answered_on=last))


def _count_what_is_open() -> None:
    """A word left over from an earlier notice counts for the one that runs: nobody is removed unheard."""
    waits = sa.and_(said.c.entry_id == entry.c.id, said.c.state == "open", said.c.kind.in_(("objection", "statement")))
    count = sa.select(sa.func.count()).select_from(said).where(waits).scalar_subquery()
    op.execute(sa.update(entry).values(open_objections=count))
