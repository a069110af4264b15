"""The files of a session: the very bytes of file mode for the organiser, their own rows for the parties."""

from datetime import date

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.errors import Forbidden, NotFound
from kernel.tables.writing import csv_bytes
from matchmaking.market_files.writing import MEETINGS
from matchmaking.sessions.models import SessionRun, WeeklySession
from matchmaking.sessions.outcome import MeetingLine, meetings_for, run_of

COLUMN_OF = {
    "ranking.csv": "ranking",
    "meetings.csv": "meetings",
    "unmatched.csv": "unmatched",
    "banks.csv": "input_banks",
    "products.csv": "input_products",
    "requests.csv": "input_requests",
    "certificate.json": "certificate",
}
FOR_EVERYBODY = frozenset({"certificate.json"})
FOR_PARTIES = FOR_EVERYBODY | {"meetings.csv"}


def file_for(db: Session, caller: Caller, session: WeeklySession, name: str, *, today: date) -> bytes:
    """A file of a decided session; NotFound for an unknown name or before the result is out."""
    if name not in COLUMN_OF:
        raise NotFound("file_not_found", "没有这个文件", "There is no such file")
    run = run_of(db, caller, session)
    if caller.role == "organiser" or name in FOR_EVERYBODY:
        return _whole(run, name)
    if name not in FOR_PARTIES:
        raise Forbidden("file_of_the_organiser", "这个文件只给组织方", "This file is for the organiser only")
    return csv_bytes(MEETINGS, map(_row, meetings_for(db, caller, session, today=today)))


def _whole(run: SessionRun, name: str) -> bytes:
    content: str = getattr(run, COLUMN_OF[name])
    return content.encode("utf-8")


def _row(line: MeetingLine) -> tuple[str, ...]:
    meeting = line.meeting
    places = (meeting.round, meeting.slot, meeting.desk, meeting.room)
    code = line.enterprise.code if line.enterprise else ""
    return (code, line.bank.code, line.request_code, line.product_code, *map(str, places))
