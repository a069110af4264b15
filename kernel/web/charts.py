"""Charts as server-made SVG: pure functions from figures to markup.

Attributes only, no styles (the content policy forbids them); a `<title>` asks, a `<desc>` says the figures; every value is
written out while there are at most twelve. Three colours: dai, its lighter neighbour with a dark edge, the wait hatch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kernel import money
from kernel.bilingual import Text

INK, INK2, INK3 = "#16232A", "#44535B", "#5B6971"
LINE, EDGE = "#E2E8E8", "#74848B"
DAI, DEEP, MIDDLE = "#0F4A59", "#2C7386", "#79AEBD"
WAIT, WAIT_MARK, WAIT_TINT, WAIT_HATCH = "#744800", "#B97E06", "#FBF0D6", "#E2B24A"
STEPS = ("#C8D2D4", "#DCE9EC", "#B3D0D8", "#79AEBD", "#2C7386", "#0F4A59")

FEN_PER_YI = 100_000_000 * money.FEN_PER_YUAN
LARGEST_IN_WAN = 10 * FEN_PER_YI
WRITTEN = 12


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


def unit_for(amounts: Sequence[int]) -> Unit:
    """万元 up to 10 亿, then 亿元."""
    return YI if max((abs(amount) for amount in amounts), default=0) > LARGEST_IN_WAN else WAN


def _svg(width: float, height: float, title: str, description: str, body: str, kind: str = "chart") -> Markup:
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" xmlns="http://www.w3.org/2000/svg"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(kind, width, height, title, description, Markup(body))


def _share(value: float, whole: float) -> float:
    return 0.0 if whole <= 0 else max(0.0, min(1.0, value / whole))


def bar(value: int, most: int, kind: str = "") -> Markup:
    """A bar as wide as its share of the largest value: beside a figure that is written out, so hidden from readers."""
    width = 100 * _share(value, most)
    return Markup('<svg class="bar {}" aria-hidden="true"><rect width="{:.1f}%" height="100%"/></svg>').format(
        kind, width
    )


def stage_bar(value: int, whole: int, step: int) -> Markup:
    """How much of a batch has reached a step (1–5; 0 is grey)."""
    return Markup(
        '<svg class="stage-bar" aria-hidden="true"><rect width="{:.1f}%" height="6" fill="{}"/></svg>'
    ).format(100 * _share(value, whole), STEPS[step])
