"""A session from announcement to publication, through the services."""

from sqlmodel import Session, select

from config.settings import Settings
from kernel import database
from kernel.audit.service import broken_at, entries_about
from kernel.policies import PolicyBook
from matchmaking.requests.models import FinancingRequest
from matchmaking.sessions import outcome, running, service, sign_ups
from matchmaking.sessions.models import SessionRequest, WeeklySession
from matchmaking.verifier.check import verify
from tests.matchmaking.people import NOW, ask, offer, session, town

BOOK = PolicyBook.load(Settings().policies_dir)


def join(db: Session, made: WeeklySession, firm: object, request_id: int) -> SessionRequest:
    return database.write(db, lambda db: sign_ups.join_request(db, firm, made.id, request_id, at=NOW))  # type: ignore[arg-type]


def step(db: Session, made: WeeklySession, by: object, verb: str) -> None:
    database.write(db, lambda db: service.move(db, by, made.id or 0, verb, at=NOW))  # type: ignore[arg-type]


def test_a_session_runs_from_announcement_to_publication(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    offer(db, people.far, name="惠企周转贷", rate_min=template_rate("4.05"))
    made = session(db, people.organiser)
    for place in (people.near, people.far):
        database.write(db, lambda db, place=place: sign_ups.join_bank(db, place, made.id or 0, desks=2, at=NOW))
    asked = [ask(db, one) for one in people.firms]
    for one, filed in zip(people.firms, asked, strict=True):
        join(db, made, one, filed.id)
    step(db, made, people.organiser, "close")
    running.match(db, made.id or 0, book=BOOK, by=people.organiser.actor, at=NOW)
    assert outcome.meetings_for(db, people.near, made) == []
    assert len(outcome.meetings_for(db, people.organiser, made)) == 6
    step(db, made, people.organiser, "publish")
    assert len(outcome.meetings_for(db, people.near, made)) == 3
    mine = outcome.meetings_for(db, people.firms[0], made)
    assert {line.bank.name for line in mine} == {"沙河农村商业银行", "应河城市商业银行"}
    assert verify(outcome.run_of(db, people.firms[0], made).certificate.encode()) == ()
    states = db.exec(select(FinancingRequest.state)).all()
    assert states == ["matched"] * 3
    assert [entry.act for entry in entries_about(db, ("weekly_session", made.id))][-2:] == [
        "session.match",
        "session.publish",
    ]
    assert broken_at(db) is None


def template_rate(text: str) -> object:
    from decimal import Decimal

    return Decimal(text)
