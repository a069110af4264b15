"""The season of a quarter as one strip of working days: phases above, rest days hatched, make-up days marked 班, today named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from kernel.bilingual import Text
from kernel.web.drawing import (
    DAI,
    EDGE,
    INK,
    INK2,
    INK3,
    MIDDLE,
    STEPS,
    WAIT,
    Words,
    hatch,
    hatch_name,
    join,
    line,
    rect,
    svg,
    text,
)
from kernel.web.language import language, spoken
from kernel.workdays import WorkCalendar

WIDTH, DAY, GAP, WEEKEND, HOLIDAY = 1304.0, 34.0, 3.0, 28.0, 106.0
TODAY, MAKE_UP, REST = Text("今天", "today"), Text("班", "work"), Text("休 {} 日", "{} days off")


@dataclass(frozen=True)
class Phase:
    """One stretch of the season, first and last day included."""

    label: Words
    first: date
    last: date


@dataclass(frozen=True)
class Cell:
    """A worked day, or a run of rest days."""

    first: date
    days: int
    worked: bool

    @property
    def width(self) -> float:
        return DAY if self.worked else (WEEKEND if self.days < 3 else HOLIDAY)


def cells(first: date, last: date, calendar: WorkCalendar) -> list[Cell]:
    """The days of a stretch, rest days gathered into runs."""
    found: list[Cell] = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        worked = calendar.is_working_day(day)
        if not worked and found and not found[-1].worked:
            found[-1] = Cell(found[-1].first, found[-1].days + 1, False)
        else:
            found.append(Cell(day, 1, worked))
    return found


def _day_words(day: date) -> str:
    return f"{day.day} {day:%b}" if language() == "en" else f"{day.month}月{day.day}日"


def _fill(day: date, today: date) -> tuple[str, str]:
    if day == today:
        return DAI, "#FFF"
    return (MIDDLE, INK) if day < today else (STEPS[1], INK2)


def _worked(cell: Cell, at: float, scale: float, today: date) -> list[Markup]:
    fill, ink = _fill(cell.first, today)
    width, middle = cell.width * scale, at + cell.width * scale / 2
    parts = [rect((at, 24), width, 16, fill, radius=2)]
    parts.append(text((middle, 36.5), str(cell.first.day), 12, ink, "middle", 700 if cell.first == today else 400))
    if cell.first == today:
        parts.append(_today(middle))
    elif cell.first.isoweekday() > 5:
        parts.append(text((middle, 55), MAKE_UP, 12, WAIT, "middle"))
    return parts


def _resting(cell: Cell, at: float, scale: float, today: date, name: str) -> list[Markup]:
    width = cell.width * scale
    parts = [rect((at, 24), width, 16, f"url(#{name})", radius=2)]
    if cell.days > 2:
        parts.append(text((at + width / 2, 55), spoken(REST).format(cell.days), 12, INK3, "middle"))
    if cell.first <= today < cell.first + timedelta(days=cell.days):
        parts.append(_today(at + width / 2))
    return parts


def _today(middle: float) -> Markup:
    """The word under the day; a link on narrow screens leads to it, where the strip is wider than the screen."""
    return Markup('<g id="season-today">{}</g>').format(text((middle, 55), TODAY, 12, DAI, "middle", 700))


def season(phases: Sequence[Phase], today: date, calendar: WorkCalendar, title: Words) -> Markup:
    """The strip; the page says the same in words in its head."""
    days = cells(phases[0].first, phases[-1].last, calendar)
    scale = (WIDTH - GAP * len(days)) / sum(cell.width for cell in days)
    name = hatch_name("season", phases[0].first)
    parts, starts, at = [hatch(name, "#F7F9F9", "#DDE4E5", 5, 1)], {}, 0.0
    for cell in days:
        for offset in range(cell.days):
            starts[cell.first + timedelta(days=offset)] = at
        parts += _worked(cell, at, scale, today) if cell.worked else _resting(cell, at, scale, today, name)
        at += cell.width * scale + GAP
    for index, phase in enumerate(phases):
        left = starts[phase.first]
        right = starts[phases[index + 1].first] if index + 1 < len(phases) else WIDTH
        if index:
            parts.append(line((left - GAP / 2, 0), (left - GAP / 2, 58), EDGE))
        parts.append(text((left + (6 if index else 0), 14), phase.label, 14, INK, weight=700))
        parts.append(
            text((right - 8, 14), ("to " if language() == "en" else "至 ") + _day_words(phase.last), 13, INK3, "end")
        )
    said = "; ".join(f"{spoken(phase.label)} {phase.first.isoformat()} – {phase.last.isoformat()}" for phase in phases)
    return svg(WIDTH, 58, title, said, join(parts), "chart season")
