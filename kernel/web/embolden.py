"""Heavier weights from a Regular outline, at set-up: no package carries a bold Chinese serif.

Song type is heavy because its uprights are; its horizontals stay fine, and a browser's own fake bold thickens both alike. So each
outline grows by one amount across and by another up and down: every point moves along the bisector of its two edges, no further
than the shorter edge allows.
"""

from collections.abc import Iterable
from math import hypot
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen

Point = tuple[float, float]
NARROWEST_SQUARE = 900  # of 1000: what is narrower is Latin, a figure or a half-width sign
WIDENING = 0.4  # of the strength across
SHARPEST = 0.0625  # edges that double back further than this stay where they are


def _unit(start: Point, end: Point) -> tuple[float, float, float]:
    x, y = end[0] - start[0], end[1] - start[1]
    length = hypot(x, y)
    return (x / length, y / length, length) if length else (0.0, 0.0, 0.0)


def _neighbours(points: list[Point], index: int) -> tuple[Point, Point]:
    """The nearest different points before and after one."""
    here, size = points[index], len(points)
    before = next(
        (points[(index - step) % size] for step in range(1, size) if points[(index - step) % size] != here), here
    )
    after = next(
        (points[(index + step) % size] for step in range(1, size) if points[(index + step) % size] != here), here
    )
    return before, after


def _reach(strength: float, turn: float, openness: float, shorter: float) -> float:
    """How far a corner may move along its bisector without eating the shorter of its edges."""
    return strength / openness if strength * turn <= shorter * openness else shorter / turn


def moved(points: list[Point], across: float, upright: float) -> list[Point]:
    """A contour (counter-clockwise outside, as in CFF) grown by half of each strength on every side."""
    grown = []
    for index, (x, y) in enumerate(points):
        before, after = _neighbours(points, index)
        in_x, in_y, in_length = _unit(before, (x, y))
        out_x, out_y, out_length = _unit((x, y), after)
        openness = in_x * out_x + in_y * out_y + 1
        if openness <= SHARPEST or not in_length or not out_length:
            grown.append((x, y))
            continue
        turn = out_y * in_x - out_x * in_y
        shorter = min(in_length, out_length)
        grown.append(
            (
                x + (in_y + out_y) * _reach(across / 2, -turn, openness, shorter),
                y - (in_x + out_x) * _reach(upright / 2, -turn, openness, shorter),
            )
        )
    return grown


def area(points: list[Point]) -> float:
    """The signed area within a contour's points: positive when it runs counter-clockwise."""
    return sum(points[at - 1][0] * y - x * points[at - 1][1] for at, (x, y) in enumerate(points)) / 2


def _contours(commands: Iterable[tuple[str, Any]]) -> list[tuple[list[Point], list[tuple[str, int]]]]:
    """Contours as their points with the shape of their segments."""
    contours: list[tuple[list[Point], list[tuple[str, int]]]] = []
    for name, points in commands:
        if name == "moveTo":
            contours.append((list(points), []))
        elif points:
            contours[-1][0].extend(points)
            contours[-1][1].append((name, len(points)))
    return contours


def _redraw(pen: Any, points: list[Point], segments: list[tuple[str, int]], shift: float) -> None:
    points = [(x + shift, y) for x, y in points]
    pen.moveTo(points[0])
    at = 1
    for name, count in segments:
        getattr(pen, name)(*points[at : at + count])
        at += count
    pen.closePath()


def embolden(font: Any, across: float, upright: float) -> None:
    """Thicken every glyph of an opened CFF font in place. Latin and figures get wider by the same step, Chinese stays on its square."""
    top = font["CFF "].cff.topDictIndex[0]
    glyphs, widths = font.getGlyphSet(), font["hmtx"].metrics
    for name in font.getGlyphOrder():
        recorded = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(recorded)
        old = top.CharStrings[name]
        width, bearing = widths[name]
        wider = round(WIDENING * across) if 0 < width < NARROWEST_SQUARE else 0
        widths[name] = (width + wider, bearing)
        pen = T2CharStringPen(width + wider - old.private.nominalWidthX, glyphs)
        contours = _contours(recorded.value)
        outward = (
            1 if sum(area(points) for points, _ in contours) >= 0 else -1
        )  # some signs of the face run the other way
        for points, segments in contours:
            _redraw(pen, moved(points, outward * across, outward * upright), segments, wider / 2)
        new = pen.getCharString(old.private, old.globalSubrs)
        old.program, old.bytecode = new.program, None
