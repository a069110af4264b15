"""Whom a bank lends to: enterprises of the city, and borrowers outside the city's list of enterprises."""

from collections.abc import Collection, Iterable, Mapping
from random import Random
from typing import Final

from config.demonstration.codes import COMPANY, COOPERATIVE, SHOP, credit_code
from config.demonstration.loans import Client
from config.demonstration.names import Names
from config.demonstration.parties import CityEnterprise
from config.demonstration.plan import Lender, segments
from config.demonstration.streams import percent, stream, weighted
from kernel.money import FEN_PER_WAN

_SERIES = "BCDEFGHJKLMN"  # the bank's letter in the codes of its own borrowers
_TWO_BANKS: Final = (
    400 * FEN_PER_WAN
)  # the most that either of two banks lends, so that the sum stays under 10,000,000 yuan

Lines = Mapping[str, list[tuple[CityEnterprise, int]]]


def enterprise_lines(
    seed: int, enterprises: Iterable[CityEnterprise], lenders: Collection[Lender], by_hand: Collection[str]
) -> Lines:
    """Which enterprise has which line at which bank: four of five have one, one of four of these at two banks, first-loan firms none,
    medium and large ones one only."""
    rng = stream(seed, "enterprise lines")
    lines: dict[str, list[tuple[CityEnterprise, int]]] = {lender.slug: [] for lender in lenders}
    for firm in enterprises:
        if "first_loan" in firm.tags or firm.name in by_hand or not percent(rng, 80):
            continue
        banks = _banks(rng, firm, lenders)
        for slug in banks:
            lines[slug].append((firm, _line(rng, firm, shared=len(banks) > 1)))
    return lines


def _banks(rng: Random, firm: CityEnterprise, lenders: Collection[Lender]) -> list[str]:
    weights = {lender.slug: _nearness(firm, lender) for lender in lenders if firm.region in lender.lends_in}
    first = weighted(rng, weights)
    if not firm.is_small or not percent(rng, 25):
        return [first]
    del weights[first]
    return [first, weighted(rng, weights)]


def _nearness(firm: CityEnterprise, lender: Lender) -> int:
    if lender.region == firm.region:
        return 12
    return 4 if lender.is_branch or lender.kind == "city_commercial_bank" else 1


def _line(rng: Random, firm: CityEnterprise, *, shared: bool) -> int:
    eligible, *others = segments()
    kinds = eligible if firm.is_small else next(s for s in others if s.name == "borrower_kind")
    steps = [line for line in kinds.lines[firm.size] if not shared or line <= _TWO_BANKS]
    return rng.choice(steps)


class Borrowers:
    """Makes the clients of one bank."""

    def __init__(self, bank: Lender, number: int, rng: Random, lines: list[tuple[CityEnterprise, int]]) -> None:
        self._bank = bank
        self._series = f"M{_SERIES[number]}"
        self._rng = rng
        self._names = Names(rng)
        self._lines = lines
        self._count = 0

    def enterprises(self) -> list[Client]:
        """The city's enterprises that have a line here."""
        return [Client(firm.code, firm.name, firm.size, firm.division, firm.region, line) for firm, line in self._lines]

    def outsider(self, kind: str, line: int) -> Client:
        """A new borrower of that kind, known to this bank alone."""
        self._count += 1
        name, industry = self._name(kind)
        return Client(self._code(kind), name, kind, industry, self._region(), line)

    def _name(self, kind: str) -> tuple[str, str]:
        if kind == "owner":
            return self._names.borrower(), ""
        if kind == "individual_business":
            return self._names.shop()
        return self._names.other() if kind == "other" else self._names.firm()

    def _code(self, kind: str) -> str:
        if kind == "owner":
            return f"ID:{self._bank.prefix}{self._count:07d}"
        prefix = {"individual_business": SHOP, "other": COOPERATIVE}.get(kind, COMPANY)
        return credit_code(prefix, self._bank.region, self._count, self._series)

    def _region(self) -> str:
        """Seven of ten at home, a few outside the city, the rest where the bank lends."""
        drawn = self._rng.randrange(100)
        if drawn < 70:
            return self._bank.region
        return "outside" if drawn < 73 else self._rng.choice(self._bank.lends_in)
