"""Signing up: places are limited, a request waits in one session at a time, races leave no place taken twice."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, NotFound, Refused
from matchmaking.releases import retracting
from matchmaking.sessions import blocks, changing, reading, sign_ups
from matchmaking.sessions.models import SessionRequest, WeeklySession
from matchmaking.sessions.sign_ups import Desk
from tests.at_once import at_once
from tests.factories import Robot, apart, make_institution, make_person, make_token
from tests.matchmaking.people import (
    EARLY,
    NOW,
    WEEK,
    ask,
    bank,
    draft,
    firm,
    join_bank,
    join_request,
    offer,
    organiser,
    party_code,
    session,
    step,
)


def taken(db: Session, made: WeeklySession) -> int:
    return reading.session_line(db, made.id or 0).session.requests_taken


def signed_up(db: Session) -> int:
    db.expire_all()
    return len(db.exec(select(SessionRequest.id).where(SessionRequest.state == "signed_up")).all())


def leave(db: Session, by: Caller, made: WeeklySession, request_id: int) -> None:
    database.write(db, lambda db: sign_ups.leave_request(db, by, made.id or 0, request_id, at=NOW))


def test_a_request_takes_a_place_and_gives_it_back(db: Session) -> None:
    mine, made = firm(db), session(db, organiser(db))
    filed = ask(db, mine)
    join_request(db, mine, made, filed.id)
    assert (taken(db, made), signed_up(db)) == (1, 1)
    leave(db, mine, made, filed.id)
    assert (taken(db, made), signed_up(db)) == (0, 0)
    join_request(db, mine, made, filed.id)
    assert (taken(db, made), signed_up(db)) == (1, 1)


@pytest.mark.both_databases
def test_the_last_place_goes_to_one_only_however_many_come_at_once(app: Flask, db: Session) -> None:
    made = session(db, organiser(db), request_places=2)
    firms = [firm(db, f"企业{number}") for number in range(6)]
    works = [
        partial(sign_ups.join_request, caller=one, session_id=made.id, request_id=ask(db, one).id, at=NOW)
        for one in firms
    ]
    outcomes = at_once(app, works)
    assert sorted(outcomes) == ["done"] * 2 + ["session_full"] * 4
    db.expire_all()
    assert (taken(db, made), signed_up(db)) == (2, 2)


def test_a_full_session_refuses_at_a_glance_without_waiting_for_a_turn_to_write(app: Flask, db: Session) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    made, here, late = session(db, organiser(db), request_places=1), firm(db), firm(db, "来晚了有限公司")
    robots = [(Robot(app, make_token(db, one, "matchmaking:write")), ask(db, one).id) for one in (here, late)]
    sent: list[str] = []
    event.listen(database.books.engine, "before_cursor_execute", lambda *call: sent.append(call[2]))

    def put(robot: Robot, request_id: int) -> tuple[int, bool]:
        sent.clear()
        headers = robot.headers | {"Idempotency-Key": "the-same-key-again"} if robot is robots[0][0] else robot.headers
        answer = apart(robot.client.put, f"/api/v1/sessions/{made.id}/requests/{request_id}", headers=headers)
        return answer.status_code, any(one.startswith(("UPDATE", "INSERT", "BEGIN IMMEDIATE")) for one in sent)

    assert put(*robots[0]) == (201, True)
    assert put(*robots[1]) == (409, False)
    assert put(*robots[0])[0] == 201, "the stored answer of a first try counts more than the glance"
    db.expire_all()
    assert (taken(db, made), signed_up(db)) == (1, 1)


@pytest.mark.both_databases
def test_one_request_signed_up_twice_at_once_takes_one_place(app: Flask, db: Session) -> None:
    mine, made = firm(db), session(db, organiser(db))
    filed = ask(db, mine)
    work = partial(sign_ups.join_request, caller=mine, session_id=made.id, request_id=filed.id, at=NOW)
    assert sorted(at_once(app, [work] * 4)) == ["already_signed_up"] * 3 + ["done"]
    db.expire_all()
    assert (taken(db, made), signed_up(db)) == (1, 1)


@pytest.mark.both_databases
def test_two_closings_at_once_close_once(app: Flask, db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    work = partial(changing.move, caller=by, session_id=made.id, verb="close", at=NOW, reason=EARLY)
    assert sorted(at_once(app, [work] * 3)) == ["done", "move_not_possible", "move_not_possible"]


@pytest.mark.both_databases
def test_whoever_joins_while_it_closes_is_in_or_is_told_never_half(app: Flask, db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    firms = [firm(db, f"企业{number}") for number in range(4)]
    joins: list[Callable[[Session], object]] = [
        partial(sign_ups.join_request, caller=one, session_id=made.id, request_id=ask(db, one).id, at=NOW)
        for one in firms
    ]
    close = partial(changing.move, caller=by, session_id=made.id, verb="close", at=NOW, reason=EARLY)
    outcomes = at_once(app, [*joins, close])
    assert outcomes[-1] == "done"
    assert set(outcomes[:-1]) <= {"done", "sign_up_shut"}
    db.expire_all()
    assert taken(db, made) == signed_up(db) == outcomes[:-1].count("done")


def test_a_request_waits_in_one_session_at_a_time(db: Session) -> None:
    mine = firm(db)
    filed = ask(db, mine)
    this_week, other = session(db, organiser(db)), session(db, organiser(db), week=WEEK.next)
    join_request(db, mine, this_week, filed.id)
    with pytest.raises(Conflict) as refused:
        join_request(db, mine, other, filed.id)
    assert refused.value.code == "already_signed_up"
    assert (taken(db, this_week), taken(db, other)) == (1, 0)


def test_a_draft_and_a_consent_that_ends_too_early_are_refused_with_what_to_do(db: Session) -> None:
    mine, made = firm(db), session(db, organiser(db))
    with pytest.raises(Refused) as unpublished:
        join_request(db, mine, made, draft(db, mine).id)
    assert unpublished.value.code == "request_not_published"
    late = session(db, organiser(db), week=type(WEEK)(2023, 6))
    with pytest.raises(Refused) as short:
        join_request(db, mine, late, ask(db, mine).id)
    assert short.value.code == "consent_too_short"


def test_nobody_signs_anothers_request_up_or_out(db: Session) -> None:
    mine, made = firm(db), session(db, organiser(db))
    filed = ask(db, mine)
    join_request(db, mine, made, filed.id)
    other = firm(db, "清源环保设备有限公司")
    for attempt in (lambda: join_request(db, other, made, filed.id), lambda: leave(db, other, made, filed.id)):
        with pytest.raises(NotFound) as refused:
            attempt()
        assert refused.value.code == "request_not_found"
    assert taken(db, made) == 1


def test_after_closing_nobody_joins_leaves_or_withdraws_but_consent_can_be_revoked(db: Session) -> None:
    by, mine, lender = organiser(db), firm(db), bank(db)
    made = session(db, by)
    filed = ask(db, mine)
    join_request(db, mine, made, filed.id)
    step(db, by, made, "close")
    for attempt in (
        lambda: leave(db, mine, made, filed.id),
        lambda: join_bank(db, lender, made, desks=1),
        lambda: database.write(db, lambda db: retracting.withdraw_request(db, mine, filed.id, at=NOW)),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "sign_up_shut"
    database.write(db, lambda db: retracting.revoke_consent(db, mine, filed.id, at=NOW))
    assert (taken(db, made), signed_up(db)) == (0, 0)


def test_withdrawing_a_request_leaves_its_session(db: Session) -> None:
    mine, made = firm(db), session(db, organiser(db))
    filed = ask(db, mine)
    join_request(db, mine, made, filed.id)
    database.write(db, lambda db: retracting.withdraw_request(db, mine, filed.id, at=NOW))
    assert (taken(db, made), signed_up(db)) == (0, 0)


def test_a_bank_signs_up_with_desks_and_may_change_them(db: Session) -> None:
    lender, made = bank(db), session(db, organiser(db), open_now=False)
    join_bank(db, lender, made, desks=2, desk_notes=[Desk("流动资金", "孙悦"), Desk("首贷", "冯雪")])
    join_bank(db, lender, made, desks=3, breaks=2, seats=20, desk_notes=[Desk("科技企业", "程磊")])
    place = reading.own_place(db, lender, made.id or 0)
    assert place is not None
    assert (place.place.desks, place.place.breaks, place.place.seats) == (3, 2, 20)
    assert [(desk.number, desk.topic, desk.person) for desk in place.desks] == [(1, "科技企业", "程磊")]
    database.write(db, lambda db: sign_ups.leave_bank(db, lender, made.id or 0, at=NOW))
    assert reading.banks_at(db, made.id or 0) == []


def test_breaks_must_leave_something_to_meet_in(db: Session) -> None:
    lender, made = bank(db), session(db, organiser(db))
    with pytest.raises(Invalid) as refused:
        join_bank(db, lender, made, desks=1, breaks=12)
    assert [error.field for error in refused.value.errors] == ["breaks"]


def test_a_guarantor_has_no_desks(db: Session) -> None:
    made = session(db, organiser(db))
    guarantor = make_person(db, make_institution(db, "市融资担保公司", kind="guarantor"), "product_manager")
    with pytest.raises(Refused) as refused:
        join_bank(db, guarantor, made, desks=1)
    assert refused.value.code == "not_a_lender"


def test_only_sessions_that_fit_are_offered_to_a_request(db: Session) -> None:
    mine = firm(db)
    filed = ask(db, mine)
    announced = session(db, organiser(db), open_now=False)
    made = session(db, organiser(db), week=WEEK.next)
    found = sign_ups.sessions_to_join(db, filed, NOW)
    assert [one.id for one in found] == [made.id] != [announced.id]
    assert sign_ups.sessions_to_join(db, filed, made.starts_at + timedelta(seconds=1)) == []
    join_request(db, mine, made, filed.id)
    assert sign_ups.sessions_to_join(db, filed, NOW) == []
    assert sign_ups.ready_to_join(db, mine, made) == []


def test_a_block_needs_a_real_enterprise_and_stands_once(db: Session) -> None:
    lender, mine = bank(db), firm(db)
    offer(db, lender)
    code, own = party_code(db, mine), party_code(db, lender)
    database.write(db, lambda db: blocks.block(db, lender, enterprise_code=code, reason="正在诉讼", at=NOW))
    with pytest.raises(Conflict):
        database.write(db, lambda db: blocks.block(db, lender, enterprise_code=code, reason="正在诉讼", at=NOW))
    with pytest.raises(NotFound):
        database.write(db, lambda db: blocks.block(db, lender, enterprise_code=own, reason="正在诉讼", at=NOW))
    ((row, party),) = blocks.blocks_of(db, lender)
    assert (party.code, row.reason) == (code, "正在诉讼")
    other = bank(db, "应河城市商业银行")
    with pytest.raises(NotFound):
        database.write(db, lambda db: blocks.lift(db, other, row.id or 0, at=NOW))
    database.write(db, lambda db: blocks.lift(db, lender, row.id or 0, at=NOW))
    assert blocks.blocks_of(db, lender) == []
