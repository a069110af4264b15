"""What one client has under guarantee at one guarantor: the limits hold per contract and per client."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from settlement.fee_subsidy.contracts import KnownContract


class ClientScope(StrEnum):
    """Which contracts of a client are added up for the limits."""

    IN_FORCE_TOGETHER = "in_force_together"
    STARTED_IN_YEAR = "started_in_year"


@dataclass(frozen=True)
class ClientLoad:
    """The most that a client had beside a contract, that contract included: fen, and fen times days as contracted."""

    amount: int
    amount_days: int


class _Peaks:
    """A quantity that steps on certain days, and its highest value over any days."""

    def __init__(self, steps: Iterable[tuple[date, int]]) -> None:
        by_day: dict[date, int] = defaultdict(int)
        for day, step in steps:
            by_day[day] += step
        self.days = sorted(by_day)
        total = 0
        totals: list[int] = []
        for day in self.days:
            total += by_day[day]
            totals.append(total)
        self._levels: list[list[int]] = [totals]
        while len(self._levels[-1]) > 1:
            self._levels.append(_wider(self._levels[-1], 1 << (len(self._levels) - 1)))

    def highest(self, since: date, until: date) -> int:
        """The highest value on [since, until), a step included that was taken on or before `since`."""
        low = max(0, bisect_right(self.days, since) - 1)
        high = max(low + 1, bisect_left(self.days, until))
        level = (high - low).bit_length() - 1
        return max(self._levels[level][low], self._levels[level][high - (1 << level)])


def _wider(level: Sequence[int], half: int) -> list[int]:
    """The highest of twice as many neighbours as the level before."""
    return [max(level[place], level[place + half]) for place in range(len(level) - half)]


def _steps(contracts: Iterable[KnownContract], by_days: bool) -> Iterable[tuple[date, int]]:
    for one in contracts:
        size = one.filed.amount * (one.days if by_days else 1)
        yield one.filed.start, size
        yield max(one.filed.start, one.stop), -size


class ClientLoads:
    """All clients of one guarantor; every contract of a client counts, whatever else speaks against it."""

    def __init__(self, contracts: Iterable[KnownContract]) -> None:
        self._of: dict[str, list[KnownContract]] = defaultdict(list)
        for contract in contracts:
            self._of[contract.filed.borrower_code].append(contract)
        self._peaks: dict[str, tuple[_Peaks, _Peaks]] = {}

    def beside(self, contract: KnownContract, scope: ClientScope) -> ClientLoad:
        """The load that the limits are held against for one contract."""
        own = self._of[contract.filed.borrower_code]
        if len(own) == 1:
            return ClientLoad(contract.filed.amount, contract.filed.amount * contract.days)
        if scope is ClientScope.STARTED_IN_YEAR:
            same = [one for one in own if one.filed.start.year == contract.filed.start.year]
            return ClientLoad(sum(one.filed.amount for one in same), sum(one.filed.amount * one.days for one in same))
        return self._together(contract, own)

    def _together(self, contract: KnownContract, own: list[KnownContract]) -> ClientLoad:
        code = contract.filed.borrower_code
        if code not in self._peaks:
            self._peaks[code] = _Peaks(_steps(own, by_days=False)), _Peaks(_steps(own, by_days=True))
        since, until = contract.filed.start, contract.stop
        amounts, amount_days = self._peaks[code]
        return ClientLoad(amounts.highest(since, until), amount_days.highest(since, until))
