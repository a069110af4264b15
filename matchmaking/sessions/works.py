"""The match of a large session as a work: computed by the scheduler's process, stored once, in the transaction that ends it."""

from datetime import datetime

from flask import current_app, url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.works import places
from kernel.works.kinds import AtWork, WorkKind, WorkStage
from kernel.works.models import Work
from kernel.works.service import Order, ask
from matchmaking.handed_over import policy_book
from matchmaking.sessions import running
from matchmaking.sessions.changing import check_early
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.running import MatchWatch


def is_large(session: WeeklySession) -> bool:
    """Whether matching takes longer than somebody should wait for a page."""
    return bool(session.requests_taken > current_app.extensions["settings"].work_requests)


def ask_for_match(
    db: Session, caller: Caller, session: WeeklySession, *, reason: str, language: str, at: datetime
) -> Work:
    """Ask for the match of one's own session; what refuses the step at once is told at once."""
    check_early(session, "match", reason, at)
    content = {"session": session.id, "reason": reason}
    return ask(
        db, caller, Order(MATCH.name, f"{session.week} {session.theme}", content, places.new_folder(), language), at=at
    )


def run_match(work: AtWork) -> None:
    """The same as by hand in one request, told stage by stage."""
    number = int(work.content["session"])
    running.match_by_hand(
        work.db,
        work.caller,
        number,
        book=policy_book(),
        key=current_app.extensions["seal_key"],
        at=work.asked_at,
        reason=work.content["reason"],
        watch=MatchWatch(lambda stage: work.told(stage, 0, 1), lambda db: work.ending.finish(db, str(number))),
    )


MATCH = WorkKind(
    name="match_session",
    title=Text("配对", "Matching a session"),
    stages=(
        WorkStage("candidates", Text("找可以见面的双方", "Finding who may meet"), 20),
        WorkStage("ranking", Text("给产品排序", "Ranking the products"), 15),
        WorkStage("assignment", Text("分配会面", "Assigning the meetings"), 15),
        WorkStage("timetable", Text("排时间", "Making the timetable"), 10),
        WorkStage("certificate", Text("写证书", "Writing the certificate"), 10),
        WorkStage("files", Text("写结果文件", "Writing the files"), 15),
        WorkStage("storing", Text("登记结果", "Storing what was decided"), 15),
    ),
    run=run_match,
    page=lambda work: url_for("sessions.show", session_id=int(work.result)),
    api=lambda work: url_for("sessions-api.show_session", session_id=int(work.result)),
    origin=lambda work: url_for("sessions.show", session_id=work.order["session"]),
    result=Text("看这一场", "See the session"),
    cancelled=Text(
        "取消以后这一场还没有配对，可以再配。", "The session is not matched then, and can be matched again."
    ),
    readers=frozenset({"organiser", "auditor"}),
    reads="matchmaking:read",
    writes="matchmaking:write",
)
