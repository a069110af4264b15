"""Working days on the State Council's calendar, make-up Saturdays 调休 included, with the bureau's override table.

A year whose calendar is not published is an error, never a guess (domain §6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

from kernel.errors import DomainError

_DAY = timedelta(days=1)


class CalendarUnpublished(DomainError):
    """The State Council's calendar for the year is not known to this service."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "calendar_unpublished",
            f"{year} 年的放假安排还没有发布或没有录入，不能推算工作日；请在工作日覆盖表里录入",
            f"The {year} holiday calendar is not published or not recorded; enter it in the working-day override table",
        )


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. `overrides` (day → worked?) win over the published calendar; `years` are complete by overrides alone."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.years:
            return day.isoweekday() <= 5
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            raise CalendarUnpublished(day.year) from None

    def on_or_after(self, day: date) -> date:
        """The day itself if worked, else the next working day: how a deadline on a rest day moves."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def plus(self, day: date, working_days: int) -> date:
        """The `working_days`-th working day after `day` (which itself does not count)."""
        for _ in range(working_days):
            day = self.on_or_after(day + _DAY)
        return day

    def between(self, first: date, last: date) -> list[date]:
        """The working days from `first` to `last`, both included."""
        span = (last - first).days + 1
        return [day for day in (first + i * _DAY for i in range(span)) if self.is_working_day(day)]
