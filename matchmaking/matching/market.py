"""What a session starts from: banks with desks, their loan products, and the requests of enterprises."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

MEETINGS_WANTED = 3


@dataclass(frozen=True)
class Bank:
    """A bank at the session: its desks, and the most meetings it takes, if it says so."""

    institution_code: str
    name: str
    desks: int
    seats: int | None = None

    def places(self, slots: int) -> int:
        """Meetings the bank can hold: desks × slots, or fewer if it limits its seats."""
        most = self.desks * slots
        return most if self.seats is None else min(self.seats, most)


@dataclass(frozen=True)
class Product:
    """One version of a loan product. Amounts in fen, terms in months, rates in percent; an empty set means all."""

    product_id: str
    institution_code: str
    name: str
    amount_min: int
    amount_max: int
    term_min: int
    term_max: int
    rate_min: Decimal
    rate_max: Decimal
    guarantee_kinds: frozenset[str]
    industries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    required_tags: frozenset[str] = frozenset()
    promised_days: int = 10
    valid_from: date | None = None
    valid_to: date | None = None
    quota: int | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the product is on offer that day, both ends included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def amount_ceiling(self) -> int:
        """The most that can be asked today: the product's limit or what is left of its quota."""
        return self.amount_max if self.quota is None else min(self.amount_max, self.quota)


@dataclass(frozen=True)
class Request:
    """One financing request. Amount in fen, term in months, rate ceiling in percent."""

    request_id: str
    enterprise_code: str
    enterprise_name: str
    amount: int
    term: int
    rate_ceiling: Decimal
    guarantee_kinds: frozenset[str]
    industry: str
    region: str
    purpose: str
    tags: frozenset[str] = frozenset()
    needed_by: date | None = None
    submitted_at: str = ""
    meetings_wanted: int = MEETINGS_WANTED
    preferred_institutions: tuple[str, ...] = ()
    vetoed_institutions: frozenset[str] = frozenset()
    consented: bool = True
    size: str = ""

    @property
    def section(self) -> str:
        """The industry's GB/T 4754 section."""
        return self.industry[:1]


@dataclass(frozen=True)
class Market:
    """Everything one session is computed from.

    `blocks` are (bank, enterprise) pairs a bank has closed with a recorded reason; `refusals` are (bank, request) pairs
    of a bank that refused this request before.
    """

    banks: tuple[Bank, ...]
    products: tuple[Product, ...]
    requests: tuple[Request, ...]
    blocks: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    refusals: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)

    def in_order(self) -> "Market":
        """The same market with every list sorted by id, so that the order of rows never matters."""
        return Market(
            tuple(sorted(self.banks, key=lambda bank: bank.institution_code)),
            tuple(sorted(self.products, key=lambda product: product.product_id)),
            tuple(sorted(self.requests, key=lambda request: request.request_id)),
            self.blocks,
            self.refusals,
        )


@dataclass(frozen=True)
class Applicant:
    """An enterprise with all its requests merged: the largest wish, all vetoes, the preference of the earliest."""

    code: str
    name: str
    region: str
    size: str
    tags: frozenset[str]
    wants: int
    preferred: tuple[str, ...]
    vetoed: frozenset[str]
    requests: tuple[Request, ...]


def _merged(code: str, requests: Iterable[Request]) -> Applicant:
    ordered = tuple(sorted(requests, key=lambda request: (request.submitted_at, request.request_id)))
    earliest = ordered[0]
    return Applicant(
        code,
        earliest.enterprise_name,
        earliest.region,
        earliest.size,
        frozenset().union(*(request.tags for request in ordered)),
        max(request.meetings_wanted for request in ordered),
        earliest.preferred_institutions,
        frozenset().union(*(request.vetoed_institutions for request in ordered)),
        ordered,
    )


def enterprises_of(requests: Iterable[Request]) -> tuple[Applicant, ...]:
    """The enterprises behind the requests, by code."""
    by_code: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        by_code[request.enterprise_code].append(request)
    return tuple(_merged(code, by_code[code]) for code in sorted(by_code))
