"""Two runs side by side: what each quarter, beneficiary, county and payer would have had and would have. Pure; fen throughout."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from kernel.periods import Quarter
from settlement.readings.outcomes import Run, RunOutcome

Place = tuple[str, Quarter, str]
G = TypeVar("G", str, Quarter)


@dataclass(frozen=True)
class Change:
    """One amount before and after; None where it is not known (a return is missing), 0 where nothing is due."""

    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class BeneficiaryChange:
    """One beneficiary of one scheme: its change over all quarters and in each."""

    scheme: str
    code: str
    name: str
    region: str
    total: Change
    by_quarter: Mapping[Quarter, Change]


@dataclass(frozen=True)
class RunDifference:
    """What changes from one run to another over the same quarters and schemes."""

    before: Run
    after: Run

    @cached_property
    def _pairs(self) -> dict[Place, tuple[RunOutcome | None, RunOutcome | None]]:
        earlier = {one.place: one for one in self.before.outcomes}
        later = {one.place: one for one in self.after.outcomes}
        return {place: (earlier.get(place), later.get(place)) for place in sorted({*earlier, *later})}

    @cached_property
    def changes(self) -> dict[Place, Change]:
        """By scheme, quarter and beneficiary; whoever has no statement under one of the books is due nothing there."""
        return {place: Change(_amount(was), _amount(would)) for place, (was, would) in self._pairs.items()}

    @property
    def total(self) -> Change:
        return _sum(self.changes.values())

    def by_quarter(self) -> dict[Quarter, Change]:
        return _grouped((quarter, change) for (_, quarter, _), change in self.changes.items())

    def by_beneficiary(self) -> list[BeneficiaryChange]:
        """The largest difference first, then by code."""
        found: dict[tuple[str, str], dict[Quarter, Change]] = {}
        last: dict[tuple[str, str], RunOutcome] = {}
        for (scheme, quarter, code), change in self.changes.items():
            found.setdefault((scheme, code), {})[quarter] = change
            was, would = self._pairs[scheme, quarter, code]
            last[scheme, code] = _known(was, would)
        rows = [
            BeneficiaryChange(
                scheme, code, last[scheme, code].name, last[scheme, code].region, _sum(each.values()), each
            )
            for (scheme, code), each in found.items()
        ]
        return sorted(rows, key=lambda row: (-abs(row.total.difference or 0), row.scheme, row.code))

    def by_region(self) -> dict[str, Change]:
        """By the fiscal region of the beneficiary."""
        return _grouped((_region(self._pairs[place]), change) for place, change in self.changes.items())

    def by_payer(self) -> dict[str, Change]:
        """By who bears it: the city, a region, the province, the central bank's tool."""
        earlier, later = _payers(self.before.outcomes), _payers(self.after.outcomes)
        return {payer: Change(earlier.get(payer, 0), later.get(payer, 0)) for payer in sorted({*earlier, *later})}

    def unknown(self) -> list[tuple[Place, RunOutcome]]:
        """The outcomes whose amount nobody knows: left out of every sum."""
        return [(place, _known(*pair)) for place, pair in self._pairs.items() if None in (_amount(one) for one in pair)]

    def changed_quarters(self) -> tuple[Quarter, ...]:
        """The quarters in which anybody's amount or anybody's share changes."""
        changed = {
            place[1]
            for place, (was, would) in self._pairs.items()
            if self.changes[place].is_change or _shares(was) != _shares(would)
        }
        return tuple(sorted(changed))


def _amount(outcome: RunOutcome | None) -> int | None:
    return 0 if outcome is None else outcome.amount


def _shares(outcome: RunOutcome | None) -> dict[str, int]:
    return {payer: fen for payer, fen in (outcome.shares if outcome else ()) if fen}


def _region(pair: tuple[RunOutcome | None, RunOutcome | None]) -> str:
    return _known(*pair).region


def _known(was: RunOutcome | None, would: RunOutcome | None) -> RunOutcome:
    known = would or was
    assert known is not None
    return known


def _payers(outcomes: Iterable[RunOutcome]) -> dict[str, int]:
    total: dict[str, int] = {}
    for payer, fen in _each_share(outcomes):
        total[payer] = total.get(payer, 0) + fen
    return total


def _each_share(outcomes: Iterable[RunOutcome]) -> Iterator[tuple[str, int]]:
    for outcome in outcomes:
        yield from outcome.shares


def _sum(changes: Iterable[Change]) -> Change:
    """The sum of what is known on both sides; None only where nothing is."""
    known = [one for one in changes if one.before is not None and one.after is not None]
    if not known:
        return Change(None, None)
    return Change(_plus(one.before for one in known), _plus(one.after for one in known))


def _plus(amounts: Iterable[int | None]) -> int:
    return sum(amount for amount in amounts if amount is not None)


def _grouped(pairs: Iterable[tuple[G, Change]]) -> dict[G, Change]:
    groups: dict[G, list[Change]] = {}
    for name, change in pairs:
        groups.setdefault(name, []).append(change)
    return {name: _sum(groups[name]) for name in sorted(groups)}
