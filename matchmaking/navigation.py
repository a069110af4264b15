"""What the matchmaking adds to the spine and to today's tasks."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.roles import ENTERPRISE_ROLES, INSTITUTION_ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import institution_by_id
from kernel.periods import IsoWeek
from kernel.web.navigation import NavigationItem, Task
from kernel.web.paging import Asked
from matchmaking.products.reading import own_products
from matchmaking.requests.reading import FiledRequest, requests_for
from matchmaking.rooms import MATCHING, REQUESTS
from matchmaking.sessions.models import SessionRequest, WeeklySession
from matchmaking.sessions.outcome import meetings_for
from matchmaking.sessions.pages import READERS
from matchmaking.sessions.reading import own_place, weeks_taken
from matchmaking.sessions.sign_ups import waiting_in
from matchmaking.sessions.workflow import BANKS_MAY_JOIN, SESSION_MOVES
from matchmaking.themes import GENERAL, THEMES

OF_ENTERPRISE = frozenset(ENTERPRISE_ROLES)
NAVIGATION = [
    NavigationItem("finding.start", Text("找贷款", "Borrow"), OF_ENTERPRISE),
    NavigationItem("requests.index", Text("申请", "Requests"), OF_ENTERPRISE, REQUESTS),
    NavigationItem("sessions.index", Text("场次", "Sessions"), frozenset(READERS), MATCHING),
    NavigationItem("series.index", Text("系列", "Series"), frozenset({"organiser"}), MATCHING),
    NavigationItem("products.hall", Text("产品", "Products"), frozenset(INSTITUTION_ROLES), MATCHING),
    NavigationItem("clients.index", Text("老客户", "Clients"), frozenset(INSTITUTION_ROLES), MATCHING),
]
STEPS_AHEAD = timedelta(days=7)  # the scheduler takes the steps; what is further off waits for nobody yet
NEXT_STEP = {"announced": "open", "open": "close", "closed": "match", "matched": "publish"}


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Whom the matchmaking waits for today; with nothing waiting, the next thing worth doing."""
    waiting = list(_waiting(db, caller, today))
    yield from waiting or _next_acts(db, caller)


def _waiting(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    if caller.organisation_kind == "enterprise":
        yield from _firm_tasks(db, caller, today)
    elif caller.role == "product_manager":
        yield from _bank_tasks(db, caller, today)
    elif caller.role == "organiser":
        yield from _organiser_tasks(db, caller, today)


def _next_acts(db: Session, caller: Caller) -> Iterator[Task]:
    """What a firm, a product manager or an organiser with an empty desk can do next."""
    if caller.organisation_kind == "enterprise":
        if not requests_for(db, caller, Asked(per_page=1)).items:
            title = Text("填一份申请，马上看到谁能贷给你", "Write a request and see at once who could lend")
            yield Task(title, url_for("finding.new"), Text("去填", "Start"), when_idle=True)
        else:
            title = Text("现在没有等你办的；看看申请走到哪了", "Nothing waits for you; see where your requests stand")
            yield Task(title, url_for("requests.index"), Text("去看", "Look"), when_idle=True)
    elif caller.role == "product_manager" and not _is_guarantor(db, caller):
        yield _products_task(db, caller)
    elif caller.role == "organiser":
        title = Text("现在没有等你办的；看看每周的场次", "Nothing waits for you; see the weekly sessions")
        yield Task(title, url_for("sessions.index"), Text("去看", "Look"), when_idle=True)


def _is_guarantor(db: Session, caller: Caller) -> bool:
    return institution_by_id(db, caller.organisation_id)[1].kind in GUARANTOR_KINDS


def _products_task(db: Session, caller: Caller) -> Task:
    if not own_products(db, caller, Asked(per_page=1)).items:
        title = Text(
            "本行还没有产品；上架一款，企业就能看到", "Your bank has no product yet; offer one and firms see it"
        )
        return Task(title, url_for("products.new"), Text("去填", "Start"), when_idle=True)
    title = Text(
        "现在没有等你办的；看看本行的产品要不要改", "Nothing waits for you; see whether your products are up to date"
    )
    return Task(title, url_for("products.mine"), Text("去看", "Look"), when_idle=True)


def _cancelled_task(session: WeeklySession) -> Task:
    week = _number(session)
    title = Text(f"第 {week} 周对接会取消了", f"The session of week {week} is off")
    return Task(title, url_for("sessions.show", session_id=session.id), Text("看原因", "See why"))


def _was_signed_up(db: Session, caller: Caller, session: WeeklySession) -> bool:
    mine = (col(SessionRequest.session_id) == session.id) & (
        col(SessionRequest.enterprise_id) == caller.organisation_id
    )
    return db.execute(select(col(SessionRequest.id)).where(mine).limit(1)).first() is not None


def live_sessions(db: Session, today: date) -> list[WeeklySession]:
    """Sessions whose day is not over."""
    query = select(WeeklySession).order_by(col(WeeklySession.starts_at))
    return [one for one in db.execute(query).scalars() if business_day(one.ends_at) >= today]


def _number(session: WeeklySession) -> int:
    return IsoWeek.parse(session.week).number


def _meeting_task(db: Session, caller: Caller, session: WeeklySession, today: date) -> Iterator[Task]:
    count = len(meetings_for(db, caller, session, today=today))
    if count:
        named = _named(session)
        title = Text(f"{named.zh}，{count} 场", f"{named.en}, {count} meetings")
        url = url_for("sessions.show", session_id=session.id)
        yield Task(title, url, Text("看时间", "See when"), due=business_day(session.starts_at))


def _may_join(filed: FiledRequest) -> bool:
    return filed.request.state == "published" and filed.enterprise.identity_confirmed


def _firm_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    live = live_sessions(db, today)
    joinable = [one for one in live if one.state == "open"]
    for session in live:
        yield from _meeting_task(db, caller, session, today)
        if session.state == "cancelled" and _was_signed_up(db, caller, session):
            yield _cancelled_task(session)
    for filed in requests_for(db, caller, Asked(per_page=50)).items:
        amount = filed.version.amount // 1_000_000
        if filed.request.state == "draft":
            title = Text(f"{amount} 万元的申请还没发布", f"Your request for {amount} × 10,000 yuan is a draft")
            yield Task(title, url_for("finding.show", request_id=filed.id), Text("看谁能贷", "Who could lend"))
        elif _may_join(filed) and joinable and waiting_in(db, filed.id) is None:
            title = Text(f"{amount} 万元的申请可以报名对接会", f"Sign your {amount} × 10,000 yuan request up")
            due = business_day(joinable[0].sign_up_until)
            yield Task(title, url_for("requests.show", request_id=filed.id), Text("去报名", "Sign up"), due=due)


def _bank_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    if _is_guarantor(db, caller):
        return
    for session in live_sessions(db, today):
        yield from _meeting_task(db, caller, session, today)
        if session.state == "cancelled" and own_place(db, caller, session.id or 0) is not None:
            yield _cancelled_task(session)
        if session.state in BANKS_MAY_JOIN and own_place(db, caller, session.id or 0) is None:
            named = _named(session)
            title = Text(f"{named.zh}，本行还没报名", f"{named.en}: your bank is not signed up")
            url = url_for("sessions.show", session_id=session.id)
            yield Task(title, url, Text("去报名", "Sign up"), due=business_day(session.sign_up_until))


def _named(session: WeeklySession) -> Text:
    """The session in a task; one of a theme says which, since a week may have several."""
    week = _number(session)
    if session.theme_code == GENERAL:
        return Text(f"第 {week} 周对接会", f"Session of week {week}")
    title = THEMES[session.theme_code].title
    return Text(f"第 {week} 周对接会（{title.zh}）", f"Session of week {week} ({title.en})")


def _organiser_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    moments = {"announced": "sign_up_from", "open": "sign_up_until", "closed": "match_at", "matched": "publish_at"}
    live = live_sessions(db, today)
    for session in live:
        if session.organiser_id != caller.organisation_id or session.state not in moments:
            continue
        label = SESSION_MOVES.by_verb[NEXT_STEP[session.state]].label
        due = business_day(getattr(session, moments[session.state]))
        if due <= today + STEPS_AHEAD:
            title = Text(f"{_named(session).zh}：{label.zh}", f"{_named(session).en}: {label.en}")
            yield Task(title, url_for("sessions.show", session_id=session.id), Text("去看", "Look"), due=due)
    following = IsoWeek.containing(today).next
    if str(following) not in weeks_taken(db, caller):
        title = Text(f"预告第 {following.number} 周对接会", f"Announce the session of week {following.number}")
        yield Task(title, url_for("sessions.new", week=following), Text("去预告", "Announce"))
