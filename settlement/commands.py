"""Command line of the settlement: `yinqi settle`, the main job without a database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from kernel.errors import DomainError
from kernel.money import grouped
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.tables.faults import Fault, FileRefused, errors_csv
from settlement.engine.machines import machine
from settlement.filed.settling import FiledInput, GrowthSettlement, settle_growth
from settlement.filed.writing import growth_files, run_json, write_files
from settlement.growth_reward import SCHEME
from settlement.options import QuarterType

STAGES = {"intake": "读报表 reading returns", "settle": "计算 settling"}
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@contextmanager
def progress_shown(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """How far each stage is, on a terminal alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, of: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(STAGES.get(stage, stage), total=of)
            bar.update(tasks[stage], completed=done)

        yield show


def _policies(context: click.Context, given: Path | None) -> Path:
    """The folder named, or the one that the command line's root put into `ctx.obj["policies"]`."""
    usual = given or (context.obj or {}).get("policies")
    if usual is None:
        raise click.UsageError("请用 --policies 指明政策文件夹 / name the policy folder with --policies")
    return Path(usual)


def _refusal(error: DomainError) -> tuple[Fault, ...]:
    if isinstance(error, FileRefused):
        return error.faults
    return (Fault("", 0, "", "", error.code, "error", error.text),)


def _refuse(error: DomainError, out: Path, console: Console) -> None:
    """Nothing is written but the error report; exit status 1."""
    faults = _refusal(error)
    write_files(out, {"errors.csv": errors_csv(faults)})
    console.print(f"{error.text.zh}\n{error.text.en}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"→ {out / 'errors.csv'}", markup=False, highlight=False, soft_wrap=True)


def _summary(settled: GrowthSettlement, out: Path) -> str:
    amounts = [one.amount for one in settled.assessments if one.amount is not None]
    held = sum(one.held for one in settled.assessments)
    count, total = len(settled.assessments), grouped(sum(amounts))
    warnings = sum(fault.severity == "warning" for fault in settled.faults)
    return (
        f"{settled.quarter}：{count} 张结算单，合计 {total} 元，暂缓 {held} 张，提示 {warnings} 条\n"
        f"{settled.quarter}: {count} statements, {total} yuan in all, {held} held, {warnings} warnings\n→ {out}"
    )


def _settle(files: FiledInput, quarter: Quarter, policies: Path, engine: str, out: Path, console: Console) -> str:
    started, clock = datetime.now(UTC), time.perf_counter()
    runs_on = machine(engine)
    book = PolicyBook.load(policies)
    with TemporaryDirectory(prefix="yinqi-settle-") as scratch, progress_shown(console) as show:
        settled = settle_growth(files, quarter, book, runs_on, Path(scratch), show)
    written = growth_files(settled)
    seconds = {**settled.seconds, "total": time.perf_counter() - clock}
    record = run_json(files, settled, written, book, engine=runs_on.name, started=started, seconds=seconds)
    write_files(out, {**written, "run.json": record})
    return _summary(settled, out)


@click.command("settle", short_help="结算一个季度 Settle a quarter from files")
@click.option("--returns", type=FOLDER, required=True, help="报表文件夹 Folder of <code>_<quarter>_loans files")
@click.option("--institutions", type=FILE, required=True, help="机构清单 Institutions file")
@click.option("--quarter", type=QuarterType(), required=True, help="季度 Quarter, such as 2022Q1")
@click.option("--certified", type=FILE, help="人民银行核定余额 Certified balances")
@click.option("--scheme", type=click.Choice([SCHEME]), default=SCHEME, show_default=True, help="政策 Scheme")
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="引擎 Engine"
)
@click.option("--policies", type=FOLDER, help="政策文件夹 Folder of policy files")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="结果文件夹 Where to write"
)
@click.pass_context
def settle(
    context: click.Context,
    returns: Path,
    institutions: Path,
    quarter: Quarter,
    certified: Path | None,
    scheme: str,  # noqa: ARG001 one scheme so far; click has checked its name
    engine: str,
    policies: Path | None,
    out: Path,
) -> None:
    """从报表算出一个季度的结算单、分担和对账,不用数据库。 Settle one quarter from filed returns, without a database.

    Exit status: 0 done, 1 the input is refused (only errors.csv is written), 2 wrong use.
    """
    console = Console(stderr=True)
    files = FiledInput(returns, institutions, certified)
    try:
        said = _settle(files, quarter, _policies(context, policies), engine, out, console)
    except DomainError as error:
        if error.code == "spark_missing":
            raise click.UsageError(f"{error.text.zh} / {error.text.en}") from None
        _refuse(error, out, console)
        context.exit(1)
    click.echo(said)
