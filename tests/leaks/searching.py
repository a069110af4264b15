"""Who may see whose texts, and the search of a reply for what its reader may not see."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.leaks.addresses import Address
from tests.leaks.canary_city import CanaryCity, Viewer

AGREED = Path(__file__).parent / "shown_to_others.csv"
BLIND = ("anybody", "system_administrator", "security_administrator")  # who has no business with anybody's papers


@dataclass(frozen=True, order=True)
class Leak:
    """What somebody saw that is not theirs, and where."""

    route: str
    what: str
    role: str
    path: str = ""


@cache
def agreed() -> frozenset[tuple[str, str]]:
    """Routes that show others' texts on purpose, each with its reason: `route,what,why`; `*` for everything that it shows."""
    with AGREED.open(encoding="utf-8", newline="") as file:
        return frozenset((row["route"], row["what"]) for row in csv.DictReader(file))


def may_see(viewer: Viewer, owners: frozenset[int], *, private: bool, regions: dict[int, str]) -> bool:
    """Banks and firms see their own; a county its own region's; the city's offices everything that is not private."""
    if viewer.organisation in owners:
        return True
    if private or viewer.role in BLIND or viewer.kind in ("institution", "enterprise"):
        return False
    return viewer.role != "county_officer" or viewer.region in {regions[one] for one in owners}


def leaks_in(city: CanaryCity, viewer: Viewer, route: str, text: str) -> Iterator[Leak]:
    """Every canary and every firm's name or code in a reply that its reader may not see there."""
    owned = [(one.column, one.owners, one.private) for one in city.stamper.found_in(text)]
    known = city.stamper.acquainted.get(viewer.organisation or 0, set())
    named = {number for word, number in city.firms.items() if word in text} - known
    firms = [("enterprise.name", frozenset({number}), False) for number in named]
    for what, owners, private in (*owned, *firms):
        is_agreed = (route, what) in agreed() or (route, "*") in agreed()
        if not is_agreed and not may_see(viewer, owners, private=private, regions=city.regions):
            yield Leak(route, what, viewer.role)


def is_foreign(city: CanaryCity, viewer: Viewer, address: Address) -> bool:
    """Whether an address leads to a row that belongs to somebody, and a bank or firm other than the viewer asks for it."""
    if viewer.kind not in ("institution", "enterprise"):
        return False
    stamper = city.stamper
    rows = [(stamper.tables[table], stamper.rows[table][key]) for table, key in address.rows]
    owners = [stamper.owners(table, row) - city.bureaus for table, row in rows if not stamper.is_public(table, row)]
    return any(one and viewer.organisation not in one for one in owners)
