"""The no-show rule and its times out of the policy book."""

from dataclasses import dataclass
from datetime import date, timedelta

from kernel.policies import PolicyBook

SCHEME = "attendance"


@dataclass(frozen=True)
class AttendancePolicy:
    """When people may check in and say how it went; how many missed meetings warn and pause, within how many days, for how long."""

    opens_before: timedelta
    says_within: timedelta
    notes_within: timedelta
    pause_after: int
    within_days: int
    pause_days: int


def attendance_policy(book: PolicyBook, day: date) -> AttendancePolicy:
    """The values of a day; raises `PolicySilent` if one is missing."""
    scheme = book.scheme(SCHEME)

    def number(name: str) -> int:
        return scheme.value(name, day).integer

    return AttendancePolicy(
        timedelta(minutes=number("check_in_opens_before")),
        timedelta(hours=number("report_within")),
        timedelta(days=number("note_within")),
        number("pause_after"),
        number("counted_within"),
        number("pause_days"),
    )
