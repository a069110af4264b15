"""`yinqi`: every job of the service from the command line. Exit 0 done, 1 refused input, 2 wrong use."""

import sys
import threading

import click
import structlog
from flask import Flask

from config import log, migrating, serving
from config.app import create_app
from config.audit_commands import audit
from config.demonstration.commands import demo
from config.policy_commands import policy
from config.schedule import build_scheduler, start_workers, timetable
from config.settings import Settings, SettingsRefused, from_environment
from config.words_commands import list_words
from kernel import database
from kernel.accounts.service import create_account
from kernel.audit.service import THE_SERVICE
from kernel.errors import DomainError, Invalid
from kernel.parties.service import party_by_code
from matchmaking.commands import match
from matchmaking.import_commands import import_file
from matchmaking.pool_commands import pool, whitelist
from matchmaking.renewal_commands import bridging, deferrals, renewals
from matchmaking.session_commands import products, sessions
from matchmaking.verify_commands import verify
from settlement.award_commands import awards
from settlement.batch_commands import batches
from settlement.commands import settle
from settlement.payment_commands import books, payments
from settlement.reading_commands import what_if
from settlement.return_commands import explain, returns
from settlement.scorecard_commands import two_increases
from settlement.seal_commands import seal, verify_quarter, verify_receipt_command


def settings_of(context: click.Context) -> Settings:
    """The settings that the root command read."""
    found = context.find_root().obj["settings"]
    assert isinstance(found, Settings)
    return found


def app_of(context: click.Context) -> Flask:
    """The app, made once per command."""
    root = context.find_root()
    if "app" not in root.obj:
        root.obj["app"] = create_app(settings_of(context))
    app = root.obj["app"]
    assert isinstance(app, Flask)
    return app


@click.group()
@click.version_option(package_name="yinqi")
@click.pass_context
def cli(context: click.Context) -> None:
    """银企: weekly matching sessions and quarterly settlement for a city's small firms."""
    settings = from_environment()
    log.set_up(demonstration=settings.demonstration)
    context.obj = {"settings": settings, "policies": settings.policies_dir, "make_app": lambda: app_of(context)}


@cli.group()
def db() -> None:
    """The books' schema."""


@db.command("upgrade")
@click.option("--revision", default="head", show_default=True)
@click.pass_context
def db_upgrade(context: click.Context, revision: str) -> None:
    """Migrate the books up."""
    migrating.upgrade(settings_of(context).books_url, revision)
    click.echo("账簿已是最新 / the books are up to date")


@db.command("downgrade")
@click.option("--revision", default="base", show_default=True)
@click.confirmation_option(prompt="这会删除表和数据，确定吗？ / This drops tables and data. Go on?")
@click.pass_context
def db_downgrade(context: click.Context, revision: str) -> None:
    """Migrate the books down."""
    migrating.downgrade(settings_of(context).books_url, revision)


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


@cli.command()
@click.pass_context
def serve(context: click.Context) -> None:
    """Serve pages and API with gunicorn."""
    settings = settings_of(context)
    serving.check_books(app_of(context), settings)
    sys.exit(serving.run_together([serving.gunicorn_command(settings)], {}))


@cli.command()
@click.pass_context
def scheduler(context: click.Context) -> None:
    """Wake the jobs of the timetable; one process of its own."""
    app = app_of(context)
    serving.check_books(app, settings_of(context))
    running = build_scheduler(app, timetable())
    leave = threading.Event()
    start_workers(app, leave)
    structlog.get_logger().info("scheduler_started", jobs=len(timetable()))
    try:
        running.start()
    except (KeyboardInterrupt, SystemExit):
        leave.set()
        running.shutdown(wait=False)


@cli.group()
def account() -> None:
    """Accounts."""


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
    app = app_of(context)
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


for command in (
    settle,
    returns,
    explain,
    match,
    verify,
    products,
    sessions,
    pool,
    whitelist,
    renewals,
    deferrals,
    bridging,
    policy,
    import_file,
    what_if,
    two_increases,
    awards,
    batches,
    demo,
    books,
    payments,
    audit,
    seal,
):
    cli.add_command(command)
for command in (verify_quarter, verify_receipt_command):
    verify.add_command(command)
policy.add_command(list_words)


def main() -> None:
    """Run the command line; domain errors become one clear line in both languages and exit status 1."""
    try:
        cli()
    except Invalid as error:
        for one in error.errors:
            click.echo(f"{one.field}: {one.text.zh} / {one.text.en}", err=True)
        sys.exit(1)
    except DomainError as error:
        click.echo(f"{error.text.zh} / {error.text.en}", err=True)
        sys.exit(1)
    except SettingsRefused as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
