"""Measures as people read them, and as tables that go out."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from kernel.bilingual import Text
from kernel.money import yuan
from kernel.web.formats import count, short_wan
from matchmaking.measures.definitions import MEASURES, MeasuredValue

HEADER = ("group", "measure", "numerator", "denominator", "unit", "value")
UNITS = {"count": "referrals", "fen": "yuan", "fen_percent": "yuan x percent", "days": "days"}


def rounded(value: Fraction, places: int = 2) -> str:
    """Half up to so many places; for the eye only."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return format(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def value_words(one: MeasuredValue) -> str:
    """`75.0%`, `4.20%`, `3.5`; a dash where nothing could be counted."""
    if one.value is None:
        return "—"
    unit = one.definition.unit
    if unit == "days":
        return rounded(one.value, 1)
    return f"{rounded(one.value)}%" if unit == "fen_percent" else f"{rounded(one.value * 100, 1)}%"


def fraction_words(one: MeasuredValue) -> Text:
    """Numerator over denominator, always shown: `3 ÷ 4`, `120 ÷ 200 万元`."""
    unit = one.definition.unit
    if unit == "fen":
        top, bottom = short_wan(int(one.numerator)), short_wan(one.denominator)
        return Text(f"{top} ÷ {bottom} 万元", f"{top} ÷ {bottom} × 10,000 yuan")
    if unit == "fen_percent":
        bottom = short_wan(one.denominator)
        return Text(f"按 {bottom} 万元授信加权", f"weighted by {bottom} × 10,000 yuan")
    said = f"{count(int(one.numerator))} ÷ {count(one.denominator)}"
    return Text(said, said)


def export_rows(groups: Mapping[str, Mapping[str, MeasuredValue]], names: Mapping[str, Any]) -> list[list[str]]:
    """One row a group and measure, as text, numerator and denominator exact."""
    return [_row(str(names.get(key, key)), one) for key, values in groups.items() for one in values.values()]


def _row(name: str, one: MeasuredValue) -> list[str]:
    unit = MEASURES[one.code].unit
    in_yuan = unit in ("fen", "fen_percent")
    top = _yuan_exact(one.numerator) if in_yuan else str(one.numerator)
    bottom = yuan(one.denominator) if in_yuan else str(one.denominator)
    value = "" if one.value is None else rounded(one.value, 6)
    return [name, one.code, top, bottom, UNITS[unit], value]


def _yuan_exact(fen: Fraction) -> str:
    return yuan(int(fen)) if fen.denominator == 1 else rounded(fen / 100, 8)
