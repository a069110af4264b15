"""A published session on its day, for the tests of attendance, calendars and the board."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.policies import PolicyBook
from matchmaking.attendance import service
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import slot_start
from tests.matchmaking.people import Town, held_session, offer, town

BOOK = PolicyBook.load(Settings().policies_dir)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Day:
    """A town whose three firms meet the near bank."""

    db: Session
    people: Town
    session: WeeklySession

    @property
    def meetings(self) -> list[SessionMeeting]:
        self.db.expire_all()
        query = select(SessionMeeting).order_by(col(SessionMeeting.slot), col(SessionMeeting.id))
        return list(self.db.exec(query))

    def firm_of(self, meeting: SessionMeeting) -> Caller:
        return next(one for one in self.people.firms if one.organisation_id == meeting.enterprise_id)

    def start(self, meeting: SessionMeeting) -> datetime:
        return slot_start(self.session, meeting.slot)

    def check_in(self, by: Caller, meeting: SessionMeeting, at: datetime) -> None:
        database.write(self.db, lambda db: service.check_in(db, by, meeting.id or 0, book=BOOK, at=at))

    def say(self, by: Caller, meeting: SessionMeeting, took_place: bool, at: datetime) -> None:
        database.write(
            self.db, lambda db: service.say(db, by, meeting.id or 0, took_place=took_place, book=BOOK, at=at)
        )

    def note(self, by: Caller, meeting: SessionMeeting, outcome: str, amount: int | None, at: datetime) -> None:
        values = {"outcome": outcome, "amount": amount, "text": "", "book": BOOK, "at": at}
        database.write(self.db, lambda db: service.note(db, by, meeting.id or 0, **values))  # type: ignore[arg-type]


def the_day(db: Session) -> Day:
    people = town(db)
    offer(db, people.near)
    return Day(db, people, held_session(db, people, BOOK))
