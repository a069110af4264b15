"""Pull a platform's records, a page a transaction: each version once, late ones ignored, one bad record no hindrance."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel import database
from kernel.errors import Conflict, DomainError
from kernel.outbox.addresses import AddressRefused
from kernel.outbox.connectors import Connector, PullRule
from kernel.outbox.field_maps import Plain
from kernel.outbox.models import PullCursor, PulledRecord
from kernel.outbox.pinned import AnswerLost, NotReached
from kernel.outbox.receiving import LONGEST_CODE, take_in
from kernel.outbox.rest import Platform, PlatformUnreadable, PulledItem

Intake = Callable[[Session, str, PulledItem, datetime], None]
"""What a feature does with a record of its kind (source, item, moment); a DomainError refuses the record."""

WIDTH = 20  # digits of a version that is a number, so that versions compare as texts

log = structlog.get_logger()


@dataclass(frozen=True)
class PullOffice:
    """The platforms that are set up here, who takes in which kind of record, and every connector that is described."""

    platforms: Mapping[str, Platform]
    intakes: Mapping[str, Intake]
    described: Mapping[str, Connector] = field(default_factory=dict)


def pull_all(db: Session, office: PullOffice, *, at: datetime) -> dict[str, int]:
    """Pull every kind of record of every platform: how many changed. One platform's failure does not stop the rest."""
    counts: dict[str, int] = {}
    for name, platform in office.platforms.items():
        for kind, rule in platform.connector.pulls.items():
            try:
                counts[f"{name}.{kind}"] = _pull(db, platform, name, kind, rule, office, at)
            except (NotReached, AnswerLost, AddressRefused, PlatformUnreadable) as error:
                log.warning("pull_failed", connector=name, kind=kind, why=str(error))
                counts[f"{name}.{kind}"] = -1
    return counts


def _pull(
    db: Session, platform: Platform, name: str, kind: str, rule: PullRule, office: PullOffice, at: datetime
) -> int:
    cursor, changed = _cursor(db, name, kind), 0
    for items, following in platform.pages(rule, cursor):
        changed += database.write(db, partial(_take_page, source=name, kind=kind, items=items, office=office, at=at))
        if following:
            database.write(db, partial(_move_cursor, source=name, kind=kind, to=following, at=at))
    return changed


def _cursor(db: Session, source: str, kind: str) -> str:
    found = db.exec(select(PullCursor.cursor).where(PullCursor.source == source, PullCursor.resource == kind)).first()
    return found or ""


def _move_cursor(db: Session, *, source: str, kind: str, to: str, at: datetime) -> None:
    mine = (col(PullCursor.source) == source) & (col(PullCursor.resource) == kind)
    moved = db.execute(update(PullCursor).where(mine).values(cursor=to, moved_at=at))
    if not moved.rowcount:  # type: ignore[attr-defined]
        db.add(PullCursor(source=source, resource=kind, cursor=to, moved_at=at))


def _take_page(
    db: Session, *, source: str, kind: str, items: list[PulledItem], office: PullOffice, at: datetime
) -> int:
    return sum(take_item(db, source, kind, item, intakes=office.intakes, at=at) for item in items)


def version_key(version: str) -> str:
    """A version as it compares: numbers by size, everything else (such as moments) as text."""
    return version.rjust(WIDTH, "0") if version.isascii() and version.isdigit() else version


def take_item(
    db: Session, source: str, kind: str, item: PulledItem, *, intakes: Mapping[str, Intake], at: datetime
) -> bool:
    """Take one record in; False when this version came before or a newer one did. The same version with another content is refused."""
    try:
        if not take_in(db, source, f"{kind}:{item.id}:{item.version}"[:LONGEST_CODE], item.content, at=at):
            return False
    except Conflict:
        log.warning("pulled_version_altered", connector=source, kind=kind, remote_id=item.id)
        return False
    state, reason = ("unreadable", item.fault) if item.fault else ("taken", "")
    if not _keep(db, source, kind, item, at):
        return False
    if not item.fault and kind in intakes:
        state, reason = _handed_over(db, intakes[kind], source, item, at)
    mine = (col(PulledRecord.source) == source) & (col(PulledRecord.resource) == kind)
    one = mine & (col(PulledRecord.remote_id) == item.id)
    db.execute(update(PulledRecord).where(one).values(state=state, reason=reason[:60]))
    return True


def _handed_over(db: Session, intake: Intake, source: str, item: PulledItem, at: datetime) -> tuple[str, str]:
    try:
        with db.begin_nested():
            intake(db, source, item, at)
    except DomainError as error:
        return "refused", error.code
    return "taken", ""


def _keep(db: Session, source: str, kind: str, item: PulledItem, at: datetime) -> bool:
    """Write the record down unless a newer version stands there already."""
    values: dict[str, Any] = {"version": version_key(item.version), "record": _json(item.record), "pulled_at": at}
    try:
        with db.begin_nested():
            db.add(PulledRecord(source=source, resource=kind, remote_id=item.id, state="taken", **values))
        return True
    except IntegrityError:
        older = (
            (col(PulledRecord.source) == source)
            & (col(PulledRecord.resource) == kind)
            & (col(PulledRecord.remote_id) == item.id)
            & (col(PulledRecord.version) < version_key(item.version))
        )
        return bool(db.execute(update(PulledRecord).where(older).values(**values)).rowcount)  # type: ignore[attr-defined]


def _json(record: Mapping[str, Plain]) -> str:
    return json.dumps(dict(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
