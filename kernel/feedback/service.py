"""Write an opinion about a page; the bureau answers it once, and its writer reads the answer."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, update
from sqlmodel import Session, col, func, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.feedback.models import ANSWERED, WAITING, Feedback
from kernel.parties.models import Party

ANSWERERS = ("organiser", "operator", "system_administrator")  # of the bureau: they read everybody's and answer
LONGEST = 2000


class Opinion(NamedTuple):
    """An opinion with who wrote it and for which organisation; no more of a person than the account has."""

    feedback: Feedback
    writer: Account
    organisation: Party


def may_answer(caller: Caller) -> bool:
    """Whether somebody reads everybody's opinions and answers them."""
    return caller.role in ANSWERERS and caller.organisation_kind == "bureau"


def write(db: Session, caller: Caller, *, content: str, page: str, request_id: str, at: datetime) -> Feedback:
    """Leave an opinion about a page."""
    said = Feedback(account_id=caller.account_id, page=page, request_id=request_id, content=content, written_at=at)
    db.add(said)
    db.flush()
    record(db, "feedback.write", by=caller.actor, subject=("feedback", said.id), at=at, detail={"page": page})
    return said


def feedback_query(caller: Caller, *, state: str | None = None) -> Select[Any]:
    """`Opinion` rows that the caller may read, the newest first: everybody's for who answers, else the caller's own."""
    query: Select[Any] = (
        select(Feedback, Account, Party)  # type: ignore[assignment]
        .join(Account, col(Account.id) == col(Feedback.account_id))
        .join(Party, col(Party.id) == col(Account.organisation_id))
        .order_by(col(Feedback.id).desc())
    )
    if not may_answer(caller):
        query = query.where(col(Feedback.account_id) == caller.account_id)
    return query.where(col(Feedback.state) == state) if state else query


def feedback_by_id(db: Session, caller: Caller, feedback_id: int) -> Opinion:
    """One opinion that the caller may read; NotFound otherwise."""
    found = db.execute(feedback_query(caller).where(col(Feedback.id) == feedback_id)).first()
    if found is None:
        raise NotFound("feedback_not_found", "没有这条意见", "There is no such feedback")
    return Opinion(*found)


def answer(db: Session, caller: Caller, feedback_id: int, *, answer: str, at: datetime) -> Opinion:
    """Answer an opinion, once. Conflict when somebody has answered it already."""
    if not may_answer(caller):
        raise Forbidden("role_may_not", "意见由财政局和金融局答复", "The bureau answers feedback")
    said = feedback_by_id(db, caller, feedback_id)
    waiting = (col(Feedback.id) == feedback_id) & (col(Feedback.state) == WAITING)
    values = {"state": ANSWERED, "answer": answer, "answered_by": caller.account_id, "answered_at": at}
    if db.execute(update(Feedback).where(waiting).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("feedback_answered", "这条意见已经答复", "This feedback is answered already")
    db.refresh(said.feedback)
    record(db, "feedback.answer", by=caller.actor, subject=("feedback", feedback_id), at=at)
    return said


def waiting_count(db: Session) -> int:
    """How many opinions wait for an answer."""
    return int(db.exec(select(func.count(col(Feedback.id))).where(Feedback.state == WAITING)).one())
