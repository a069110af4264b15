"""`yinqi books …` and `yinqi payments …`: check the books, read them as of either date, list orders, run the recovery pass."""

import json
from datetime import date, datetime
from typing import Any

import click
from flask import Flask

from kernel import database
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.ledger.balances import AsOf, trial_balance
from kernel.money import grouped, yuan
from kernel.web.edge import clock
from settlement.payments import labels, orders
from settlement.payments.books.checking import standing_whole_violations
from settlement.payments.handed_over import office
from settlement.payments.invariants import INVARIANTS, standing_violations
from settlement.payments.sending import recover_orders
from settlement.payments.whole_books import WHOLE
from settlement.payments.workflow import ORDER_STATES

as_json = click.option("--json", "in_json", is_flag=True, help="输出 JSON Print JSON")
DAY = click.DateTime(formats=["%Y-%m-%d"])


def _app() -> Flask:
    app = click.get_current_context().find_root().obj["make_app"]()
    assert isinstance(app, Flask)
    return app


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


@click.group("books", short_help="账 The books of every payer")
def books() -> None:
    """账:核对,按生效日或记账日看余额。 The books: check them, read them as of either date."""


@books.command("check")
@click.option("--payer", help="付款方代码 Code of one payer; all without it")
@as_json
@click.pass_context
def check(context: click.Context, payer: str | None, in_json: bool) -> None:
    """核对账的各条不变式;不带付款方时连批次、结算单和审计链一起核对。 Check every invariant of the books; without a payer also
    of batches, statements and the trail. Exit 0 they hold, 1 they do not."""
    with _app().app_context():
        db = database.current()
        wrong = standing_violations(db, payer) if payer else standing_whole_violations(db)
    looked: list[tuple[str, Text]] = [(one.number, one.says) for one in INVARIANTS]
    looked += [] if payer else [(one.number, one.says) for one in WHOLE]
    if in_json:
        _print_json([_told(one.invariant, one.subject, *one.text) for one in wrong])
    else:
        broken = {one.invariant for one in wrong}
        for number, says in looked:
            click.echo(f"{number:<4}{'✗' if number in broken else '✓'} {says.zh} / {says.en}")
        for one in wrong:
            click.echo(f"{one.invariant} {one.subject}: {one.text.zh} / {one.text.en}")
    context.exit(1 if wrong else 0)


def _told(invariant: str, subject: str, zh: str, en: str) -> dict[str, str]:
    return {"invariant": invariant, "subject": subject, "message_zh": zh, "message_en": en}


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@books.command("balance")
@click.argument("payer")
@click.option("--effective-on", type=DAY, help="生效日不晚于 Effective by this day")
@click.option("--booked-on", type=DAY, help="记账日不晚于 Booked by this day")
@as_json
def balance(payer: str, effective_on: datetime | None, booked_on: datetime | None, in_json: bool) -> None:
    """一个付款方的科目余额。 The trial balance of one payer as of either date."""
    if payer not in labels.PAYERS:
        raise NotFound("payer_not_found", "没有这个付款方", "There is no such payer")
    with _app().app_context():
        lines = trial_balance(database.current(), payer, AsOf(_day(effective_on), _day(booked_on)))
    if in_json:
        amounts = ("debit", "credit", "balance")
        _print_json([{"account": one.account.code} | {n: yuan(getattr(one, n)) for n in amounts} for one in lines])
        return
    for one in lines:
        click.echo(f"{one.account.code:<14} {grouped(one.balance):>24}  {one.account.title.zh}")


@click.group("payments", short_help="拨付 Payment orders")
def payments() -> None:
    """拨付令:列出,查询不知下落的。 Payment orders: list them, recover those of unknown fate."""


@payments.command("orders")
@as_json
def list_orders(in_json: bool) -> None:
    """列出拨付令。 List the payment orders, the newest first."""
    with _app().app_context():
        found = orders.orders_of(database.current())
    if in_json:
        names = ("number", "payer", "batch", "state", "attempts")
        _print_json([{n: getattr(one, n) for n in names} | {"total": yuan(one.total)} for one in found])
        return
    for one in found:
        click.echo(f"{one.number}  {grouped(one.total):>20}  {ORDER_STATES[one.state].zh}")


@payments.command("recover")
@as_json
def recover(in_json: bool) -> None:
    """查询不知送到没有的拨付令,没有送到的按原编号重送。 Ask about orders of unknown fate, and send again what never arrived."""
    with _app().app_context():
        counts: dict[str, Any] = recover_orders(database.current(), office=office(), at=clock().now())
    if in_json:
        _print_json(counts)
    else:
        click.echo("  ".join(f"{name} {count}" for name, count in counts.items()))
