"""What charts are drawn with: colours, units of money axes, and SVG elements that carry attributes only."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kernel import money
from kernel.bilingual import Text
from kernel.web.language import spoken

INK, INK2, INK3 = "#16232A", "#44535B", "#5B6971"
LINE, EDGE, PAPER = "#E2E8E8", "#74848B", "#FFF"
DAI, DEEP, MIDDLE = "#0F4A59", "#2C7386", "#79AEBD"
WAIT, WAIT_MARK, WAIT_TINT, WAIT_HATCH = "#744800", "#B97E06", "#FBF0D6", "#E2B24A"
STEPS = ("#C8D2D4", "#DCE9EC", "#B3D0D8", "#79AEBD", "#2C7386", "#0F4A59")

FEN_PER_YI = 100_000_000 * money.FEN_PER_YUAN
LARGEST_IN_WAN = 10 * FEN_PER_YI
WRITTEN = 12
NARROW = 342

Words = Text | str
Point = tuple[float, float]


@dataclass(frozen=True)
class Unit:
    """The unit of a money axis."""

    word: Text
    fen: int

    def figure(self, fen: int, places: int = 2) -> str:
        """An amount in this unit, grouped, rounded half up."""
        scaled = money.half_up(Decimal(fen) * 10**places / self.fen)
        text = f"{abs(scaled) // 10**places:,}" + (f".{abs(scaled) % 10**places:0{places}d}" if places else "")
        return "−" + text if scaled < 0 else text


WAN = Unit(Text("万元", "10,000 yuan"), money.FEN_PER_WAN)
YI = Unit(Text("亿元", "100 million yuan"), FEN_PER_YI)


def unit_for(amounts: Iterable[int]) -> Unit:
    """万元 up to 10 亿, then 亿元."""
    return YI if max((abs(amount) for amount in amounts), default=0) > LARGEST_IN_WAN else WAN


def wan_words(fen: int) -> str:
    """An amount in 万元, as it is written on points and bars."""
    return WAN.figure(fen)


def join(parts: Iterable[Markup]) -> Markup:
    """The parts of a drawing, one after the other."""
    return Markup("").join(parts)


def svg(width: float, height: float, title: Words, description: str, body: Markup, kind: str = "chart") -> Markup:
    """A drawing with its question as title and its figures as description."""
    head = Markup('<svg class="{}" viewBox="0 0 {:g} {:g}" role="img" xmlns="http://www.w3.org/2000/svg">')
    words = Markup("<title>{}</title><desc>{}</desc>").format(spoken(title), description)
    return head.format(kind, width, height) + words + body + Markup("</svg>")


def text(
    at: Point,
    words: Words,
    size: int = 13,
    fill: str = INK,
    anchor: str = "start",
    weight: int = 400,
    halo: bool = False,
) -> Markup:
    """Words at a point; `halo` keeps them readable on lines. `size` in px where the reader has set no other text size."""
    edge = Markup(' stroke="#FFF" stroke-width="4" paint-order="stroke"') if halo else Markup("")
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" font-size="{:g}rem" fill="{}" text-anchor="{}" font-weight="{}"{}>{}</text>'
    ).format(*at, size / 16, fill, anchor, weight, edge, spoken(words))


def rect(at: Point, width: float, height: float, fill: str, edge: str | None = None, radius: float = 0) -> Markup:
    """A box."""
    stroke = Markup(' stroke="{}"').format(edge) if edge else Markup("")
    corner = Markup(' rx="{:g}"').format(radius) if radius else Markup("")
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"{}{}/>').format(
        *at, max(0.0, width), max(0.0, height), fill, stroke, corner
    )


def line(start: Point, end: Point, colour: str, width: float = 1, dashed: bool = False) -> Markup:
    """A line."""
    dashes = Markup(' stroke-dasharray="5 4"') if dashed else Markup("")
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{:g}"{}/>').format(
        *start, *end, colour, width, dashes
    )


def hatch(name: str, ground: str, mark: str, size: int = 6, width: int = 2) -> Markup:
    """A hatched ground, to be filled with `url(#name)`."""
    pattern = Markup(
        '<defs><pattern id="{0}" width="{3}" height="{3}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="{3}" height="{3}" fill="{1}"/><rect width="{4}" height="{3}" fill="{2}"/></pattern></defs>'
    )
    return pattern.format(name, ground, mark, size, width)


def hatch_name(*parts: object) -> str:
    """An id for a hatch that no other chart of the page has."""
    return "hatch-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def share(value: float, whole: float) -> float:
    """A part of a whole between 0 and 1; nothing of nothing is 0."""
    return 0.0 if whole <= 0 else max(0.0, min(1.0, value / whole))
