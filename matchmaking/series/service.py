"""What an organiser does with its series, and how the scheduler announces the coming weeks from them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.errors import Conflict, FieldErrors
from kernel.jobs.service import claim
from kernel.parties.models import Party
from matchmaking.guarded import took_effect
from matchmaking.series.models import SeriesWeek, SessionSeries
from matchmaking.series.planning import PlannedWeek, SeriesTemplate, check_template
from matchmaking.series.reading import own_series
from matchmaking.series.workflow import CHANGEABLE, SERIES_MOVES
from matchmaking.sessions.service import announce_for

ANNOUNCE = "series.announce"
Draw = Callable[[], bytes]


def _subject(series_id: int | None) -> tuple[str, object]:
    return "session_series", series_id


def _check_partners(db: Session, caller: Caller, template: SeriesTemplate) -> None:
    """Invalid for a partner that is no other bureau."""
    found = select(col(Party.code)).where(
        col(Party.code).in_(template.partners), col(Party.kind) == "bureau", col(Party.id) != caller.organisation_id
    )
    strangers = ", ".join(sorted(set(template.partners) - set(db.execute(found).scalars())))
    errors = FieldErrors()
    if strangers:
        errors.add("partners", "bureau_unknown", f"没有这家单位：{strangers}", f"There is no such bureau: {strangers}")
    errors.raise_if_any()


def create(db: Session, caller: Caller, *, template: SeriesTemplate, at: datetime) -> SessionSeries:
    """A new running series of the caller's bureau. Invalid for a template that cannot hold."""
    check_template(template)
    _check_partners(db, caller, template)
    series = SessionSeries(
        organiser_id=caller.organisation_id, made_at=at, made_by=caller.account_id, **asdict(template)
    )
    db.add(series)
    db.flush()
    detail = {"name": template.name, "theme": template.theme_code, "scope": template.scope}
    record(db, "session_series.create", by=caller.actor, subject=_subject(series.id), at=at, detail=detail)
    return series


def change(
    db: Session, caller: Caller, series_id: int, *, template: SeriesTemplate, seen: int, at: datetime
) -> SessionSeries:
    """Another template from now on; sessions that are announced already stay as they are."""
    own_series(db, caller, series_id)
    check_template(template)
    _check_partners(db, caller, template)
    guard = update(SessionSeries).where(
        col(SessionSeries.id) == series_id,
        col(SessionSeries.organiser_id) == caller.organisation_id,
        col(SessionSeries.version) == seen,
        col(SessionSeries.state).in_(CHANGEABLE),
    )
    if not took_effect(db, guard.values(version=seen + 1, **asdict(template))):
        raise _changed()
    detail = {"version": seen + 1}
    record(db, "session_series.change", by=caller.actor, subject=_subject(series_id), at=at, detail=detail)
    db.expire_all()
    return own_series(db, caller, series_id)


def move(db: Session, caller: Caller, series_id: int, verb: str, *, at: datetime) -> SessionSeries:
    """Pause, resume or end a series of the caller's bureau."""
    series, row = own_series(db, caller, series_id), SERIES_MOVES.by_verb[verb]
    guard = update(SessionSeries).where(
        col(SessionSeries.id) == series_id,
        col(SessionSeries.organiser_id) == caller.organisation_id,
        col(SessionSeries.state).in_(row.sources),
    )
    if not took_effect(db, guard.values(state=row.target)):
        raise SERIES_MOVES.refusal(verb, series.state)
    record(db, f"session_series.{verb}", by=caller.actor, subject=_subject(series_id), at=at)
    db.expire_all()
    return own_series(db, caller, series_id)


def settle_week(
    db: Session, series: SessionSeries, planned: PlannedWeek, *, key: bytes, draw: Draw, at: datetime
) -> str | None:
    """Announce the session of a week, or record why there is none; claimed once. The outcome; None if it was settled before.

    An unpublished year settles nothing: the next waking tries again. Conflict where the series was changed, paused or ended
    since it was planned from.
    """
    _hold_as_planned(db, series)
    if planned.error is not None or not claim(db, ANNOUNCE, f"{series.id}:{planned.week}", at=at):
        return None
    outcome, session_id = _outcome(db, series, planned, key, draw, at)
    db.add(
        SeriesWeek(
            series_id=series.id or 0,
            week=str(planned.week),
            outcome=outcome,
            session_id=session_id,
            day=planned.frame.starts_at.date() if planned.frame else None,
            is_moved=planned.is_moved,
            made_at=at,
        )
    )
    db.flush()
    detail = {"week": str(planned.week), "outcome": outcome, "session_id": session_id}
    record(db, "session_series.week", by=THE_SERVICE, subject=_subject(series.id), at=at, detail=detail)
    return outcome


def _hold_as_planned(db: Session, series: SessionSeries) -> None:
    """Keep the series running with the template that was read, until the commit."""
    held = update(SessionSeries).where(
        col(SessionSeries.id) == series.id,
        col(SessionSeries.state) == "running",
        col(SessionSeries.version) == series.version,
    )
    if not took_effect(db, held.values(version=series.version)):
        raise _changed()


def _changed() -> Conflict:
    return Conflict(
        "series_changed",
        "这个系列刚被改过，或者已经结束；请看过最新的再改",
        "This series has just been changed, or has ended; look at the newest version first",
    )


def _outcome(
    db: Session, series: SessionSeries, planned: PlannedWeek, key: bytes, draw: Draw, at: datetime
) -> tuple[str, int | None]:
    if planned.frame is None:
        return planned.skipped, None
    if planned.frame.sign_up_until <= at:
        return "too_late", None
    try:
        session = announce_for(
            db, series.organiser_id, frame=planned.frame, key=key, nonce=draw(), by=THE_SERVICE, at=at
        )
    except Conflict:
        return "taken", None
    return "announced", session.id
