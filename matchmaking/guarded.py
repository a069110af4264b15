"""Guarded updates: the condition stands in the WHERE, and the row count decides (never check, then act)."""

from typing import Any

from sqlalchemy import Update
from sqlmodel import Session


def took_effect(db: Session, statement: Update) -> bool:
    """Run a guarded UPDATE of at most one row; whether it found its row."""
    result: Any = db.execute(statement)
    return bool(result.rowcount)
