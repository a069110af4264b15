"""Recommend the needs of pool firms, and answer a recommendation (domain §7, "also ordered")."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import NotFound, Refused
from kernel.outbox.service import publish
from kernel.outbox.texts import Facts
from kernel.parties.models import Party
from kernel.web.formats import short_wan
from matchmaking.guarded import took_effect
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.platforms.channels import subscribed
from matchmaking.platforms.service import push_request
from matchmaking.recommendations.choosing import Need, fitting_banks, needs_of_pool_firms
from matchmaking.recommendations.events import ANSWERED, RECOMMENDED
from matchmaking.recommendations.models import Recommendation
from matchmaking.recommendations.reading import ShownRecommendation, recommendation_for
from matchmaking.recommendations.workflow import ENDED, OF_PLATFORMS, RECOMMENDATION_MOVES, STATES
from matchmaking.refusing import PastRefusers
from matchmaking.requests.models import FinancingRequest

SUBJECT = "recommendation"


def recommend(
    db: Session,
    caller: Caller,
    request_ids: Iterable[int],
    *,
    policy: MatchingPolicy,
    past_refusers: PastRefusers,
    at: datetime,
) -> int:
    """Recommend each request to every bank that fits and every platform of a channel; how many recommendations were made.

    All or none. Refused for a request that is not a pool firm's, not open, or without a consent that covers it, and where
    nobody is left to recommend it to.
    """
    wanted, day = set(request_ids), business_day(at)
    found = {one.filed.id: one for one in needs_of_pool_firms(db, day, wanted)}
    needs = [_checked(found.get(request_id)) for request_id in sorted(wanted)]
    banks = fitting_banks(db, needs, policy=policy, day=day, past_refusers=past_refusers)
    return sum(_recommend(db, caller, need, banks[need.filed.id], at) for need in needs)


def _checked(need: Need | None) -> Need:
    if need is None:
        raise Refused(
            "not_recommendable",
            "只推荐培育库企业和新升规企业正在找银行的申请",
            "Only open requests of pool firms and firms that just reached scale are recommended",
        )
    if not need.has_agreed:
        raise Refused(
            "no_consent",
            f"{need.filed.party.name}没有同意由市里推荐；请它在申请页上收回同意，重新发布时选“市里推荐”",
            f"{need.filed.party.name} has not agreed to be recommended; it can publish anew with that consent",
        )
    return need


def _recommend(db: Session, caller: Caller, need: Need, banks: list[Party], at: datetime) -> int:
    filed, platforms = need.filed, subscribed(db)
    rows = [_row(need, caller, at, institution_id=bank.id) for bank in banks]
    made = [row for row in rows if _entered(db, row)]
    reached = [name for name in platforms if _entered(db, _row(need, caller, at, platform=name))]
    if not made and not reached:
        raise Refused(
            "nobody_to_recommend_to",
            f"申请 {filed.request.code} 没有新的银行或平台可以推荐",
            f"There is no further bank or platform for request {filed.request.code}",
        )
    for row in made:
        _tell_bank(db, row, need, at)
    if reached:
        push_request(db, filed, reached, at=at)
    detail = {"banks": [bank.code for bank in banks], "platforms": reached, "version": filed.version.number}
    record(db, "request.recommend", by=caller.actor, subject=("financing_request", filed.id), at=at, detail=detail)
    return len(made) + len(reached)


def _row(
    need: Need, caller: Caller, at: datetime, *, institution_id: int | None = None, platform: str | None = None
) -> Recommendation:
    consent = need.filed.consent
    assert consent is not None
    assert consent.id is not None
    return Recommendation(
        request_id=need.filed.id,
        request_version_id=need.filed.version_id,
        consent_id=consent.id,
        made_at=at,
        made_by=caller.account_id,
        institution_id=institution_id,
        platform=platform,
    )


def _entered(db: Session, row: Recommendation) -> bool:
    """False where this version was recommended to this receiver before (the UNIQUE triple decides)."""
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return False
    return True


def _tell_bank(db: Session, row: Recommendation, need: Need, at: datetime) -> None:
    assert row.institution_id is not None
    facts: Facts = {"amount": short_wan(need.filed.version.amount), "term": need.filed.version.term}
    subject = (SUBJECT, row.id or 0)
    publish(db, RECOMMENDED.name, party_id=row.institution_id, subject=subject, facts=facts, at=at)


def take_up(db: Session, caller: Caller, recommendation_id: int, *, note: str, at: datetime) -> None:
    """The bank would talk: the firm reads whom to expect."""
    _answer(db, caller, recommendation_id, "take_up", {"note": note}, at)


def decline(db: Session, caller: Caller, recommendation_id: int, *, code: str, text: str, at: datetime) -> None:
    """The bank would not, with a coded reason and its own words; the firm reads both."""
    _answer(db, caller, recommendation_id, "decline", {"reason_code": code, "note": text}, at)


def _answer(
    db: Session, caller: Caller, recommendation_id: int, verb: str, values: dict[str, object], at: datetime
) -> None:
    shown = recommendation_for(db, caller, recommendation_id, today=business_day(at))
    row = RECOMMENDATION_MOVES.by_verb[verb]
    if not shown.is_open:
        raise NotFound(
            "recommendation_over", "企业已经收回同意或者不办了", "The firm has taken its consent back or given up"
        )
    guard = update(Recommendation).where(
        col(Recommendation.id) == recommendation_id, col(Recommendation.state).in_(row.sources)
    )
    answered = {"state": row.target, "answered_at": at, "answered_by": caller.account_id}
    if not took_effect(db, guard.values({**answered, **values})):
        raise RECOMMENDATION_MOVES.refusal(verb, shown.row.state)
    detail = {name: value for name, value in values.items() if name == "reason_code"}
    subject = (SUBJECT, recommendation_id)
    record(db, f"recommendation.{verb}", by=caller.actor, subject=subject, at=at, detail=detail)
    who = Text(caller.organisation_name, caller.organisation_name)
    _tell_firm(db, shown, who, row.target, str(values["note"]), at)


def _tell_firm(db: Session, shown: ShownRecommendation, who: Text, state: str, note: str, at: datetime) -> None:
    facts = {
        "who": who.zh,
        "who_en": who.en,
        "state": STATES[state].zh,
        "state_en": STATES[state].en,
        "request": shown.filed.request.code,
        "note": note,
    }
    publish(
        db,
        ANSWERED.name,
        party_id=shown.filed.request.enterprise_id,
        subject=(SUBJECT, shown.row.id or 0),
        facts=facts,
        at=at,
    )


def take_status(
    db: Session, platform: str, request_code: str, *, state: str, reason: str, version: str, at: datetime
) -> bool:
    """What a platform says became of a need; False for a status older than the last one heard, or once it has ended here.

    Refused for a need that was never recommended to that platform, or a state that is none of ours.
    """
    if state not in OF_PLATFORMS:
        raise Refused("unknown_status", f"不认识的状态 {state}", f"The status {state} is not known here")
    request = select(col(FinancingRequest.id)).where(col(FinancingRequest.code) == request_code)
    mine = (col(Recommendation.platform) == platform) & col(Recommendation.request_id).in_(request)
    newest = db.execute(select(Recommendation).where(mine).order_by(col(Recommendation.id).desc()).limit(1)).scalar()
    if newest is None:
        raise Refused(
            "not_recommended", "这份申请没有推荐给这个平台", "This request was not recommended to the platform"
        )
    guard = update(Recommendation).where(
        col(Recommendation.id) == newest.id, col(Recommendation.heard) < version, col(Recommendation.state) != ENDED
    )
    values = {"state": state, "note": reason, "heard": version, "answered_at": at}
    if not took_effect(db, guard.values(values)):
        return False
    detail = {"platform": platform, "state": state}
    record(db, "recommendation.status", by=THE_SERVICE, subject=(SUBJECT, newest.id), at=at, detail=detail)
    return True


def end(db: Session, row: Recommendation, *, at: datetime) -> bool:
    """End a recommendation whose consent or request is over; False where it has been answered meanwhile."""
    sources = RECOMMENDATION_MOVES.by_verb["end"].sources
    guard = update(Recommendation).where(col(Recommendation.id) == row.id, col(Recommendation.state).in_(sources))
    if not took_effect(db, guard.values(state="ended", answered_at=at)):
        return False
    record(db, "recommendation.end", by=THE_SERVICE, subject=(SUBJECT, row.id), at=at)
    return True
