"""The clock of a referral: deadlines in working days counted from delivery to the bank, and the pauses in between. Pure.

The day of delivery does not count, nor does a rest day, nor a working day of a pause; a make-up Saturday counts. A pause runs from
the day after the papers were asked for through the day on which they came (domain §7).
"""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.bilingual import Text
from kernel.policies import PolicyBook
from kernel.workdays import CalendarUnpublished, WorkCalendar

WORKING_DAYS, PROMPT = "working_days", "13710"
REGIMES = {
    WORKING_DAYS: Text("2、3、10 个工作日", "2, 3 and 10 working days"),
    PROMPT: Text("13710", "13710"),
}
STAGES = {
    "answer": Text("受理或谢绝", "accept or decline"),
    "contact": Text("首次联系", "first contact"),
    "decision": Text("作出决定", "decision"),
}
LONGEST_RULER = 20  # as many cells as a phone is wide; the words beside it say how long it has been
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClockTerms:
    """How many working days from delivery each stage has; `longest_months` by the calendar, None without such a limit."""

    regime: str
    answer: int
    contact: int
    decision: int
    longest_months: int | None = None

    def days(self, stage: str) -> int:
        return {"answer": self.answer, "contact": self.contact, "decision": self.decision}[stage]


@dataclass(frozen=True)
class Pause:
    """Waiting for the enterprise's papers: asked for on one day, there on another; `until` None while it still waits."""

    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.since < day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class ClockStanding:
    """Where one stage stands on a day: working days used and left, or how many over; `deadline` is None while the clock is stopped.

    `is_unknown`: the calendar of a year that the count reaches is not published; then only a deadline before that counts.
    """

    stage: str
    allowed: int
    used: int
    deadline: date | None
    over: int = 0
    is_unknown: bool = False

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def known(self) -> "ClockStanding | None":
        """What can be counted; None while it cannot."""
        return None if self.is_unknown else self

    @property
    def is_paused(self) -> bool:
        return self.deadline is None and not self.is_unknown


def terms_on(book: PolicyBook, day: date) -> ClockTerms:
    """The clock in force on the day of delivery; `PolicySilent` where a value is missing."""
    referrals, sessions = book.scheme("referrals"), book.scheme("weekly-session")
    if referrals.value("clock_regime", day).code == PROMPT:
        names = ("prompt_answer_days", "prompt_plan_days", "prompt_done_days")
        answer, contact, decision = (referrals.value(name, day).integer for name in names)
        return ClockTerms(PROMPT, answer, contact, decision, referrals.value("prompt_longest_months", day).integer)
    names = ("answer_working_days", "contact_working_days", "decision_working_days")
    return ClockTerms(WORKING_DAYS, *(sessions.value(name, day).integer for name in names))


def _is_paused(day: date, pauses: Iterable[Pause]) -> bool:
    return any(pause.holds(day) for pause in pauses)


def counted_days(delivered: date, last: date, pauses: Sequence[Pause], work: WorkCalendar) -> int:
    """The working days after delivery through `last` on which the clock ran."""
    return sum(not _is_paused(day, pauses) for day in work.between(delivered + _DAY, last))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def limit_of(delivered: date, terms: ClockTerms, work: WorkCalendar) -> date | None:
    """The last day whatever happens, which no pause moves; on a day of rest it is the next working day."""
    if terms.longest_months is None:
        return None
    return work.on_or_after(_months_later(delivered, terms.longest_months))


def _running(delivered: date, pauses: Sequence[Pause], work: WorkCalendar) -> Iterator[date]:
    """The days on which the clock runs, as long as no pause is open."""
    day = delivered
    while True:
        day = work.plus(day, 1)
        if any(pause.until is None and pause.since < day for pause in pauses):
            return
        if not _is_paused(day, pauses):
            yield day


def deadline(
    delivered: date, stage: str, terms: ClockTerms, pauses: Sequence[Pause], work: WorkCalendar
) -> date | None:
    """The last day on which the stage is in time; None while an open pause stops the clock before it.

    Raises `CalendarUnpublished` where the count reaches a year whose calendar is not known.
    """
    limit = limit_of(delivered, terms, work)
    running = _running(delivered, pauses, work)
    for number, day in enumerate(running, start=1):
        if number == terms.days(stage):
            return day if limit is None else min(day, limit)
    return limit


def standing(
    delivered: date, stage: str, terms: ClockTerms, pauses: Sequence[Pause], work: WorkCalendar, today: date
) -> ClockStanding:
    """Where a stage that is still open stands today; unknown, not an error, where a year's calendar is not published."""
    last, allowed = None, terms.days(stage)
    try:
        last = deadline(delivered, stage, terms, pauses, work)
        used = counted_days(delivered, today, pauses, work)
        over = counted_days(last, today, pauses, work) if last is not None and today > last else 0
    except CalendarUnpublished:
        return ClockStanding(stage, allowed, 0, last, is_unknown=True)
    return ClockStanding(stage, allowed, min(used, allowed), last, over)


def is_late(
    delivered: date, stage: str, terms: ClockTerms, pauses: Sequence[Pause], work: WorkCalendar, done: date
) -> bool:
    """Whether a stage done on a day, or still open on it, is past its deadline."""
    last = deadline(delivered, stage, terms, pauses, work)
    return last is not None and done > last


def cells(
    delivered: date, standing: ClockStanding, pauses: Sequence[Pause], work: WorkCalendar, today: date
) -> list[tuple[str, int]]:
    """The working-day ruler: each working day from the day after delivery, as (kind, day of the month); the last `LONGEST_RULER`."""
    last = max(today, standing.deadline or work.plus(today, standing.left) if standing.left else today)
    found = []
    for day in work.between(delivered + _DAY, last):
        kind = _kind(day, today, standing, _is_paused(day, pauses))
        found.append((kind + (" makeup" if day.isoweekday() > 5 else ""), day.day))
    return found[-LONGEST_RULER:]


def _kind(day: date, today: date, standing: ClockStanding, paused: bool) -> str:
    if paused:
        return "paused"
    if standing.deadline is not None and day > standing.deadline:
        return "over"
    if day == today:
        return "today"
    return "past" if day < today else "left"
