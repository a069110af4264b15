"""What an enterprise asks for, as one plain value. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kernel.errors import Refused
from kernel.money import MAX_FEN
from matchmaking.matching import market

DECLARED_TAGS = ("first_loan", "procurement_contract", "credit_platform")
HIGHEST_RATE = Decimal(36)
LONGEST_TERM = 360


@dataclass(frozen=True)
class RequestTerms:
    """Amounts in fen, term in months, rate in percent a year; institutions by credit code.

    `tags` are what the enterprise says of the request itself; what it *is* (pool firm, specialised, …) is certified
    elsewhere and joins on the day.
    """

    purpose: str
    amount: int
    term: int
    rate_ceiling: Decimal
    guarantee_kinds: tuple[str, ...]
    needed_by: date | None = None
    existing_loans: int | None = None
    tags: tuple[str, ...] = ()
    meetings_wanted: int = market.MEETINGS_WANTED
    preferred_institutions: tuple[str, ...] = ()
    vetoed_institutions: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Asker:
    """The enterprise behind a request on a day: what the matching must know of it."""

    code: str
    name: str
    industry: str
    region: str
    tags: frozenset[str] = frozenset()
    size: str = ""


def in_market(
    terms: RequestTerms, asker: Asker, *, code: str, submitted_at: str, consented: bool = True
) -> market.Request:
    """The request as the matching reads it."""
    return market.Request(
        request_id=code,
        enterprise_code=asker.code,
        enterprise_name=asker.name,
        amount=terms.amount,
        term=terms.term,
        rate_ceiling=terms.rate_ceiling.normalize(),
        guarantee_kinds=frozenset(terms.guarantee_kinds),
        industry=asker.industry,
        region=asker.region,
        purpose=terms.purpose,
        tags=frozenset(terms.tags) | asker.tags,
        needed_by=terms.needed_by,
        submitted_at=submitted_at,
        meetings_wanted=terms.meetings_wanted,
        preferred_institutions=terms.preferred_institutions,
        vetoed_institutions=frozenset(terms.vetoed_institutions),
        consented=consented,
        size=asker.size,
    )


def terms_of_row(row: market.Request) -> RequestTerms:
    """The terms that a row of a market file states."""
    return RequestTerms(
        purpose=row.purpose,
        amount=row.amount,
        term=row.term,
        rate_ceiling=row.rate_ceiling,
        guarantee_kinds=tuple(sorted(row.guarantee_kinds)),
        needed_by=row.needed_by,
        tags=tuple(tag for tag in DECLARED_TAGS if tag in row.tags),
        meetings_wanted=row.meetings_wanted,
        preferred_institutions=row.preferred_institutions,
        vetoed_institutions=tuple(sorted(row.vetoed_institutions)),
    )


def loosened(terms: RequestTerms, changes: Mapping[str, str]) -> RequestTerms:
    """The terms after the chosen near misses (`NearMiss.change` to `NearMiss.value`); Refused beyond what a request may say."""
    if "rate_ceiling" in changes:
        terms = replace(terms, rate_ceiling=terms.rate_ceiling + Decimal(changes["rate_ceiling"]) / 100)
    if "guarantee" in changes and changes["guarantee"] not in terms.guarantee_kinds:
        terms = replace(terms, guarantee_kinds=(*terms.guarantee_kinds, changes["guarantee"]))
    if "term" in changes:
        terms = replace(terms, term=int(changes["term"]))
    if "amount" in changes:
        terms = replace(terms, amount=int(changes["amount"]))
    return _within_limits(terms)


def _within_limits(terms: RequestTerms) -> RequestTerms:
    if terms.rate_ceiling > HIGHEST_RATE or not 1 <= terms.term <= LONGEST_TERM or not 0 < terms.amount <= MAX_FEN:
        raise Refused(
            "loosened_too_far",
            "放得太宽：年利率最高 36%，期限最长 360 个月",
            "Too wide: at most 36 % a year and 360 months",
        )
    return terms
