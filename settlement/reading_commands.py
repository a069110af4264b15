"""`yinqi what-if`: change a parameter on a copy of the policies and see who would be paid how much more or less."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from marshmallow import Schema
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kernel import database
from kernel.bilingual import Text
from kernel.money import grouped
from kernel.periods import Quarter
from kernel.web.edge import clock
from settlement.handed_over import premises
from settlement.options import QuarterType
from settlement.readings import plain
from settlement.readings.differences import Change, RunDifference
from settlement.readings.places import outcome_store
from settlement.readings.runs import ToldProgress
from settlement.readings.schemas import WhatIfOut
from settlement.readings.views import SettingChange, changes_of
from settlement.readings.what_if import WhatIfResult, read_what_if, run_what_if
from settlement.statements import labels

WIDE = 200
GROUPS = ("institution", "county", "payer", "quarter")
HEADS = {
    "institution": Text("机构", "Institution"),
    "county": Text("区县", "County"),
    "payer": Text("承担方", "Payer"),
    "quarter": Text("季度", "Quarter"),
}
SIDES = (Text("现在", "Now"), Text("改后", "Changed"), Text("差", "Difference"))
Row = tuple[str, Change]


@contextmanager
def computing_shown(console: Console) -> Iterator[ToldProgress]:
    """How far the computing has come, on a terminal alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("计算 computing", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def console_of(*, error: bool = False) -> Console:
    """A console that cuts nothing off in a file."""
    console = Console(highlight=False, stderr=error)
    if not console.is_terminal:
        console.width = WIDE
    return console


def dumped(schema: Schema, content: object) -> str:
    """Indented JSON, as the API would answer."""
    return json.dumps(schema.dump(content), ensure_ascii=False, indent=2)


def amount(fen: int | None) -> str:
    """An amount for a table; a dash where nobody knows it."""
    return "—" if fen is None else grouped(fen)


def rows_of(difference: RunDifference, group: str, lang: str) -> list[Row]:
    """The changes by institution, county, payer or quarter, with a name each."""
    if group == "institution":
        return [(row.name, row.total) for row in difference.by_beneficiary()]
    if group == "county":
        return [(labels.region(code).in_language(lang), one) for code, one in difference.by_region().items()]
    if group == "payer":
        return [(labels.payer(code).in_language(lang), one) for code, one in difference.by_payer().items()]
    return [(str(quarter), one) for quarter, one in difference.by_quarter().items()]


def _table(title: str, head: str, rows: Iterable[Row], total: Change | None, lang: str) -> Table:
    table = Table(title=title, title_justify="left", show_footer=False)
    table.add_column(head, overflow="fold")
    for side in SIDES:
        table.add_column(side.in_language(lang), justify="right")
    for name, change in rows:
        table.add_row(name, amount(change.before), amount(change.after), amount(change.difference))
    if total is not None:
        table.add_section()
        whole = Text("合计", "Total").in_language(lang)
        table.add_row(whole, amount(total.before), amount(total.after), amount(total.difference))
    return table


def _change_line(one: SettingChange, lang: str) -> str:
    """A change with what holds now and by which document."""
    days = f"{one.setting.since} … {one.setting.until or ''}".rstrip()
    now = "; ".join(f"{value.shown.in_language(lang)}（{value.reference}）" for value in one.instead_of)
    told = f"{one.scheme.id}.{one.parameter.name}  {days}  {one.shown.in_language(lang)}"
    return f"{told}  {Text('现在', 'now').in_language(lang)} {now or Text('没有值', 'no value').in_language(lang)}"


def _print(result: WhatIfResult, changes: list[SettingChange], groups: Iterable[str], lang: str) -> None:
    console, quarters = console_of(), result.what_if.quarters
    for one in changes:
        click.echo(_change_line(one, lang))
    title = f"{quarters[0]} … {quarters[-1]}" if quarters else ""
    for group in groups:
        rows = rows_of(result.chosen, group, lang)
        console.print(_table(title, HEADS[group].in_language(lang), rows, result.chosen.total, lang), markup=False)
    for silence in result.chosen.after.silent:
        click.echo(f"{silence.quarter}: {silence.why.in_language(lang)}")
    if result.earlier_quarters:
        names = ", ".join(map(str, result.earlier_quarters))
        click.echo(Text(f"以前的季度也会变：{names}", f"Earlier quarters would change too: {names}").in_language(lang))


@click.command("what-if", short_help="换一个数差多少 What another number would change")
@click.option("--change", "changes", multiple=True, required=True, metavar="SCHEME.PARAMETER:SINCE..UNTIL=VALUE")
@click.option(
    "--quarter",
    "quarters",
    type=QuarterType(),
    multiple=True,
    help="季度，可多个；不写就是全部 Quarters, all if left out",
)
@click.option("--by", "groups", type=click.Choice(GROUPS), multiple=True, help="按什么列 What to list by")
@click.option("--json", "in_json", is_flag=True, help="输出 JSON Print JSON")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_context
def what_if(
    context: click.Context,
    changes: tuple[str, ...],
    quarters: tuple[Quarter, ...],
    groups: tuple[str, ...],
    in_json: bool,
    lang: str,
) -> None:
    """在政策的副本上改参数,按已认证的报表重算；账上什么都不变。 Change parameters on a copy of the policies; the books stay as they are.

    For example: --change growth-reward.rate:2022-04-01..2023-06-30=2%
    """
    app: Flask = context.find_root().obj["make_app"]()
    with app.app_context(), computing_shown(console_of(error=True)) as told:
        places, today = premises(), clock().today()
        wanted = read_what_if(places.book, changes, quarters, today=today)
        result = run_what_if(database.current(), wanted, premises=places, store=outcome_store(), today=today, told=told)
        changed = changes_of(places.book, [one.setting for one in wanted.changes])
    if in_json:
        said: dict[str, Any] = {**plain.progress(None), **plain.result(result)}
        said["changes"] = [plain.changed_parameter(one) for one in changed]
        click.echo(dumped(WhatIfOut(), said))
    else:
        _print(result, changed, groups or GROUPS, lang)
