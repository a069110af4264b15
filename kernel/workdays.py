"""Working days on the State Council's calendar, make-up Saturdays 调休 included, with the bureau's override table.

A year whose calendar is not published is an error, never a guess (domain §6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from kernel.errors import DomainError

_DAY = timedelta(days=1)
_FESTIVALS = {"Spring Festival": "spring_festival", "National Day": "national_day"}
FESTIVALS = tuple(_FESTIVALS.values())


class CalendarUnpublished(DomainError):
    """The State Council's calendar for the year is not known to this service."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "calendar_unpublished",
            f"{year} 年的放假安排还没有发布或没有录入，不能推算工作日；请在工作日覆盖表里录入",
            f"The {year} holiday calendar is not published or not recorded; enter it in the working-day override table",
        )


@cache
def _published(day: date) -> bool:
    """What the published calendar says of a day: it comes with the code and asks for each of its few thousand days once."""
    return bool(chinese_calendar.is_workday(day))


@dataclass(frozen=True, eq=False)  # compared as itself, so that what was worked out by one can be remembered
class WorkCalendar:
    """Which days are worked. `overrides` (day → worked?) win over the published calendar; `years` are complete by overrides alone.

    `festivals` names the days off of the two long festivals in such years (`spring_festival`, `national_day`).
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    festivals: Mapping[date, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.years:
            return day.isoweekday() <= 5
        try:
            return _published(day)
        except NotImplementedError:
            raise CalendarUnpublished(day.year) from None

    def on_or_after(self, day: date) -> date:
        """The day itself if worked, else the next working day: how a deadline on a rest day moves."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def before(self, day: date, working_days: int) -> date:
        """The `working_days`-th working day before `day`; the day itself for none."""
        for _ in range(working_days):
            day -= _DAY
            while not self.is_working_day(day):
                day -= _DAY
        return day

    def festival_on(self, day: date) -> str | None:
        """Which long festival a day off belongs to (`spring_festival`, `national_day`); None for any other day."""
        if self.is_working_day(day):
            return None
        if day in self.festivals or day.year in self.years:
            return self.festivals.get(day)
        try:
            return _FESTIVALS.get(str(chinese_calendar.get_holiday_detail(day)[1]))
        except NotImplementedError:
            return None

    def plus(self, day: date, working_days: int) -> date:
        """The `working_days`-th working day after `day` (which itself does not count)."""
        for _ in range(working_days):
            day = self.on_or_after(day + _DAY)
        return day

    def between(self, first: date, last: date) -> list[date]:
        """The working days from `first` to `last`, both included."""
        span = (last - first).days + 1
        return [day for day in (first + i * _DAY for i in range(span)) if self.is_working_day(day)]
