"""A town for the weeks of the sessions: banks, firms and the bureau at the API, the scheduler's own jobs, a clock that is moved."""

from contextvars import Context
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlmodel import Session

from config.schedule import timetable
from kernel.clock import SHANGHAI, Clock
from kernel.regions import REGIONS
from tests.factories import (
    Robot,
    Visitor,
    make_bureau,
    make_enterprise,
    make_institution,
    make_person,
    make_token,
    username_of,
)

SCOPES = ("matchmaking:read", "matchmaking:write")
PLACES = [region.code for region in REGIONS]


class Scheduler:
    """The timetable of the house: at each waking every job whose time has come since the last runs once, as after a pause.

    The kernel's and the matchmaking's jobs, that is; the settlement's have nothing to do here and are left asleep.
    """

    def __init__(self, app: Flask, start: datetime) -> None:
        self._app = app
        jobs = [job for job in timetable() if not job.run.__module__.startswith("settlement")]
        self._jobs = [(job, CronTrigger(timezone=SHANGHAI, **job.cron)) for job in jobs]
        self._next = {job.name: trigger.get_next_fire_time(None, start) for job, trigger in self._jobs}

    def wake(self, moment: datetime) -> None:
        """Unlike the service's own runner it lets a failure through: a job of the journey may not fail."""
        for job, trigger in self._jobs:
            if self._next[job.name] <= moment:
                Context().run(self._run, job.run)
                self._next[job.name] = trigger.get_next_fire_time(None, moment + timedelta(seconds=1))

    def _run(self, work: Any) -> None:
        with self._app.app_context():
            work()


@dataclass(frozen=True)
class TownBank:
    """A bank: its product manager's system, and by role the sign-ins of the people who file its return."""

    code: str
    system: Robot
    people: dict[str, str]


@dataclass(frozen=True)
class TownFirm:
    code: str
    system: Robot
    owner: str


class MarketTown:
    """Everybody who takes part. Whatever happens is a request over HTTP or a job of the timetable."""

    def __init__(self, app: Flask, db: Session, *, banks: int, firms: int, start: datetime) -> None:
        self.app, self.now = app, start
        app.extensions["clock"] = Clock.starting_at(start)
        self.scheduler = Scheduler(app, start)
        self.bureau = self._robot(db, make_person(db, make_bureau(db, "市金融工作局"), "organiser"))
        self.banks = [self._bank(db, number) for number in range(banks)]
        self.firms = [self._firm(db, number) for number in range(firms)]
        db.rollback()
        self.bank_of = {bank.code: bank for bank in self.banks}
        self.firm_of = {firm.code: firm for firm in self.firms}

    def _robot(self, db: Session, caller: Any) -> Robot:
        return Robot(self.app, make_token(db, caller, *SCOPES))

    def _bank(self, db: Session, number: int) -> TownBank:
        party = make_institution(db, f"第{number + 1}农村商业银行", region=PLACES[number % len(PLACES)])
        system = self._robot(db, make_person(db, party, "product_manager"))
        people = {role: username_of(db, make_person(db, party, role)) for role in ("maker", "checker")}
        return TownBank(party.code, system, people)

    def _firm(self, db: Session, number: int) -> TownFirm:
        party = make_enterprise(db, f"第{number + 1}机械有限公司", region=PLACES[number % len(PLACES)])
        owner = make_person(db, party, "owner")
        return TownFirm(party.code, self._robot(db, owner), username_of(db, owner))

    def at(self, moment: datetime) -> None:
        """Let the time pass: nobody but the scheduler acts meanwhile."""
        assert moment >= self.now, (moment, self.now)
        self.now = moment
        self.app.extensions["clock"] = Clock.starting_at(moment)
        self.scheduler.wake(moment)

    def ask(self, who: Robot | Visitor, path: str) -> Any:
        """What a reader gets from the API."""
        answer = who.send("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json

    def every(self, who: Robot | Visitor, path: str) -> list[Any]:
        """All items of a list that comes a page at a time with the newest first, the oldest first."""
        items: list[Any] = []
        pages = number = 1
        while number <= pages:
            page = self.ask(who, f"{path}&per_page=200&page={number}")
            items += page["items"]
            pages, number = page["pages"], number + 1
        return items[::-1]

    def do(self, who: Robot | Visitor, path: str, json: Any = None, *, by: str = "POST", **form: Any) -> Any:
        """One act through the API; `form` goes as multipart."""
        answer = self.tried(who, path, json, by=by, **form)
        assert answer.status_code in (200, 201, 204), (path, json, answer.status_code, answer.text)
        return answer.json if answer.is_json else None

    def tried(self, who: Robot | Visitor, path: str, json: Any = None, *, by: str = "POST", **form: Any) -> Any:
        """The same, whatever the answer."""
        body: dict[str, Any] = {"data": form} if form else {"json": {} if json is None else json}
        return who.send(by, path, **body)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day in the city."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)
