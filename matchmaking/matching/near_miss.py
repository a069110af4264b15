"""What is missing: one change of the request, and exactly how many more products it opens.

A product counts if it is refused for that one thing and is open after the change.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.money import grouped, yuan
from matchmaking.matching.columns import rate_units
from matchmaking.matching.eligibility import OPEN, Closed, refusals
from matchmaking.matching.market import Product, Request
from matchmaking.matching.policy import BASIS_POINT
from matchmaking.matching.vocabulary import GUARANTEE_KINDS

STEPS = 3


@dataclass(frozen=True)
class NearMiss:
    """One change and the number of products that open.

    `change` is `rate_ceiling` (`value` in basis points more), `guarantee` (`value` the kind to add), `term` (`value` the
    new term in months) or `amount` (`value` the new amount in fen).
    """

    change: str
    value: str
    opens: int

    @property
    def code(self) -> str:
        """`rate_ceiling+20bp:7`, `guarantee+surety:12`, `term=36:3`, `amount=500000.00:2`."""
        shown = {
            "rate_ceiling": f"+{self.value}bp",
            "guarantee": f"+{self.value}",
            "term": f"={self.value}",
            "amount": f"={yuan(int(self.value)) if self.change == 'amount' else ''}",
        }
        return f"{self.change}{shown[self.change]}:{self.opens}"

    @property
    def text(self) -> Text:
        """The change as advice."""
        opens_zh, opens_en = f"再开放 {self.opens} 个产品", f"{self.opens} more products open"
        if self.change == "rate_ceiling":
            return Text(
                f"可接受利率提高 {self.value} 个基点，{opens_zh}",
                f"Raise the rate ceiling by {self.value} bp: {opens_en}",
            )
        if self.change == "guarantee":
            kind = GUARANTEE_KINDS[self.value]
            return Text(f"增加“{kind.zh}”担保，{opens_zh}", f"Add {kind.en}: {opens_en}")
        if self.change == "term":
            return Text(
                f"期限改为 {self.value} 个月，{opens_zh}", f"Change the term to {self.value} months: {opens_en}"
            )
        amount = grouped(int(self.value))
        return Text(f"金额降到 {amount} 元，{opens_zh}", f"Lower the amount to {amount} yuan: {opens_en}")


def _rate_steps(request: Request, missed: Sequence[Product]) -> Iterable[NearMiss]:
    gaps = sorted(
        -((rate_units(request.rate_ceiling) - rate_units(product.rate_min)) // BASIS_POINT) for product in missed
    )
    for step in sorted(set(gaps))[:STEPS]:
        yield NearMiss("rate_ceiling", str(step), bisect_left(gaps, step + 1))


def _guarantee_steps(missed: Sequence[Product]) -> Iterable[NearMiss]:
    for kind in GUARANTEE_KINDS:
        opens = sum(kind in product.guarantee_kinds for product in missed)
        if opens:
            yield NearMiss("guarantee", kind, opens)


def _term_steps(request: Request, missed: Sequence[Product]) -> Iterable[NearMiss]:
    longer = sorted({product.term_min for product in missed if product.term_min > request.term})
    shorter = sorted({product.term_max for product in missed if product.term_max < request.term}, reverse=True)
    for term in longer[:STEPS] + shorter[:STEPS]:
        yield NearMiss("term", str(term), sum(one.term_min <= term <= one.term_max for one in missed))


def _amount_steps(request: Request, missed: Sequence[Product]) -> Iterable[NearMiss]:
    lower = sorted({one.amount_ceiling for one in missed if one.amount_min <= one.amount_ceiling < request.amount})
    for amount in lower[::-1][:STEPS]:
        yield NearMiss("amount", str(amount), sum(one.amount_min <= amount <= one.amount_ceiling for one in missed))


ONE_THING = {
    "rate_ceiling": "rate_ceiling",
    "guarantee": "guarantee",
    "term_too_short": "term",
    "term_too_long": "term",
    "amount_above_max": "amount",
    "quota": "amount",
}


def steps(request: Request, missed: Mapping[str, Sequence[Product]]) -> tuple[NearMiss, ...]:
    """The steps of each change, the nearest first; `missed` holds the products refused for that one thing."""
    return (
        *_rate_steps(request, missed.get("rate_ceiling", ())),
        *_guarantee_steps(missed.get("guarantee", ())),
        *_term_steps(request, missed.get("term", ())),
        *_amount_steps(request, missed.get("amount", ())),
    )


def most_helpful(misses: Iterable[NearMiss], most: int = 2) -> tuple[NearMiss, ...]:
    """The changes that open most products, one of each kind, at most `most`; the smaller step of equal ones."""
    best: dict[str, NearMiss] = {}
    for miss in misses:
        if miss.change not in best or miss.opens > best[miss.change].opens:
            best[miss.change] = miss
    return tuple(sorted(best.values(), key=lambda miss: -miss.opens)[:most])


def near_misses(
    request: Request, products: Iterable[Product], day: date, closed: Closed = OPEN
) -> tuple[NearMiss, ...]:
    """The single changes that would open products, at most three steps a change and direction, the nearest first."""
    missed: dict[str, list[Product]] = {}
    for product in products:
        codes = refusals(request, product, day, closed)
        if len(codes) == 1 and codes[0] in ONE_THING:
            missed.setdefault(ONE_THING[codes[0]], []).append(product)
    return steps(request, missed)
