"""How loan terms are kept: exact percentages and lists of codes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Integer, String, TypeDecorator

from matchmaking.matching.policy import RATE_UNITS
from matchmaking.units import shown_rate

SEPARATOR = ";"


class Percent(TypeDecorator[Decimal]):
    """A rate in percent as whole ten-thousandths: `4.35` is 43500, never a float."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        units = value * RATE_UNITS
        if units != int(units):
            raise ValueError("a rate has at most four decimals")
        return int(units)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else shown_rate(Decimal(value) / RATE_UNITS)


class CodeList(TypeDecorator[tuple[str, ...]]):
    """Codes in order, kept as `;credit;surety;` so that one of them can be looked for."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str:
        codes = tuple(value or ())
        return SEPARATOR.join(("", *codes, "")) if codes else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(code for code in (value or "").split(SEPARATOR) if code)


def lists_code(column: Any, code: str) -> ColumnElement[bool]:
    """SQL: whether a `CodeList` column lists the code."""
    found: ColumnElement[bool] = column.cast(String).contains(f"{SEPARATOR}{code}{SEPARATOR}", autoescape=True)
    return found


def lists_code_or_all(column: Any, code: str) -> ColumnElement[bool]:
    """SQL: whether a `CodeList` column lists the code, an empty list meaning all."""
    every: ColumnElement[bool] = column.cast(String) == ""
    return lists_code(column, code) | every
