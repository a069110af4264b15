"""Reasons as sentences built from codes and figures: why a product suits, and why a pair cannot meet."""

from kernel.bilingual import Text
from kernel.money import grouped
from matchmaking.matching.eligibility import REFUSALS
from matchmaking.matching.market import Product, Request
from matchmaking.matching.score import Score
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, TAGS


def _points(points: int) -> tuple[str, str]:
    return f"（{points} 分）", f" ({points} points)"


def _rate(request: Request, product: Product, points: int) -> Text:
    zh, en = _points(points)
    least = product.rate_min.normalize()
    below = (request.rate_ceiling - product.rate_min).normalize()
    return Text(
        f"利率 {least:f}% 起，比上限低 {below:f} 个百分点{zh}",
        f"rate from {least:f}%, {below:f} points under the ceiling{en}",
    )


def _fit(request: Request, product: Product, score: Score) -> Text:
    zh, en = _points(score.fit)
    low, high = grouped(product.amount_min), grouped(product.amount_ceiling)
    return Text(
        f"金额 {grouped(request.amount)} 元在 {low}–{high} 元内，"
        f"期限 {request.term} 个月在 {product.term_min}–{product.term_max} 个月内{zh}",
        f"amount {grouped(request.amount)} within {low}–{high} yuan, "
        f"term {request.term} within {product.term_min}–{product.term_max} months{en}",
    )


def _guarantee(request: Request, product: Product, points: int) -> Text:
    zh, en = _points(points)
    common = request.guarantee_kinds & product.guarantee_kinds
    kinds = [text for kind, text in GUARANTEE_KINDS.items() if kind in common]
    return Text(
        f"担保方式：{'、'.join(kind.zh for kind in kinds)}{zh}",
        f"guarantee: {', '.join(kind.en for kind in kinds)}{en}",
    )


def _speed(product: Product, points: int) -> Text:
    zh, en = _points(points)
    return Text(
        f"承诺 {product.promised_days} 个工作日办结{zh}", f"promised within {product.promised_days} working days{en}"
    )


def _tags(product: Product, points: int) -> Text:
    zh, en = _points(points)
    tags = [text for tag, text in TAGS.items() if tag in product.required_tags]
    return Text(f"专属：{'、'.join(tag.zh for tag in tags)}{zh}", f"made for: {', '.join(tag.en for tag in tags)}{en}")


def why_suited(request: Request, product: Product, score: Score) -> tuple[Text, ...]:
    """Why an eligible product suits the request, one sentence a part of the score, with its points."""
    parts = [
        _rate(request, product, score.rate),
        _fit(request, product, score),
        _guarantee(request, product, score.guarantee),
        _speed(product, score.speed),
    ]
    return (*parts, _tags(product, score.tags)) if product.required_tags else tuple(parts)


def why_refused(codes: tuple[str, ...]) -> tuple[Text, ...]:
    """The sentences behind refusal codes."""
    return tuple(REFUSALS[code] for code in codes)


def joined(texts: tuple[Text, ...]) -> Text:
    """Several reasons as one text in each language."""
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))
