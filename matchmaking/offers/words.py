"""What the enterprise reads about offers and near misses: short reasons, gains and prices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.bilingual import Text
from kernel.money import grouped, times_rate
from kernel.web.formats import short_wan
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.matching.market import Product, Request
from matchmaking.matching.near_miss import NearMiss
from matchmaking.matching.offers import Offer
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, TAGS
from matchmaking.page_words import listed, rate, wan_range
from matchmaking.products.terms import ProductTerms
from matchmaking.requests.terms import RequestTerms

MOST_GUARANTEES = 2
EFFORTS = {
    "credit": Text("不用抵押也不用保证，看信用", "no security, on credit alone"),
    "mortgage": Text("要有房产、土地或设备可抵押", "needs land, buildings or machines to mortgage"),
    "pledge": Text("要有应收账款、存单或股权可质押", "needs receivables, deposits or shares to pledge"),
    "surety": Text("要有人或企业愿意保证", "needs a person or firm to stand surety"),
}


def card_reasons(request: Request, product: Product) -> tuple[Text, ...]:
    """At most three reasons why a product suits, the way a person would say them."""
    kinds = listed(request.guarantee_kinds & product.guarantee_kinds, GUARANTEE_KINDS)
    span = wan_range(product.amount_min, product.amount_ceiling)
    first = Text(f"接受{kinds.zh}，额度 {span.zh}", f"takes {kinds.en}, {span.en}")
    if request.amount == product.amount_ceiling:
        amount = short_wan(request.amount)
        first = Text(f"{amount} 万正好是这款的上限", f"{amount} × 10,000 yuan is just its limit")
    days = product.promised_days
    reasons = [first, Text(f"答应 {days} 个工作日内答复", f"promises an answer in {days} working days")]
    if product.required_tags:
        tags = listed(product.required_tags, TAGS)
        reasons.append(Text(f"专给{tags.zh}", f"made for: {tags.en}"))
    return tuple(reasons)


@dataclass(frozen=True)
class Besides:
    """One thing that a product asks for, or offers, besides its terms: a short label with its tone, and the rest in words."""

    label: Text
    tone: str
    words: Text


def asked_besides(offered: ProductTerms, asked: RequestTerms, for_firm: bool) -> list[Besides]:
    """What the product asks for besides the terms, and the green channel where the firm may take it."""
    found = []
    if offered.asks_deposit:
        wan, percent = short_wan(offered.most_deposit(asked.amount)), rate(offered.deposit_percent)
        words = Text(f"{percent}%，最多 {wan} 万元", f"{percent}%, at most {wan} × 10,000 yuan")
        found.append(Besides(Text("要保证金", "deposit"), "wait", words))
    if offered.counter_guarantees:
        kinds = listed(offered.counter_guarantees, COUNTER_GUARANTEES)
        words = Text(f"担保公司要{kinds.zh}", f"the guarantee company asks for {kinds.en}")
        found.append(Besides(Text("要反担保", "counter-guarantee"), "wait", words))
    if offered.green_channel and for_firm:
        words = Text("你能走，先办快办", "for you: first and fast")
        found.append(Besides(Text("绿色通道", "green channel"), "ok", words))
    return found


def with_deposit(bank: str) -> Text:
    """A bank that lends only against a deposit."""
    return Text(f"{bank}（产品都要保证金）", f"{bank} (every product asks for a deposit)")


PARTS = {
    "rate": Text("利率", "rate"),
    "fit": Text("金额期限合不合", "fit of amount and term"),
    "speed": Text("答复快慢", "speed of the answer"),
    "guarantee": Text("担保轻重", "lightness of the guarantee"),
    "tags": Text("政策专属", "made for such firms"),
}


def _ahead(one: Offer, other: Offer) -> Text:
    """In which published parts of the score an offer leads another, and by how much."""
    won = {name: getattr(one.score, name) - getattr(other.score, name) for name in PARTS}
    rows = [(PARTS[name], points) for name, points in won.items() if points > 0]
    zh = "、".join(f"{name.zh}多 {points} 分" for name, points in rows)
    return Text(zh, ", ".join(f"{name.en} +{points}" for name, points in rows))


def why_not_cheapest(offers: Sequence[Offer]) -> Text | None:
    """Why the first is not the cheapest, in points of the published score; None where it is."""
    if not offers:
        return None
    first, cheapest = offers[0], min(offers, key=lambda offer: (offer.product.rate_min, offer.rank))
    if cheapest.product.rate_min >= first.product.rate_min:
        return None
    least, lead = rate(cheapest.product.rate_min), first.score.total - cheapest.score.total
    behind, ahead = _ahead(cheapest, first), _ahead(first, cheapest)
    return Text(
        f"利率最低的是第 {cheapest.rank} 名（{least}%），{behind.zh}；第 1 名{ahead.zh}，合起来多 {lead} 分，排在前面。",
        f"The cheapest is no. {cheapest.rank} ({least}%): {behind.en}. No. 1: {ahead.en}, {lead} points more in all.",
    )


@dataclass(frozen=True)
class Loosening:
    """One near miss as a box to tick: what changes, what it gains, what it costs."""

    change: str
    value: str
    label: Text
    gain: Text
    price: Text


def _best(misses: Sequence[NearMiss], most: int = 1) -> list[NearMiss]:
    return sorted(misses, key=lambda miss: -miss.opens)[:most]


def worth_showing(misses: Iterable[NearMiss]) -> list[NearMiss]:
    """One step of each change, the one that opens most; two kinds of guarantee."""
    by_change: dict[str, list[NearMiss]] = {}
    for miss in misses:
        by_change.setdefault(miss.change, []).append(miss)
    most = {"guarantee": MOST_GUARANTEES}
    return [one for change, steps in by_change.items() for one in _best(steps, most.get(change, 1))]


def _of_rate(request: Request, miss: NearMiss) -> tuple[Text, Text]:
    points = Decimal(miss.value) / 100
    more = grouped(times_rate(request.amount, points / 100)).removesuffix(".00")
    new, wan = rate(request.rate_ceiling + points), short_wan(request.amount)
    return (
        Text(f"利率放到 {new}%", f"Accept up to {new}%"),
        Text(f"按 {wan} 万算，一年最多多付 {more} 元", f"at most {more} yuan more a year on {wan} × 10,000"),
    )


def _of_guarantee(request: Request, miss: NearMiss, fee: Decimal) -> tuple[Text, Text]:
    kind = GUARANTEE_KINDS[miss.value]
    if miss.value != "guarantor":
        return Text(f"加上{kind.zh}", f"Add {kind.en}"), EFFORTS[miss.value]
    cost, percent = short_wan(times_rate(request.amount, fee)), f"{(fee * 100).normalize():f}"
    return (
        Text("加一家担保公司", "Add a guarantee company"),
        Text(
            f"担保费按 {percent}% 算，一年约 {cost} 万元", f"at a fee of {percent}%, about {cost} × 10,000 yuan a year"
        ),
    )


def _of_term(request: Request, miss: NearMiss) -> tuple[Text, Text]:
    gap = int(miss.value) - request.term
    label = Text(f"期限改成 {miss.value} 个月", f"Change the term to {miss.value} months")
    if gap > 0:
        return label, Text(f"晚 {gap} 个月还清，多出的月份另算利息", f"{gap} months longer to repay, with interest")
    return label, Text(f"要早 {-gap} 个月还清", f"to be repaid {-gap} months sooner")


def _of_amount(request: Request, miss: NearMiss) -> tuple[Text, Text]:
    new, less = short_wan(int(miss.value)), short_wan(request.amount - int(miss.value))
    return (
        Text(f"金额降到 {new} 万元", f"Lower the amount to {new} × 10,000 yuan"),
        Text(f"少贷 {less} 万元", f"{less} × 10,000 yuan less"),
    )


def loosening(request: Request, miss: NearMiss, *, fee: Decimal) -> Loosening:
    """A near miss in words; `fee` is the guarantee fee a year that is reckoned with."""
    if miss.change == "guarantee":
        label, price = _of_guarantee(request, miss, fee)
    else:
        label, price = {"rate_ceiling": _of_rate, "term": _of_term, "amount": _of_amount}[miss.change](request, miss)
    return Loosening(miss.change, miss.value, label, Text(f"＋{miss.opens} 款", f"+{miss.opens} products"), price)
