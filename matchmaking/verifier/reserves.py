"""Checks of reserved seats, and the counts by reserve and by size of bank."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.verifier.paper import FORMATS, Firm, Paper, Reserved


def _belongs(firm: Firm, reserve: Reserved) -> bool | None:
    """Whether an enterprise is a member, as far as its marks on the paper tell."""
    marks = {"pool": firm.pool, "first_loan": firm.first_loan}
    if any(marks.get(tag, False) for tag in reserve.tags):
        return True
    return False if set(reserve.tags) <= marks.keys() else None


def reserved_seats(paper: Paper) -> Iterator[PaperFinding]:
    """Each bank reserves the published share of its seats, half a seat rounded up; members carry their marks; no tiers beside."""
    for house in paper.houses:
        shares = [(house.seats * reserve.share + 5_000) // 10_000 for reserve in paper.reserves]
        if house.reserved != shares:
            yield finding("reserved", house.name)
    for firm in paper.firms:
        told = [_belongs(firm, reserve) for reserve in paper.reserves]
        wrong = [place for place, is_in in enumerate(told) if is_in not in (None, bool(firm.groups >> place & 1))]
        if wrong or firm.groups < 0 or firm.groups >> len(told) or (told and firm.tier):
            yield finding("reserved", firm.name)


def other_counts(paper: Paper) -> Iterator[PaperFinding]:
    """Small banks and the others, and every reserve, counted from the meetings."""
    if paper.body["format"] == FORMATS[0]:
        return
    if paper.body.get("bank_counts") != _by_bank(paper):
        yield finding("counts", "banks")
    if paper.body.get("reserve_counts") != [_of_reserve(paper, group) for group, _ in enumerate(paper.reserves)]:
        yield finding("counts", "reserves")


def _by_bank(paper: Paper) -> dict[str, dict[str, int]]:
    listed = {edge.house for edge in paper.edges}
    meetings = Counter(pair[1] for sitting in paper.sittings for pair in sitting.pairs)
    names = ("banks", "could_meet", "met", "seats", "meetings")
    rows = {size: dict.fromkeys(names, 0) for size in ("small", "other")}
    for place, house in enumerate(paper.houses):
        row = rows["small" if house.desks <= paper.small_desks else "other"]
        values = (1, place in listed, meetings[place] > 0, house.seats, meetings[place])
        for name, value in zip(names, values, strict=True):
            row[name] += value
    return rows


def _of_reserve(paper: Paper, group: int) -> dict[str, Any]:
    members = {place for place, firm in enumerate(paper.firms) if firm.groups >> group & 1}
    held = Counter(pair[1] for sitting in paper.sittings for pair in sitting.pairs if pair[0] in members)
    seats = [house.reserved[group] if group < len(house.reserved) else 0 for house in paper.houses]
    return {
        "seats": sum(seats),
        "candidates": len(members & {edge.firm for edge in paper.edges}),
        "meetings": sum(held.values()),
        "banks_short": sum(held[place] < wanted for place, wanted in enumerate(seats)),
    }
