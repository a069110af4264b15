"""What the organiser changes after the announcement: the frame, a step before its time, the whole session; always with a reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from config.settings import Settings
from kernel import database
from kernel.audit.service import entries_about
from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policies import PolicyBook
from matchmaking.sessions import changing, running, service
from matchmaking.sessions.frame import SessionFrame, template
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.organiser_pages import MOMENTS
from matchmaking.sessions.sign_ups import waiting_in
from tests.factories import Visitor, username_of
from tests.matchmaking.people import KEY, NOW, WEEK, ask, bank, firm, join_bank, join_request, organiser, session, step

BOOK = PolicyBook.load(Settings().policies_dir)
FRAME = template(WEEK)
WHY = "礼堂要修，改到下午晚些"


def changed(db: Session, by: Any, made: WeeklySession, frame: SessionFrame, **options: Any) -> WeeklySession:
    given = {"seen": 1, "reason": WHY, "at": NOW} | options
    return database.write(db, lambda db: changing.change_frame(db, by, made.id or 0, frame=frame, **given))


def called_off(db: Session, by: Any, made: WeeklySession, reason: str = WHY) -> WeeklySession:
    return database.write(db, lambda db: changing.cancel(db, by, made.id or 0, reason=reason, at=NOW))


def test_a_changed_frame_is_a_new_version_that_says_what_changed_and_why(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    committed = made.commitment
    later = replace(FRAME, starts_at=FRAME.starts_at + timedelta(hours=1), slot_minutes=10)
    made = changed(db, by, made, later)
    assert (made.version, made.slots, made.commitment) == (2, 12, committed)
    notice = changing.notices_of(db, made.id or 0)[0]
    assert (notice.kind, notice.reason) == ("changed", WHY)
    assert [(what.zh, before, after) for what, before, after in notice.changes] == [
        ("开场", "2022-10-27 14:00", "2022-10-27 15:00"),
        ("每场几分钟", "15", "10"),
    ]
    entry = entries_about(db, ("weekly_session", made.id))[-1]
    assert entry.act == "session.changed"
    assert WHY in entry.detail


def test_a_change_from_an_old_version_is_a_conflict(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    changed(db, by, made, replace(FRAME, theme="首贷专场"))
    with pytest.raises(Conflict) as refused:
        changed(db, by, made, replace(FRAME, theme="商贸专场"))
    assert refused.value.code == "session_changed"


def test_after_sign_up_has_closed_the_frame_stands(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    step(db, by, made, "close")
    with pytest.raises(Conflict) as refused:
        changed(db, by, made, replace(FRAME, slot_minutes=10))
    assert refused.value.code == "frame_fixed"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (
            {"week": WEEK.next, "starts_at": FRAME.starts_at + timedelta(7), "ends_at": FRAME.ends_at + timedelta(7)},
            "week",
        ),
        ({"sign_up_from": NOW - timedelta(2), "sign_up_until": NOW}, "sign_up_until"),
        ({"request_places": 1}, "request_places"),
        ({"slot_minutes": 240}, "slot_minutes"),
    ],
)
def test_a_frame_that_cannot_be_is_refused_at_its_field(db: Session, change: dict[str, Any], field: str) -> None:
    by = organiser(db)
    made = session(db, by)
    for name in ("恒润精密铸造有限公司", "清源环保设备有限公司"):
        owner = firm(db, name)
        join_request(db, owner, made, ask(db, owner).id)
    with pytest.raises(Invalid) as refused:
        changed(db, by, made, replace(FRAME, **change))
    assert [error.field for error in refused.value.errors] == [field]


def test_what_a_session_was_announced_for_stays_and_a_change_of_nothing_is_none(app: Flask, db: Session) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    by = organiser(db)
    made = session(db, by, theme_code="trade", scope="county", host="video", institution_kinds=("policy_bank",))
    bureau = Visitor(app, username_of(db, by))
    frame = {name: getattr(FRAME, name).isoformat() for name in MOMENTS} | {"week": str(WEEK), "theme": FRAME.theme}
    form = frame | {"slot_minutes": "15", "request_places": "200", "seen": "1", "reason": WHY}
    url = f"/sessions/{made.id}/change"
    for other in ({"host": "rooms"}, {"theme_code": "pool"}, {"scope": "city"}, {"institution_kinds": "branch"}):
        refused = bureau.post(url, **form | {"slot_minutes": "10"} | other)
        assert (refused.status_code, "预告以后不能改" in refused.text) == (422, True)
    assert "没有要改的" in bureau.post(url, **form).text
    db.rollback()
    assert (made.version, made.slot_minutes) == (1, 15)
    assert [one.kind for one in changing.notices_of(db, made.id or 0)] == ["early"]
    assert bureau.post(url, **form | {"slot_minutes": "10", "theme_code": "trade"}).status_code == 302
    db.rollback()
    kept = (made.theme_code, made.scope, made.host, made.institution_kinds)
    assert (made.version, *kept) == (2, "trade", "county", "video", ("policy_bank",))


def test_a_session_called_off_frees_its_requests_and_its_week(db: Session) -> None:
    by, owner = organiser(db), firm(db)
    made = session(db, by)
    filed = ask(db, owner)
    join_request(db, owner, made, filed.id)
    assert called_off(db, by, made).state == "cancelled"
    assert waiting_in(db, filed.id) is None
    again = session(db, by)
    join_request(db, owner, again, filed.id)
    with pytest.raises(Conflict):
        session(db, by)
    assert [one.kind for one in changing.notices_of(db, made.id or 0)] == ["cancelled", "early"]


def test_a_published_session_is_not_called_off_and_another_bureaus_is_not_found(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    with pytest.raises(NotFound):
        called_off(db, organiser(db), made)
    step(db, by, made, "close")
    running.match(db, made.id or 0, book=BOOK, key=KEY, by=by.actor, at=NOW)
    step(db, by, made, "publish")
    with pytest.raises(Conflict):
        called_off(db, by, made)


@pytest.mark.parametrize("reason", ["", "  早 "])
def test_a_change_and_a_cancellation_need_a_reason_that_says_something(db: Session, reason: str) -> None:
    by = organiser(db)
    made = session(db, by)
    attempts: list[Callable[[], object]] = [
        lambda: called_off(db, by, made, reason),
        lambda: changed(db, by, made, FRAME, reason=reason),
    ]
    for attempt in attempts:
        with pytest.raises(Invalid) as refused:
            attempt()
        assert [error.field for error in refused.value.errors] == ["reason"]


def test_a_step_before_its_announced_time_needs_a_reason_and_is_told(db: Session) -> None:
    by = organiser(db)
    made = session(db, by, open_now=False)
    with pytest.raises(Invalid):
        database.write(db, lambda db: changing.move(db, by, made.id or 0, "open", at=NOW))
    in_time = FRAME.sign_up_from
    database.write(db, lambda db: changing.move(db, by, made.id or 0, "open", at=in_time))
    assert changing.notices_of(db, made.id or 0) == []
    early = FRAME.sign_up_until - timedelta(minutes=1)
    database.write(db, lambda db: changing.move(db, by, made.id or 0, "close", at=early, reason="都报完了"))
    with pytest.raises(Invalid):
        running.match_by_hand(db, by, made.id or 0, book=BOOK, key=KEY, at=early)
    running.match_by_hand(db, by, made.id or 0, book=BOOK, key=KEY, at=early, reason="提前排好")
    told = changing.notices_of(db, made.id or 0)
    assert [(one.kind, one.reason, one.changes[0][0].zh) for one in told] == [
        ("early", "提前排好", "配对排表"),
        ("early", "都报完了", "截止报名"),
    ]
    assert service.session_by_id(db, made.id or 0).closed_at == early


def test_everybody_who_signed_up_reads_of_a_cancellation_on_its_own_pages(app: Flask, db: Session) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    by, owner, lender = organiser(db), firm(db), bank(db)
    made = session(db, by)
    join_bank(db, lender, made, desks=1)
    filed = ask(db, owner)
    join_request(db, owner, made, filed.id)
    bureau = Visitor(app, username_of(db, by))
    shown = bureau.get(f"/sessions/{made.id}/cancel")
    assert shown.status_code == 200
    assert bureau.post(f"/sessions/{made.id}/cancel", reason="").status_code == 422
    assert bureau.post(f"/sessions/{made.id}/cancel", reason=WHY).status_code == 302
    for person in (owner, lender):
        visitor = Visitor(app, username_of(db, person))
        page = visitor.get(f"/sessions/{made.id}").text
        assert "这一场取消了。" in page
        assert WHY in page
        assert "对接会取消了" in visitor.get("/").text
    assert "这一场取消了，申请退出来了" in Visitor(app, username_of(db, owner)).get(f"/requests/{filed.id}").text


def test_an_early_step_by_page_asks_for_the_reason_first(app: Flask, db: Session) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    by = organiser(db)
    made = session(db, by)
    bureau = Visitor(app, username_of(db, by))
    shown = bureau.get(f"/sessions/{made.id}/moves/close").text
    assert "还没到预告的时间。" in shown
    assert "2022-10-26 12:00" in shown
    refused = bureau.post(f"/sessions/{made.id}/moves/close")
    assert refused.status_code == 422
    assert "写清理由" in refused.text
    assert bureau.post(f"/sessions/{made.id}/moves/close", reason="都报完了").status_code == 302
    assert "都报完了" in bureau.get(f"/sessions/{made.id}").text
