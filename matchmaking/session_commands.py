"""`yinqi products …` and `yinqi sessions …`: what the books hold, and the match of a session, from the command line."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller, account_by_username, caller_for
from kernel.clock import Clock
from kernel.errors import NotFound
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from kernel.web.paging import MOST_PER_PAGE, Asked
from matchmaking.commands import OUT, WeekType
from matchmaking.market_files.reading import MarketFile
from matchmaking.matching.vocabulary import GUARANTEE_KINDS
from matchmaking.page_words import listed, months, rate, wan_range
from matchmaking.products.reading import Sought, hall
from matchmaking.products.schemas import ProductOut
from matchmaking.replay_commands import KINDS, past_week, replay_all, show
from matchmaking.sessions import outcome, reading, running, service
from matchmaking.sessions.reading import SessionLine
from matchmaking.sessions.schemas import BankPlaceOut, MeetingOut, SessionOut, UnmetOut
from matchmaking.sessions.workflow import STATES

WIDE = 200

as_json = click.option("--json", "in_json", is_flag=True, help="输出 JSON Print JSON")
who = click.option("--as", "username", metavar="USERNAME", required=True, help="以谁的身份 Whose account acts")


def _app() -> Flask:
    found: Flask = click.get_current_context().find_root().obj["make_app"]()
    return found


def _now() -> Clock:
    found = current_app.extensions["clock"]
    assert isinstance(found, Clock)
    return found


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    table = Table(*headings)
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table, markup=False)


def _caller(db: Session, username: str) -> Caller:
    caller = caller_for(db, account_by_username(db, username).id or 0)
    if caller is None:
        raise NotFound("account_not_found", f"账号 {username} 已停用", f"The account {username} is switched off")
    return caller


def _of_week(db: Session, week: IsoWeek, caller: Caller | None = None) -> SessionLine:
    """The session of a week: the caller's own where several bureaus hold one."""
    lines = [one for one in reading.sessions(db, Asked(per_page=MOST_PER_PAGE)).items if one.session.week == str(week)]
    own = [one for one in lines if caller and one.session.organiser_id == caller.organisation_id]
    if not lines:
        raise NotFound("session_not_found", f"{week} 没有对接会", f"There is no session in {week}")
    return (own or lines)[0]


@click.group("products", short_help="贷款产品 Loan products")
def products() -> None:
    """Loan products in the books."""


@products.command("list", short_help="在架的产品 Products on offer")
@click.option("--bank", metavar="CODE", help="银行的统一社会信用代码 Credit code of the bank")
@as_json
def products_list(bank: str | None, in_json: bool) -> None:
    """The products on offer today, cheapest first."""
    with _app().app_context():
        page = hall(database.current(), Sought(bank=bank), Asked(per_page=10_000), day=_now().today())
        if in_json:
            _print_json(ProductOut(many=True).dump(page.items))
            return
        headings = (
            "编号 code",
            "银行 bank",
            "产品 product",
            "额度 amount",
            "期限 term",
            "年利率 rate %",
            "担保 guarantee",
        )
        _table(headings, (_product_row(one) for one in page.items))


def _product_row(one: Any) -> tuple[object, ...]:
    terms = one.terms
    return (
        one.product.code,
        one.bank.name,
        terms.name,
        wan_range(terms.amount_min, terms.amount_max),
        months(terms.term_min, terms.term_max),
        f"{rate(terms.rate_min)} – {rate(terms.rate_max)}",
        listed(terms.guarantee_kinds, GUARANTEE_KINDS),
    )


@click.group("sessions", short_help="每周对接会 Weekly sessions")
def sessions() -> None:
    """Weekly sessions in the books."""


@sessions.command("list", short_help="全部场次 All sessions")
@as_json
def sessions_list(in_json: bool) -> None:
    """All sessions, the latest week first."""
    with _app().app_context():
        lines = reading.sessions(database.current(), Asked(per_page=MOST_PER_PAGE)).items
        if in_json:
            _print_json(SessionOut(many=True).dump(lines))
            return
        headings = (
            "周次 week",
            "主题 theme",
            "状态 state",
            "组织方 organiser",
            "银行 banks",
            "申请 requests",
            "场次 meetings",
        )
        _table(headings, (_session_row(one) for one in lines))


def _session_row(one: SessionLine) -> tuple[object, ...]:
    session, state = one.session, STATES[one.session.state]
    named = f"{state.zh} {state.en}"
    return (session.week, session.theme, named, one.organiser.name, one.banks, one.requests, one.meetings)


@sessions.command("show", short_help="一场：银行、场次、没约上的 One session")
@click.argument("week", type=WeekType())
@who
@as_json
def sessions_show(week: IsoWeek, username: str, in_json: bool) -> None:
    """The session of a WEEK as the person sees it: its banks, the meetings, who met nobody."""
    with _app().app_context():
        db = database.current()
        caller = _caller(db, username)
        line = _of_week(db, week, caller)
        lines = outcome.meetings_for(db, caller, line.session, today=_now().today())
        if in_json:
            _print_json(_everything(db, caller, line))
            return
        _table(("周次 week", "主题 theme", "状态 state", "组织方", "银行", "申请", "场次"), [_session_row(line)])
        headings = ("时段 slot", "银行 bank", "席位 desk", "企业 enterprise", "产品 product", "轮次 round")
        rows = (
            (
                one.meeting.slot,
                one.bank.name,
                one.meeting.desk,
                one.enterprise.name if one.enterprise else "—",
                one.product.name,
                one.meeting.round,
            )
            for one in lines
        )
        _table(headings, rows)


def _everything(db: Session, caller: Caller, line: SessionLine) -> dict[str, Any]:
    session = line.session
    return {
        "session": SessionOut().dump(line),
        "banks": BankPlaceOut(many=True).dump(reading.banks_at(db, session.id or 0)),
        "meetings": MeetingOut(many=True).dump(outcome.meetings_for(db, caller, session, today=_now().today())),
        "unmatched": UnmetOut(many=True).dump(outcome.unmet_for(db, caller, session)),
    }


@sessions.command("run", short_help="配对排表 Match a closed session")
@click.argument("week", type=WeekType())
@who
@click.option("--reason", default="", help="提前配对的理由 Why the match comes before its announced time")
def sessions_run(week: IsoWeek, username: str, reason: str) -> None:
    """Match the closed session of a WEEK of the person's own bureau; what `yinqi match` does, on the books."""
    with _app().app_context():
        db = database.current()
        caller = _caller(db, username)
        if caller.role != "organiser":
            raise NotFound("session_not_found", f"{week} 没有你组织的对接会", f"You organise no session in {week}")
        session = service.own_session(db, caller, _of_week(db, week, caller).session.id or 0)
        book = current_app.extensions["policies"]
        assert isinstance(book, PolicyBook)
        key: bytes = current_app.extensions["seal_key"]
        now = _now().now()
        running.match_by_hand(db, caller, session.id or 0, book=book, key=key, at=now, reason=reason)
        line = _of_week(db, week, caller)
        click.echo(
            f"{week}：{line.requests} 份申请，{line.meetings} 场 / {line.requests} requests, {line.meetings} meetings"
        )


@sessions.command("replay", short_help="回测过去的场次 Back-test past sessions")
@click.option("--since", type=WeekType(), help="从哪一周起 The first week")
@click.option("--until", type=WeekType(), help="到哪一周止 The last week")
@click.option("--out", type=OUT, required=True, help="结果文件夹 Where to write replay.csv")
def sessions_replay(since: IsoWeek | None, until: IsoWeek | None, out: Path) -> None:
    """Match every session that was matched again, from its frozen market, by each mechanism: coverage, score, equity."""
    with _app().app_context():
        book = current_app.extensions["policies"]
        assert isinstance(book, PolicyBook)
        kept = running.kept_runs(database.current(), since, until)
        weeks = [
            past_week(
                {kind: MarketFile(f"{kind}.csv", getattr(run, f"input_{kind}").encode()) for kind in KINDS}, paper
            )
            for run in kept
            for paper in [run.certificate.encode()]
        ]
    if not weeks:
        raise click.ClickException("这些周里没有配过对的场次 / no session of these weeks has been matched")
    show(replay_all(weeks, book), out)
