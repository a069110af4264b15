"""Sessions in lists, and who comes: what everybody signed in may know."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.parties.models import Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import filed_requests
from matchmaking.sessions.models import SessionBank, SessionDesk, SessionMeeting, SessionRequest, WeeklySession
from matchmaking.sessions.service import not_found
from matchmaking.sessions.workflow import BANKS_MAY_JOIN


@dataclass(frozen=True)
class SessionLine:
    """A session in a list, with how many came."""

    session: WeeklySession
    organiser: Party
    banks: int
    requests: int
    meetings: int


@dataclass(frozen=True)
class BankPlace:
    """A bank at a session with its desks described."""

    place: SessionBank
    bank: Party
    desks: tuple[SessionDesk, ...]

    @property
    def closed(self) -> frozenset[int]:
        """The desks that the bank took away after publication."""
        return frozenset(map(int, self.place.closed_desks))

    @property
    def open_desks(self) -> int:
        return self.place.desks - len(self.closed)


def weeks_taken(db: Session, caller: Caller, theme_code: str | None = None) -> frozenset[str]:
    """The weeks in which the caller's bureau holds a session already: of the theme, or of any where none is given."""
    mine = (col(WeeklySession.organiser_id) == caller.organisation_id) & (col(WeeklySession.state) != "cancelled")
    if theme_code is not None:
        mine &= col(WeeklySession.theme_code) == theme_code
    return frozenset(db.execute(select(col(WeeklySession.week)).where(mine)).scalars())


def _count(model: Any, *conditions: Any) -> Any:
    query = select(func.count()).select_from(model).where(model.session_id == WeeklySession.id, *conditions)
    return query.correlate(WeeklySession).scalar_subquery()


def _lines() -> Select[Any]:
    query: Any = select(
        WeeklySession,
        Party,
        _count(SessionBank, col(SessionBank.state) == "signed_up").label("banks"),
        _count(SessionRequest, col(SessionRequest.state) != "withdrawn").label("requests"),
        _count(SessionMeeting, col(SessionMeeting.state) == "standing").label("meetings"),
    )
    joined: Select[Any] = query.join(Party, col(Party.id) == col(WeeklySession.organiser_id))
    return joined


def sessions(db: Session, asked: Asked, state: str | None = None) -> Page[SessionLine]:
    """All sessions, or those in a state, the latest week first."""
    query = _lines() if state is None else _lines().where(col(WeeklySession.state) == state)
    query = query.order_by(col(WeeklySession.starts_at).desc(), col(WeeklySession.id))
    return page_of(db, query, asked).map(lambda row: SessionLine(*row))


def session_line(db: Session, session_id: int) -> SessionLine:
    """One session with its figures."""
    found = db.execute(_lines().where(col(WeeklySession.id) == session_id)).first()
    if found is None:
        raise not_found()
    return SessionLine(*found)


def banks_at(db: Session, session_id: int) -> list[BankPlace]:
    """The banks of a session by name: that they come is public."""
    query = (
        select(SessionBank, Party)
        .join(Party, col(Party.id) == col(SessionBank.institution_id))
        .where(col(SessionBank.session_id) == session_id, col(SessionBank.state) == "signed_up")
        .order_by(col(Party.name))
    )
    rows = [(row[0], row[1]) for row in db.execute(query)]
    desks = _desks(db, [place.id for place, _ in rows])
    return [BankPlace(place, bank, tuple(desks.get(place.id or 0, ()))) for place, bank in rows]


def coming_with_banks(
    db: Session, now: datetime, *, without: Collection[str] = ()
) -> list[tuple[WeeklySession, list[str]]]:
    """The sessions that are announced or open, each with the names of its banks so far, those `without` (by code) left out."""
    query = select(WeeklySession).where(
        col(WeeklySession.state).in_(BANKS_MAY_JOIN), col(WeeklySession.starts_at) > now
    )
    sessions = db.execute(query.order_by(col(WeeklySession.starts_at))).scalars()
    return [
        (one, [place.bank.name for place in banks_at(db, one.id or 0) if place.bank.code not in without])
        for one in sessions
    ]


def _desks(db: Session, place_ids: Iterable[int | None]) -> dict[int, list[SessionDesk]]:
    query = select(SessionDesk).where(col(SessionDesk.session_bank_id).in_(list(place_ids)))
    found: dict[int, list[SessionDesk]] = {}
    for desk in db.execute(query.order_by(col(SessionDesk.number))).scalars():
        found.setdefault(desk.session_bank_id, []).append(desk)
    return found


def own_place(db: Session, caller: Caller, session_id: int) -> BankPlace | None:
    """The caller's bank at a session, if it takes part."""
    mine = [one for one in banks_at(db, session_id) if one.bank.id == caller.organisation_id]
    return mine[0] if mine else None


def sign_ups_of(session_id: int) -> Select[Any]:
    """Every sign-up of a session with its request, whoever asks: `outcome` decides who sees which."""
    joined: Any = filed_requests().join(SessionRequest, col(SessionRequest.request_id) == col(FinancingRequest.id))
    query: Select[Any] = joined.add_columns(SessionRequest).where(
        col(SessionRequest.session_id) == session_id, col(SessionRequest.state) != "withdrawn"
    )
    return query.order_by(col(FinancingRequest.code))
