"""What the scheduler does with the whitelist: list firms whose notice is over, find grounds against listed ones, publish."""

from collections.abc import Callable
from datetime import date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.errors import DomainError
from kernel.parties.models import Party
from matchmaking.whitelist import publication
from matchmaking.whitelist.models import WhitelistEntry, WhitelistFinding
from matchmaking.whitelist.rules import WhitelistRules, grounds_against, review_period
from matchmaking.whitelist.scope import seen_listings
from matchmaking.whitelist.service import ListingFrame, Said, apply_move
from matchmaking.whitelist.standing import standings_on
from matchmaking.whitelist.workflow import ACTIVE, PUBLICISED

log = structlog.get_logger()
NOTICE_OVER = "公示期满，没有未答复的异议"


def list_due(db: Session, *, frame: ListingFrame) -> int:
    """List every firm whose public notice is over without an open objection and against which nothing stands; how many."""
    over = (col(WhitelistEntry.state) == PUBLICISED) & (col(WhitelistEntry.notice_until) < frame.today)
    query = select(WhitelistEntry).where(over, col(WhitelistEntry.open_objections) == 0)
    listed = 0
    for entry in list(db.execute(query.order_by(col(WhitelistEntry.id))).scalars()):
        listed += _attempted(entry.id or 0, lambda entry=entry: _list_one(db, entry, frame))  # type: ignore[misc]
    return listed


def _list_one(db: Session, entry: WhitelistEntry, frame: ListingFrame) -> bool:
    def work(db: Session) -> bool:
        standing = standings_on(db, [entry.enterprise_id], frame.today)[entry.enterprise_id]
        if grounds_against(standing, frame.rules, frame.today):
            return False
        apply_move(db, entry, "activate", Said(reason=NOTICE_OVER), by=THE_SERVICE, frame=frame)
        return True

    return database.write(db, work)


def _attempted(entry_id: int, step: Callable[[], bool]) -> bool:
    """One firm's failure does not stop the rest."""
    try:
        return step()
    except DomainError as error:
        log.warning("whitelist_step_refused", entry_id=entry_id, code=error.code)
    except Exception:
        log.exception("whitelist_step_failed", entry_id=entry_id)
    return False


def find_grounds(db: Session, *, frame: ListingFrame) -> int:
    """Look at every listed firm; a ground is found once a period of review, on the day the pool changes or as the period begins.

    How many are new.
    """
    query = select(WhitelistEntry).where(col(WhitelistEntry.state) == ACTIVE).order_by(col(WhitelistEntry.id))
    listed = list(db.execute(query).scalars())
    standings = standings_on(db, [entry.enterprise_id for entry in listed], frame.today)
    new = 0
    for entry in listed:
        for ground in grounds_against(standings[entry.enterprise_id], frame.rules, frame.today):
            new += database.write(db, lambda db, entry=entry, ground=ground: _find(db, entry, ground, frame))  # type: ignore[misc]
    return new


def _find(db: Session, entry: WhitelistEntry, ground: str, frame: ListingFrame) -> bool:
    assert entry.id is not None
    period = review_period(frame.today, frame.rules.review_months)
    row = WhitelistFinding(entry_id=entry.id, ground=ground, period=period, found_on=frame.today)
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return False
    detail = {"entry": entry.id, "ground": ground, "period": period}
    record(db, "whitelist.find", by=THE_SERVICE, subject=("whitelist_finding", row.id), at=frame.at, detail=detail)
    return True


def publish_due(db: Session, *, at: datetime, frame: ListingFrame) -> int:
    """Publish the list when it has changed; the new number, or 0."""
    try:
        row = database.write(db, lambda db: publication.publish(db, at=at, today=frame.today))
    except IntegrityError:
        return 0
    return row.number if row else 0


def open_findings(
    db: Session, caller: Caller, rules: WhitelistRules, day: date
) -> list[tuple[WhitelistFinding, WhitelistEntry, Party]]:
    """Grounds found in the running period of review against firms that are still listed and have no removal announced.

    As far as the caller may see them.
    """
    joined = select(WhitelistFinding, WhitelistEntry, Party).join(
        WhitelistEntry, col(WhitelistEntry.id) == col(WhitelistFinding.entry_id)
    )
    query = joined.join(Party, col(Party.id) == col(WhitelistEntry.enterprise_id)).where(
        seen_listings(caller),
        col(WhitelistFinding.period) == review_period(day, rules.review_months),
        col(WhitelistEntry.state) == ACTIVE,
        col(WhitelistEntry.removal_ground).is_(None),
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query.order_by(col(Party.name), col(WhitelistFinding.id)))]
