"""How the meetings fall on counties, sizes, first-loan firms and pool firms, on small banks, and on reserved seats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaking.canonical import Json


@dataclass(frozen=True)
class Member:
    """An enterprise as the certificate shows it."""

    name: str
    tier: int
    county: str
    size: str
    is_first_loan: bool
    is_pool: bool
    groups: int = 0  # the reserves it is a member of, as bits


def _yes_no(answer: bool) -> str:
    return "yes" if answer else "no"


GROUPINGS: dict[str, Callable[[Member], str]] = {
    "all": lambda _: "all",
    "county": lambda member: member.county,
    "size": lambda member: member.size or "unknown",
    "first_loan": lambda member: _yes_no(member.is_first_loan),
    "pool": lambda member: _yes_no(member.is_pool),
}


def _group(members: Sequence[Member], key: Callable[[Member], str], columns: Sequence[Sequence[int]]) -> Json:
    totals: dict[str, list[int]] = {}
    for member, *figures in zip(members, *columns, strict=True):
        total = totals.setdefault(key(member), [0] * len(figures))
        for place, figure in enumerate(figures):
            total[place] += figure
    names = ("enterprises", "could_meet", "met", "meetings")
    return {group: dict(zip(names, total, strict=True)) for group, total in totals.items()}


def group_counts(members: Sequence[Member], candidates: Sequence[int], meetings: Sequence[int]) -> Json:
    """For each grouping and group: enterprises, those with a candidate bank, those that met one, meetings."""
    could, met = [int(one > 0) for one in candidates], [int(one > 0) for one in meetings]
    columns = ([1] * len(members), could, met, meetings)
    return {name: _group(members, key, columns) for name, key in GROUPINGS.items()}


def bank_counts(is_small: Sequence[bool], candidates: Sequence[int], seats: Sequence[int], held: Sequence[int]) -> Json:
    """Small banks and the others: how many, with candidates, with meetings, their seats and meetings."""
    found: dict[str, Json] = {}
    for name, wanted in (("small", True), ("other", False)):
        mine = [place for place, small in enumerate(is_small) if small == wanted]
        found[name] = {
            "banks": len(mine),
            "could_meet": sum(candidates[place] > 0 for place in mine),
            "met": sum(held[place] > 0 for place in mine),
            "seats": sum(seats[place] for place in mine),
            "meetings": sum(held[place] for place in mine),
        }
    return found


def reserve_counts(
    reserved: Sequence[Sequence[int]],
    members: Sequence[Member],
    candidates: Sequence[int],
    pairs: Sequence[tuple[int, int]],
) -> Json:
    """For each reserve: the seats reserved, its enterprises with a candidate bank, its meetings, and banks that hold fewer."""
    found: list[Json] = []
    for group, seats in enumerate(reserved):
        held = [0] * len(seats)
        for firm, bank in pairs:
            held[bank] += members[firm].groups >> group & 1
        could = sum(one.groups >> group & 1 for one, count in zip(members, candidates, strict=True) if count)
        short = sum(one < wanted for one, wanted in zip(held, seats, strict=True))
        found.append({"seats": sum(seats), "candidates": could, "meetings": sum(held), "banks_short": short})
    return found
