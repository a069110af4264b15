"""How values are kept: column types, constraints and the naming convention, set before the first model.

Import this module first in every `models.py`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, TypeDecorator
from sqlmodel import SQLModel

from kernel.money import MAX_FEN

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must be aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Fen(TypeDecorator[int]):
    """Whole fen in BIGINT; a float or a Decimal is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and type(value) is not int:
            raise TypeError(f"money is whole fen, not {type(value).__name__}")
        return value


def one_of(column: str, values: Iterable[str], *, optional: bool = False) -> CheckConstraint:
    """CHECK that a code column holds one of the listed values."""
    listed = ", ".join(f"'{value}'" for value in sorted(values))
    null = f"{column} IS NULL OR " if optional else ""
    return CheckConstraint(f"{null}{column} IN ({listed})", name=f"{column}_listed")


def fen_range(column: str, *, lowest: int = -MAX_FEN) -> CheckConstraint:
    """CHECK that an amount lies in the range the house can add up without overflow."""
    return CheckConstraint(f"{column} BETWEEN {lowest} AND {MAX_FEN}", name=f"{column}_range")


def table_args(*constraints: Any) -> tuple[Any, ...]:
    """`__table_args__` from constraints, as mypy likes it."""
    return tuple(constraints)
