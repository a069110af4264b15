"""Who works on the whitelist in tests, and the steps that bring a firm onto it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from sqlmodel import Session

from config.city_calendar import load_calendar
from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI
from kernel.parties.models import Party
from matchmaking.whitelist import service
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.rules import whitelist_rules
from matchmaking.whitelist.service import ListingFrame, Said
from tests.factories import make_bureau, make_person
from tests.matchmaking.pool.town import BOOK, CountyTown, admitted, county_town, factory

CALENDAR = load_calendar(Path(__file__).parents[3] / "config" / "city")
POOL_DAY = datetime(2022, 8, 1, 9, 0, tzinfo=SHANGHAI)
MONDAY = date(2022, 8, 22)
NOTHING = Said()
LISTED = date(2022, 8, 30)  # Tuesday after a notice from Monday 22 to Monday 29 August


def on(day: date) -> ListingFrame:
    """By what a move of that day is taken."""
    at = datetime.combine(day, time(10, 0), SHANGHAI)
    return ListingFrame(whitelist_rules(BOOK, day), CALENDAR, at, day)


@dataclass(frozen=True)
class Offices:
    """The pool's town, the organiser who prepares, the reviewer who decides."""

    town: CountyTown
    organiser: Caller
    reviewer: Caller


def offices(db: Session) -> Offices:
    organiser = make_person(db, make_bureau(db, "市金融工作局"), "organiser", name="林静")
    reviewer = make_person(db, make_bureau(db, "市财政局"), "reviewer", name="许复")
    return Offices(county_town(db), organiser, reviewer)


def pool_firm(db: Session, people: Offices, name: str = "宏川机械有限公司", **where: str) -> Party:
    party = factory(db, name, **where)
    admitted(db, people.town, party, at=POOL_DAY)
    return party


def recommended(db: Session, people: Offices, party: Party, day: date = MONDAY) -> WhitelistEntry:
    return database.write(
        db,
        lambda db: service.nominate(db, people.organiser, party.code, Said(document="平金〔2022〕12号"), frame=on(day)),
    )


def moved(
    db: Session, by: Caller, entry: WhitelistEntry, verb: str, day: date = MONDAY, said: Said = NOTHING
) -> WhitelistEntry:
    return database.write(db, lambda db: service.move(db, by, entry.id or 0, verb, said, frame=on(day)))


def publicised(db: Session, people: Offices, party: Party, day: date = MONDAY) -> WhitelistEntry:
    entry = recommended(db, people, party, day)
    moved(db, people.organiser, entry, "review", day)
    return moved(db, people.reviewer, entry, "publicise", day)


def listed(db: Session, people: Offices, party: Party) -> WhitelistEntry:
    return moved(db, people.reviewer, publicised(db, people, party), "activate", LISTED)
