"""How the meetings fall on counties, sizes, first-loan firms and pool firms."""

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
