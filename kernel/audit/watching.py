"""When a checkpoint is due, and what the published ones say of the books."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, select

from kernel.audit.checkpoints import Checkpoint, Checkpoints
from kernel.audit.models import AuditEntry
from kernel.audit.service import CHECKPOINT_DUE, TrailBroken, broken_at, head_now

ROWS, MINUTES = 100, timedelta(minutes=5)

log = structlog.get_logger()


def checkpoints() -> Checkpoints:
    """The file of the present app."""
    found = current_app.extensions["checkpoints"]
    assert isinstance(found, Checkpoints)
    return found


def publish_due(db: Session, published: Checkpoints, *, at: datetime) -> Checkpoint | None:
    """Publish the head if it is a hundred entries or five minutes beyond the last checkpoint."""
    head, last = head_now(db), published.last
    if head is None:
        raise TrailBroken
    grown = head.number - last.number
    if grown <= 0 or (grown < ROWS and at - last.at < MINUTES):
        return None
    return published.publish(head.number, head.digest, at=at)


@event.listens_for(Session, "after_commit")
def _publish_after_commit(db: Session) -> None:
    """Publish a checkpoint right after each commit whose trail asked for one (approvals and payments)."""
    if db.in_nested_transaction():  # a savepoint: nothing is committed yet
        return
    due = db.info.pop(CHECKPOINT_DUE, None)
    if due is None or not has_app_context():  # books opened outside a service have no checkpoints beside them
        return
    number, digest, at = due
    try:
        checkpoints().publish(number, digest, at=at)
    except OSError:  # the change stands; the job publishes this head within minutes
        log.exception("checkpoint_not_published", number=number)


@event.listens_for(Session, "after_soft_rollback")
def _forget(db: Session, _previous: SessionTransaction) -> None:
    """Also after a savepoint is rolled back: the head that was noted may be gone. The job publishes what is left."""
    db.info.pop(CHECKPOINT_DUE, None)


@dataclass(frozen=True)
class TrailState:
    """What a check of the whole trail found: entries, where the chain breaks, which published checkpoints it contradicts."""

    entries: int
    broken_at: int | None
    checkpoints: int
    unsigned: tuple[int, ...]
    contradicted: tuple[int, ...]

    @property
    def is_sound(self) -> bool:
        return self.broken_at is None and not self.unsigned and not self.contradicted


def trail_state(db: Session, published: Checkpoints) -> TrailState:
    """Recompute the chain and hold it against every checkpoint; a tail that was cut off contradicts the later ones."""
    known = list(published)
    digests = dict(db.execute(select(AuditEntry.number, AuditEntry.digest).order_by(col(AuditEntry.number))).all())
    key = published.verifying_key
    return TrailState(
        entries=len(digests),
        broken_at=broken_at(db),
        checkpoints=len(known),
        unsigned=tuple(one.number for one in known if not one.is_signed_by(key)),
        contradicted=tuple(one.number for one in known if digests.get(one.number) != one.digest),
    )
