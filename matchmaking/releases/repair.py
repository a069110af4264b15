"""The repair of a published plan, computed outside any transaction from the market that was matched and the meetings that stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.clock import business_day
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from matchmaking.late_cancellation import CalledOff, Repaired, repair_week
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching_policy import matching_policy
from matchmaking.releases.models import PlanRelease
from matchmaking.requests.reading import FiledRequest
from matchmaking.sessions.frozen import Frozen, matched_market
from matchmaking.sessions.models import SessionMeeting, SessionRun, WeeklySession
from matchmaking.sessions.outcome import slot_start
from matchmaking.sessions.reading import sign_ups_of
from matchmaking.week import Meeting, Terms


@dataclass(frozen=True)
class Cause:
    """Who calls off what: an enterprise all it has, one pair its meeting, a bank one desk or (None) all of them."""

    kind: str
    enterprise_id: int | None = None
    institution_id: int | None = None
    desk: int | None = None


@dataclass(frozen=True)
class RepairInput:
    """All that a repair is computed from; `release` is the plan it starts from, `standing` its meetings by pair of codes."""

    session: WeeklySession
    release: int
    cause: Cause
    market: Frozen
    policy: MatchingPolicy
    terms: Terms
    standing: Mapping[tuple[str, str], SessionMeeting]
    planned: tuple[Meeting, ...]
    off: CalledOff
    is_quiet: bool


def slots_begun(session: WeeklySession, at: datetime) -> int:
    """How many slots have started."""
    return sum(slot_start(session, slot) <= at for slot in range(1, session.slots + 1))


def is_quiet(session: WeeklySession, at: datetime) -> bool:
    """Whether it is the day itself, when nobody is displaced and nobody moves."""
    return business_day(at) >= business_day(session.starts_at)


def standing_meetings(db: Session, session_id: int) -> list[SessionMeeting]:
    """The plan as it stands."""
    mine = (col(SessionMeeting.session_id) == session_id) & (col(SessionMeeting.state) == "standing")
    return list(db.execute(select(SessionMeeting).where(mine).order_by(col(SessionMeeting.id))).scalars())


def prepare(db: Session, session: WeeklySession, cause: Cause, *, book: PolicyBook, at: datetime) -> RepairInput:
    """Everything read that the repair needs."""
    session_id, week = session.id or 0, IsoWeek.parse(session.week)
    market = matched_market(db, session)
    rows = standing_meetings(db, session_id)
    names = _Codes.of(market)
    planned = tuple(names.meeting(row) for row in rows)
    pairs = {(one.enterprise_code, one.institution_code): row for one, row in zip(planned, rows, strict=True)}
    begun = slots_begun(session, at)
    return RepairInput(
        session=session,
        release=session.release,
        cause=cause,
        market=market,
        policy=matching_policy(book, week.monday),
        terms=Terms(week, session.slots, _seed(db, session_id), session.rooms),
        standing=pairs,
        planned=planned,
        off=_called_off(db, session, cause, market, names, begun),
        is_quiet=is_quiet(session, at),
    )


def compute(prepared: RepairInput) -> Repaired:
    """The plan after the cause: as little changed as can be."""
    return repair_week(
        prepared.market.market,
        policy=prepared.policy,
        terms=prepared.terms,
        meetings=prepared.planned,
        off=prepared.off,
        quiet=prepared.is_quiet,
    )


def _seed(db: Session, session_id: int) -> bytes:
    paper = db.execute(select(col(SessionRun.certificate)).where(col(SessionRun.session_id) == session_id)).scalar_one()
    return bytes.fromhex(json.loads(paper)["lottery"]["seed"])


@dataclass(frozen=True)
class _Codes:
    """The codes of the matching by the ids of the books."""

    requests: Mapping[int, str]
    products: Mapping[int, str]
    banks: Mapping[int, str]
    firms: Mapping[int, str]

    @classmethod
    def of(cls, market: Frozen) -> "_Codes":
        code_of = {one.request_id: one.enterprise_code for one in market.market.requests}
        return cls(
            {row.request_id: code for code, row in market.requests.items()},
            {version: code for code, version in market.product_versions.items()},
            {party: code for code, party in market.institution_ids.items()},
            {row.enterprise_id: code_of[code] for code, row in market.requests.items() if code in code_of},
        )

    def meeting(self, row: SessionMeeting) -> Meeting:
        return Meeting(
            self.firms[row.enterprise_id],
            self.banks[row.institution_id],
            self.requests[row.request_id],
            self.products[row.product_version_id],
            row.round,
            row.slot,
            row.desk,
            row.room,
        )


def _called_off(
    db: Session, session: WeeklySession, cause: Cause, market: Frozen, names: _Codes, begun: int
) -> CalledOff:
    """Everything called off so far with the new cause."""
    former = db.execute(select(PlanRelease).where(col(PlanRelease.session_id) == session.id)).scalars()
    causes = [Cause(one.cause, one.enterprise_id, one.institution_id, one.desk) for one in former]
    desks = {bank.institution_code: bank.desks for bank in market.market.banks}
    firms, pairs, closed = set[str](), set[tuple[str, str]](), set[tuple[str, int]]()
    for one in (*causes, cause):
        firm, bank = names.firms.get(one.enterprise_id or 0, ""), names.banks.get(one.institution_id or 0, "")
        if one.kind == "enterprise":
            firms.add(firm)
        elif one.kind == "meeting":
            pairs.add((firm, bank))
        else:
            closed |= {(bank, desk) for desk in range(1, desks[bank] + 1) if one.desk in (None, desk)}
    return CalledOff(
        frozenset(firms), frozenset(pairs), frozenset(closed), _not_called(db, session, market, names), begun
    )


def consenting(db: Session, session: WeeklySession) -> frozenset[int]:
    """The requests of a session whose consent, as it was signed up with, lasts until its day."""
    day = business_day(session.starts_at)
    found = set()
    for row in db.execute(sign_ups_of(session.id or 0)):
        filed, sign_up = FiledRequest(*row[:-1]), row[-1]
        if filed.has_consent_on(day) and filed.consent and filed.consent.given_at <= sign_up.signed_up_at:
            found.add(filed.id)
    return frozenset(found)


def _not_called(db: Session, session: WeeklySession, market: Frozen, names: _Codes) -> frozenset[str]:
    """Enterprises that have taken a consent back since: they are called for nothing new."""
    willing = consenting(db, session)
    return frozenset(
        names.firms[row.enterprise_id]
        for row in market.requests.values()
        if row.request_id not in willing and row.enterprise_id in names.firms
    )
