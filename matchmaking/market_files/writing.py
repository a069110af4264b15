"""What a session leaves behind: `ranking.csv`, `meetings.csv`, `unmatched.csv`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.tables.writing import csv_bytes
from matchmaking.matching.eligibility import Closed
from matchmaking.matching.market import Request
from matchmaking.matching.near_miss import NearMiss
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.ranking import ABSENT
from matchmaking.matching.reasons import joined, why_suited
from matchmaking.matching.score import score
from matchmaking.matching.shortfall import Shortfall, Shortfalls
from matchmaking.week import Terms, WeekPlan

RANKING = ("request_id", "rank", "product_id", "institution_code", "score", "reasons")
MEETINGS = (
    *("enterprise_code", "institution_code", "request_id", "product_id"),
    *("round", "slot", "desk", "room"),
)
UNMATCHED = ("request_id", "reason_codes", "near_misses")
MET_BY_ANOTHER = "met_by_another_request"
SEATS_FULL = "seats_full"


def _ranking_rows(plan: WeekPlan, policy: MatchingPolicy) -> Iterable[tuple[str, ...]]:
    products = plan.market.products
    for request, places, points in zip(
        plan.market.requests, plan.ranking.product.tolist(), plan.ranking.score.tolist(), strict=True
    ):
        for rank, (place, total) in enumerate(zip(places, points, strict=True), start=1):
            if place == ABSENT:
                break
            product = products[place]
            why = joined(why_suited(request, product, score(request, product, policy.weights)))
            reasons = f"{why.zh} / {why.en}"
            yield request.request_id, str(rank), product.product_id, product.institution_code, str(total), reasons


def ranking_csv(plan: WeekPlan, policy: MatchingPolicy) -> bytes:
    """The best products of each request, with the reasons in Chinese and English."""
    return csv_bytes(RANKING, _ranking_rows(plan, policy))


def meetings_csv(plan: WeekPlan) -> bytes:
    """The timetable, by slot, bank and desk."""
    return csv_bytes(MEETINGS, ([str(getattr(one, name)) for name in MEETINGS] for one in plan.meetings))


@dataclass(frozen=True)
class Unmatched:
    """A request without a meeting: why, and what one change would open.

    `codes` counts products by refusal code, or says `seats_full` or `met_by_another_request` (of the same enterprise).
    """

    request_id: str
    codes: Mapping[str, int]
    near_misses: tuple[NearMiss, ...]


def _unmatched(plan: WeekPlan, request: Request, is_open: bool, shortfall: Shortfall) -> Unmatched:
    if request.enterprise_code in plan.met_enterprises:
        codes: Mapping[str, int] = {MET_BY_ANOTHER: 1}
    else:
        codes = {SEATS_FULL: 1} if is_open else shortfall.codes
    return Unmatched(request.request_id, codes, shortfall.near_misses)


def unmatched_requests(plan: WeekPlan, terms: Terms) -> Iterable[Unmatched]:
    """Every request that no meeting is about, by id."""
    shortfalls = Shortfalls(plan.market.products, terms.week.monday, Closed.of(plan.market))
    best = plan.ranking.product[:, 0].tolist() if plan.ranking.product.size else [ABSENT] * len(plan.market.requests)
    for request, first in zip(plan.market.requests, best, strict=True):
        if request.request_id not in plan.met_requests:
            yield _unmatched(plan, request, first != ABSENT, shortfalls.of(request))


def unmatched_csv(plan: WeekPlan, terms: Terms) -> bytes:
    """Requests without a meeting: `code:count` and `change:count`, `;`-separated."""
    rows = (
        (
            one.request_id,
            ";".join(f"{code}:{count}" for code, count in one.codes.items()),
            ";".join(miss.code for miss in one.near_misses),
        )
        for one in unmatched_requests(plan, terms)
    )
    return csv_bytes(UNMATCHED, rows)


def session_files(plan: WeekPlan, policy: MatchingPolicy, terms: Terms) -> dict[str, bytes]:
    """All files of a session by name."""
    return {
        "ranking.csv": ranking_csv(plan, policy),
        "meetings.csv": meetings_csv(plan),
        "unmatched.csv": unmatched_csv(plan, terms),
        "certificate.json": plan.certificate,
    }
