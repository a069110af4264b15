"""Calendar quarters and ISO weeks as values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import DomainError

EARLIEST_YEAR, LATEST_YEAR = (
    2000,
    2100,
)  # what is written from outside; far beyond it, day arithmetic leaves the calendar


def is_sensible_year(year: int) -> bool:
    """Whether a year written from outside can be meant: 2000 to 2100."""
    return EARLIEST_YEAR <= year <= LATEST_YEAR


class NotAPeriod(DomainError):
    """The text is not a quarter or a week."""


@dataclass(frozen=True, order=True)
class Quarter:
    """One calendar quarter, written `2022Q1`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        match = re.fullmatch(r"(\d{4})Q([1-4])", text.strip(), re.ASCII)
        if match is None or not is_sensible_year(int(match[1])):
            raise NotAPeriod(
                "not_a_quarter", f"“{text}”不是季度，写成 2022Q1", f"“{text}” is not a quarter: write 2022Q1"
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def through(self, last: "Quarter") -> Iterator["Quarter"]:
        """This quarter, the next, … up to and including `last`."""
        quarter = self
        while quarter <= last:
            yield quarter
            quarter = quarter.next


@dataclass(frozen=True, order=True)
class IsoWeek:
    """One ISO week, written `2022-W24`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "IsoWeek":
        match = re.fullmatch(r"(\d{4})-W(\d{2})", text.strip(), re.ASCII)
        try:
            if match is not None and is_sensible_year(int(match[1])):
                date.fromisocalendar(int(match[1]), int(match[2]), 1)
                return cls(int(match[1]), int(match[2]))
        except ValueError:
            pass
        raise NotAPeriod(
            "not_a_week", f"“{text}”不是周次，写成 2022-W24", f"“{text}” is not an ISO week: write 2022-W24"
        )

    @classmethod
    def containing(cls, day: date) -> "IsoWeek":
        year, number, _ = day.isocalendar()
        return cls(year, number)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def next(self) -> "IsoWeek":
        return IsoWeek.containing(self.monday + timedelta(days=7))
