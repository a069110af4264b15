"""What the commands of the matchmaking's rooms share: the app, whose account acts, tables, JSON, files."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from marshmallow import Schema
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller, account_by_username, caller_for
from kernel.bilingual import Text
from kernel.clock import Clock
from kernel.errors import NotFound
from kernel.tables.faults import FileRefused
from kernel.tables.writing import csv_bytes

WIDE = 200
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)

as_json = click.option("--json", "in_json", is_flag=True, help="输出 JSON Print JSON")
who = click.option("--as", "username", metavar="USERNAME", required=True, help="以谁的身份 Whose account acts")
out = click.option("--out", type=NEW_FILE, required=True, help="写到哪个文件 The file to write")


@contextmanager
def acting(username: str) -> Iterator[tuple[Session, Caller]]:
    """The books and the person of a command."""
    app: Flask = click.get_current_context().find_root().obj["make_app"]()
    with app.app_context():
        db = database.current()
        caller = caller_for(db, account_by_username(db, username).id or 0)
        if caller is None:
            raise NotFound("account_not_found", f"账号 {username} 已停用", f"The account {username} is switched off")
        yield db, caller


def now() -> Clock:
    """The clock of the service."""
    found = current_app.extensions["clock"]
    assert isinstance(found, Clock)
    return found


def named(text: Text) -> str:
    """A label in both languages."""
    return f"{text.zh} {text.en}"


def labelled(labels: Mapping[str, Text], code: str) -> str:
    """A code's label in both languages."""
    return named(labels[code])


def show(
    rows: Sequence[Any], headings: Iterable[str], cells: Callable[[Any], Iterable[object]], schema: Schema | None
) -> None:
    """Rows as a table, or as the API's JSON where a schema is given."""
    if schema is not None:
        click.echo(json.dumps(schema.dump(rows), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    table = Table(*headings)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in cells(row)))
    console.print(table, markup=False)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Rows as a CSV file."""
    path.write_bytes(csv_bytes(header, [["" if cell is None else str(cell) for cell in row] for row in rows]))
    click.echo(str(path))


@contextmanager
def faults_told() -> Iterator[None]:
    """A refused file: every fault by row and column on the error stream, exit status 1."""
    try:
        yield
    except FileRefused as refused:
        for one in refused.faults:
            click.echo(f"{one.file}:{one.row} {one.column} {one.text.zh} / {one.text.en}", err=True)
        raise
