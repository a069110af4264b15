"""`yinqi import`: products, requests and prior clients by file, as a person may bring them."""

from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from marshmallow import ValidationError
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller, account_by_username, caller_for
from kernel.clock import Clock
from kernel.errors import NotFound
from kernel.tables.faults import Fault, FileRefused
from kernel.web.problems import field_errors
from matchmaking.commands import FILE
from matchmaking.imports import service
from matchmaking.imports.preview import ImportPreview
from matchmaking.imports.schemas import taken_schema
from matchmaking.imports.workflow import ACTIONS, KINDS
from matchmaking.market_files.reading import MarketFile


def _app() -> Flask:
    found: Flask = click.get_current_context().find_root().obj["make_app"]()
    return found


def _caller(username: str) -> Caller:
    db = database.current()
    caller = caller_for(db, account_by_username(db, username).id or 0)
    if caller is None:
        raise NotFound("account_not_found", f"账号 {username} 已停用", f"The account {username} is switched off")
    return caller


def _tell(fault: Fault) -> None:
    place = f"{fault.file}:{fault.row}" if fault.row else fault.file
    click.echo(f"{place} {fault.column} “{fault.value}” {fault.rule}: {fault.text.zh} / {fault.text.en}", err=True)


def _show(seen: ImportPreview) -> None:
    """What was found, and what taking the file does; FileRefused where it cannot be taken."""
    for fault in seen.faults:
        _tell(fault)
    if not seen.can_be_taken:
        raise FileRefused(seen.faults)
    said = "，".join(f"{word.zh} {seen.counts[action]}" for action, word in ACTIONS.items() if seen.counts[action])
    click.echo(f"{len(seen.lines)} 行 rows：{said}")


def _options(caller: Caller, kind: str, said: dict[str, Any]) -> dict[str, Any]:
    schema = taken_schema(caller, kind)
    try:
        loaded: dict[str, Any] = schema.load({name: value for name, value in said.items() if name in schema.fields})
    except ValidationError as error:
        wrong = "; ".join(f"--{one.field}: {one.text.zh} / {one.text.en}" for one in field_errors(error.messages))
        raise click.UsageError(wrong) from None
    return loaded


@click.command("import", short_help="按文件带进产品、申请、老客户 Products, requests, prior clients by file")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=FILE)
@click.option("--as", "username", metavar="USERNAME", required=True, help="以谁的身份 Whose account acts")
@click.option("--publish", is_flag=True, help="产品草稿马上上架 Put products on offer at once")
@click.option("--audience", help="给哪些银行看（主管部门代带申请） Who may read the requests")
@click.option("--until", help="同意到哪天 The last day of the consents")
@click.option("--document", help="同意书在哪里 Where the consents are kept")
@click.option("--dry-run", is_flag=True, help="只看一遍 Look only")
def import_file(kind: str, file: Path, username: str, publish: bool, dry_run: bool, **consent: str | None) -> None:
    """Bring a FILE of a KIND: every row or none. Exit 1 with the faults of all rows where it is refused."""
    filed = MarketFile(file.name, file.read_bytes())
    with _app().app_context():
        db, now, caller = database.current(), _clock(), _caller(username)
        said = {name: value for name, value in consent.items() if value is not None} | {"publish": publish}
        _show(service.look(db, caller, kind, filed, today=now.today()))
        if dry_run:
            return
        options, rows = _options(caller, kind, said), service.read(kind, filed)

        def take(db: Session) -> None:
            row = service.bring(db, caller, kind, filed, at=now.now())
            service.accept(db, caller, row.id or 0, rows=rows, options=options, at=now.now())

        database.write(db, take)
        click.echo("收下了 / taken")


def _clock() -> Clock:
    found = current_app.extensions["clock"]
    assert isinstance(found, Clock)
    return found
