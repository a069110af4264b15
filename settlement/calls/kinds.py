"""Which call is due on a day: the first on the first working day after the quarter, reminders near the end, then late notices. Pure."""

from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.workdays import WorkCalendar
from settlement.calendar import Season

CALL, REMINDER, LATE = "call", "reminder", "late"
CALL_KINDS = {
    CALL: Text("请报送", "Call for the return"),
    REMINDER: Text("催办", "Reminder"),
    LATE: Text("逾期催办", "Late notice"),
}


@dataclass(frozen=True)
class CallRule:
    """How many working days before the deadline reminders begin, and how many after it late notices go on."""

    reminder_working_days: int
    late_working_days: int


def kind_due(season: Season, today: date, calendar: WorkCalendar, rule: CallRule, *, was_called: bool) -> str | None:
    """The call that an institution without a certified return gets today; None on rest days and in quiet times.

    Raises `CalendarUnpublished` where a year's working days are not known.
    """
    if today < season.filing_from or not calendar.is_working_day(today):
        return None
    if today <= season.filing_until:
        left = len(calendar.between(today, season.filing_until)) - 1
        if left < rule.reminder_working_days:
            return REMINDER if was_called else CALL
        return None if was_called else CALL
    over = len(calendar.between(season.filing_until, today)) - 1
    return LATE if over <= rule.late_working_days else None
