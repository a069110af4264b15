"""Alembic's environment: walks the packages so that no table is invisible, and renders the house's column types."""

import importlib
import pkgutil
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

import kernel
import matchmaking
import settlement
from kernel.columns import Fen, Moment


def import_models() -> None:
    """Import every `models.py` of the house."""
    for package in (kernel, settlement, matchmaking):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith(".models"):
                importlib.import_module(module.name)


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our types by name and SQLModel's text type as plain text."""
    if kind == "type" and isinstance(item, Moment | Fen):
        autogen.imports.add("from kernel.columns import Fen, Moment")
        return f"{type(item).__name__}()"
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


import_models()
_given = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect() as _connection:
        _run(_connection)
