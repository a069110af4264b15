"""The frame of a weekly session, and the template that every week starts from. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.bilingual import Text
from kernel.clock import SHANGHAI, business_day
from kernel.errors import FieldErrors
from kernel.periods import IsoWeek
from matchmaking.themes import GENERAL

MOST_SLOTS = 60
FIXED = ("theme_code", "scope", "partners", "institution_kinds", "host")  # stay as announced, like the week
THURSDAY, WEDNESDAY = 3, 2
STEPS = (
    ("sign_up_from", "sign_up_until", Text("报名截止要晚于报名开始", "Sign-up must end after it begins")),
    ("sign_up_until", "match_at", Text("配对不能早于报名截止", "The match cannot come before sign-up ends")),
    ("match_at", "publish_at", Text("公布不能早于配对", "Publication cannot come before the match")),
    ("publish_at", "starts_at", Text("开场不能早于公布", "The session cannot start before publication")),
    ("starts_at", "ends_at", Text("结束要晚于开场", "The session must end after it starts")),
)


@dataclass(frozen=True)
class SessionFrame:
    """When a session happens, step by step, and for whom; `rooms` None leaves the rooms (or video hosts) open.

    After every `break_after` slots everybody rests `break_minutes`; `partners` are the credit codes of the bureaus that
    hold it together, `institution_kinds` the kinds that may come, empty for all.
    """

    week: IsoWeek
    theme: str
    starts_at: datetime
    ends_at: datetime
    slot_minutes: int
    sign_up_from: datetime
    sign_up_until: datetime
    match_at: datetime
    publish_at: datetime
    rooms: int | None = None
    request_places: int = 200
    theme_code: str = GENERAL
    scope: str = "city"
    partners: tuple[str, ...] = ()
    institution_kinds: tuple[str, ...] = ()
    break_after: int | None = None
    break_minutes: int = 0
    host: str = "rooms"

    @property
    def slots(self) -> int:
        """Whole slots that fit between start and end, with the breaks between them."""
        window, slots = int((self.ends_at - self.starts_at).total_seconds()) // 60, 0
        while slots <= MOST_SLOTS and self._minute_of(slots + 1) + self.slot_minutes <= window:
            slots += 1
        return slots

    def _minute_of(self, slot: int) -> int:
        return minutes_until(slot, self.slot_minutes, self.break_after, self.break_minutes)


def minutes_until(slot: int, slot_minutes: int, break_after: int | None, break_minutes: int) -> int:
    """From the start of a session to a slot, counted from 1, in minutes."""
    breaks = (slot - 1) // break_after if break_after else 0
    return (slot - 1) * slot_minutes + breaks * break_minutes


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def template(week: IsoWeek) -> SessionFrame:
    """Thursday 14:00 to 17:00 in slots of 15 minutes; sign-up from the Friday before to Wednesday noon."""
    wednesday, thursday = (week.monday + timedelta(days=days) for days in (WEDNESDAY, THURSDAY))
    return SessionFrame(
        week=week,
        theme="全市专场",
        starts_at=_at(thursday, 14),
        ends_at=_at(thursday, 17),
        slot_minutes=15,
        sign_up_from=_at(week.monday - timedelta(days=3), 9),
        sign_up_until=_at(wednesday, 12),
        match_at=_at(wednesday, 12, 30),
        publish_at=_at(wednesday, 15),
    )


def check(frame: SessionFrame) -> None:
    """Invalid, field by field, for steps out of order or a window that holds no slot or too many."""
    errors = FieldErrors()
    for first, second, text in STEPS:
        before, after = getattr(frame, first), getattr(frame, second)
        strict = second in ("sign_up_until", "ends_at")
        if before > after or (strict and before == after):
            errors.add(second, "out_of_order", *text)
    if IsoWeek.containing(business_day(frame.starts_at)) != frame.week:
        errors.add("starts_at", "not_in_week", f"开场要在 {frame.week} 这一周", f"The session must be in {frame.week}")
    if bool(frame.break_after) != bool(frame.break_minutes):
        errors.add(
            "break_minutes",
            "break_incomplete",
            "休息要同时填隔几场、休几分钟",
            "A break needs both: after how many meetings, and how long",
        )
    if not 1 <= frame.slots <= MOST_SLOTS:
        errors.add(
            "slot_minutes",
            "slots_out_of_range",
            f"起止之间要放得下 1 到 {MOST_SLOTS} 个时段",
            f"The window must hold 1 to {MOST_SLOTS} slots",
        )
    errors.raise_if_any()
