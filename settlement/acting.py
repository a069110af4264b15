"""What the settlement's commands share: whose account acts, and how answers are printed."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import click
from flask import Flask
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller, account_by_username, caller_for
from kernel.errors import NotFound

P = ParamSpec("P")
R = TypeVar("R")

WIDE = 200

who = click.option("--as", "username", metavar="USERNAME", help="以谁的身份 Whose account acts")
as_json = click.option("--json", "in_json", is_flag=True, help="输出 JSON Print JSON")


def print_json(content: object) -> None:
    """Plain values as JSON."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def print_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Rows as a table, wide enough for a file."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    table = Table(*headings)
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)


def acting(command: Callable[Concatenate[Session, Caller, P], R]) -> Callable[..., R]:
    """Run a command inside the app as the person named by `--as`."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        context = click.get_current_context()
        username = kwargs.pop("username", None)
        if not username:
            raise click.UsageError("请用 --as 说明以谁的身份 / name the acting account with --as")
        app: Flask = context.find_root().obj["make_app"]()
        with app.app_context():
            return command(database.current(), caller_named(database.current(), str(username)), *args, **kwargs)

    return run


def caller_named(db: Session, username: str) -> Caller:
    """The person behind a user name; NotFound where the account is gone or switched off."""
    caller = caller_for(db, account_by_username(db, username).id or 0)
    if caller is None:
        raise NotFound("account_not_found", f"账号 {username} 已停用", f"The account {username} is switched off")
    return caller
