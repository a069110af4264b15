"""Why a pair is refused: one code for every filter that the pair fails, asked pair by pair.

`predicates` answers the same question for whole markets at once; a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from matchmaking.matching.market import Market, Product, Request, enterprises_of

REFUSALS: Mapping[str, Text] = {
    "no_consent": Text("企业未同意共享数据", "the enterprise has not consented to share its data"),
    "not_valid": Text("产品当周不在有效期", "the product is not valid that week"),
    "vetoed": Text("双方有一方不见另一方", "one of the two keeps off the other"),
    "blocked": Text(
        "银行已登记理由不接待该企业", "the bank has closed itself to the enterprise, with a recorded reason"
    ),
    "refused_before": Text("该银行此前已拒绝这笔需求", "this bank refused the request before"),
    "amount_below_min": Text("金额低于产品下限", "the amount is below the product's minimum"),
    "amount_above_max": Text("金额高于产品上限", "the amount is above the product's maximum"),
    "quota": Text("金额超过产品剩余额度", "the amount is more than what is left of the product's quota"),
    "term_too_short": Text("期限短于产品下限", "the term is shorter than the product's minimum"),
    "term_too_long": Text("期限长于产品上限", "the term is longer than the product's maximum"),
    "rate_ceiling": Text("可接受利率低于产品最低利率", "the rate ceiling is below the product's lowest rate"),
    "guarantee": Text("没有双方都接受的担保方式", "no guarantee that both sides accept"),
    "industry": Text("行业不在产品范围", "the industry is outside the product's range"),
    "region": Text("区县不在产品范围", "the fiscal region is outside the product's range"),
    "purpose": Text("用途不在产品范围", "the purpose is outside the product's range"),
    "tags": Text("缺少产品要求的资格标签", "a tag that the product asks for is missing"),
}


@dataclass(frozen=True)
class Closed:
    """The (bank, enterprise) and (bank, request) pairs that must not meet, whatever the terms."""

    vetoes: frozenset[tuple[str, str]] = frozenset()
    blocks: frozenset[tuple[str, str]] = frozenset()
    refusals: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, market: Market) -> "Closed":
        """From a market, with the vetoes of each enterprise's requests merged."""
        merged = enterprises_of(market.requests)
        vetoes = frozenset((bank, one.code) for one in merged for bank in one.vetoed)
        return cls(vetoes, market.blocks, market.refusals)


OPEN = Closed()


def _term_codes(request: Request, product: Product) -> Iterable[str]:
    if request.term < product.term_min:
        yield "term_too_short"
    if request.term > product.term_max:
        yield "term_too_long"


def _amount_codes(request: Request, product: Product) -> Iterable[str]:
    if request.amount < product.amount_min:
        yield "amount_below_min"
    if request.amount > product.amount_max:
        yield "amount_above_max"
    elif product.quota is not None and request.amount > product.quota:
        yield "quota"


def _is_outside(code: str, allowed: frozenset[str]) -> bool:
    return bool(allowed) and code not in allowed


def _terms_codes(request: Request, product: Product) -> Iterable[str]:
    """What the terms of request and product refuse, in the published order."""
    yield from _amount_codes(request, product)
    yield from _term_codes(request, product)
    fails = {
        "rate_ceiling": request.rate_ceiling < product.rate_min,
        "guarantee": not request.guarantee_kinds & product.guarantee_kinds,
        "industry": _is_outside(request.section, product.industries),
        "region": _is_outside(request.region, product.regions),
        "purpose": _is_outside(request.purpose, product.purposes),
        "tags": not product.required_tags <= request.tags,
    }
    yield from (code for code, failed in fails.items() if failed)


def refusals(request: Request, product: Product, day: date, closed: Closed = OPEN) -> tuple[str, ...]:
    """Every reason why the pair cannot meet, in the order of `REFUSALS`; empty if it can."""
    bank, enterprise = product.institution_code, request.enterprise_code
    fails = {
        "no_consent": not request.consented,
        "not_valid": not product.is_valid_on(day),
        "vetoed": bank in request.vetoed_institutions or (bank, enterprise) in closed.vetoes,
        "blocked": (bank, enterprise) in closed.blocks,
        "refused_before": (bank, request.request_id) in closed.refusals,
    }
    return (*(code for code, failed in fails.items() if failed), *_terms_codes(request, product))
