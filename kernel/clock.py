"""The time, handed in: nothing in the house asks the machine directly, so that tests and the demonstration can choose it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Clock:
    """The machine's time moved by a fixed offset (zero except in the demonstration, which lives in its own year)."""

    offset: timedelta = timedelta()

    @classmethod
    def starting_at(cls, start: datetime) -> "Clock":
        """A clock that shows `start` now and then runs on."""
        return cls(start - datetime.now(UTC))

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        """The business day in Asia/Shanghai."""
        return business_day(self.now())


def start_of(day: date) -> datetime:
    """The moment in UTC at which a day begins in Asia/Shanghai."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def business_day(moment: datetime) -> date:
    """The day in Asia/Shanghai on which a moment falls: 16:00 UTC already belongs to the next day there.

    At the two ends of the calendar, where Shanghai's day cannot be written, it is the moment's own day.
    """
    try:
        return moment.astimezone(SHANGHAI).date()
    except OverflowError:
        return moment.date()
