"""The live board: which meeting stands how, desk by desk, at one moment."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.service import party_by_id
from matchmaking.attendance.reading import attended_at
from matchmaking.attendance.workflow import NOTHING, BothSides, standing
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.outcome import MeetingLine, meetings_for

SHOWN_SLOTS = 4


@dataclass(frozen=True)
class BoardLine:
    """One meeting on the board; `number` stands for the firm where its name is nobody's business."""

    line: MeetingLine
    attended: BothSides
    standing: str
    ends_at: datetime
    number: int

    @property
    def missing(self) -> tuple[str, ...]:
        """The sides that have not checked in."""
        return tuple(side for side in ("enterprise", "institution") if self.attended.of(side).checked_in_at is None)


@dataclass(frozen=True)
class LiveBoard:
    """Every meeting of a session at a moment, by slot, bank and desk."""

    session: WeeklySession
    at: datetime
    lines: tuple[BoardLine, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(one.standing for one in self.lines)

    def of(self, *standings: str) -> list[BoardLine]:
        """The meetings that stand so, in their order."""
        return [one for one in self.lines if one.standing in standings]

    @property
    def coming(self) -> list[BoardLine]:
        """The next meetings of each desk that has not begun them: one a desk."""
        seen: set[tuple[str, int]] = set()
        found = []
        for one in self.of("next", "later"):
            desk = (one.line.bank.code, one.line.meeting.desk)
            if desk not in seen:
                seen.add(desk)
                found.append(one)
        return found

    @property
    def is_over(self) -> bool:
        return self.at >= self.session.ends_at


def as_organiser(db: Session, session: WeeklySession) -> Caller:
    """The organising bureau as the reader of its own session, when no person of it asks (the screen in the room)."""
    bureau = party_by_id(db, session.organiser_id)
    return Caller(0, "", "organiser", bureau.id or 0, bureau.kind, bureau.name, bureau.fiscal_region)


def board_of(db: Session, session: WeeklySession, *, at: datetime) -> LiveBoard:
    """The board of a session at a moment."""
    lines = meetings_for(db, as_organiser(db, session), session, today=business_day(at))
    said = attended_at(db, [line.meeting.id or 0 for line in lines])
    numbers = _numbers(lines)
    length = timedelta(minutes=session.slot_minutes)
    return LiveBoard(session, at, tuple(_line(line, said, numbers, length, at) for line in lines))


def _numbers(lines: Sequence[MeetingLine]) -> dict[int, int]:
    """A number for each firm, by the order of its first meeting: what the room calls out instead of a name."""
    numbers: dict[int, int] = {}
    for line in sorted(lines, key=lambda line: (line.meeting.slot, line.meeting.room)):
        numbers.setdefault(line.meeting.enterprise_id, len(numbers) + 1)
    return numbers


def _line(
    line: MeetingLine, said: dict[int, BothSides], numbers: dict[int, int], length: timedelta, at: datetime
) -> BoardLine:
    attended = said.get(line.meeting.id or 0, BothSides(NOTHING, NOTHING))
    ends_at = line.starts_at + length
    code = standing(attended, state=line.meeting.state, starts_at=line.starts_at, ends_at=ends_at, now=at)
    return BoardLine(line, attended, code, ends_at, numbers[line.meeting.enterprise_id])
