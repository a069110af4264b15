"""The files of a session: the very bytes of file mode for the organiser, their own rows for the parties.

`meetings.csv` is the plan as released last; the first one, which the certificate proves, is `meetings-1.csv`.

The whole certificate names every candidate pair and goes to the organiser and the auditor; a party gets its own part of it,
and everybody the list of all parts (`matchmaking.certificate.slices`, decision 0022).
"""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.errors import Forbidden, NotFound
from kernel.tables.writing import csv_bytes
from matchmaking.certificate.slices import slice_list
from matchmaking.market_files.writing import MEETINGS
from matchmaking.sessions.models import SessionRun, SessionSlice, WeeklySession
from matchmaking.sessions.outcome import MeetingLine, meetings_for, run_of

COLUMN_OF = {
    "ranking.csv": "ranking",
    "meetings-1.csv": "meetings",
    "unmatched.csv": "unmatched",
    "banks.csv": "input_banks",
    "products.csv": "input_products",
    "requests.csv": "input_requests",
    "certificate.json": "certificate",
}
OWN_PART, ALL_PARTS, PLAN = "slice.json", "slices.json", "meetings.csv"
WHOLE = frozenset({"organiser", "auditor"})  # who gets the whole certificate
NAMES = frozenset({*COLUMN_OF, OWN_PART, ALL_PARTS, PLAN})


def file_for(db: Session, caller: Caller, session: WeeklySession, name: str, *, today: date) -> bytes:
    """A file of a decided session; NotFound for an unknown name or before the result is out."""
    if name not in NAMES:
        raise NotFound("file_not_found", "没有这个文件", "There is no such file")
    run = run_of(db, caller, session)
    if name == ALL_PARTS:
        return slice_list(run.certificate.encode())
    if name == OWN_PART:
        return _own_part(db, caller, session)
    if name == PLAN:
        return csv_bytes(MEETINGS, map(_row, meetings_for(db, caller, session, today=today)))
    if caller.role == "organiser" or (caller.role in WHOLE and name == "certificate.json"):
        return _whole(run, name)
    raise _not_yours(name)


def _not_yours(name: str) -> Forbidden:
    if name == "certificate.json":
        return Forbidden(
            "certificate_of_the_auditor",
            "完整证书里有每一对候选，只给组织方和审计；你可以下载自己的分证 slice.json，和各方清单 slices.json 一起核对",
            "The whole certificate names every candidate pair and is for the organiser and the auditor; "
            "take your own part, slice.json, and the list of all parts, slices.json",
        )
    return Forbidden("file_of_the_organiser", "这个文件只给组织方", "This file is for the organiser only")


def _own_part(db: Session, caller: Caller, session: WeeklySession) -> bytes:
    mine = (col(SessionSlice.session_id) == session.id) & (col(SessionSlice.party_id) == caller.organisation_id)
    part: SessionSlice | None = db.execute(select(SessionSlice).where(mine)).scalar()
    if part is None:
        raise NotFound(
            "no_part", "你没有参加这一场，没有分证", "You took no part in this session and have no part of it"
        )
    return part.content.encode()


def _whole(run: SessionRun, name: str) -> bytes:
    content: str = getattr(run, COLUMN_OF[name])
    return content.encode("utf-8")


def _row(line: MeetingLine) -> tuple[str, ...]:
    meeting = line.meeting
    places = (meeting.round, meeting.slot, meeting.desk, meeting.room)
    code = line.enterprise.code if line.enterprise else ""
    return (code, line.bank.code, line.request_code, line.product_code, *map(str, places))
