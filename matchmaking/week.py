"""One weekly session from its market: ranking, assignment, timetable, certificate. Pure: seed and week are arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from matchmaking.canonical import digests
from matchmaking.certificate.document import Certified, certificate
from matchmaking.matching.assignment import Assignment, assign
from matchmaking.matching.market import Applicant, Market
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.ranking import Ranking, rank
from matchmaking.sides import Prepared, Progress, Terms, prepare, silent
from matchmaking.timetable.schedule import Timetable, timetable

__all__ = ["Meeting", "Terms", "WeekPlan", "in_order", "match_week"]


@dataclass(frozen=True)
class Meeting:
    """One meeting; slot, desk and room count from 1."""

    enterprise_code: str
    institution_code: str
    request_id: str
    product_id: str
    round: int
    slot: int
    desk: int
    room: int


@dataclass(frozen=True)
class WeekPlan:
    """What a session comes to. `market` stands in canonical order; the columns of `ranking` point into its products."""

    market: Market
    enterprises: tuple[Applicant, ...]
    ranking: Ranking
    meetings: tuple[Meeting, ...]
    assignment: Assignment
    timetable: Timetable
    certificate: bytes
    pseudonyms: Mapping[tuple[str, str], str]  # by (enterprise or bank, code); not for publishing

    @cached_property
    def met_requests(self) -> frozenset[str]:
        return frozenset(meeting.request_id for meeting in self.meetings)

    @cached_property
    def met_enterprises(self) -> frozenset[str]:
        return frozenset(meeting.enterprise_code for meeting in self.meetings)


def _meetings(prepared: Prepared, assignment: Assignment, table: Timetable) -> tuple[Meeting, ...]:
    sides, market = prepared.sides, prepared.market
    chosen = prepared.edges.taken(assignment.pairs)
    columns = (
        [sides.firms[place].code for place in chosen.enterprise.tolist()],
        [sides.banks[place].institution_code for place in chosen.bank.tolist()],
        [market.requests[place].request_id for place in chosen.request.tolist()],
        [market.products[place].product_id for place in chosen.product.tolist()],
        assignment.round_of_pair.tolist(),
        table.slot.tolist(),
        table.desk.tolist(),
        table.room.tolist(),
    )
    return in_order(Meeting(*row) for row in zip(*columns, strict=True))


def in_order(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """By slot, bank and desk."""
    return tuple(sorted(meetings, key=lambda one: (one.slot, one.institution_code, one.desk)))


def _certificate(
    prepared: Prepared, policy: MatchingPolicy, terms: Terms, assignment: Assignment, table: Timetable
) -> bytes:
    return certificate(
        Certified(
            week=str(terms.week),
            slots=terms.slots,
            rooms=terms.rooms,
            policy=policy,
            seed=terms.seed,
            salt=prepared.salt,
            inputs=digests(prepared.rows),
            banks=prepared.sides.bank_names,
            desks=prepared.sides.desks,
            members=prepared.members,
            lists=prepared.lists,
            fit=prepared.edges.fit,
            limits=prepared.limits,
            assignment=assignment,
            timetable=table,
        )
    )


def match_week(market: Market, *, policy: MatchingPolicy, terms: Terms, progress: Progress = silent) -> WeekPlan:
    """Plan one session. The same market, policy and terms give the same plan to the byte, whatever the order of rows.

    Raises `Refused` if a product's bank is not listed or the terms make no session.
    """
    prepared = prepare(market, policy, terms, progress)
    lists = prepared.lists
    progress("ranking")
    columns = prepared.columns
    ranking = rank(columns.requests, columns.products, policy.weights, terms.top or policy.top)
    progress("assignment")
    assignment = assign(lists, prepared.limits)
    progress("timetable")
    pairs = assignment.pairs
    table = timetable(lists.enterprise[pairs], lists.bank[pairs], prepared.sides.desks, terms.rooms)
    progress("certificate")
    return WeekPlan(
        market=prepared.market,
        enterprises=prepared.enterprises,
        ranking=ranking,
        meetings=_meetings(prepared, assignment, table),
        assignment=assignment,
        timetable=table,
        certificate=_certificate(prepared, policy, terms, assignment, table),
        pseudonyms=prepared.sides.pseudonyms(),
    )
