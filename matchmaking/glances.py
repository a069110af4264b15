"""The next weekly session and the referrals that are not decided yet, as far as the reader has a part in them."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import IsoWeek
from kernel.web import formats
from kernel.web.glances import Glance
from matchmaking.handed_over import work_calendar
from matchmaking.navigation import live_sessions
from matchmaking.referrals.api import READERS as REFERRAL_READERS
from matchmaking.referrals.reading import Clocked, clocks_for
from matchmaking.referrals.workflow import UNDECIDED
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.outcome import MeetingLine, meetings_for
from matchmaking.sessions.pages import READERS as SESSION_READERS
from matchmaking.sessions.reading import own_place, session_line
from matchmaking.sessions.workflow import OUT
from matchmaking.sessions.workflow import STATES as SESSION_STATES


def glances(db: Session, caller: Caller, today: date) -> Iterator[Glance]:
    """The next session for whoever may read sessions, the undecided referrals for whoever has some."""
    if caller.role in SESSION_READERS:
        coming = [one for one in live_sessions(db, today) if one.state != "cancelled"]
        yield from (_of_session(db, caller, one, today) for one in coming[:1])
    if caller.role in REFERRAL_READERS:
        undecided = clocks_for(db, caller, work_calendar(), today=today, states=UNDECIDED)
        if undecided:
            yield _of_referrals(undecided, today)


def _of_session(db: Session, caller: Caller, session: WeeklySession, today: date) -> Glance:
    number = IsoWeek.parse(session.week).number
    return Glance(
        Text(f"第 {number} 周对接会", f"Session of week {number}"),
        formats.moment(session.starts_at),
        _part_in(db, caller, session, today),
        url_for("sessions.show", session_id=session.id),
    )


def _part_in(db: Session, caller: Caller, session: WeeklySession, today: date) -> Text:
    """Own meetings once they are out, own place before; for the city's side how many come."""
    if caller.organisation_kind in ("institution", "enterprise") and session.state in OUT:
        return _meetings(meetings_for(db, caller, session, today=today))
    if caller.organisation_kind == "institution":
        place = own_place(db, caller, session.id or 0)
        if place is not None:
            return Text(f"本行报了 {place.open_desks} 席", f"Your bank has {place.open_desks} desks there")
        return Text("本行没有报名", "Your bank is not signed up")
    line, state = session_line(db, session.id or 0), SESSION_STATES[session.state]
    return Text(
        f"{state.zh}，{line.banks} 家银行，{line.requests} 份申请",
        f"{state.en}, {line.banks} banks, {line.requests} requests",
    )


def _meetings(mine: list[MeetingLine]) -> Text:
    if not mine:
        return Text("这一周没有约上", "No meeting this week")
    first = formats.moment(min(one.starts_at for one in mine))
    return Text(f"{len(mine)} 场，第一场 {first}", f"{len(mine)} meetings, the first at {first}")


def _of_referrals(undecided: list[Clocked], today: date) -> Glance:
    deadlines = [stands.deadline for _, stands in undecided if stands is not None and stands.deadline is not None]
    return Glance(
        Text("还没有结果的推荐", "Referrals not decided yet"),
        formats.count(len(undecided)),
        _clock(deadlines, today),
        url_for("referrals.index"),
        Text("件", ""),
    )


def _clock(deadlines: list[date], today: date) -> Text:
    overdue = sum(day < today for day in deadlines)
    if overdue:
        return Text(f"其中 {overdue} 件银行已逾期", f"{overdue} of them overdue at the bank")
    if not deadlines:
        return Text("没有等银行答复的", "None waits for a bank's answer")
    first = formats.long_day(min(deadlines))
    return Text(f"银行最近一次答复不晚于 {first}", f"The next answer of a bank is due {first}")
