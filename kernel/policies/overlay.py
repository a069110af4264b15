"""A policy book with other dated values laid over it: recorded decisions, or a what-if. Pure; the book itself stays as it is.

The later of two settings wins on the days that both cover; on all other days what was there before still holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kernel.bilingual import Text
from kernel.policies.book import PolicyBook
from kernel.policies.values import Origin, Parameter, PolicyData, Value

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Setting:
    """One parameter set from `since` to `until` (both included, None = open); `data` None: no value on those days."""

    scheme: str
    parameter: str
    data: PolicyData | None
    since: date
    until: date | None = None

    def from_day(self, first: date | None) -> "Setting | None":
        """The same not before a day; None when nothing is left of it."""
        if first is None or first <= self.since:
            return self
        if self.until is not None and self.until < first:
            return None
        return replace(self, since=first)


@dataclass(frozen=True)
class Source:
    """Who says so: what every value that is laid over the book carries."""

    reference: str
    origin: Origin
    note: Text | None = None
    decision: str | None = None


def overlaid(book: PolicyBook, settings: Iterable[tuple[Setting, Source]]) -> PolicyBook:
    """The book under settings, each over those before it; raises `UnknownScheme` or `UnknownParameter`."""
    for setting, source in settings:
        scheme = book.scheme(setting.scheme)
        values = laid_over(scheme.parameter(setting.parameter), setting, source)
        book = book.replacing(scheme.replacing(setting.parameter, *values))
    return book


def laid_over(parameter: Parameter, setting: Setting, source: Source) -> tuple[Value, ...]:
    """The parameter's values with one setting over them, by their first day."""
    kept = [part for value in parameter.values for part in _outside(value, setting.since, setting.until)]
    if setting.data is not None:
        kept.append(
            Value(
                name=parameter.name,
                value=setting.data,
                since=setting.since,
                until=setting.until,
                reference=source.reference,
                origin=source.origin,
                note=source.note,
                decision=source.decision,
            )
        )
    return tuple(sorted(kept, key=lambda value: value.since))


def _outside(value: Value, first: date, last: date | None) -> list[Value]:
    """What is left of a value before the first and after the last of the days taken from it."""
    if (last is not None and value.since > last) or (value.until is not None and value.until < first):
        return [value]
    parts = []
    if value.since < first:
        parts.append(replace(value, until=first - _DAY))
    if last is not None and (value.until is None or value.until > last):
        parts.append(replace(value, since=last + _DAY))
    return parts
