"""`yinqi policy compare`: what a change of the policy files does to quarters that were settled, before it is put in force."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kernel.bilingual import Text
from kernel.cli import declared_of
from kernel.money import grouped
from kernel.policies import PolicyBook
from settlement.engine.machines import machine
from settlement.filed.comparing import QuarterComparison, compare
from settlement.filed.settling import FiledInput
from settlement.options import FILE, FOLDER

UNTOUCHED = Text("没有变化", "unchanged")
SAME_AMOUNTS = Text("规则有变化，金额不变", "the rules changed, the amounts did not")


def _amount(fen: int | None) -> str:
    return "—" if fen is None else grouped(fen)


def lines_of(compared: QuarterComparison) -> Iterator[str]:
    """A quarter in words: unchanged, or each institution with before, after and difference in yuan."""
    if not compared.changes:
        said = SAME_AMOUNTS if compared.is_touched else UNTOUCHED
        yield f"{compared.quarter}：{said.zh} / {said.en}"
        return
    total = sum(one.difference for one in compared.changes)
    many, total_said = len(compared.changes), grouped(total)
    yield f"{compared.quarter}：{many} 家有变化，合计 {total_said} 元 / {many} change, {total_said} yuan"
    for one in compared.changes:
        yield f"  {one.code}  {_amount(one.before)} → {_amount(one.after)}（{grouped(one.difference)}）"


def _rows(found: Iterable[QuarterComparison]) -> list[dict[str, object]]:
    return [
        {
            "quarter": str(one.quarter),
            "touched": one.is_touched,
            "changes": [
                {"institution": each.code, "before": each.before, "after": each.after, "difference": each.difference}
                for each in one.changes
            ],
        }
        for one in found
    ]


@click.command("compare", short_help="改政策文件前后逐季对照 What a change does, quarter by quarter")
@click.option("--before", type=FOLDER, required=True, help="原来的政策文件夹 The policies as they were")
@click.option("--after", type=FOLDER, required=True, help="改过的政策文件夹 The policies as changed")
@click.option("--returns", type=FOLDER, required=True, help="报表文件夹 Folder of returns")
@click.option("--institutions", type=FILE, required=True, help="机构清单 Institutions file")
@click.option("--certified", type=FILE, help="人民银行核定余额 Certified balances")
@click.option("--json", "as_json", is_flag=True, help="print JSON, amounts in fen")
@click.pass_context
def compare_policies(
    context: click.Context,
    before: Path,
    after: Path,
    returns: Path,
    institutions: Path,
    certified: Path | None,
    as_json: bool,
) -> None:
    """同一批报表，按改前改后的政策各算一遍，逐季列出增量奖励的差额。 Settle the same returns under both and list what changes."""
    declared = declared_of(context)
    books = [PolicyBook.load(folder, declared) for folder in (before, after)]
    with TemporaryDirectory(prefix="yinqi-compare-") as scratch:
        files = FiledInput(returns, institutions, certified)
        found = list(compare(files, books[0], books[1], machine("duckdb"), Path(scratch)))
    if as_json:
        click.echo(json.dumps(_rows(found), ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(line for one in found for line in lines_of(one)))
