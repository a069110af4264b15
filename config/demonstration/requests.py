"""Eight weeks of requests: some by hand, the others drawn; who went away without a loan may come again and offer a little more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from config.demonstration.market import Row, percentage
from config.demonstration.parties import CityEnterprise
from config.demonstration.plan import Lender, read
from config.demonstration.streams import percent, stream, weighted
from kernel.money import FEN_PER_WAN, yuan
from kernel.periods import IsoWeek

WEEKS: Final = tuple(IsoWeek(2022, number) for number in (35, 36, 37, 38, 39, 41, 42, 43))  # 国庆 has no session
COLUMNS: Final = (
    "request_id", "enterprise_code", "enterprise_name", "amount", "term", "rate_ceiling", "guarantee_kinds", "industry", "region",
    "purpose", "tags", "needed_by", "submitted_at", "meetings_wanted", "preferred_institutions", "vetoed_institutions",
)  # fmt: skip


@dataclass(frozen=True)
class CityRequest:
    """What one enterprise asks for in one week; the amount in fen, the ceiling in basis points."""

    enterprise: CityEnterprise
    amount: int
    term: int
    ceiling: int
    guarantees: Sequence[str]
    purpose: str
    meetings: int = 3
    preferred: Sequence[str] = ()
    vetoed: Sequence[str] = ()


class Requests:
    """Draws the requests of one week after another."""

    def __init__(self, seed: int, enterprises: Sequence[CityEnterprise], lenders: Sequence[Lender]) -> None:
        self._rng = stream(seed, "requests")
        self._enterprises = enterprises
        self._by_name = {firm.name: firm for firm in enterprises}
        self._codes = {bank.slug: bank.code for bank in lenders}
        self._lenders = lenders
        self._plan = read("requests")
        self._last: dict[str, CityRequest] = {}

    def weeks(self) -> Iterator[tuple[IsoWeek, list[Row]]]:
        """Each week with its rows, 60 to 90 of them."""
        for number, week in enumerate(WEEKS):
            yield week, [self._row(week, at, request) for at, request in enumerate(self._week(number), 1)]

    def _week(self, number: int) -> list[CityRequest]:
        by_hand = [self._by_hand(row) for row in self._plan["request"] if row["week"] == number]
        present = {request.enterprise.name for request in by_hand}
        others = [firm for firm in self._enterprises if firm.name not in present]
        drawn = self._rng.sample(others, self._rng.randint(60, 90) - len(by_hand))
        return by_hand + [self._drawn(firm) for firm in drawn]

    def _by_hand(self, row: dict[str, Any]) -> CityRequest:
        codes = {side: tuple(self._codes[slug] for slug in row.get(side, ())) for side in ("preferred", "vetoed")}
        return CityRequest(
            enterprise=self._by_name[row["enterprise"]],
            amount=row["amount"] * FEN_PER_WAN,
            term=row["term"],
            ceiling=row["ceiling"],
            guarantees=row["guarantees"],
            purpose=row["purpose"],
            meetings=row.get("meetings", 3),
            **codes,
        )

    def _drawn(self, firm: CityEnterprise) -> CityRequest:
        """A new request, or the last one again with a ceiling 20 basis points higher."""
        last = self._last.get(firm.code)
        request = self._new(firm) if last is None else replace(last, ceiling=last.ceiling + 20)
        self._last[firm.code] = request
        return request

    def _new(self, firm: CityEnterprise) -> CityRequest:
        rng, plan = self._rng, self._plan
        near = [bank.code for bank in self._lenders if firm.region in bank.lends_in]
        preferred, vetoed = rng.sample(near, 2)
        return CityRequest(
            enterprise=firm,
            amount=rng.choice(plan["amounts"][firm.size]) * FEN_PER_WAN,
            term=rng.choice(plan["terms"]),
            ceiling=rng.choice(plan["ceilings"]),
            guarantees=_offered(rng, plan["guarantees"]),
            purpose=weighted(rng, plan["purposes"]),
            meetings=rng.choice((1, 2, 2, 3, 3, 3)),
            preferred=[preferred] if percent(rng, 20) else [],
            vetoed=[vetoed] if percent(rng, 8) else [],
        )

    def _row(self, week: IsoWeek, number: int, request: CityRequest) -> Row:
        firm, submitted = request.enterprise, self._submitted(week)
        return (
            f"R{week.year % 100}{week.number:02d}-{number:03d}",
            firm.code,
            firm.name,
            yuan(request.amount),
            request.term,
            percentage(request.ceiling),
            ";".join(request.guarantees),
            firm.section,
            firm.region,
            request.purpose,
            ";".join(firm.tags),
            submitted + timedelta(days=self._rng.randint(25, 110)),
            submitted,
            request.meetings,
            ";".join(request.preferred),
            ";".join(request.vetoed),
        )

    def _submitted(self, week: IsoWeek) -> date:
        return week.monday - timedelta(days=self._rng.randint(1, 9))


def _offered(rng: Random, chances: dict[str, int]) -> Sequence[str]:
    """What the enterprise can offer; who draws nothing offers a surety."""
    return [kind for kind, chance in chances.items() if percent(rng, chance)] or ["surety"]


def enterprise_rows(enterprises: Iterable[CityEnterprise]) -> Iterator[Row]:
    """The register of enterprises, amounts in yuan."""
    for firm in enterprises:
        yield (
            firm.code,
            firm.name,
            firm.division,
            firm.size,
            firm.staff,
            yuan(firm.revenue),
            yuan(firm.assets),
            firm.region,
            ";".join(firm.tags),
        )
