"""`yinqi pool …` and `yinqi whitelist …`: list, import, export and the January report, each as the person named sees it."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from kernel import database
from kernel.money import yuan
from kernel.regions import region
from kernel.web.paging import Asked
from matchmaking.command_line import FILE, acting, as_json, faults_told, labelled, named, now, out, show, who, write_csv
from matchmaking.handed_over import policy_book
from matchmaking.pool import filing, reading, report
from matchmaking.pool.paper import report_paper
from matchmaking.pool.quota import pool_rules
from matchmaking.pool.radar import CountyRadar, radar_for
from matchmaking.pool.schemas import CountyRadarOut, WholePoolEntryOut
from matchmaking.pool.scope import POOL_READERS
from matchmaking.pool.service import may_not
from matchmaking.pool.workbook import report_workbook
from matchmaking.pool.workflow import STATES
from matchmaking.whitelist import publication, views
from matchmaking.whitelist.schemas import ListedFirmOut
from matchmaking.whitelist.scope import LIST_READERS

EVERYTHING = Asked(per_page=100_000)


@click.group("pool", short_help="培育库 The cultivation pool")
def pool() -> None:
    """The cultivation pool of the counties."""


@pool.command("radar", short_help="各区县 Each county")
@who
@as_json
def pool_radar(username: str, in_json: bool) -> None:
    """Quota, shortfall, firms near the bar or at it, and warnings, for each county of the person."""
    with acting(username) as (db, caller):
        today = now().today()
        rows = radar_for(db, caller, rules=pool_rules(policy_book(), today), day=today)
        headings = (
            "区县 county",
            "目标 target",
            "应在库 minimum",
            "在库 in pool",
            "差 short",
            "达标 ready",
            "预警 warned",
        )
        show(rows, headings, _radar_row, CountyRadarOut(many=True) if in_json else None)


def _radar_row(one: CountyRadar) -> tuple[object, ...]:
    quota = one.quota
    counts = (one.in_pool, one.shortfall, len(one.ready), len(one.warned))
    return (named(one.region.name), quota and quota.target, quota and quota.minimum, *counts)


def _stays(db: Any, caller: Any, state: str | None) -> list[Any]:
    return list(reading.entries(db, caller, EVERYTHING, state=state).items)


def _stay_row(row: Any) -> tuple[object, ...]:
    entry, party = row
    return (
        party.code,
        party.name,
        region(entry.region).name.zh,
        entry.state,
        yuan(entry.revenue),
        entry.revenue_year,
        entry.since,
        entry.until,
    )


@pool.command("list", short_help="培育记录 Stays")
@who
@click.option("--state", type=click.Choice(list(STATES)), help="状态 Only those in this state")
@as_json
def pool_list(username: str, state: str | None, in_json: bool) -> None:
    """The stays of the person's counties, those to decide first."""
    with acting(username) as (db, caller):
        rows = _stays(db, caller, state)
        headings = ("代码 code", "企业 firm", "区县 county", "状态 state", "营业收入 revenue")
        schema = WholePoolEntryOut(many=True, exclude=("steps", "moves")) if in_json else None
        if schema is not None:
            rows = [{"entry": entry, "party": party} for entry, party in rows]
        show(
            rows, headings, lambda row: (*_stay_row(row)[:3], labelled(STATES, row[0].state), _stay_row(row)[4]), schema
        )


@pool.command("export", short_help="导出 CSV Export")
@who
@out
def pool_export(username: str, out: Path) -> None:
    """Every stay of the person's counties as a CSV file."""
    with acting(username) as (db, caller):
        header = ("enterprise_code", "name", "county", "state", "revenue", "year", "since", "until")
        write_csv(out, header, (_stay_row(row) for row in _stays(db, caller, None)))


@pool.command("import", short_help="导入推荐名单 Nominate by file")
@click.argument("file", type=FILE)
@who
def pool_import(file: Path, username: str) -> None:
    """Nominate every firm of FILE (CSV or XLSX) for the person's county, or none."""
    with acting(username) as (db, caller), faults_told():
        moment = now()
        table = filing.read_nominations(file.name, file.read_bytes())
        rules = pool_rules(policy_book(), moment.today())
        work = partial(
            filing.nominate_rows, caller=caller, table=table, rules=rules, at=moment.now(), today=moment.today()
        )
        made = database.write(db, work)
        click.echo(f"推荐了 {len(made)} 家 / {len(made)} firms nominated")


@pool.command("revenues", short_help="导入月度收入 Monthly revenue by file")
@click.argument("file", type=FILE)
@who
def pool_revenues(file: Path, username: str) -> None:
    """Keep the monthly revenue of FILE, whole or not at all."""
    with acting(username) as (db, caller), faults_told():
        moment = now()
        table = filing.read_revenues(file.name, file.read_bytes())
        work = partial(filing.file_revenues, caller=caller, table=table, at=moment.now(), today=moment.today())
        taken = database.write(db, work)
        click.echo(f"记下 {taken} 个月度收入 / {taken} monthly figures taken")


@pool.command("report", short_help="一月通报 The January report")
@click.argument("year", type=click.IntRange(2000, 2100))
@who
@out
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 Language of a PDF")
def pool_report(year: int, username: str, out: Path, lang: str) -> None:
    """The report on the targets of YEAR, as issued or as it would read today: XLSX or PDF by the name of the file."""
    with acting(username) as (db, caller):
        if caller.role not in POOL_READERS:
            raise may_not()
        if out.suffix.lower() not in (".pdf", ".xlsx"):
            raise click.UsageError("文件名以 .pdf 或 .xlsx 结尾 / the file's name ends with .pdf or .xlsx")
        made = report.report_of(db, report.sensible_year(year), book=policy_book(), today=now().today())
        is_pdf = out.suffix.lower() == ".pdf"
        out.write_bytes(report_paper(made, lang=lang) if is_pdf else report_workbook(made))
        click.echo(str(out))


@click.group("whitelist", short_help="企业白名单 The whitelist")
def whitelist() -> None:
    """The whitelist of firms that may apply for renewal without repayment."""


def _listed_row(one: publication.PublishedFirm) -> tuple[object, ...]:
    return one.party.code, one.party.name, region(one.party.fiscal_region).name.zh, one.since


def _list_of_day(db: Any, caller: Any, day: datetime | None) -> list[publication.PublishedFirm]:
    if caller.role not in LIST_READERS:
        raise may_not()
    return views.list_of(db, day.date() if day else now().today())


DAY = click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天的名单 The list of which day; today without")


@whitelist.command("list", short_help="某一天的名单 The list of a day")
@who
@DAY
@as_json
def whitelist_list(username: str, day: datetime | None, in_json: bool) -> None:
    """Who is on the list of a day."""
    with acting(username) as (db, caller):
        headings = ("代码 code", "企业 firm", "区县 county", "自 since")
        show(_list_of_day(db, caller, day), headings, _listed_row, ListedFirmOut(many=True) if in_json else None)


@whitelist.command("export", short_help="导出 CSV Export")
@who
@DAY
@out
def whitelist_export(username: str, day: datetime | None, out: Path) -> None:
    """The list of a day as a CSV file."""
    with acting(username) as (db, caller):
        rows = (_listed_row(one) for one in _list_of_day(db, caller, day))
        write_csv(out, ("enterprise_code", "name", "region", "since"), rows)


@whitelist.command("changes", short_help="比某一期多了谁、少了谁 What came and went")
@who
@click.option("--since", type=click.IntRange(1), help="自第几期 Since which publication; all of it without")
@as_json
def whitelist_changes(username: str, since: int | None, in_json: bool) -> None:
    """Who came (+) and went (−) since a publication."""
    with acting(username) as (db, caller):
        if caller.role not in LIST_READERS:
            raise may_not()
        change = publication.change_since(db, since)
        came, went = (change.came, change.went) if change else ((), ())
        rows = [*came, *went]
        signs = {id(one): "+" for one in came}
        headings = ("", "代码 code", "企业 firm", "区县 county", "自 since")
        schema = ListedFirmOut(many=True) if in_json else None
        show(rows, headings, lambda one: (signs.get(id(one), "−"), *_listed_row(one)), schema)
