"""Whole months between days."""

import calendar
from datetime import date, timedelta

MONTHS = 12


def plus_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of its month where that month is shorter."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def full_months(first: date, last: date) -> int:
    """How many full months lie in [first, last], both days included."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * MONTHS + after.month - first.month
    return months if plus_months(first, months) <= after else months - 1
