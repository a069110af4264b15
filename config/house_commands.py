"""`yinqi db|serve|scheduler|account`: the books' schema, the two processes, the first accounts."""

import sys
import threading

import click
import structlog
from flask import Flask

from config import migrating, serving
from config.schedule import build_scheduler, start_workers, timetable
from config.settings import Settings
from kernel import database
from kernel.accounts.service import create_account
from kernel.audit.service import THE_SERVICE
from kernel.parties.service import party_by_code


def _settings(context: click.Context) -> Settings:
    found = context.find_root().obj["settings"]
    assert isinstance(found, Settings)
    return found


def _app(context: click.Context) -> Flask:
    made = context.find_root().obj["make_app"]()
    assert isinstance(made, Flask)
    return made


@click.group()
def db() -> None:
    """账簿的表 / The books' schema."""


@db.command("upgrade")
@click.option("--revision", default="head", show_default=True)
@click.pass_context
def db_upgrade(context: click.Context, revision: str) -> None:
    """Migrate the books up."""
    migrating.upgrade(_settings(context).books_url, revision)
    click.echo("账簿已是最新 / the books are up to date")


@db.command("downgrade")
@click.option("--revision", default="base", show_default=True)
@click.confirmation_option(prompt="这会删除表和数据，确定吗？ / This drops tables and data. Go on?")
@click.pass_context
def db_downgrade(context: click.Context, revision: str) -> None:
    """Migrate the books down."""
    migrating.downgrade(_settings(context).books_url, revision)


@db.command("check")
def db_check() -> None:
    """Compare the models with what the migrations make of empty books."""
    difference = migrating.difference_from_empty()
    if difference:
        raise click.ClickException(difference)
    click.echo("迁移与模型一致 / migrations and models agree")


@db.command("revision", hidden=True)
@click.argument("number")
@click.argument("message")
def db_revision(number: str, message: str) -> None:
    """Write the next numbered migration (for developers)."""
    migrating.next_revision(message, number)


@click.command()
@click.pass_context
def serve(context: click.Context) -> None:
    """网页和接口 / Serve pages and API with gunicorn."""
    settings = _settings(context)
    serving.check_port(settings)
    serving.check_books(_app(context), settings)
    sys.exit(serving.run_together([serving.gunicorn_command(settings)], {}))


@click.command()
@click.pass_context
def scheduler(context: click.Context) -> None:
    """按时办的事 / Wake the jobs of the timetable; one process of its own."""
    app = _app(context)
    serving.check_books(app, _settings(context))
    running = build_scheduler(app, timetable())
    leave = threading.Event()
    start_workers(app, leave)
    structlog.get_logger().info("scheduler_started", jobs=len(timetable()))
    try:
        running.start()
    except (KeyboardInterrupt, SystemExit):
        leave.set()
        running.shutdown(wait=False)


@click.group()
def account() -> None:
    """账号 / Accounts."""


@account.command("create")
@click.argument("username")
@click.option("--name", required=True, help="the person's name")
@click.option("--organisation", required=True, help="credit code of the organisation")
@click.option("--role", required=True)
@click.password_option()
@click.pass_context
def account_create(
    context: click.Context, username: str, name: str, organisation: str, role: str, password: str
) -> None:
    """Create an account; how the first administrator comes in."""
    app = _app(context)
    with app.app_context():
        session = database.current()
        now = app.extensions["clock"].now()
        party = party_by_code(session, organisation)
        database.write(
            session,
            lambda db: create_account(
                db,
                username=username,
                name=name,
                password=password,
                organisation=party,
                role=role,
                at=now,
                by=THE_SERVICE,
            ),
        )
    click.echo(f"{username} ✓")
