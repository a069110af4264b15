"""`yinqi returns …` and `yinqi explain`: file a return here or on a running service, see versions, and trace a figure in the terminal."""

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import requests
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.errors import DomainError, Refused
from kernel.money import grouped, yuan
from kernel.periods import Quarter
from kernel.web.paging import Asked
from settlement.acting import acting, as_json, print_json, print_table, who
from settlement.handed_over import premises
from settlement.options import FILE, QuarterType
from settlement.returns import service
from settlement.returns.filing import Upload, file_return
from settlement.returns.kinds import KINDS
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import REFUSED, STATES
from settlement.statements.growth import tracing
from settlement.statements.growth.views import with_growth
from settlement.statements.schemes import GROWTH
from settlement.statements.telling import told
from settlement.statements.views import statement_view

SECONDS = 660  # a little longer than the service itself waits for a file to be read
TOKEN = "YINQI_TOKEN"  # noqa: S105 the name of the variable, not a token


@click.group()
def returns() -> None:
    """报表：报送、查看各版 / Returns of banks and guarantors: file them, see their versions."""


@returns.command("file")
@click.argument("file", type=FILE)
@click.option("--quarter", type=QuarterType(), required=True, help="季度 Quarter, such as 2022Q3")
@click.option(
    "--kind", type=click.Choice(list(KINDS)), help="种类，默认按机构 Kind of return, by default the institution's"
)
@click.option("--events", type=FILE, help="担保事项表 The events beside a guarantee return")
@click.option("--server", metavar="URL", help=f"报到运行中的服务，令牌放在 {TOKEN} File to a running service")
@who
@as_json
@click.pass_context
def file_command(
    context: click.Context,
    file: Path,
    quarter: Quarter,
    kind: str | None,
    events: Path | None,
    server: str | None,
    username: str | None,
    in_json: bool,
) -> None:
    """报送一个季度的贷款明细或担保明细 / File a quarter's loan or guarantee return. Exit 0 accepted, 1 refused, 2 wrong use."""
    if server:
        filed, faults = _file_to_server(server, file, quarter, kind=kind, events=events)
    else:
        filed, faults = _file_here(username=username, file=file, quarter=quarter, kind=kind, events=events)
    if in_json:
        print_json({**filed, "findings": faults})
    else:
        _print_filed(filed, faults)
    context.exit(1 if filed["state"] == REFUSED else 0)


@acting
def _file_here(
    db: Session, caller: Caller, *, file: Path, quarter: Quarter, kind: str | None, events: Path | None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    clock = click.get_current_context().find_root().obj["make_app"]().extensions["clock"]
    filed = file_return(
        db,
        caller,
        Upload(file, file.name),
        quarter=quarter,
        premises=premises(),
        at=clock.now(),
        today=clock.today(),
        kind=KINDS[kind] if kind else None,
        events=Upload(events, events.name) if events else None,
    )
    return _told(filed), _faults(db, filed)


def _told(filed: LoanReturn) -> dict[str, Any]:
    names = (
        "id",
        "kind",
        "quarter",
        "version",
        "state",
        "file_name",
        "encoding",
        "rows",
        "events",
        "errors",
        "warnings",
    )
    digests = {"bytes_digest": filed.bytes_digest, "row_digest": filed.row_digest}
    balances = {
        "total_balance": yuan(filed.total),
        "eligible_balance": None if filed.eligible is None else yuan(filed.eligible),
    }
    return {name: getattr(filed, name) for name in names} | balances | digests


def _faults(db: Session, filed: LoanReturn) -> list[dict[str, Any]]:
    return [
        {
            "row": fault.row,
            "column": fault.column,
            "value": fault.value,
            "rule": fault.rule,
            "severity": fault.severity,
            "message_zh": fault.text.zh,
            "message_en": fault.text.en,
        }
        for fault in service.report(db, filed).lines()
    ]


def _file_to_server(
    server: str, file: Path, quarter: Quarter, *, kind: str | None, events: Path | None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same through the API of a running service."""
    token = os.environ.get(TOKEN)
    if not token:
        raise click.UsageError(f"请把访问令牌放在环境变量 {TOKEN} 里 / put your access token into {TOKEN}")
    base, headers = f"{server.rstrip('/')}/api/v1/returns", {"Authorization": f"Bearer {token}"}
    sent = {"file": file} | ({"events": events} if events else {})
    with ExitStack() as opened:
        files = {name: (path.name, opened.enter_context(path.open("rb"))) for name, path in sent.items()}
        asked = {"kind": kind} if kind else {}
        filed = _asked("POST", f"{base}/{quarter}", headers=headers, files=files, params=asked)
    found = _asked("GET", f"{base}/{filed['id']}/errors", headers=headers)
    return filed, found["findings"]


def _asked(method: str, url: str, **options: Any) -> dict[str, Any]:
    """One request; a service that cannot be reached or says no becomes one clear line."""
    try:
        answer = requests.request(method, url, timeout=SECONDS, **options)
    except requests.RequestException as error:
        raise Refused(
            "server_unreachable",
            f"连不上 {url}：{type(error).__name__}，请检查地址和网络",
            f"{url} cannot be reached: {type(error).__name__}; check the address and the network",
        ) from None
    body = _body(answer)
    if answer.status_code >= 400:
        zh = body.get("detail_zh", f"服务答复 {answer.status_code}")
        raise DomainError(
            body.get("code", "server_refused"), zh, body.get("detail_en", f"The service answered {answer.status_code}")
        )
    return body


def _body(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    if answer.status_code < 400:
        raise Refused("not_yinqi", "对方不像银企服务", "That does not look like a yinqi service")
    return {}


def _print_filed(filed: dict[str, Any], faults: list[dict[str, Any]]) -> None:
    state = STATES[filed["state"]]
    click.echo(f"{filed['quarter']} 第 {filed['version']} 版 version {filed['version']}：{state.zh} / {state.en}")
    kind = KINDS[filed["kind"]]
    events = f"，{filed['events']:,} 项 events" if filed["events"] else ""
    click.echo(f"{kind.title.zh} {kind.title.en}：{filed['rows']:,} 笔 rows{events}，{filed['total_balance']} 元 yuan")
    if faults:
        cells = ("row", "column", "value", "rule", "message_zh", "message_en")
        print_table(("行 row", "列 column", "值 value", "规则 rule", "说明", "message"), _rows(faults, cells))


def _rows(faults: list[dict[str, Any]], cells: Iterable[str]) -> list[list[str]]:
    return [[str(fault[cell]) for cell in cells] for fault in faults]


@returns.command("list")
@click.option("--quarter", type=QuarterType(), help="季度 Quarter")
@click.option("--kind", type=click.Choice(list(KINDS)), help="种类 Kind of return")
@who
@as_json
@acting
def list_command(db: Session, caller: Caller, quarter: Quarter | None, kind: str | None, in_json: bool) -> None:
    """各季度的版本 / The versions of every quarter."""
    rows = service.returns_of(db, caller, quarter=quarter, kind=kind)
    if in_json:
        print_json([{"institution_code": row.party.code, **_told(row.filed)} for row in rows])
        return
    print_table(
        (
            "#",
            "机构 institution",
            "种类 kind",
            "季度 quarter",
            "版 version",
            "状态 state",
            "笔数 rows",
            "余额 balance",
            "合格 eligible",
        ),
        (
            (
                str(row.filed.id),
                row.party.name,
                KINDS[row.filed.kind].title.zh,
                row.filed.quarter,
                str(row.filed.version),
                STATES[row.filed.state].zh,
                f"{row.filed.rows:,}",
                grouped(row.filed.total),
                "" if row.filed.eligible is None else grouped(row.filed.eligible),
            )
            for row in rows
        ),
    )


@returns.command("show")
@click.argument("return_id", type=int)
@who
@as_json
@acting
def show_command(db: Session, caller: Caller, return_id: int, in_json: bool) -> None:
    """一个版本和它的错误、提示 / One version with its errors and warnings."""
    filed = service.return_by_id(db, caller, return_id)
    if in_json:
        print_json({**_told(filed), "findings": _faults(db, filed)})
    else:
        _print_filed(_told(filed), _faults(db, filed))


@click.command("explain")
@click.argument("number", metavar="STATEMENT_NUMBER")
@click.option("--rows", type=click.IntRange(0, 200), default=10, show_default=True, help="列几行数据 How many loans")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@who
@as_json
@acting
def explain(db: Session, caller: Caller, number: str, rows: int, lang: str, in_json: bool) -> None:
    """数→条款→参数→数据行 / Where a statement's figure comes from: figure, clause, parameters, rows."""
    view, loans = statement_view(db, caller, number), []
    if view.statement.scheme == GROWTH:
        view = with_growth(db, view)
        if view.figures.return_digest and rows:
            asked, reason = Asked(1, rows), tracing.reason_of("eligible")
            page, _ = tracing.loans(view.figures, view.explanation, premises(), reason=reason, detail=None, asked=asked)
            loans = list(page.items)
    if in_json:
        shown = [
            {**loan.__dict__, "start_date": str(loan.start_date), "maturity_date": str(loan.maturity_date)}
            for loan in loans
        ]
        print_json({"number": number, "explanation": view.explanation, "loans": shown})
        return
    for line in told(view, loans, lang):
        click.echo(line)
