"""`yinqi batches …`: list batches, show one with its items and hands, and what newer facts would change. Signing is for people on pages."""

import click
from sqlmodel import Session

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.errors import Forbidden
from kernel.money import grouped, yuan
from kernel.periods import Quarter
from kernel.web.paging import Asked, page_of
from settlement.acting import acting, as_json, print_json, print_table, who
from settlement.batches.places import desk
from settlement.batches.reading import batches_query
from settlement.batches.restating import preview
from settlement.batches.schemas import BatchOut, WholeBatchOut
from settlement.batches.views import batch_view
from settlement.batches.workflow import STATES
from settlement.options import QuarterType

MOST = 200


def _require_reader(caller: Caller) -> None:
    if caller.role not in FINANCE_SIDE:
        raise Forbidden("role_may_not", "批次只给财政侧看", "Batches are for the finance side")


@click.group("batches", short_help="批次 Batches and their four hands")
def batches() -> None:
    """批次:列表、一个批次、更正的影响。 Batches: the list, one of them, the effects of corrections."""


@batches.command("list")
@click.option("--quarter", type=QuarterType(), help="季度 Quarter, such as 2022Q3")
@who
@as_json
@acting
def list_command(db: Session, caller: Caller, quarter: Quarter | None, in_json: bool) -> None:
    """全部批次,新的在前 / All batches, the newest first."""
    _require_reader(caller)
    found = page_of(db, batches_query(quarter=quarter), Asked(1, MOST)).items
    if in_json:
        print_json(BatchOut(many=True).dump(found))
        return
    rows = (
        (one.number, one.quarter, STATES[one.state].zh, STATES[one.state].en, str(one.notice_until or ""))
        for one in found
    )
    print_table(("批次 batch", "季度 quarter", "状态", "state", "公示到 notice until"), rows)


@batches.command("show")
@click.argument("number")
@who
@as_json
@acting
def show_command(db: Session, caller: Caller, number: str, in_json: bool) -> None:
    """一个批次的项目和四手 / One batch with its items and hands."""
    _require_reader(caller)
    view = batch_view(db, caller, number, desk=desk())
    if in_json:
        print_json(WholeBatchOut().dump(view))
        return
    click.echo(f"{number}  {view.state.zh} / {view.state.en}  {grouped(view.total)}")
    rows = (
        (
            one.statement.beneficiary_name,
            one.item.statement_number,
            str(one.item.revision),
            one.kind.zh,
            yuan(one.item.amount),
        )
        for one in view.items
    )
    print_table(("单位 party", "结算单 statement", "稿 revision", "类别 kind", "金额 amount"), rows)
    for step, signed in view.hands:
        name = view.names.get(signed.signed_by, "") if signed else "—"
        click.echo(f"{step.title.zh} / {step.title.en}: {name}")


@batches.command("restatement")
@who
@as_json
@acting
def restatement_command(db: Session, caller: Caller, in_json: bool) -> None:
    """签过字的结算单,事实变了会怎样 / What newer facts would change on signed statements."""
    _require_reader(caller)
    found = preview(db, desk=desk()).deltas
    told = [
        {
            "statement": one.statement.number,
            "before": None if one.before is None else yuan(one.before),
            "after": None if one.after is None else yuan(one.after),
            "awarded": yuan(one.awarded),
            "adjustment": None if one.adjustment is None else yuan(one.adjustment),
        }
        for one in found
    ]
    if in_json:
        print_json(told)
    else:
        headings = ("结算单 statement", "原来 before", "现在 after", "已奖 awarded", "调整 adjustment")
        print_table(headings, ([str(value if value is not None else "—") for value in one.values()] for one in told))
