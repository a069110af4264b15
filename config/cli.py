"""`yinqi`: every job of the service from the command line. Exit 0 done, 1 refused input, 2 wrong use."""

import sys

import click
from flask import Flask

from config import log
from config.commands_by_name import CommandsByName, Place
from config.settings import Settings, SettingsRefused, from_environment
from kernel.errors import DomainError, Invalid
from kernel.policies.declared import Declarations

PLACES = {
    "account": Place("config.house_commands:account", "账号 Accounts"),
    "audit": Place("config.audit_commands:audit", "操作记录 The audit trail"),
    "awards": Place("settlement.award_commands:awards", "奖补 Event awards"),
    "batches": Place("settlement.batch_commands:batches", "批次 Batches and their four hands"),
    "books": Place("settlement.payment_commands:books", "账 The books of every payer"),
    "bridging": Place("matchmaking.renewal_commands:bridging", "应急转贷 The bridging fund"),
    "db": Place("config.house_commands:db", "账簿的表 The books' schema"),
    "deferrals": Place("matchmaking.renewal_commands:deferrals", "延期还本付息 Deferral"),
    "demo": Place("config.demonstration.commands:demo", "演示城市 The demonstration city"),
    "explain": Place("settlement.return_commands:explain", "一个数从哪里来 Where a statement's figure comes from"),
    "import": Place("matchmaking.import_commands:import_file", "按文件带进 Products, requests, prior clients by file"),
    "match": Place("matchmaking.commands:match", "撮合一周 Match a week from files"),
    "payments": Place("settlement.payment_commands:payments", "拨付 Payment orders"),
    "policy": Place("config.policy_commands:policy", "政策 Policies: every parameter and clause by day"),
    "pool": Place("matchmaking.pool_commands:pool", "培育库 The cultivation pool"),
    "products": Place("matchmaking.session_commands:products", "贷款产品 Loan products"),
    "renewals": Place("matchmaking.renewal_commands:renewals", "无还本续贷 Renewals"),
    "returns": Place("settlement.return_commands:returns", "报表 Returns: file them, see their versions"),
    "scheduler": Place("config.house_commands:scheduler", "按时办的事 Wake the jobs of the timetable"),
    "seal": Place("settlement.seal_commands:seal", "封存 Seal quarters"),
    "serve": Place("config.house_commands:serve", "网页和接口 Serve pages and API"),
    "sessions": Place("matchmaking.session_commands:sessions", "每周对接会 Weekly sessions"),
    "settle": Place("settlement.commands:settle", "结算一个季度 Settle a quarter from files"),
    "two-increases": Place("settlement.scorecard_commands:two_increases", "两增两控 Two increases and two controls"),
    "verify": Place("matchmaking.verify_commands:verify", "离线核验 Verify offline"),
    "what-if": Place("settlement.reading_commands:what_if", "换一个数差多少 What another number would change"),
    "whitelist": Place("matchmaking.pool_commands:whitelist", "企业白名单 The whitelist"),
}
MORE_TO_VERIFY = ("settlement.seal_commands:verify_quarter", "settlement.seal_commands:verify_receipt_command")


def _more_to_verify(verify: click.Group) -> None:
    for written in MORE_TO_VERIFY:
        verify.add_command(Place(written, "").command())


def _more_of_policy(policy: click.Group) -> None:
    for written in ("config.words_commands:list_words", "settlement.compare_commands:compare_policies"):
        policy.add_command(Place(written, "").command())


def _declared() -> Declarations:
    from config.declared import DECLARED  # imports both contexts, which commands that read no policy do not need

    return DECLARED


def _app_of(context: click.Context) -> Flask:
    """The app, made once per command."""
    from config.app import create_app  # imports the whole service, which work on files does not need

    settings: Settings = context.obj["settings"]
    if "app" not in context.obj:
        context.obj["app"] = create_app(settings)
    app = context.obj["app"]
    assert isinstance(app, Flask)
    return app


@click.group(cls=CommandsByName, places=PLACES, within={"verify": _more_to_verify, "policy": _more_of_policy})
@click.version_option(package_name="yinqi")
@click.pass_context
def cli(context: click.Context) -> None:
    """银企: weekly matching sessions and quarterly settlement for a city's small firms."""
    settings = from_environment()
    log.set_up(demonstration=settings.demonstration, file=settings.log_file)
    context.obj = {
        "settings": settings,
        "policies": settings.policies_dir,
        "declared": _declared,
        "make_app": lambda: _app_of(context),
    }


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
