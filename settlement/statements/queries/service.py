"""Ask, answer and close; the bureau's hands on one side, the beneficiary's people on the other, both in person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, Forbidden, NotFound
from settlement.growth_reward import Hold
from settlement.returns.service import SEES_ALL
from settlement.statements.models import Statement
from settlement.statements.queries.models import (
    BENEFICIARY,
    BUREAU,
    DIFFERENCE,
    QUERY_KINDS,
    QUESTION,
    QueryMessage,
    QueryThread,
)
from settlement.statements.service import BENEFICIARY_ROLES, statement_by_number

ASKING = ("operator", "reviewer", "approver", "cashier")
WRITERS = (*ASKING, *(role for roles in BENEFICIARY_ROLES.values() for role in roles))
LONGEST = 2000


@dataclass(frozen=True)
class QueryTalk:
    """A thread with what was written in it, oldest first."""

    query: QueryThread
    messages: list[QueryMessage]

    @property
    def waits_for(self) -> str | None:
        """The side whose answer is waited for; None once it is closed."""
        if self.query.closed_at is not None or not self.messages:
            return None
        return BUREAU if self.messages[-1].side == BENEFICIARY else BENEFICIARY


def side_of(caller: Caller) -> str:
    """Which side somebody writes for; Forbidden for tokens and for those who only read."""
    if caller.token_scopes is None:
        if caller.role in ASKING and caller.organisation_kind == "bureau":
            return BUREAU
        if caller.role in BENEFICIARY_ROLES.get(caller.organisation_kind, ()):
            return BENEFICIARY
    raise Forbidden("role_may_not", "你的角色只能看，不能写", "Your role may read this and not write")


def threads_of(db: Session, statement: Statement) -> list[QueryTalk]:
    """The threads on a statement that the caller has been shown, the newest first."""
    query = select(QueryThread).where(QueryThread.statement_number == statement.number)
    threads = list(db.exec(query.order_by(col(QueryThread.id).desc())))
    return _with_messages(db, threads)


def _with_messages(db: Session, threads: Iterable[QueryThread]) -> list[QueryTalk]:
    listed = list(threads)
    query = select(QueryMessage).where(col(QueryMessage.query_id).in_([one.id for one in listed]))
    messages: dict[int, list[QueryMessage]] = {}
    for message in db.exec(query.order_by(col(QueryMessage.id))):
        messages.setdefault(message.query_id, []).append(message)
    return [QueryTalk(one, messages.get(one.id or 0, [])) for one in listed]


def open_threads(db: Session, caller: Caller) -> list[QueryTalk]:
    """The threads that wait for the caller's side."""
    query = select(QueryThread).where(col(QueryThread.closed_at).is_(None))
    if caller.role not in SEES_ALL:
        query = query.where(QueryThread.beneficiary_id == caller.organisation_id)
    side = BUREAU if caller.role in SEES_ALL else BENEFICIARY
    return [one for one in _with_messages(db, db.exec(query.order_by(col(QueryThread.id)))) if one.waits_for == side]


def thread_by_id(db: Session, caller: Caller, query_id: int) -> QueryTalk:
    """A thread on a statement that the caller may see; NotFound otherwise."""
    found = db.exec(select(QueryThread).where(QueryThread.id == query_id)).first()
    if found is None:
        raise NotFound("query_not_found", "没有这个询问", "There is no such question")
    try:
        statement_by_number(db, caller, found.statement_number)
    except NotFound:
        raise NotFound("query_not_found", "没有这个询问", "There is no such question") from None
    return _with_messages(db, [found])[0]


def _checked(content: str) -> str:
    errors = FieldErrors()
    if not 1 <= len(content.strip()) <= LONGEST:
        errors.add("content", "required", "写明内容，最多 2000 个字", "Write it out, in at most 2000 characters")
    errors.raise_if_any()
    return content.strip()


def ask(
    db: Session, caller: Caller, statement: Statement, *, title: str, content: str, at: datetime, line: str = ""
) -> QueryTalk:
    """Open a thread on a statement or on one of its lines."""
    return _open(db, caller, statement, QUESTION, title, content, at, line)


def explain_difference(db: Session, caller: Caller, statement: Statement, *, content: str, at: datetime) -> QueryTalk:
    """The institution says why its return differs from the certified figure; kept with the statement.

    Conflict where the statement is not held for a difference. The hold itself stays until the figures agree.
    """
    if side_of(caller) != BENEFICIARY or statement.beneficiary_id != caller.organisation_id:
        raise Forbidden("role_may_not", "差异由机构自己说明", "The institution itself explains the difference")
    if Hold.DIFFERENCE not in statement.reasons:
        raise Conflict("no_difference", "这张结算单没有因差异暂缓", "This statement is not held for a difference")
    return _open(db, caller, statement, DIFFERENCE, QUERY_KINDS[DIFFERENCE].zh, content, at, "")


def is_explained(db: Session, statement: Statement) -> bool:
    """Whether the institution has explained the difference of this revision."""
    query = select(QueryThread.id).where(
        QueryThread.statement_number == statement.number,
        QueryThread.revision == statement.revision,
        QueryThread.kind == DIFFERENCE,
    )
    return db.exec(query).first() is not None


def _open(
    db: Session, caller: Caller, statement: Statement, kind: str, title: str, content: str, at: datetime, line: str
) -> QueryTalk:
    side, text = side_of(caller), _checked(content)
    thread = QueryThread(
        statement_number=statement.number,
        revision=statement.revision,
        beneficiary_id=statement.beneficiary_id,
        kind=kind,
        line=line,
        title=title,
        opened_by=caller.account_id,
        opened_at=at,
    )
    db.add(thread)
    db.flush()
    message = _add(db, caller, thread, side, text, at)
    detail = {"statement": statement.number, "kind": kind, "line": line}
    record(db, "query.open", by=caller.actor, subject=("query", thread.id), at=at, detail=detail)
    return QueryTalk(thread, [message])


def _add(db: Session, caller: Caller, thread: QueryThread, side: str, content: str, at: datetime) -> QueryMessage:
    assert thread.id is not None
    message = QueryMessage(
        query_id=thread.id,
        beneficiary_id=thread.beneficiary_id,
        side=side,
        written_by=caller.account_id,
        written_at=at,
        content=content,
    )
    db.add(message)
    db.flush()
    return message


def answer(db: Session, caller: Caller, thread: QueryTalk, *, content: str, at: datetime) -> QueryMessage:
    """Write into an open thread; Conflict when it is closed."""
    side, text = side_of(caller), _checked(content)
    still_open = (col(QueryThread.id) == thread.query.id) & col(QueryThread.closed_at).is_(None)
    if db.execute(update(QueryThread).where(still_open).values(closed_at=None)).rowcount != 1:  # type: ignore[attr-defined]
        raise _closed()
    message = _add(db, caller, thread.query, side, text, at)
    record(db, "query.answer", by=caller.actor, subject=("query", thread.query.id), at=at, detail={"side": side})
    return message


def close(db: Session, caller: Caller, thread: QueryTalk, *, at: datetime) -> None:
    """The bureau closes a thread; Conflict when it is closed already."""
    if side_of(caller) != BUREAU:
        raise Forbidden("role_may_not", "询问由财政局办结", "The bureau closes a question")
    still_open = (col(QueryThread.id) == thread.query.id) & col(QueryThread.closed_at).is_(None)
    values = {"closed_at": at, "closed_by": caller.account_id}
    if db.execute(update(QueryThread).where(still_open).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise _closed()
    db.refresh(thread.query)
    record(db, "query.close", by=caller.actor, subject=("query", thread.query.id), at=at)


def _closed() -> Conflict:
    return Conflict("query_closed", "这个询问已经办结", "This question is closed")
