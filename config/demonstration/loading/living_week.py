"""The week as it lives on the demonstration's morning: a video session under way, a plan repaired twice, two series going on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from flask import Flask
from sqlmodel import Session, col, func, select

from config.demonstration.loading.returns import person
from config.demonstration.loading.weeks import frame_of, hold_session, market_of, on_behalf, usual_session
from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI, business_day
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from matchmaking.attendance import service as attendance
from matchmaking.matching.market import Market
from matchmaking.releases import service as releases
from matchmaking.releases.causes import CallOff
from matchmaking.requests.models import RequestVersion
from matchmaking.series import service as series
from matchmaking.series.jobs import announce_due
from matchmaking.series.planning import SeriesTemplate
from matchmaking.sessions.frame import SessionFrame
from matchmaking.sessions.models import SessionBank, SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import slot_start
from settlement.handed_over import policy_book

THEME = "first_loan"
BANKS = 7  # of those in the market, the ones that come to the video session
VIDEO_NAME, USUAL_NAME = "首贷视频专场", "全市专场"
BEFORE = timedelta(minutes=6)
SERIES = (
    SeriesTemplate(USUAL_NAME, open_days=8),
    SeriesTemplate(
        VIDEO_NAME, THEME, starts_minute=510, ends_minute=690, break_after=6, break_minutes=10, host="video", rooms=8
    ),
)
CALLED_OFF = (  # (hour and minute of the day before, who, what, why)
    (time(15, 40), "enterprise", "临时接了急单，当天走不开，三家都改日再约"),
    (time(17, 10), "institution", "客户经理出差没回来，撤下一个席位"),
)


def video_frame(week: IsoWeek) -> SessionFrame:
    """Thursday 8:30 to 11:30 by video, for first loans; sign-up as for the usual session."""
    usual = frame_of(week)
    day = business_day(usual.starts_at)
    begins, ends = (datetime.combine(day, at, SHANGHAI) for at in (time(8, 30), time(11, 30)))
    video = {"theme": VIDEO_NAME, "theme_code": THEME, "host": "video", "rooms": 8}
    return replace(usual, starts_at=begins, ends_at=ends, break_after=6, break_minutes=10, **video)  # type: ignore[arg-type]


def is_living(week: IsoWeek, present: datetime) -> bool:
    """Whether it is the week of the present, with its day of meetings begun and not over."""
    frame = video_frame(week)
    return frame.starts_at <= present < frame.ends_at


def split(market: Market) -> tuple[Market, Market]:
    """The market of the usual session, and that of the video session: first loans, and the banks that come to it."""
    first = tuple(one for one in market.requests if THEME in one.tags)
    others = tuple(one for one in market.requests if THEME not in one.tags)
    return replace(market, requests=others), replace(market, requests=first, banks=market.banks[:BANKS])


def hold(app: Flask, city: Path, week: IsoWeek, *, present: datetime) -> None:
    """The week's two sessions, and what the day before and the morning brought."""
    usual, video = split(market_of(city, week))
    hold_session(app, usual, frame_of(week), present=present)
    hold_session(app, video, video_frame(week), present=present)
    for at, side, reason in CALLED_OFF:
        _call_off(app, week, side, reason, datetime.combine(business_day(present) - timedelta(days=1), at, SHANGHAI))
    _attend(app, week, present)


def _call_off(app: Flask, week: IsoWeek, side: str, reason: str, at: datetime) -> None:
    """One side of the usual session calls off, and the plan goes out repaired."""
    with app.app_context():
        db = database.current()
        session = usual_session(db, week)
        who, asked = _busiest_firm(db, session) if side == "enterprise" else _largest_bank(db, session)
        releases.call_off(db, who, session.id or 0, asked=asked, reason=reason, book=policy_book(), at=at)


def _busiest_firm(db: Session, session: WeeklySession) -> tuple[Caller, CallOff]:
    mine = (col(SessionMeeting.session_id) == session.id) & (col(SessionMeeting.state) == "standing")
    count = func.count(col(SessionMeeting.id))
    query = select(SessionMeeting.enterprise_id).where(mine).group_by(col(SessionMeeting.enterprise_id))
    firm_id = db.exec(query.order_by(count.desc(), col(SessionMeeting.enterprise_id)).limit(1)).one()
    return on_behalf(person(db, "organiser"), db.get_one(Party, firm_id)), CallOff("everything")


def _largest_bank(db: Session, session: WeeklySession) -> tuple[Caller, CallOff]:
    query = select(SessionBank, Party).where(
        SessionBank.session_id == session.id, col(Party.id) == col(SessionBank.institution_id)
    )
    place, bank = db.exec(query.order_by(col(SessionBank.desks).desc(), col(SessionBank.id)).limit(1)).one()
    return person(db, "product_manager", bank.code), CallOff("desk", desk=place.desks)


@dataclass(frozen=True)
class _Seen:
    """A meeting of the video session with its two sides and when it begins and ends."""

    row: SessionMeeting
    firm: Caller
    bank: Caller
    starts_at: datetime
    ends_at: datetime
    amount: int


def _attend(app: Flask, week: IsoWeek, present: datetime) -> None:
    """Both sides check in; what is over has its note, one firm never came, and of what runs one firm is late."""
    with app.app_context():
        db = database.current()
        meetings = _meetings(db, week)
        over = [one for one in meetings if one.ends_at <= present]
        running = [one for one in meetings if one.starts_at <= present < one.ends_at]
        database.write(db, lambda db: _written_down(db, over, running, present))


def _meetings(db: Session, week: IsoWeek) -> list[_Seen]:
    session = db.exec(
        select(WeeklySession).where(WeeklySession.week == str(week), WeeklySession.theme_code == THEME)
    ).one()
    rows = select(SessionMeeting).where(SessionMeeting.session_id == session.id, SessionMeeting.state == "standing")
    organiser = person(db, "organiser")
    length = timedelta(minutes=session.slot_minutes)
    found = []
    for row in db.exec(rows.order_by(col(SessionMeeting.slot), col(SessionMeeting.id))).all():
        firm, bank = db.get_one(Party, row.enterprise_id), db.get_one(Party, row.institution_id)
        starts, amount = slot_start(session, row.slot), db.get_one(RequestVersion, row.request_version_id).amount
        sides = on_behalf(organiser, firm), person(db, "product_manager", bank.code)
        found.append(_Seen(row, *sides, starts, starts + length, amount))
    return found


def _written_down(db: Session, over: Sequence[_Seen], running: Sequence[_Seen], present: datetime) -> None:
    outcomes = ("intent", "material_needed", "intent", "no_interest")
    for number, one in enumerate(over):
        if number == 1:
            _check_in(db, one.bank, one, one.starts_at)
            _say_no(db, one)
            continue
        for side in (one.firm, one.bank):
            _check_in(db, side, one, one.starts_at - BEFORE)
        _note(db, one, outcomes[number % len(outcomes)])
    for number, one in enumerate(running):
        for side in (one.bank,) if number == 1 else (one.firm, one.bank):
            _check_in(db, side, one, min(one.starts_at - BEFORE, present))


def _check_in(db: Session, side: Caller, one: _Seen, at: datetime) -> None:
    attendance.check_in(db, side, one.row.id or 0, book=policy_book(), at=at)


def _say_no(db: Session, one: _Seen) -> None:
    attendance.say(db, one.bank, one.row.id or 0, took_place=False, book=policy_book(), at=one.ends_at)


def _note(db: Session, one: _Seen, outcome: str) -> None:
    amount = one.amount if outcome == "intent" else None
    values = {"intent": "去厂里看看，再定额度", "material_needed": "补近两年报表", "no_interest": "利率谈不拢"}
    attendance.note(
        db, one.bank, one.row.id or 0, outcome=outcome, amount=amount, text=values[outcome], book=policy_book(), at=one.ends_at
    )  # fmt: skip


def go_on(app: Flask, *, present: datetime) -> None:
    """Two series from this week on, and the sessions that they announce ahead."""
    with app.app_context():
        db, extensions = database.current(), app.extensions
        for template in SERIES:
            database.write(db, lambda db: series.create(db, person(db, "organiser"), template=template, at=present))  # noqa: B023
        announce_due(db, book=policy_book(), calendar=extensions["calendar"], key=extensions["seal_key"], at=present)
