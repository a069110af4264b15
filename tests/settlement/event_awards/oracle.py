"""A second opinion on event awards in plain `Fraction`, written from the notice alone; it shares no code with the service.

A history is one party with its events in order; `play` says what each is awarded in fen (None: a document is missing) and who pays.
"""

import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

WAN = 1_000_000
INNER = ("410402", "410403", "410411", "410471", "410472")
PLACES = (*INNER, "410404", "410422", "410482")
SIGNED = date(2022, 5, 24)
NODES = {"filing": 300 * WAN, "acceptance": 300 * WAN, "trading": 400 * WAN}
PRIZES = {"first": 20 * WAN, "second": 10 * WAN, "third": 5 * WAN}
LEVELS = {"national": 50 * WAN, "provincial": 30 * WAN}
DECIDED = {"rent": Fraction(3, 10), "equipment": Fraction(1, 4)}  # the documents that the test lays over the book

Event = dict[str, Any]
Paid = list[dict[str, Any]]


def whole(exact: Fraction) -> int:
    """Half up, for sums that are not negative."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month, last = day.year + month // 12, month % 12 + 1, day.day
    while True:
        try:
            return date(year, month, last)
        except ValueError:
            last -= 1


def _months(first: date, last: date) -> int:
    found = 0
    while _later(first, found + 1) <= last + timedelta(days=1):
        found += 1
    return found


def _full_load(event: Event, who: Event, paid: Paid) -> int:
    output = sum(event["output"])
    good = (
        event["day"] == date(2022, 3, 31)
        and who["section"] in "BCD"
        and event["above"]
        and event["before"] > 0
        and 10 * event["revenue"] >= 11 * event["before"]
        and Fraction(output, 3) >= Fraction(8, 10) * event["peak"]
        and output >= event["same"]
        and not any(one["kind"] == "full" for one in paid)
    )
    return 20 * WAN if good else 0


def _entry(event: Event, who: Event, paid: Paid) -> int:
    before = [one for one in paid if one["kind"] == "entry"]
    if event["day"] < date(2022, 1, 1) or who["section"] not in "BCD" or event["was"]:
        return 0
    if any(one["day"] != event["day"] for one in before):
        return 0
    first = 0 if any(one["first"] for one in before) else 5 * WAN
    second = 3 * WAN if event["revenue"] >= 5000 * WAN and not any(one["second"] for one in before) else 0
    event["first"], event["second"] = bool(first), bool(second)
    return first + second


def _board(event: Event, who: Event, paid: Paid) -> int:
    mine = [one for one in paid if one["kind"] == "board"]
    if event["day"] < SIGNED or any(one["node"] == event["node"] for one in mine):
        return 0
    return min(NODES[event["node"]], 1000 * WAN - sum(one["paid"] for one in mine))


def _refinancing(event: Event, who: Event, paid: Paid) -> int:
    raised, here = event["raised"], event["here"]
    mine = [one for one in paid if one["kind"] == "refinancing"]
    again = any(one["round"] == event["round"] for one in mine)
    if event["day"] < SIGNED or not event["listed"] or raised == 0 or here > raised or 10 * here < 8 * raised or again:
        return 0
    used = sum(one["paid"] for one in mine if one["day"].year == event["day"].year)
    return min(whole(Fraction(2 * raised, 1000)), 100 * WAN - used)


def _course(event: Event, who: Event, paid: Paid) -> int:
    first, last = event["span"]
    if event["day"] < SIGNED or last < first or last > event["day"] or not sum(event["persons"]):
        return 0
    months = _months(first, last)
    mine = [one for one in paid if one["kind"] == "course" and one["course"] == event["course"]]
    if not 1 <= months <= 12 or any(one["span"][0] <= last and first <= one["span"][1] for one in mine):
        return 0
    middle, senior = event["persons"]
    return whole(Fraction((5000 * middle + 6000 * senior) * 100 * months, 12))


def _once(amount: int, *same: str) -> Any:
    def rule(event: Event, who: Event, paid: Paid) -> int:
        again = any(one["kind"] == event["kind"] and all(one[key] == event[key] for key in same) for one in paid)
        return 0 if event["day"] < SIGNED or again or not event.get("is_first", True) else amount

    return rule


def _platform(event: Event, who: Event, paid: Paid) -> int:
    return int(_once(LEVELS[event["level"]], "platform", "level")(event, who, paid))


def _prize(event: Event, who: Event, paid: Paid) -> int:
    return 0 if event["year"] > event["day"].year else int(_once(PRIZES[event["prize"]], "year")(event, who, paid))


def _zhongyuan(event: Event, who: Event, paid: Paid) -> int:
    return int(_once(30 * WAN)(event, who, paid)) if event["section"] == "trading" else 0


def _rent(event: Event, who: Event, paid: Paid) -> int:
    again = any(one["kind"] == "rent" and one["batch"] == event["batch"] for one in paid)
    return 0 if event["day"] < SIGNED or again else whole(event["base"] * DECIDED["rent"])


def _equipment(event: Event, who: Event, paid: Paid) -> int:
    mine = [one for one in paid if one["kind"] == "equipment"]
    first, last = event["span"]
    if event["day"] < SIGNED or not first <= event["day"] <= last or event["base"] == 0:
        return 0
    if any(one["project"] == event["project"] for one in mine):
        return 0
    return min(whole(event["base"] * DECIDED["equipment"]), 500 * WAN - sum(one["paid"] for one in mine))


def _interest(event: Event, who: Event, paid: Paid) -> int | None:
    return 0 if event["day"] < SIGNED else None


RULES: dict[str, Any] = {
    "full": _full_load,
    "entry": _entry,
    "board": _board,
    "neeq": _once(200 * WAN),
    "zhongyuan": _zhongyuan,
    "refinancing": _refinancing,
    "course": _course,
    "giant": _once(50 * WAN),
    "specialised": _once(20 * WAN),
    "platform": _platform,
    "prize": _prize,
    "rent": _rent,
    "equipment": _equipment,
    "interest": _interest,
}
SPLITS = {"full": "province first", "rent": "city", "equipment": "province"}


def _halves(amount: int, region: str) -> dict[str, int]:
    return {"city": amount - amount // 2, region: amount // 2} if region in INNER else {region: amount}


def shares(event: Event, parts: list[int], region: str) -> dict[str, int]:
    """Who pays: each part of an award is shared by itself."""
    found: dict[str, int] = {}
    for part in parts:
        how = SPLITS.get(event["kind"], "closing sentence")
        if how == "province first":
            each = {"province": part // 2, **_halves(part - part // 2, region)}
        else:
            each = _halves(part, region) if how == "closing sentence" else {how: part}
        for payer, fen in each.items():
            found[payer] = found.get(payer, 0) + fen
    return found


def play(history: Event) -> list[tuple[int | None, bool]]:
    """What each event is awarded, and whether it may be paid on the day of deciding (not suspended)."""
    paid: Paid = []
    found: list[tuple[int | None, bool]] = []
    for event in history["events"]:
        listed = [day for day in history["dishonest"] if day <= event["on"]]
        suspended = bool(listed) and event["on"] < _later(max(listed), 12)
        amount = 0 if event["on"] < event["day"] else _beside_papers(event, history, paid)
        found.append((amount, not suspended))
        if amount and not suspended:
            paid.append({**event, "paid": amount})
    return found


def _beside_papers(event: Event, history: Event, paid: Paid) -> int | None:
    """One paper, one day, one award; the two parts of a first entry are one award."""
    taken = [one for one in paid if one["paper"] and (one["paper"], one["day"]) == (event["paper"], event["day"])]
    if any(one["kind"] != event["kind"] for one in taken):
        return 0 if event["kind"] != "interest" else RULES["interest"](event, history, paid)
    amount: int | None = RULES[event["kind"]](event, history, paid)
    return amount


def _near(pick: random.Random, edge: int, *, most: int = 10**13) -> int:
    """Often a fen from an edge, sometimes anything."""
    if pick.random() < 0.7:
        return max(0, edge + pick.choice((-1, 0, 0, 1)))
    return pick.randrange(0, most)


def _span(pick: random.Random) -> tuple[date, date]:
    first = date(2022, 1, 1) + timedelta(days=pick.randrange(700))
    if pick.random() < 0.3:
        first = _later(date(2022, 1, 31), pick.randrange(20))
    last = _later(first, pick.randrange(0, 14)) + timedelta(days=pick.choice((-2, -1, -1, -1, 0, 5)))
    return first, last


def _facts(pick: random.Random, kind: str) -> Event:
    if kind == "full":
        before, peak = pick.choice((0, 100, pick.randrange(1, 10**10))), pick.randrange(1, 1000)
        third = -(-8 * peak // 10)
        return {
            "above": pick.random() < 0.9,
            "before": before,
            "revenue": _near(pick, -(-11 * before // 10)),
            "output": [third, third, max(0, third + pick.choice((-2, -1, 0, 0, 3)))],
            "peak": peak,
            "same": pick.choice((0, 3 * third, pick.randrange(0, 3000))),
        }
    if kind == "refinancing":
        raised = pick.choice((0, 500, 6000 * WAN, 50_000 * WAN, pick.randrange(1, 60_000 * WAN)))
        here = max(0, pick.choice((-(-8 * raised // 10), raised)) + pick.choice((-1, 0, 0, 1)))
        return {"raised": raised, "here": here, "listed": pick.random() < 0.95, "round": str(pick.randrange(4))}
    if kind == "course":
        return {
            "span": _span(pick),
            "persons": (pick.randrange(4), pick.randrange(4)),
            "course": str(pick.randrange(2)),
        }
    if kind == "equipment":
        first, last = _span(pick)
        base = pick.choice((0, 1, 2, 2000 * WAN, pick.randrange(0, 3000 * WAN)))
        return {"span": (first, last), "base": base, "project": str(pick.randrange(3))}
    return {
        "was": pick.random() < 0.2,
        "revenue": _near(pick, 5000 * WAN),
        "node": pick.choice(list(NODES)),
        "section": pick.choice(("trading", "trading", "exhibition")),
        "is_first": kind not in ("giant", "specialised", "platform") or pick.random() < 0.9,
        "platform": pick.choice(("service_platform", "innovation_base")),
        "level": pick.choice(list(LEVELS)),
        "prize": pick.choice(list(PRIZES)),
        "year": pick.randrange(2021, 2025),
        "base": pick.choice((1, 4, 5, pick.randrange(1, 10**12))),
        "batch": str(pick.randrange(3)),
    }


def _day(pick: random.Random, kind: str) -> date:
    if kind == "full" and pick.random() < 0.9:
        return date(2022, 3, 31)
    if pick.random() < 0.15:
        return pick.choice((date(2021, 12, 31), date(2022, 1, 1), date(2022, 5, 23), SIGNED))
    return date(2022, 5, 24) + timedelta(days=pick.randrange(900))


def _touching(pick: random.Random, event: Event, courses: list[Event]) -> Event:
    """Often a training year that ends on an earlier one's first day, or the day before it, or begins on its last."""
    if event["kind"] != "course" or not courses or pick.random() < 0.5:
        return event
    (first, last), (middle, senior) = courses[-1]["span"], event["persons"]
    shift = timedelta(days=pick.choice((-1, 0)))
    spans = ((_later(first, -3), first + shift), (last - shift, _later(last, 3)))
    span = pick.choice(spans)
    day = max(event["day"], span[1], SIGNED)
    persons = (middle, max(1, senior))
    course = courses[-1]["course"]
    return {**event, "span": span, "day": day, "on": day, "persons": persons, "course": course}


def random_history(pick: random.Random) -> Event:
    """One party and up to nine events, many of them twice, on one paper, or around an edge."""
    kinds = pick.sample(list(RULES), pick.randrange(1, 5))
    events = []
    for _ in range(pick.randrange(1, 10)):
        kind = pick.choice(kinds)
        day = events[-1]["day"] if events and pick.random() < 0.2 else _day(pick, kind)
        on = day + timedelta(days=pick.choice((-1, 0, 30, 400)))
        paper = pick.choice(("", "", "", "1号", "2号"))
        made = {"kind": kind, "day": day, "on": on, "paper": paper, **_facts(pick, kind)}
        events.append(_touching(pick, made, [one for one in events if one["kind"] == "course"]))
    listings = pick.choice((0, 0, 0, 0, 1, 2))
    dishonest = [SIGNED + timedelta(days=pick.randrange(900)) for _ in range(listings)]
    return {
        "region": pick.choice(PLACES),
        "section": pick.choice("CCCBDF"),
        "dishonest": dishonest,
        "events": events,
    }
