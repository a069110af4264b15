"""Checks of the timetable: the pairs made and no others, no clash, the fewest slots, and the witness."""

from collections import Counter
from collections.abc import Iterator

from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.verifier.paper import Paper


def _ceil(meetings: int, at_once: int) -> int:
    return -(-meetings // at_once) if at_once > 0 else 0


def places(paper: Paper) -> Iterator[PaperFinding]:
    """Every pair has one place and nobody is in two at once."""
    stated = sorted((pair[0], pair[1], sitting.number) for sitting in paper.sittings for pair in sitting.pairs)
    if sorted(meeting[:3] for meeting in paper.meetings) != stated:
        yield finding("meetings", f"{len(paper.meetings)} / {len(stated)}")
    for firm, house, _, slot, desk, room in paper.meetings:
        rooms = paper.rooms if paper.rooms is not None else len(paper.meetings)
        if not (1 <= slot <= paper.slots and 1 <= desk <= paper.houses[house].desks and 1 <= room <= rooms):
            yield finding("place_range", paper.firms[firm].name)
            break
    at: dict[str, Counter[tuple[int, ...]]] = {
        "enterprise_clash": Counter((firm, slot) for firm, _, _, slot, _, _ in paper.meetings),
        "desk_clash": Counter((house, desk, slot) for _, house, _, slot, desk, _ in paper.meetings),
        "room_clash": Counter((room, slot) for _, _, _, slot, _, room in paper.meetings),
    }
    for code, counter in at.items():
        twice = [place for place, count in counter.items() if count > 1]
        if twice:
            yield finding(code, twice[0])


def _attained(paper: Paper, by_firm: Counter[int], by_house: Counter[int]) -> bool:
    """Whether the witness is real and attains the bound."""
    kind, place = paper.witness["kind"], paper.witness["place"]
    desks = paper.houses[place].desks if kind == "bank" and 0 <= place < len(paper.houses) else 0
    facts = {
        "enterprise": (by_firm[place], 1),
        "bank": (by_house[place], desks),
        "rooms": (len(paper.meetings), paper.rooms or 0),
        "none": (0, 0),
    }
    if kind not in facts or (kind == "none") != (not paper.meetings):
        return False
    stated = (paper.witness["meetings"], paper.witness["at_once"])
    return stated == facts[kind] and _ceil(*stated) == paper.bound


def bound(paper: Paper) -> Iterator[PaperFinding]:
    """T*, its witness, and the slots used: as many as T*, filled evenly."""
    by_firm = Counter(meeting[0] for meeting in paper.meetings)
    by_house = Counter(meeting[1] for meeting in paper.meetings)
    needs = [*by_firm.values(), *(_ceil(count, paper.houses[house].desks) for house, count in by_house.items())]
    if paper.rooms is not None:
        needs.append(_ceil(len(paper.meetings), paper.rooms))
    fewest = max(needs, default=0)
    if paper.bound != fewest:
        yield finding("slot_bound", f"{paper.bound}, {fewest}")
    if not _attained(paper, by_firm, by_house):
        yield finding("witness", paper.witness["kind"])
    loads = Counter(meeting[3] for meeting in paper.meetings)
    if not paper.used == len(loads) == fewest or max(loads, default=0) != paper.used:
        yield finding("slots_used", f"{paper.used}, {len(loads)}, {fewest}")
    elif loads and max(loads.values()) - min(loads.values()) > 1:
        yield finding("slots_unlevel", sorted(loads.values()))
