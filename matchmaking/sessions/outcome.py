"""What the match decided, as far as each side may see it.

The bureau that organises a session sees everything from the match on, every other bureau's organiser once it is published. An
enterprise sees its own, a bank the meetings it has and the requests of its session as far as they consented; both only once the
session is published.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.parties.service import statuses_on
from kernel.periods import IsoWeek
from matchmaking.matching.near_miss import NearMiss, most_helpful
from matchmaking.matching.vocabulary import TAGS
from matchmaking.page_words import NO_PRODUCTS
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.requests.models import Consent, FinancingRequest, RequestVersion
from matchmaking.requests.reading import FiledRequest, filed_requests, request_for
from matchmaking.requests.workflow import BEFORE_MEETING
from matchmaking.sessions.frame import minutes_until
from matchmaking.sessions.models import (
    SessionMeeting,
    SessionRanking,
    SessionRequest,
    SessionRun,
    SessionUnmatched,
    WeeklySession,
)
from matchmaking.sessions.reading import own_place, sign_ups_of
from matchmaking.sessions.running import kept_near_misses, kept_reasons
from matchmaking.sessions.workflow import OUT

PAST_SIGN_UP = frozenset({"closed", "matched", *OUT})
DECIDED = frozenset({"matched", *OUT})
SINCE = {
    "withdrawn": Text(
        "这款产品后来下架了，面谈仍按截止报名时的条件",
        "withdrawn since; the meeting is about the terms at sign-up's close",
    ),
    "changed": Text(
        "这款产品后来改过，面谈仍按截止报名时的条件", "changed since; the meeting is about the terms at sign-up's close"
    ),
}


@dataclass(frozen=True)
class SignUp:
    """A request at a session."""

    sign_up: SessionRequest
    filed: FiledRequest


@dataclass(frozen=True)
class MeetingLine:
    """A meeting with the terms that both sides saw.

    `is_open`: the consent that the request was signed up with still holds; without it the bank is told neither the
    enterprise nor what it asked for.
    """

    meeting: SessionMeeting
    enterprise: Party | None
    bank: Party
    request: RequestVersion | None
    product: ProductVersion
    request_code: str
    product_code: str
    is_open: bool
    tags: tuple[str, ...]
    starts_at: datetime
    product_since: str = ""

    @property
    def product_note(self) -> Text | None:
        """What became of the product after sign-up closed; the meeting is about the terms as they were then."""
        return SINCE.get(self.product_since)


@dataclass(frozen=True)
class RankedOffer:
    """One of the best products of a request in the match."""

    rank: int
    score: int
    reasons: tuple[Text, ...]
    product: ProductVersion
    bank: Party


@dataclass(frozen=True)
class Unmet:
    """A request without a meeting: refusal codes with counts, and what to change."""

    filed: FiledRequest
    codes: Mapping[str, int]
    near_misses: tuple[NearMiss, ...]

    @property
    def best(self) -> tuple[NearMiss, ...]:
        """The one or two changes that open most products, of different kinds."""
        return most_helpful(self.near_misses)

    @property
    def main_code(self) -> str:
        """The reason that keeps most products away; `no_products` where no bank brought any."""
        return max(self.codes, key=lambda code: self.codes[code], default=NO_PRODUCTS)


def slot_start(session: WeeklySession, slot: int) -> datetime:
    """When a slot, counted from 1, begins."""
    minutes = minutes_until(slot, session.slot_minutes, session.break_after, session.break_minutes)
    return session.starts_at + timedelta(minutes=minutes)


def is_decided_for(caller: Caller, session: WeeklySession) -> bool:
    """Whether the caller may see results: the bureau that organises the session from the match on, everybody else once published."""
    return session.state in (DECIDED if _organises(caller, session) else OUT)


def _organises(caller: Caller, session: WeeklySession) -> bool:
    return caller.role == "organiser" and session.organiser_id == caller.organisation_id


def _mine(caller: Caller, enterprise_id: Any, institution_id: Any = None) -> ColumnElement[bool]:
    """The rows of a result that are the caller's."""
    if caller.role == "organiser":
        return true()
    if caller.organisation_kind == "enterprise":
        own: ColumnElement[bool] = enterprise_id == caller.organisation_id
        return own
    if caller.organisation_kind == "institution" and institution_id is not None:
        theirs: ColumnElement[bool] = institution_id == caller.organisation_id
        return theirs
    return false()


def _meetings(session_id: int) -> Select[Any]:
    firm, bank = aliased(Party), aliased(Party)
    live = (col(Consent.request_id) == col(SessionMeeting.request_id)) & col(Consent.revoked_at).is_(None)
    codes = (col(FinancingRequest.code), LoanProduct)
    query: Any = select(SessionMeeting, firm, bank, RequestVersion, ProductVersion, Consent, SessionRequest, *codes)
    query = query.join(firm, col(firm.id) == col(SessionMeeting.enterprise_id))
    query = query.join(bank, col(bank.id) == col(SessionMeeting.institution_id))
    query = query.join(RequestVersion, col(RequestVersion.id) == col(SessionMeeting.request_version_id))
    query = query.join(ProductVersion, col(ProductVersion.id) == col(SessionMeeting.product_version_id))
    query = query.join(FinancingRequest, col(FinancingRequest.id) == col(SessionMeeting.request_id))
    query = query.join(LoanProduct, col(LoanProduct.id) == col(ProductVersion.product_id))
    signed_up = (col(SessionRequest.session_id) == col(SessionMeeting.session_id)) & (
        col(SessionRequest.request_id) == col(SessionMeeting.request_id)
    )
    query = query.join(SessionRequest, signed_up)
    rows: Select[Any] = query.outerjoin(Consent, live).where(col(SessionMeeting.session_id) == session_id)
    return rows.order_by(col(SessionMeeting.slot), col(bank.code), col(SessionMeeting.desk))


def meetings_for(db: Session, caller: Caller, session: WeeklySession, *, today: date) -> list[MeetingLine]:
    """The standing meetings that the caller may see, by slot, bank and desk, with what consent in force today shows of them."""
    return _lines_where(db, caller, session, col(SessionMeeting.state) == "standing", today)


def meetings_named(
    db: Session, caller: Caller, session: WeeklySession, meeting_ids: Collection[int], *, today: date
) -> list[MeetingLine]:
    """The same for meetings named by id, those that were called off included."""
    return _lines_where(db, caller, session, col(SessionMeeting.id).in_(meeting_ids), today)


def _lines_where(
    db: Session, caller: Caller, session: WeeklySession, condition: ColumnElement[bool], today: date
) -> list[MeetingLine]:
    if not is_decided_for(caller, session):
        return []
    mine = _mine(caller, col(SessionMeeting.enterprise_id), col(SessionMeeting.institution_id))
    rows = db.execute(_meetings(session.id or 0).where(mine, condition)).all()
    held = statuses_on(db, {row[0].enterprise_id for row in rows}, IsoWeek.parse(session.week).monday)
    lines = [_line(session, row, held.get(row[0].enterprise_id, frozenset()), today) for row in rows]
    return [_without_the_firm(one) if _is_closed_to(caller, one) else one for one in lines]


def _line(session: WeeklySession, row: Any, held: frozenset[str], today: date) -> MeetingLine:
    meeting, firm, bank, request, product, consent, sign_up, request_code, offered = row
    tags = tuple(tag for tag in TAGS if tag in held or tag in request.tags)
    is_open = _is_open(consent, sign_up, today)
    starts_at = slot_start(session, meeting.slot)
    return MeetingLine(
        meeting,
        firm,
        bank,
        request,
        product,
        request_code,
        offered.code,
        is_open,
        tags,
        starts_at,
        _since(offered, product),
    )


def _since(offered: LoanProduct, met: ProductVersion) -> str:
    if offered.state == "withdrawn":
        return "withdrawn"
    return "changed" if offered.latest > met.number else ""


def _is_open(consent: Consent | None, sign_up: SessionRequest, today: date) -> bool:
    """Whether the consent that the sign-up rests on is in force; one given later is for later sessions."""
    return consent is not None and consent.given_at <= sign_up.signed_up_at and today <= consent.until


def _is_closed_to(caller: Caller, line: MeetingLine) -> bool:
    return caller.organisation_kind == "institution" and not line.is_open


def _without_the_firm(line: MeetingLine) -> MeetingLine:
    return replace(line, enterprise=None, request=None, request_code="", tags=())


def sign_ups_for(db: Session, caller: Caller, session: WeeklySession, *, today: date) -> list[SignUp]:
    """All sign-ups for the organising bureau (for another one once published), its own for an enterprise, the consented ones
    for a bank that comes."""
    if caller.role == "organiser" and not _organises(caller, session) and session.state not in OUT:
        return []
    mine = col(FinancingRequest.enterprise_id)
    is_bank = caller.organisation_kind == "institution"
    query = sign_ups_of(session.id or 0).where(true() if is_bank else _mine(caller, mine))
    every = [SignUp(row[-1], FiledRequest(*row[:-1])) for row in db.execute(query)]
    return _shown_to_bank(db, caller, session, every, today) if is_bank else every


def _shown_to_bank(
    db: Session, caller: Caller, session: WeeklySession, every: list[SignUp], today: date
) -> list[SignUp]:
    place = own_place(db, caller, session.id or 0)
    if place is None or session.state not in PAST_SIGN_UP:
        return []
    met = {line.meeting.request_id for line in meetings_for(db, caller, session, today=today)}
    return [one for one in every if _may_see(one, place.bank.code, one.filed.id in met, today)]


def _may_see(one: SignUp, bank_code: str, is_met: bool, today: date) -> bool:
    """Whether a bank at the session may see a request: consent in force, not kept off, met if that is the audience."""
    filed = one.filed
    if filed.consent is None or not _is_open(filed.consent, one.sign_up, today):
        return False
    if bank_code in filed.version.vetoed_institutions:
        return False
    return is_met or filed.consent.audience in BEFORE_MEETING


def ranking_for(db: Session, caller: Caller, session: WeeklySession, request_id: int) -> list[RankedOffer]:
    """The ranking of a request in the match, for its enterprise and the organising bureau."""
    request_for(db, caller, request_id)
    if not is_decided_for(caller, session):
        return []
    query = (
        select(SessionRanking, ProductVersion, Party)
        .join(ProductVersion, col(ProductVersion.id) == col(SessionRanking.product_version_id))
        .join(LoanProduct, col(LoanProduct.id) == col(ProductVersion.product_id))
        .join(Party, col(Party.id) == col(LoanProduct.institution_id))
        .where(col(SessionRanking.session_id) == session.id, col(SessionRanking.request_id) == request_id)
        .order_by(col(SessionRanking.rank))
    )
    return [
        RankedOffer(row.rank, row.score, kept_reasons(row.reasons), version, bank)
        for row, version, bank in db.execute(query)
    ]


def unmet_for(db: Session, caller: Caller, session: WeeklySession) -> list[Unmet]:
    """The requests that met nobody: all for the organising bureau, its own for an enterprise."""
    if not is_decided_for(caller, session):
        return []
    joined: Any = filed_requests().join(SessionUnmatched, col(SessionUnmatched.request_id) == col(FinancingRequest.id))
    query: Any = joined.add_columns(SessionUnmatched).where(
        col(SessionUnmatched.session_id) == session.id, _mine(caller, col(FinancingRequest.enterprise_id))
    )
    rows = db.execute(query.order_by(col(FinancingRequest.code))).all()
    return [
        Unmet(FiledRequest(*row[:-1]), _counted(row[-1].codes), kept_near_misses(row[-1].near_misses)) for row in rows
    ]


def _counted(codes: tuple[str, ...]) -> dict[str, int]:
    pairs = (code.rpartition(":") for code in codes)
    return {code: int(count) for code, _, count in pairs}


def run_if_out(db: Session, caller: Caller, session: WeeklySession) -> SessionRun | None:
    """The run of a session as soon as the caller may see results; the certificate is for everybody signed in."""
    if not is_decided_for(caller, session):
        return None
    run: SessionRun | None = db.execute(select(SessionRun).where(col(SessionRun.session_id) == session.id)).scalar()
    return run


def run_of(db: Session, caller: Caller, session: WeeklySession) -> SessionRun:
    """The same, NotFound before the result is out."""
    run = run_if_out(db, caller, session)
    if run is None:
        raise NotFound("not_published_yet", "这场的结果还没有公布", "The result of this session is not published yet")
    return run


@dataclass(frozen=True)
class Attended:
    """One session of a request's history, with what came of it as far as the caller may see."""

    sign_up: SessionRequest
    session: WeeklySession
    meetings: tuple[MeetingLine, ...]
    ranking: tuple[RankedOffer, ...]
    unmet: Unmet | None


def history_of(db: Session, caller: Caller, request_id: int, *, today: date) -> list[Attended]:
    """The sessions that a request signed up to, the latest first; for its enterprise and the organising bureau."""
    request_for(db, caller, request_id)
    query = (
        select(SessionRequest, WeeklySession)
        .join(WeeklySession, col(WeeklySession.id) == col(SessionRequest.session_id))
        .where(col(SessionRequest.request_id) == request_id)
        .order_by(col(WeeklySession.starts_at).desc())
    )
    return [_attended(db, caller, sign_up, session, today) for sign_up, session in db.execute(query)]


def _attended(db: Session, caller: Caller, sign_up: SessionRequest, session: WeeklySession, today: date) -> Attended:
    meetings = meetings_for(db, caller, session, today=today)
    lines = [line for line in meetings if line.meeting.request_id == sign_up.request_id]
    ranking = ranking_for(db, caller, session, sign_up.request_id)
    unmet = [one for one in unmet_for(db, caller, session) if one.filed.id == sign_up.request_id]
    return Attended(sign_up, session, tuple(lines), tuple(ranking), unmet[0] if unmet else None)
