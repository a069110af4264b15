"""Decisions use the list as of the application date: random histories against a naive recomputation (I13).

A sample runs every day, from a printed seed, every move through the service's guard. `YINQI_FULL=1` runs 10,000 histories: the first
300 the same way, the others on the days alone, which are all that the list of a day is read from.
"""

import itertools
import random
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import Session, col, select

from config.demonstration.codes import COMPANY, credit_code
from kernel import database
from kernel.audit.service import THE_SERVICE
from kernel.errors import Conflict
from kernel.parties.models import Enterprise, Party
from matchmaking.whitelist import spans
from matchmaking.whitelist.models import WhitelistEntry, WhitelistSpan
from matchmaking.whitelist.reading import all_listed_on, listed_on
from matchmaking.whitelist.service import Said, apply_move
from tests.factories import NOW, make_enterprise
from tests.matchmaking.whitelist.offices import on
from tests.seeds import is_full, seeded

HISTORIES = 10_000 if is_full() else 40
AT_ONCE, WHOLE = 50, 300
NUMBERS = itertools.count(500_001)
FIRST = date(2022, 6, 1)
LONGEST = 400
ON, OFF = frozenset({"activate", "resume", "reinstate"}), frozenset({"suspend", "remove"})
NEXT = {
    "publicised": ("activate",),
    "active": ("suspend", "remove"),
    "suspended": ("resume", "remove", "reinstate"),
    "removed": ("reinstate", "again"),
}
STATE_AFTER = {
    "activate": "active",
    "resume": "active",
    "reinstate": "active",
    "suspend": "suspended",
    "remove": "removed",
}


@dataclass(frozen=True)
class Event:
    """What the naive recomputation knows: on which day which move was taken."""

    day: date
    verb: str


def naive(events: list[Event], day: date) -> bool:
    """Walk through everything that happened up to the end of the day."""
    is_listed = False
    for event in events:
        if event.day <= day:
            is_listed = event.verb in ON or (is_listed and event.verb not in OFF)
    return is_listed


def enter(db: Session, firm: int, day: date) -> WhitelistEntry:
    """An entry whose notice is over."""
    entry = WhitelistEntry(
        enterprise_id=firm,
        region="410421",
        state="publicised",
        nominated_on=day - timedelta(days=9),
        notice_from=day - timedelta(days=8),
        notice_until=day - timedelta(days=1),
    )
    db.add(entry)
    db.flush()
    return entry


def take(db: Session, entry: WhitelistEntry, verb: str, day: date, *, whole: bool) -> None:
    """One move through the service's own guard (a removal is announced and heard first), or what it does to the days alone."""
    if not whole:
        (spans.begin(db, entry, day, "x") if verb in ON else spans.end(db, entry, day))
        entry.state = STATE_AFTER[verb]
        return
    if verb == "remove":
        entry.removal_ground, entry.heard_until = "overdue", day - timedelta(days=1)
        db.flush()
    apply_move(db, entry, verb, Said(ground="overdue", reason="x"), by=THE_SERVICE, frame=on(day))


def history(db: Session, firm: int, rng: random.Random, *, whole: bool) -> list[Event]:
    """A random history of one firm, several moves of one day included."""
    day, events = FIRST + timedelta(days=rng.randrange(40)), []
    entry = enter(db, firm, day)
    for _ in range(rng.randrange(1, 9)):
        verb = rng.choice(NEXT[entry.state])
        if verb == "again":
            entry = enter(db, firm, day) if whole else entry
            verb = "activate"
        take(db, entry, verb, day, whole=whole)
        assert entry.state == STATE_AFTER[verb]
        events.append(Event(day, verb))
        day += timedelta(days=rng.choice((0, 0, 1, 1, 2, 5, 30)))
    return events


def new_firms(db: Session, count: int) -> list[int]:
    """So many firms, entered in one transaction."""

    def work(db: Session) -> list[int]:
        codes = [credit_code(COMPANY, "410421", next(NUMBERS)) for _ in range(count)]
        same = {"name": "一厂", "kind": "enterprise", "fiscal_region": "410421", "created_at": NOW}
        db.execute(insert(Party), [{"code": code, **same} for code in codes])
        ids = list(db.execute(select(Party.id).where(col(Party.code).in_(codes))).scalars())
        rows = [{"party_id": one, "industry": "C34", "size_class": "small"} for one in ids]
        db.execute(insert(Enterprise), rows)
        return [one for one in ids if one is not None]

    return database.write(db, work)


def overlaps(rows: list[WhitelistSpan]) -> int:
    """Pairs of a firm's spans that share a day."""
    pairs = 0
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            end, other_end = one.until or date.max, other.until or date.max
            pairs += max(one.since, other.since) < min(end, other_end)
    return pairs


def overlaps_of(db: Session, firms: list[int]) -> int:
    """The same over all spans of some firms."""
    rows: dict[int, list[WhitelistSpan]] = {}
    for row in db.execute(select(WhitelistSpan).where(col(WhitelistSpan.enterprise_id).in_(firms))).scalars():
        rows.setdefault(row.enterprise_id, []).append(row)
    return sum(overlaps(of_firm) for of_firm in rows.values())


def test_the_list_of_any_day_is_what_had_happened_by_its_end(db: Session) -> None:
    rng = seeded()
    differences = overlapping = asked = 0
    for start in range(0, HISTORIES, AT_ONCE):
        batch, whole = new_firms(db, min(AT_ONCE, HISTORIES - start)), start < WHOLE
        told = database.write(
            db,
            lambda db, batch=batch, whole=whole: {firm: history(db, firm, rng, whole=whole) for firm in batch},  # type: ignore[misc]
        )
        for firm, events in told.items():
            days = {
                event.day + timedelta(days=rng.choice((-1, 0, 1))) for event in rng.sample(events, min(2, len(events)))
            }
            for day in days:
                asked += 1
                differences += (listed_on(db, firm, day) is not None) != naive(events, day)
        for day in [FIRST + timedelta(days=rng.randrange(LONGEST)) for _ in range(8)]:
            asked += len(told)
            everybody = {firm for firm, events in told.items() if naive(events, day)}
            differences += len(set(all_listed_on(db, day, batch)) ^ everybody)
        overlapping += overlaps_of(db, batch)
        db.expunge_all()
    print(f"{HISTORIES} histories, {asked} questions, {differences} differences, {overlapping} overlaps")
    assert (differences, overlapping) == (0, 0)


def test_a_firm_cannot_be_listed_while_it_is(db: Session) -> None:
    firm = make_enterprise(db, region="410421").id or 0

    def work(db: Session) -> None:
        entry = enter(db, firm, FIRST)
        spans.begin(db, entry, FIRST, "x")
        with pytest.raises(Conflict):
            spans.begin(db, entry, FIRST + timedelta(days=3), "x")

    database.write(db, work)
