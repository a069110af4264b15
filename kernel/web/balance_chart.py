"""The line of a bank's balance from quarter end to quarter end, and beside it what each reading of the growth counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from kernel.bilingual import Text
from kernel.web.drawing import (
    DAI,
    DEEP,
    EDGE,
    INK,
    INK2,
    INK3,
    LINE,
    NARROW,
    WAIT,
    WAIT_HATCH,
    WAIT_MARK,
    WAIT_TINT,
    WRITTEN,
    Point,
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
    wan_words,
)
from kernel.web.language import spoken

NET, NET_NOTE = Text("净新增 {}", "New {}"), Text("两种算法都计", "in both readings")
REBOUND, REBOUND_NOTE = Text("回升 {}", "Rebound {}"), Text("只有比上季末才计", "only against last quarter")
GROWTH, GROWTH_NOTE = Text("增量 {}", "Growth {}"), Text("两种算法一样", "the same in both readings")

Points = Sequence[tuple[Words, int]]


@dataclass(frozen=True)
class Frame:
    """Where the drawing lies: its size, the plot's edges, the left edge of the growth's stack, the lowest and highest amount."""

    wide: bool
    low: int
    high: int

    top = 32
    bottom = 175
    labels = 218

    @property
    def size(self) -> Point:
        return (720, 224) if self.wide else (NARROW, 274)

    @property
    def plot(self) -> Point:
        return (54, 505) if self.wide else (52, 300)

    @property
    def stack(self) -> Point:
        return (520, 26) if self.wide else (312, 22)

    def x(self, index: int, points: int) -> float:
        first, last = (86, 460) if self.wide else (76, 268)
        return first + (last - first) * index / (points - 1) if points > 1 else (first + last) / 2

    def y(self, fen: int) -> float:
        return self.bottom - (self.bottom - self.top) * share(fen - self.low, self.high - self.low)


@dataclass(frozen=True)
class Growth:
    """The growth of the last quarter, split where the earlier peak lies: below it a rebound, above it new."""

    base: int
    closing: int
    peak: int

    @property
    def rebound(self) -> int:
        return max(0, min(self.closing, self.peak) - self.base)

    @property
    def new(self) -> int:
        return max(0, self.closing - max(self.base, self.peak))


def growth_of(points: Points) -> Growth | None:
    """What the last point grew by, None when it did not grow."""
    amounts = [fen for _, fen in points]
    if len(amounts) < 2 or amounts[-1] <= amounts[-2]:
        return None
    return Growth(amounts[-2], amounts[-1], max(amounts[:-1]))


def axis_note(points: Points) -> Text:
    """What the head of the chart's sheet says about the axis."""
    word = unit_for(fen for _, fen in points).word
    return Text(f"左轴{word.zh}，不从 0 起；标注万元", f"Axis in {word.en}, not from 0; labels in 10,000 yuan")


def ticks(low: int, high: int, unit: Unit) -> list[int]:
    """At most six round amounts from the lowest to the highest: steps of 1, 2 or 5 times a power of ten."""
    for power in count():
        for lead in (1, 2, 5):
            step = max(1, unit.fen // 10_000) * lead * 10**power
            if (high - low) / step <= 5:
                return list(range(-(-low // step) * step, high + 1, step))
    raise AssertionError


def _grid(frame: Frame, unit: Unit) -> list[Markup]:
    amounts = ticks(frame.low, frame.high, unit)
    places = next((n for n in range(4) if all(amount * 10**n % unit.fen == 0 for amount in amounts)), 4)
    left, right = frame.plot
    parts = []
    for amount in amounts:
        parts.append(line((left, frame.y(amount)), (right, frame.y(amount)), LINE))
        parts.append(text((left - 6, frame.y(amount) + 4), unit.figure(amount, places), 12, INK3, "end"))
    return parts


def _is_low(points: Points, index: int) -> bool:
    """Whether a point lies below its neighbour, so that its figure is written under it."""
    if index:
        return points[index - 1][1] > points[index][1]
    return len(points) > 1 and points[1][1] > points[0][1]


def _curve(frame: Frame, points: Points) -> list[Markup]:
    places = [(frame.x(index, len(points)), frame.y(fen)) for index, (_, fen) in enumerate(points)]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [Markup('<polyline fill="none" stroke="{}" stroke-width="2.5" points="{}"/>').format(DAI, corners)]
    for index, ((label, fen), (x, y)) in enumerate(zip(points, places, strict=True)):
        dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4.5" fill="#FFF" stroke="{}" stroke-width="2.5"/>')
        parts.append(dot.format(x, y, DAI))
        if len(points) <= WRITTEN:
            above = 22 if _is_low(points, index) else -12
            parts.append(text((x, y + above), wan_words(fen), 13 if frame.wide else 12, INK, "middle", 500, halo=True))
        parts.append(text((x, frame.labels), spoken(label) if frame.wide else spoken(label)[-5:], 12, INK2, "middle"))
    return parts


def _levels(frame: Frame, points: Points, growth: Growth) -> list[Markup]:
    """Lines from the last two points and from the earlier peak to the stack of growth."""
    end = sum(frame.stack)
    last, size = len(points) - 1, len(points)
    parts = [line((frame.x(last, size), frame.y(growth.closing)), (end, frame.y(growth.closing)), EDGE, 1.2)]
    parts.append(line((frame.x(last - 1, size), frame.y(growth.base)), (end, frame.y(growth.base)), EDGE, 1.2))
    if growth.rebound:
        peak = next(index for index, (_, fen) in enumerate(points) if fen == growth.peak)
        parts.append(
            line((frame.x(peak, size), frame.y(growth.peak)), (end, frame.y(growth.peak)), WAIT_MARK, 1.5, dashed=True)
        )
    return parts


def _stack(frame: Frame, growth: Growth, name: str) -> list[Markup]:
    left, width = frame.stack
    middle, top, foot = (
        frame.y(max(growth.base, growth.closing - growth.new)),
        frame.y(growth.closing),
        frame.y(growth.base),
    )
    parts = []
    if growth.rebound:
        parts += [
            hatch(name, WAIT_TINT, WAIT_HATCH),
            rect((left, middle), width, foot - middle, f"url(#{name})", WAIT_MARK),
        ]
    if growth.new:
        parts.append(rect((left, top), width, middle - top, DEEP))
    return parts


def growth_words(growth: Growth) -> list[tuple[str, str, int]]:
    """What the stack says, from its top: (figure, note, the amount at the upper edge of its part)."""
    if not growth.rebound:
        return [(spoken(GROWTH).format(wan_words(growth.new)), spoken(GROWTH_NOTE), growth.closing)]
    rebound = (spoken(REBOUND).format(wan_words(growth.rebound)), spoken(REBOUND_NOTE), growth.base + growth.rebound)
    if not growth.new:
        return [rebound]
    return [(spoken(NET).format(wan_words(growth.new)), spoken(NET_NOTE), growth.closing), rebound]


def _said(frame: Frame, growth: Growth) -> list[Markup]:
    """The stack's words: at its right on a desk, in lines below on a phone."""
    parts: list[Markup] = []
    lowest = 0.0
    for index, (figure, note, edge) in enumerate(growth_words(growth)):
        is_rebound = (bool(growth.rebound) and edge < growth.closing) or not growth.new
        ink, soft = (WAIT, WAIT) if is_rebound else (INK, INK2)
        lowest = max(lowest, min(frame.y(edge) + 13, frame.bottom - 4))
        at = (556.0, lowest) if frame.wide else (8.0, 244.0 + 22 * index)
        beside = (at[0], at[1] + 17) if frame.wide else (132.0, at[1])
        parts += [text(at, figure, 13, ink, weight=700), text(beside, note, 13, soft)]
        lowest += 38
    return parts


def _drawn(points: Points, title: Words, wide: bool) -> Markup:
    amounts = [fen for _, fen in points]
    air = max(1, (max(amounts) - min(amounts)) // 40)
    frame = Frame(wide, min(amounts) - air, max(amounts) + air)
    growth = growth_of(points)
    parts = _grid(frame, unit_for(amounts))
    if growth:
        parts += _stack(frame, growth, hatch_name(wide, amounts)) + _levels(frame, points, growth)
    parts += _curve(frame, points)
    said = [f"{spoken(label)} {wan_words(fen)}" for label, fen in points]
    if growth:
        parts += _said(frame, growth)
        said += [f"{figure} {note}" for figure, note, _ in growth_words(growth)]
    return svg(*frame.size, title, "; ".join(said), join(parts), "chart for-desk" if wide else "chart for-phone")


def balances(points: Points, title: Words) -> Markup:
    """Quarter-end balances in fen, the oldest first, and the growth of the last one; drawn for a desk and for a phone."""
    return _drawn(points, title, True) + _drawn(points, title, False)
