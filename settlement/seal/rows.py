"""Rows of the books as the sealed file keeps them: every column as a plain value, moments in UTC, one canonical JSON a line."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import SQLModel

from kernel.audit.chain import canonical

SealedRow = dict[str, Any]


def sealed_row(row: SQLModel, **beside: object) -> SealedRow:
    """Every column of a row under its name, and what stands beside it."""
    names = (column.key for column in row.__table__.columns)  # type: ignore[attr-defined]
    return {name: plain(getattr(row, name)) for name in names} | beside


def sealed_rows(rows: Iterable[SQLModel]) -> list[SealedRow]:
    """The same of several."""
    return [sealed_row(row) for row in rows]


def plain(value: Any) -> Any:
    """A column's value as JSON holds it: moments as ISO 8601 in UTC, days as YYYY-MM-DD."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def lines(rows: Iterable[SealedRow]) -> bytes:
    """A list as its file: one canonical JSON a line."""
    return "".join(f"{canonical(row)}\n" for row in rows).encode()
