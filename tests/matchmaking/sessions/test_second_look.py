"""A request that everybody turned down comes back next week, without those who refused it, unless its enterprise keeps out."""

from datetime import date

from sqlmodel import Session, select

from config.settings import Settings
from kernel import database
from kernel.outbox.models import OutboxEvent
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from matchmaking import jobs
from matchmaking.pauses.service import note_no_show
from matchmaking.referrals import service as referrals
from matchmaking.referrals.reading import past_refusers, referrals_for, turned_down
from matchmaking.requests.models import FinancingRequest
from matchmaking.sessions import changing, outcome, running, sign_ups
from matchmaking.sessions.frame import template
from matchmaking.sessions.models import SessionRequest, WeeklySession
from matchmaking.sessions.second_look import reenter_due
from matchmaking.sessions.service import session_by_id
from tests.matchmaking.people import EARLY, KEY, NOW, bank, join_bank, matched, offer, session, step
from tests.matchmaking.referrals.city import ReferredTown, days_on, delivered, write

BOOK = PolicyBook.load(Settings().policies_dir)
NEXT = IsoWeek(2022, 44)


def refuse_all(db: Session, city: ReferredTown) -> None:
    """Every bank turns down all that it met."""
    for lender in (city.people.near, city.people.far):
        for one in referrals_for(db, lender, today=days_on(1).date()):
            write(db, referrals.refuse, lender, one.id, code="01", text="经营时间太短", at=days_on(1))


def next_week(db: Session, city: ReferredTown) -> WeeklySession:
    made = session(db, city.people.organiser, open_now=False, week=NEXT)
    for lender in (city.people.near, city.people.far):
        join_bank(db, lender, made, desks=2)
    database.write(db, lambda db: changing.move(db, city.people.organiser, made.id or 0, "open", at=NOW, reason=EARLY))
    return session_by_id(db, made.id or 0)


def waiting(db: Session, made: WeeklySession) -> dict[int, str]:
    db.expire_all()
    rows = db.exec(select(SessionRequest).where(SessionRequest.session_id == made.id))
    return {one.request_id: one.state for one in rows}


def test_a_request_that_all_turned_down_comes_back_into_the_next_session(db: Session) -> None:
    city = delivered(db)
    asked = {one.referral.request_id for one in referrals_for(db, city.people.organiser, today=days_on(1).date())}
    made = next_week(db, city)
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == 0
    refuse_all(db, city)
    assert turned_down(db) == asked
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == len(asked)
    assert waiting(db, made) == dict.fromkeys(asked, "signed_up")
    states = db.exec(select(FinancingRequest.state).where(FinancingRequest.id.in_(sorted(asked)))).all()  # type: ignore[union-attr]
    assert set(states) == {"published"}
    told = db.exec(select(OutboxEvent).where(OutboxEvent.event == "request.second_look")).all()
    assert sorted(one.party_id for one in told) == sorted(one.organisation_id for one in city.people.firms)
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == 0


def test_who_keeps_out_stays_out(db: Session) -> None:
    city = delivered(db)
    refuse_all(db, city)
    made = next_week(db, city)
    reenter_due(db, turned_down=turned_down, at=days_on(1))
    firm = city.people.firms[0]
    request_id = db.exec(
        select(FinancingRequest.id).where(FinancingRequest.enterprise_id == firm.organisation_id)
    ).one()
    database.write(db, lambda db: sign_ups.leave_request(db, firm, made.id or 0, request_id or 0, at=days_on(1)))
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == 0
    assert waiting(db, made)[request_id or 0] == "withdrawn"


def test_a_bank_that_refused_a_firm_does_not_meet_it_again(db: Session) -> None:
    city = delivered(db)
    met = {
        (one.referral.enterprise_id, one.referral.institution_id)
        for one in referrals_for(db, city.people.organiser, today=days_on(1).date())
    }
    refuse_all(db, city)
    made = next_week(db, city)
    reenter_due(db, turned_down=turned_down, at=days_on(1))
    frame = template(NEXT)
    for verb in ("close", "match", "publish"):
        assert jobs.move_due(db, book=BOOK, key=KEY, at=frame.publish_at, past_refusers=past_refusers)[verb] in (0, 1)
    made = session_by_id(db, made.id or 0)
    lines = outcome.meetings_for(db, city.people.organiser, made, today=date(2022, 11, 1))
    again = {(line.meeting.enterprise_id, line.meeting.institution_id) for line in lines}
    assert made.state == "published"
    assert not again & met
    market = running.frozen_market(db, made).market
    assert all(one.vetoed_institutions for one in market.requests)


def test_a_session_of_another_theme_or_after_the_day_of_need_takes_no_second_look(db: Session) -> None:
    city = delivered(db, needed_by=date(2022, 11, 10))
    refuse_all(db, city)
    session(db, city.people.organiser, week=NEXT, theme_code="first_loan")
    session(db, city.people.organiser, week=IsoWeek(2022, 46))
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == 0
    fits = session(db, city.people.organiser, week=IsoWeek(2022, 45))
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == 3
    assert set(waiting(db, fits).values()) == {"signed_up"}


def test_who_meets_a_bank_tomorrow_is_not_looked_at_again_before_its_referral_is_there(db: Session) -> None:
    city = delivered(db)
    refuse_all(db, city)
    third = bank(db, "湛河村镇银行")
    offer(db, third)
    made = session(db, city.people.organiser, week=NEXT)
    join_bank(db, third, made, desks=2)
    before = turned_down(db)
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == len(before)
    matched(db, city.people, BOOK, made)
    step(db, city.people.organiser, made, "publish")
    following = session(db, city.people.organiser, week=NEXT.next)
    assert turned_down(db) == set()
    read_before_publication = [before]
    assert (
        reenter_due(
            db,
            turned_down=lambda db: read_before_publication.pop() if read_before_publication else turned_down(db),
            at=days_on(1),
        )
        == 0
    )
    assert waiting(db, following) == {}


def test_a_full_session_takes_no_second_look_and_the_next_one_does(db: Session) -> None:
    city = delivered(db)
    refuse_all(db, city)
    full = session(db, city.people.organiser, week=NEXT, request_places=1)
    count = len(turned_down(db))
    assert reenter_due(db, turned_down=turned_down, at=days_on(1)) == 1
    assert list(waiting(db, full).values()) == ["signed_up"]
    assert len(turned_down(db)) == count


def test_a_firm_that_is_paused_for_missed_meetings_stays_out_of_the_second_look(db: Session) -> None:
    city = delivered(db)
    asked = referrals_for(db, city.people.organiser, today=days_on(1).date())
    made = next_week(db, city)
    refuse_all(db, city)
    missed, day = asked[0].referral, days_on(1).date()
    write(
        db,
        note_no_show,
        missed.enterprise_id,
        missed.meeting_id,
        day=day,
        pause_from=day,
        pause_days=28,
        at=days_on(1),
    )
    reenter_due(db, turned_down=turned_down, at=days_on(1))
    assert set(waiting(db, made)) == {one.referral.request_id for one in asked} - {missed.request_id}
