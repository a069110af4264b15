"""What became of the meetings: each session's referrals are delivered when it was published, and lived as far as the present."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, Final

from flask import Flask
from sqlmodel import Session

from config.demonstration.city import SEED
from config.demonstration.loading.referral_paths import BankManner, PathAct, path
from config.demonstration.loading.returns import person
from config.demonstration.loading.weeks import frame_of, on_behalf
from config.demonstration.streams import stream
from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI, business_day
from kernel.periods import IsoWeek
from kernel.workdays import WorkCalendar
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.referrals import drawing, service
from matchmaking.referrals.jobs import deliver_due
from matchmaking.referrals.reading import ShownReferral, referral_for, referrals_for

AFTER_PUBLICATION: Final = timedelta(minutes=1)  # the scheduler wakes every minute
HOURS: Final = (9, 10, 11, 14, 15, 16)
BANK_ACTS: Final[dict[str, Callable[..., Any]]] = {
    "accept": service.accept,
    "contact": service.contact,
    "refuse": service.refuse,
    "ask-for-papers": service.ask_for_papers,
    "approve": service.approve,
    "sign": service.sign,
}
FIRM_ACTS: Final[dict[str, Callable[..., Any]]] = {
    "papers-are-in": service.papers_are_in,
    "withdraw": service.withdraw,
}


def follow(app: Flask, week: IsoWeek, *, present: datetime) -> None:
    """A week's referrals, delivered and lived; nothing where the week is not published yet."""
    published = frame_of(week).publish_at
    if published > present:
        return
    with app.app_context():
        db, work = database.current(), work_calendar()
        deliver_due(db, book=policy_book(), work=work, at=published + AFTER_PUBLICATION)
        found = referrals_for(db, person(db, "organiser"), today=business_day(present), states=("published",))
        rows = [one for one in found if one.session.week == str(week)]
        database.write(db, lambda db: _live(db, rows, work, present))


def _live(db: Session, rows: list[ShownReferral], work: WorkCalendar, present: datetime) -> None:
    """Every act that lies before the present, in the order of time."""
    people = _People(db)
    acts = [(at, one, act) for one in rows for at, act in _timed(one, work) if at <= present]
    for at, one, act in sorted(acts, key=lambda row: (row[0], row[1].id)):
        _take(db, people, one, act, at)


def _timed(one: ShownReferral, work: WorkCalendar) -> list[tuple[datetime, PathAct]]:
    """The acts of a referral at their moments: the same for the same seed, bank and request."""
    rng = stream(SEED, "referrals", one.request_code, one.bank.code)
    assert one.referral.delivered_at is not None
    delivered, hour, found = business_day(one.referral.delivered_at), rng.choice(HOURS), []
    for number, act in enumerate(path(one, _manner(one.bank.code), rng)):
        day = work.plus(delivered, act.day)
        found.append((datetime.combine(day, time(hour, 5 * number), SHANGHAI), act))
    return found


@cache
def _manner(bank_code: str) -> BankManner:
    return BankManner.drawn(stream(SEED, "manner", bank_code))


class _People:
    """Who acts for each bank and firm, looked up once."""

    def __init__(self, db: Session) -> None:
        self._db, self._managers = db, dict[str, Caller]()
        self._organiser = person(db, "organiser")

    def of_bank(self, one: ShownReferral) -> Caller:
        if one.bank.code not in self._managers:
            self._managers[one.bank.code] = person(self._db, "product_manager", one.bank.code)
        return self._managers[one.bank.code]

    def of_firm(self, one: ShownReferral) -> Caller:
        return on_behalf(self._organiser, one.enterprise)


def _take(db: Session, people: _People, one: ShownReferral, act: PathAct, at: datetime) -> None:
    if act.name == "draw":
        drawing.draw(db, people.of_bank(one), one.id, **act.said, drawn_on=business_day(at), at=at)
    elif act.name == "confirm":
        _confirm(db, people.of_firm(one), one.id, act.said["number"], at)
    else:
        by = people.of_firm(one) if act.name in FIRM_ACTS else people.of_bank(one)
        run = (FIRM_ACTS | BANK_ACTS)[act.name]
        run(db, by, one.id, **act.said, at=at)


def _confirm(db: Session, firm: Caller, referral_id: int, number: int, at: datetime) -> None:
    stated = referral_for(db, firm, referral_id, today=business_day(at)).drawdowns[number - 1]
    drawing.answer(db, firm, referral_id, stated.id or 0, "confirm", at=at)
