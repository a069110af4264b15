"""Calendar files (RFC 5545) from plain values: zone, link, a sequence that grows with each change, cancellation. Pure but for icalendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event

from kernel.clock import SHANGHAI

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"


@dataclass(frozen=True)
class CalendarEntry:
    """One meeting as its calendar shows it. `sequence` is 0 at first and grows whenever the meeting changes."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    title: str
    description: str
    place: str
    url: str = ""
    is_cancelled: bool = False


def calendar_file(entries: Iterable[CalendarEntry], *, method: str, name: str = "") -> bytes:
    """A calendar with its zone. `PUBLISH` for a feed, `REQUEST` for a new or moved meeting, `CANCEL` for one that is off."""
    calendar = Calendar()
    calendar.add("prodid", "-//yinqi//meetings//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for entry in entries:
        calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(SHANGHAI))
    event.add("dtend", entry.ends_at.astimezone(SHANGHAI))
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("location", entry.place)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.url:
        event.add("url", entry.url)
    return event
