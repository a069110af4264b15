"""A session prepared: both sides under their pseudonyms, the candidate pairs, both sides' lists and limits. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kernel.errors import Refused
from kernel.periods import IsoWeek
from matchmaking.canonical import canonical_rows, derived_salt
from matchmaking.certificate.counts import Member
from matchmaking.matching import lottery
from matchmaking.matching.assignment import MeetingLimits
from matchmaking.matching.columns import (
    Ints,
    ProductColumns,
    RequestColumns,
    banned_pairs,
    product_columns,
    request_columns,
)
from matchmaking.matching.edges import Edges, candidate_edges
from matchmaking.matching.market import Applicant, Bank, Market, enterprises_of
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.preferences import Preferences, by_priority, wish_order
from matchmaking.matching.reserves import Reserves

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Terms:
    """The frame of a session. `levels` None lets promotion rise as far as it helps, 0 switches it off.

    `salt` hides the parties in the certificate; without one it is derived from seed and inputs.
    """

    week: IsoWeek
    slots: int
    seed: bytes
    rooms: int | None = None
    levels: int | None = None
    top: int | None = None
    salt: bytes | None = None


@dataclass(frozen=True)
class Columns:
    requests: RequestColumns
    products: ProductColumns
    enterprise_of_request: Ints


def _columns(market: Market, enterprises: Sequence[Applicant], week: IsoWeek) -> Columns:
    bank_place = {bank.institution_code: place for place, bank in enumerate(market.banks)}
    place = {one.code: number for number, one in enumerate(enterprises)}
    vetoes = {one.code: one.vetoed for one in enterprises}
    return Columns(
        request_columns(market.requests, banned_pairs(market, vetoes)),
        product_columns(market.products, bank_place, week.monday),
        np.array([place[one.enterprise_code] for one in market.requests], np.int64),
    )


@dataclass(frozen=True)
class Sides:
    """Both sides in the order of their pseudonyms, which is the order of everything from here on.

    `firm_order[i]` is the place by code of the i-th enterprise, `bank_order` the same for banks.
    """

    market: Market
    firms: tuple[Applicant, ...]
    banks: tuple[Bank, ...]
    firm_names: tuple[str, ...]
    bank_names: tuple[str, ...]
    firm_order: Ints
    bank_order: Ints

    @classmethod
    def of(cls, market: Market, by_code: Sequence[Applicant], salt: bytes) -> "Sides":
        firms = [lottery.pseudonym(salt, "enterprise", one.code) for one in by_code]
        banks = [lottery.pseudonym(salt, "bank", one.institution_code) for one in market.banks]
        firm_order = np.array(sorted(range(len(firms)), key=firms.__getitem__), np.int64)
        bank_order = np.array(sorted(range(len(banks)), key=banks.__getitem__), np.int64)
        return cls(
            market,
            tuple(by_code[place] for place in firm_order.tolist()),
            tuple(market.banks[place] for place in bank_order.tolist()),
            tuple(sorted(firms)),
            tuple(sorted(banks)),
            firm_order,
            bank_order,
        )

    def renumbered(self, edges: Edges) -> Edges:
        """Edges between places by code as edges between places by pseudonym, in the order of wishes."""
        firm_place, bank_place = np.argsort(self.firm_order), np.argsort(self.bank_order)
        enterprise, bank = firm_place[edges.enterprise], bank_place[edges.bank]
        moved = Edges(enterprise, bank, edges.request, edges.product, edges.score, edges.fit)
        moved = moved.taken(np.argsort(enterprise, kind="stable"))
        return moved.taken(wish_order(moved, self.firms, [bank.institution_code for bank in self.banks]))

    def members(self, policy: MatchingPolicy) -> list[Member]:
        return [
            Member(
                name,
                policy.tier(one.tags),
                one.region,
                one.size,
                "first_loan" in one.tags,
                "pool" in one.tags,
                policy.groups(one.tags),
            )
            for one, name in zip(self.firms, self.firm_names, strict=True)
        ]

    @property
    def desks(self) -> Ints:
        return np.array([bank.desks for bank in self.banks], np.int64)

    def limits(self, terms: Terms, policy: MatchingPolicy) -> MeetingLimits:
        """Seats and wishes, neither more than the slots allow, and the seats reserved."""
        seats = np.array([bank.places(terms.slots) for bank in self.banks], np.int64)
        wants = np.array([min(one.wants, terms.slots) for one in self.firms], np.int64)
        cap = None if terms.rooms is None else terms.rooms * terms.slots
        return MeetingLimits(seats, wants, cap, terms.levels, self._reserves(seats.tolist(), policy))

    def _reserves(self, seats: list[int], policy: MatchingPolicy) -> Reserves | None:
        if not policy.reserves:
            return None
        reserved = tuple(tuple(one.seats_of(all_seats) for all_seats in seats) for one in policy.reserves)
        return Reserves(reserved, tuple(policy.groups(one.tags) for one in self.firms))

    def pseudonyms(self) -> dict[tuple[str, str], str]:
        firms = {("enterprise", one.code): name for one, name in zip(self.firms, self.firm_names, strict=True)}
        banks = {("bank", one.institution_code): name for one, name in zip(self.banks, self.bank_names, strict=True)}
        return firms | banks


def _check(market: Market, terms: Terms) -> None:
    if terms.slots < 1 or (terms.rooms is not None and terms.rooms < 1) or (terms.levels or 0) < 0:
        raise Refused("terms_invalid", "时段数、会议室数至少为 1", "Slots and rooms must be at least 1")
    known = {bank.institution_code for bank in market.banks}
    strangers = sorted({one.institution_code for one in market.products} - known)
    if strangers:
        listed = ", ".join(strangers[:5])
        raise Refused(
            "bank_unknown",
            f"产品所属的银行不在银行名单里：{listed}",
            f"Products belong to banks that are not listed: {listed}",
        )


@dataclass(frozen=True)
class Prepared:
    """Everything that a session is decided from. `market` stands in canonical order, `rows` is its canonical form."""

    market: Market
    rows: Mapping[str, bytes]
    salt: bytes
    enterprises: tuple[Applicant, ...]
    columns: Columns
    sides: Sides
    members: list[Member]
    edges: Edges
    lists: Preferences
    limits: MeetingLimits


def prepare(market: Market, policy: MatchingPolicy, terms: Terms, progress: Progress = silent) -> Prepared:
    """Lists and limits of both sides.

    Raises `Refused` if a product's bank is not listed or the terms make no session.
    """
    _check(market, terms)
    rows = canonical_rows(market)
    salt = terms.salt or derived_salt(terms.seed, rows)
    market = market.in_order()
    enterprises = enterprises_of(market.requests)
    columns = _columns(market, enterprises, terms.week)
    sides = Sides.of(market, enterprises, salt)
    members = sides.members(policy)
    progress("candidates")
    edges = candidate_edges(columns.requests, columns.products, columns.enterprise_of_request, policy.weights)
    edges = sides.renumbered(edges)
    tier = np.array([one.tier for one in members], np.int64)
    lists = by_priority(edges, tier, lottery.draw(terms.seed, sides.firm_names), len(sides.banks))
    return Prepared(market, rows, salt, enterprises, columns, sides, members, edges, lists, sides.limits(terms, policy))
