"""The match of a session: read the market, compute outside any transaction, store the outcome in one short guarded one."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.bilingual import Text
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from matchmaking.certificate.slices import slices_of
from matchmaking.market_files.writing import session_files, unmatched_requests
from matchmaking.matching.market import Product, Request
from matchmaking.matching.near_miss import NearMiss
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.ranking import ABSENT
from matchmaking.matching.reasons import why_suited
from matchmaking.matching.score import score
from matchmaking.matching_policy import matching_policy
from matchmaking.sessions.changing import check_early, note_early
from matchmaking.sessions.frozen import Frozen, frozen_market
from matchmaking.sessions.market import market_files
from matchmaking.sessions.models import (
    SessionMeeting,
    SessionRanking,
    SessionRun,
    SessionSlice,
    SessionUnmatched,
    WeeklySession,
)
from matchmaking.sessions.sealing import opened
from matchmaking.sessions.service import advance, own_session, session_by_id
from matchmaking.sessions.workflow import SESSION_MOVES
from matchmaking.sides import Progress, silent
from matchmaking.week import Terms, WeekPlan, match_week


@dataclass(frozen=True)
class MatchInput:
    """All that the computation needs, and `requests_taken` to see whether anybody left meanwhile."""

    session_id: int
    requests_taken: int
    market: Frozen
    policy: MatchingPolicy
    terms: Terms


@dataclass(frozen=True)
class MatchOutcome:
    """What the matching came to, with the files that go out and those it was computed from."""

    plan: WeekPlan
    files: dict[str, bytes]
    inputs: dict[str, bytes]


def _nothing_beside(_db: Session) -> None:
    """Nobody has anything to write beside."""


def terms_of(session: WeeklySession, key: bytes) -> Terms:
    """The frame of the session as the matching takes it, with the seed of its lottery out of the seal."""
    seed = opened(key, bytes.fromhex(session.seed_nonce), session.commitment)
    return Terms(IsoWeek.parse(session.week), session.slots, seed, session.rooms)


def prepare(db: Session, session_id: int, *, book: PolicyBook, key: bytes) -> MatchInput:
    """Read a closed session's frozen market and open the seal; Conflict in any other state, Refused for another key."""
    session = session_by_id(db, session_id)
    SESSION_MOVES.next_state("match", session.state)
    terms = terms_of(session, key)
    policy = matching_policy(book, terms.week.monday)
    return MatchInput(session_id, session.requests_taken, frozen_market(db, session), policy, terms)


def compute(prepared: MatchInput, progress: Progress = silent) -> MatchOutcome:
    """The very functions of file mode: same market, policy and seed, same bytes. `progress` hears each stage."""
    market = prepared.market.market
    plan = match_week(market, policy=prepared.policy, terms=prepared.terms, progress=progress)
    progress("files")
    return MatchOutcome(plan, session_files(plan, prepared.policy, prepared.terms), market_files(market))


def store(db: Session, prepared: MatchInput, outcome: MatchOutcome, *, by: Actor, at: datetime) -> None:
    """closed → matched, with everything the match decided; Conflict if the session has moved on or somebody left."""
    values = {"matched_at": at}
    advance(db, prepared.session_id, "match", values=values, requests_taken=prepared.requests_taken)
    db.add(_run(prepared, outcome, by, at))
    db.add_all(_rankings(prepared, outcome.plan))
    db.add_all(_unmatched(prepared, outcome.plan))
    db.add_all(_meetings(prepared, outcome.plan))
    db.add_all(_slices(prepared, outcome.plan))
    db.flush()
    detail = {"meetings": len(outcome.plan.meetings), "requests": len(outcome.plan.market.requests)}
    record(db, "session.match", by=by, subject=("weekly_session", prepared.session_id), at=at, detail=detail)


def match(db: Session, session_id: int, *, book: PolicyBook, key: bytes, by: Actor, at: datetime) -> None:
    """Prepare, compute, store. Opens its own transaction: call it from a view or job that has none open."""
    prepared = prepare(db, session_id, book=book, key=key)
    outcome = compute(prepared)
    database.write(db, lambda db: store(db, prepared, outcome, by=by, at=at))


@dataclass(frozen=True)
class MatchWatch:
    """Who watches a match: hears its stages, and writes beside what it stores."""

    progress: Progress = silent
    stored: Callable[[Session], None] = _nothing_beside


def match_by_hand(
    db: Session,
    caller: Caller,
    session_id: int,
    *,
    book: PolicyBook,
    key: bytes,
    at: datetime,
    reason: str = "",
    watch: MatchWatch | None = None,
) -> None:
    """The same for a session of the caller's bureau; before the announced time it needs a reason, which is told."""
    watch = watch or MatchWatch()
    session = own_session(db, caller, session_id)
    check_early(session, "match", reason, at)
    prepared = prepare(db, session_id, book=book, key=key)
    outcome = compute(prepared, watch.progress)
    watch.progress("storing")

    def work(db: Session) -> None:
        store(db, prepared, outcome, by=caller.actor, at=at)
        note_early(db, session, "match", reason, by=caller.actor, at=at)
        watch.stored(db)

    database.write(db, work)


def kept_runs(db: Session, since: IsoWeek | None, until: IsoWeek | None) -> list[SessionRun]:
    """The runs of sessions in some weeks (open ends if none are given), the earliest first, for a back-test."""
    query = select(SessionRun).join(WeeklySession, col(WeeklySession.id) == col(SessionRun.session_id))
    if since is not None:
        query = query.where(col(WeeklySession.week) >= str(since))
    if until is not None:
        query = query.where(col(WeeklySession.week) <= str(until))
    return list(db.execute(query.order_by(col(WeeklySession.week), col(SessionRun.id))).scalars())


def _text(content: bytes) -> str:
    return content.decode("utf-8")


def _run(prepared: MatchInput, outcome: MatchOutcome, by: Actor, at: datetime) -> SessionRun:
    files, inputs = outcome.files, outcome.inputs
    return SessionRun(
        session_id=prepared.session_id,
        run_at=at,
        run_by=by.account_id,
        policy_digest=prepared.policy.digest,
        certificate=_text(files["certificate.json"]),
        certificate_digest=json.loads(files["certificate.json"])["digest"],
        ranking=_text(files["ranking.csv"]),
        meetings=_text(files["meetings.csv"]),
        unmatched=_text(files["unmatched.csv"]),
        input_banks=_text(inputs["banks.csv"]),
        input_products=_text(inputs["products.csv"]),
        input_requests=_text(inputs["requests.csv"]),
    )


def reasons_text(request: Request, product: Product, policy: MatchingPolicy) -> str:
    """Why a product suits, in both languages, as it is kept."""
    texts = why_suited(request, product, score(request, product, policy.weights))
    return json.dumps([list(text) for text in texts], ensure_ascii=False)


def kept_reasons(kept: str) -> tuple[Text, ...]:
    """The sentences that `reasons_text` kept."""
    return tuple(Text(zh, en) for zh, en in json.loads(kept))


def kept_near_misses(kept: str) -> tuple[NearMiss, ...]:
    """The near misses of an unmatched request."""
    return tuple(NearMiss(change, value, opens) for change, value, opens in json.loads(kept))


def _rankings(prepared: MatchInput, plan: WeekPlan) -> Iterable[SessionRanking]:
    places = plan.ranking.product.tolist()
    for request, row, points in zip(plan.market.requests, places, plan.ranking.score.tolist(), strict=True):
        for rank, (place, total) in enumerate(zip(row, points, strict=True), start=1):
            if place == ABSENT:
                break
            product = plan.market.products[place]
            yield SessionRanking(
                session_id=prepared.session_id,
                request_id=prepared.market.requests[request.request_id].request_id,
                rank=rank,
                product_version_id=prepared.market.product_versions[product.product_id],
                score=total,
                reasons=reasons_text(request, product, prepared.policy),
            )


def _unmatched(prepared: MatchInput, plan: WeekPlan) -> Iterable[SessionUnmatched]:
    for one in unmatched_requests(plan, prepared.terms):
        misses = [[miss.change, miss.value, miss.opens] for miss in one.near_misses]
        yield SessionUnmatched(
            session_id=prepared.session_id,
            request_id=prepared.market.requests[one.request_id].request_id,
            codes=tuple(f"{code}:{count}" for code, count in one.codes.items()),
            near_misses=json.dumps(misses),
        )


def _meetings(prepared: MatchInput, plan: WeekPlan) -> Iterable[SessionMeeting]:
    for one in plan.meetings:
        standing = prepared.market.requests[one.request_id]
        yield SessionMeeting(
            session_id=prepared.session_id,
            enterprise_id=standing.enterprise_id,
            institution_id=prepared.market.institution_ids[one.institution_code],
            request_id=standing.request_id,
            request_version_id=standing.version_id,
            product_version_id=prepared.market.product_versions[one.product_id],
            round=one.round,
            slot=one.slot,
            desk=one.desk,
            room=one.room,
        )


def _slices(prepared: MatchInput, plan: WeekPlan) -> Iterable[SessionSlice]:
    """Each party's own part of the certificate."""
    firms = {
        one.enterprise_code: prepared.market.requests[one.request_id].enterprise_id for one in plan.market.requests
    }
    known = {"enterprise": firms, "bank": prepared.market.institution_ids}
    parts = slices_of(plan.certificate)
    for (kind, code), name in plan.pseudonyms.items():
        yield SessionSlice(session_id=prepared.session_id, party_id=known[kind][code], content=_text(parts[kind, name]))
