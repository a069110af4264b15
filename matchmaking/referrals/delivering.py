"""What the service itself does with referrals: makes them of published meetings, delivers them, finds those whose ground is gone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.audit.service import THE_SERVICE
from kernel.clock import business_day
from kernel.outbox.service import publish
from kernel.outbox.texts import Facts
from kernel.parties.models import Party
from kernel.parties.service import enterprise_by_id, statuses_on
from kernel.policies import PolicyBook
from kernel.web.formats import short_wan
from kernel.workdays import WorkCalendar
from matchmaking.clients.reading import since_when
from matchmaking.marks import MarkRules, mark_rules
from matchmaking.products.models import ProductVersion
from matchmaking.referrals import clock, events
from matchmaking.referrals.models import Referral, ReferralMove
from matchmaking.referrals.moving import SUBJECT, MoveChange, advance, row_of
from matchmaking.referrals.reading import consented
from matchmaking.referrals.workflow import LIVE, UNDECIDED
from matchmaking.requests.models import FinancingRequest, RequestVersion
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.workflow import OUT

FIRST_LOAN = "first_loan"
GONE = ("draft", "withdrawn", "expired")  # states of a request that nobody may see any more


def meetings_without_referral(db: Session) -> list[int]:
    """Standing meetings of published sessions whose pair has no referral yet, in order."""
    own = exists().where(col(Referral.meeting_id) == col(SessionMeeting.id))
    pair = exists().where(
        col(Referral.request_id) == col(SessionMeeting.request_id),
        col(Referral.institution_id) == col(SessionMeeting.institution_id),
        col(Referral.state).in_(LIVE),
    )
    query = (
        select(col(SessionMeeting.id))
        .join(WeeklySession, col(WeeklySession.id) == col(SessionMeeting.session_id))
        .join(FinancingRequest, col(FinancingRequest.id) == col(SessionMeeting.request_id))
        .where(col(WeeklySession.state).in_(OUT), col(SessionMeeting.state) == "standing", ~own, ~pair)
        .where(col(FinancingRequest.state).not_in(GONE))
    )
    return [one for one in db.execute(query.order_by(col(SessionMeeting.id))).scalars() if one is not None]


def _at(db: Session, meeting_id: int) -> tuple[SessionMeeting, FinancingRequest]:
    query: Any = (
        select(SessionMeeting, FinancingRequest)
        .join(FinancingRequest, col(FinancingRequest.id) == col(SessionMeeting.request_id))
        .where(col(SessionMeeting.id) == meeting_id)
    )
    meeting, request = db.execute(query).one()
    return meeting, request


def make(db: Session, meeting_id: int, *, at: datetime) -> Referral | None:
    """The referral of a meeting, submitted when its request was published; None when another made it meanwhile."""
    meeting, request = _at(db, meeting_id)
    submitted = request.published_at or request.created_at
    referral = Referral(
        request_id=meeting.request_id,
        request_version_id=meeting.request_version_id,
        product_version_id=meeting.product_version_id,
        session_id=meeting.session_id,
        meeting_id=meeting_id,
        enterprise_id=meeting.enterprise_id,
        institution_id=meeting.institution_id,
        submitted_at=min(submitted, at),
    )
    return enter(db, referral, made_for=meeting.enterprise_id)


def enter(db: Session, referral: Referral, *, made_for: int, made_by: int | None = None) -> Referral | None:
    """Put a submitted referral into the books with the first row of its history; None if the pair has a live one."""
    try:
        with db.begin_nested():
            db.add(referral)
    except IntegrityError:
        return None
    assert referral.id is not None
    db.add(
        ReferralMove(
            referral_id=referral.id,
            number=1,
            act="submit",
            state_before="submitted",
            state_after="submitted",
            made_at=referral.submitted_at,
            made_by=made_by,
            made_for=made_for,
        )
    )
    db.flush()
    return referral


def waiting(db: Session) -> list[int]:
    """Submitted referrals that no bank has yet."""
    query = select(col(Referral.id)).where(col(Referral.state) == "submitted").order_by(col(Referral.id))
    return [one for one in db.execute(query).scalars() if one is not None]


def deliver(db: Session, referral_id: int, *, book: PolicyBook, work: WorkCalendar, at: datetime) -> Referral:
    """submitted → published: from here on the bank sees it and its clock runs, by the policies in force today."""
    referral, today = row_of(db, referral_id), business_day(at)
    terms = clock.terms_on(book, today)
    version, firm, session = _facts(db, referral)
    held = statuses_on(db, [referral.enterprise_id], today).get(referral.enterprise_id, frozenset())
    values = {
        "regime": terms.regime,
        "answer_days": terms.answer,
        "contact_days": terms.contact,
        "decision_days": terms.decision,
        "longest_months": terms.longest_months,
        "is_first_loan": FIRST_LOAN in held | set(version.tags) and not _is_prior_client(db, referral, firm, today),
        "is_green_channel": _in_green_channel(db, referral, mark_rules(book, today)),
    }
    detail = _detail(referral, firm, session) | values | {"amount": version.amount}
    delivered = advance(db, referral, "deliver", change=MoveChange(values=values, detail=detail), by=THE_SERVICE, at=at)
    answer_by = clock.deadline(today, "answer", terms, (), work)
    told: Facts = {"amount": short_wan(version.amount), "term": version.term, "answer_by": str(answer_by)}
    subject = (SUBJECT, referral_id)
    publish(db, events.DELIVERED.name, party_id=referral.institution_id, subject=subject, facts=told, at=at)
    return delivered


def _facts(db: Session, referral: Referral) -> tuple[RequestVersion, Party, WeeklySession]:
    query: Any = select(RequestVersion, Party, WeeklySession).select_from(Referral)
    query = query.join(RequestVersion, col(RequestVersion.id) == col(Referral.request_version_id))
    query = query.join(Party, col(Party.id) == col(Referral.enterprise_id))
    query = query.join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    version, firm, session = db.execute(query.where(col(Referral.id) == referral.id)).one()
    return version, firm, session


def _is_prior_client(db: Session, referral: Referral, firm: Party, today: date) -> bool:
    """Whether the bank's own list has the firm as its client since before today: then no loan there is its first one."""
    since = since_when(db, referral.institution_id, [firm.code]).get(firm.code)
    return since is not None and since < today


def _in_green_channel(db: Session, referral: Referral, rules: MarkRules) -> bool:
    """Whether the product has a green channel and the firm is one that it is for (annex 1 五)."""
    offered = select(col(ProductVersion.green_channel)).where(col(ProductVersion.id) == referral.product_version_id)
    firm = enterprise_by_id(db, referral.enterprise_id)[1]
    return bool(db.execute(offered).scalar_one()) and rules.may_take_green_channel(firm.industry, firm.size_class)


def _detail(referral: Referral, firm: Party, session: WeeklySession) -> dict[str, Any]:
    """What the trail must say so that every measure can be counted from it alone."""
    return {
        "request": referral.request_id,
        "enterprise": referral.enterprise_id,
        "institution": referral.institution_id,
        "session": referral.session_id,
        "week": session.week,
        "theme": session.theme_code,
        "region": firm.fiscal_region,
        "source": referral.source,
    }


def groundless(db: Session, today: date) -> dict[int, str]:
    """Undecided referrals whose ground is gone, and how each ends: withdrawn with the request, its consent or its meeting
    (if nobody has acted yet), expired with the consent."""
    ends: dict[int, str] = {}
    for referral, request, _meeting in db.execute(_undecided().where(~consented(today))).all():
        gone = request.state in ("draft", "withdrawn")
        ends[referral.id] = "withdraw" if gone else "expire"
    untouched = (col(Referral.state).in_(("submitted", "published"))) & (col(SessionMeeting.state) == "cancelled")
    for referral, _request, _meeting in db.execute(_undecided().where(untouched)).all():
        ends.setdefault(referral.id, "withdraw")
    return ends


def _undecided() -> Select[Any]:
    query: Any = select(Referral, FinancingRequest, SessionMeeting)
    query = query.join(FinancingRequest, col(FinancingRequest.id) == col(Referral.request_id))
    joined: Select[Any] = query.outerjoin(SessionMeeting, col(SessionMeeting.id) == col(Referral.meeting_id))
    return joined.where(col(Referral.state).in_(UNDECIDED)).order_by(col(Referral.id))
