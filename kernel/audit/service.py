"""Write to the trail inside the change's own transaction, read it, and check its chain."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.audit.chain import GENESIS, Link, canonical, digest_of, first_break
from kernel.audit.models import AuditEntry, AuditHead
from kernel.errors import DomainError


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's account, or a job of the service itself (both ids empty)."""

    account_id: int | None = None
    organisation_id: int | None = None


THE_SERVICE = Actor()
PAGE = 1000
UNLOADED: Final = {"synchronize_session": False}  # no session keeps the head, so none is searched for it
CHECKPOINT_DUE = "checkpoint_due"  # in a session's `info`: the head to publish once the transaction is committed


class TrailBroken(DomainError):
    """The head of the trail is gone: no audit, no change."""

    def __init__(self) -> None:
        super().__init__(
            "trail_broken",
            "审计链的链头不见了，一切变更停止；请联系审计管理员",
            "The head of the audit trail is gone and nothing may change; call the audit administrator",
        )


def _take_number(db: Session) -> tuple[int, str]:
    """Advance the head under its row lock and give (new number, digest before it)."""
    moved = update(AuditHead).where(col(AuditHead.id) == 1).values(number=col(AuditHead.number) + 1)
    head = db.execute(moved.returning(col(AuditHead.number), col(AuditHead.digest)), execution_options=UNLOADED).first()
    if head is None:
        raise TrailBroken
    return head[0], head[1]


def record(
    db: Session,
    act: str,
    *,
    by: Actor,
    subject: tuple[str, object],
    at: datetime,
    detail: dict[str, Any] | None = None,
    checkpoint: bool = False,
) -> AuditEntry:
    """Append one entry: `act` is a verb phrase such as `return.certify`, `subject` a kind and an id.

    `detail` holds plain values only (text, whole numbers, lists of them). Call it last in a transaction: the head's row stays locked
    until the commit. `checkpoint` publishes the head as soon as it is committed: approvals and payments ask for it.
    """
    number, previous = _take_number(db)
    kind, subject_id = subject
    link = Link(
        number=number,
        at=at,
        account_id=by.account_id,
        organisation_id=by.organisation_id,
        act=act,
        subject_kind=kind,
        subject_id=str(subject_id),
        detail=canonical(detail or {}),
    )
    digest = digest_of(link, previous)
    entry = AuditEntry(**link.__dict__, previous_digest=previous, digest=digest)
    db.add(entry)
    db.execute(update(AuditHead).where(col(AuditHead.id) == 1).values(digest=digest), execution_options=UNLOADED)
    db.flush()
    if checkpoint or CHECKPOINT_DUE in db.info:
        db.info[CHECKPOINT_DUE] = (number, digest, at)
    return entry


def head_now(db: Session) -> AuditHead | None:
    """The head as it stands in the books, whatever this session has read before; None if it is gone."""
    return db.exec(select(AuditHead).execution_options(populate_existing=True)).first()


def _entries(db: Session) -> Iterator[AuditEntry]:
    """The whole trail, oldest first, a page at a time."""
    last = 0
    while page := db.exec(
        select(AuditEntry).where(AuditEntry.number > last).order_by(col(AuditEntry.number)).limit(PAGE)
    ).all():
        yield from page
        last = page[-1].number


def _link(row: AuditEntry) -> Link:
    return Link(**{field.name: getattr(row, field.name) for field in fields(Link)})


def _links(db: Session) -> Iterator[tuple[Link, str, str]]:
    for row in _entries(db):
        yield _link(row), row.previous_digest, row.digest


def broken_at(db: Session) -> int | None:
    """The number of the first entry that breaks the chain or disagrees with the head; None while it is whole."""
    broken = first_break(_links(db))
    if broken is not None:
        return broken
    last = db.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1)).first()
    head = head_now(db)
    expected = (last.number, last.digest) if last else (0, GENESIS)
    actual = (head.number, head.digest) if head else (0, GENESIS)
    return None if expected == actual else expected[0] + 1


def entries_about(db: Session, subject: tuple[str, object]) -> list[AuditEntry]:
    """The trail of one thing, oldest first."""
    kind, subject_id = subject
    query = select(AuditEntry).where(AuditEntry.subject_kind == kind, AuditEntry.subject_id == str(subject_id))
    return list(db.exec(query.order_by(col(AuditEntry.number))))
