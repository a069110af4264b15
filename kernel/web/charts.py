"""Charts as server-made SVG: pure functions from figures to markup.

Attributes only, no styles (the content policy forbids them); a `<title>` asks, a `<desc>` says the figures; every value is written
out while there are at most twelve. Three colours: dai, its lighter neighbour with a dark edge, the wait hatch; the rest is grey.
A chart that would be unreadable when shrunk is drawn twice, and the style sheet shows the one that fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kernel.web.balance_chart import axis_note, balances
from kernel.web.calendar_chart import Phase, season
from kernel.web.drawing import (
    DAI,
    DEEP,
    EDGE,
    INK,
    INK2,
    MIDDLE,
    NARROW,
    STEPS,
    WAIT_HATCH,
    WAIT_MARK,
    WAIT_TINT,
    Unit,
    Words,
    hatch,
    hatch_name,
    join,
    line,
    rect,
    share,
    svg,
    text,
    unit_for,
)
from kernel.web.language import spoken

__all__ = [
    "Phase",
    "Series",
    "axis_note",
    "balances",
    "bar",
    "bars",
    "grouped_bars",
    "legend",
    "season",
    "stage_bar",
    "unit_for",
]


def bar(value: int, most: int, kind: str = "") -> Markup:
    """A bar as wide as its share of the largest value: beside a figure that is written out, so hidden from readers."""
    width = 100 * share(value, most)
    return Markup('<svg class="bar {}" aria-hidden="true"><rect width="{:.1f}%" height="100%"/></svg>').format(
        kind, width
    )


def stage_bar(value: int, whole: int, step: int) -> Markup:
    """How much of a batch has reached a step (1–5; 0 is grey)."""
    return Markup(
        '<svg class="stage-bar" aria-hidden="true"><rect width="{:.1f}%" height="6" fill="{}"/></svg>'
    ).format(100 * share(value, whole), STEPS[step])


@dataclass(frozen=True)
class Series:
    """One set of bars: what it is called and one amount in fen for each group."""

    label: Words
    amounts: Sequence[int]


def _bar_looks(index: int, hatch: str) -> tuple[str, str | None]:
    return ((DAI, None), (MIDDLE, DEEP), (f"url(#{hatch})", WAIT_MARK))[min(index, 2)]


def grouped_bars(groups: Sequence[Words], series: Sequence[Series], title: Words, unit: Unit | None = None) -> Markup:
    """Horizontal bars from zero, grouped: up to three series in dai, its neighbour, the wait hatch."""
    amounts = [amount for one in series for amount in one.amounts]
    scale, most = unit or unit_for(amounts), max([abs(amount) for amount in amounts], default=0)
    name = hatch_name("bars", str(title), amounts)
    left, room, thick, step = 56, 190, 16, 18
    height_of_group = step * len(series) + 26
    parts = [hatch(name, WAIT_TINT, WAIT_HATCH)] if len(series) > 2 else []
    said = []
    for row, group in enumerate(groups):
        top = row * height_of_group + 4
        parts.append(text((0, top + step * len(series) / 2 + 4), group))
        for index, one in enumerate(series):
            fill, edge = _bar_looks(index, name)
            width = room * share(abs(one.amounts[row]), most)
            figure = scale.figure(one.amounts[row])
            parts.append(rect((left, top + index * step), width, thick, fill, edge))
            parts.append(text((left + width + 7, top + index * step + 13), figure, fill=INK if index == 0 else INK2))
            said.append(f"{spoken(group)} {spoken(one.label)} {figure}")
    height = height_of_group * len(groups)
    parts.append(line((left, 0), (left, height - 14), EDGE))
    return svg(NARROW, height, title, "; ".join(said) + f" ({spoken(scale.word)})", join(parts))


def legend(labels: Sequence[Words]) -> Markup:
    """The key of grouped bars, in their order."""
    name = hatch_name("legend", [str(label) for label in labels])
    marks = []
    for index, label in enumerate(labels):
        fill, edge = _bar_looks(index, name)
        pattern = hatch(name, WAIT_TINT, WAIT_HATCH) if index == 2 else Markup("")
        square = rect((0.5, 0.5), 10, 10, fill, edge)
        marks.append(
            Markup('<span><svg class="swatch" viewBox="0 0 11 11" aria-hidden="true">{}{}</svg>{}</span>').format(
                pattern, square, spoken(label)
            )
        )
    return Markup('<span class="legend">{}</span>').format(join(marks))


def bars(rows: Sequence[tuple[Words, int]], title: Words, *, counts: bool = False) -> Markup:
    """One horizontal bar a row, from zero, its value written out: amounts in fen, or plain counts."""
    scale = unit_for(value for _, value in rows)
    most = max((abs(value) for _, value in rows), default=0)
    parts, said = [], []
    for index, (label, value) in enumerate(rows):
        figure = f"{value:,}" if counts else scale.figure(value)
        width, top = 150 * share(abs(value), most), index * 28
        parts.append(text((0, top + 16), label))
        parts.append(rect((108, top + 5), width, 14, DAI if index == 0 else DEEP))
        parts.append(text((108 + width + 7, top + 17), figure))
        said.append(f"{spoken(label)} {figure}")
    parts.append(line((108, 0), (108, 28 * len(rows)), EDGE))
    return svg(NARROW, max(28, 28 * len(rows)), title, "; ".join(said), join(parts))
