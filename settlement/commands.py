"""Command line of the settlement: `yinqi settle`, the main job without a database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from kernel.cli import declared_of
from kernel.errors import DomainError
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.policies.declared import Declarations
from kernel.tables.faults import Fault, FileRefused, errors_csv
from settlement import fee_subsidy, growth_reward
from settlement.engine.machines import machine
from settlement.filed.fee_settling import settle_fees
from settlement.filed.settling import FiledInput, settle_growth
from settlement.filed.settling import Progress as Watch
from settlement.filed.summary import summary
from settlement.filed.writing import Settlement, files_of, leftovers, replace_outputs, run_json, write_files
from settlement.options import FILE, FOLDER, QuarterType

SCHEMES = (growth_reward.SCHEME, fee_subsidy.SCHEME)
STAGES = {
    "intake": "读报表 reading returns",
    "settle": "计算 settling",
    "neighbours": "互相核对 holding returns against each other",
}


@contextmanager
def progress_shown(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """How far each stage is, on a terminal alone."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
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
    report = {"errors.csv": errors_csv(_refusal(error))}
    write_files(out, report)
    said = [error.text.zh, error.text.en, f"→ {out / 'errors.csv'}"]
    if leftovers(out, report):
        said.append("这个文件夹里其余的文件是以前算的 / the other files in this folder are of an earlier settlement")
    console.print("\n".join(said), markup=False, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class _Asked:
    """What is settled, from which files, by which policies and engine."""

    scheme: str
    quarter: Quarter
    files: FiledInput
    policies: Path
    engine: str
    declared: Declarations | None = None


def _settled(asked: _Asked, book: PolicyBook, scratch: Path, show: Watch) -> tuple[Settlement, str]:
    """The settlement, and the name of what it ran on: the fee subsidy is summed contract by contract in this process."""
    if asked.scheme == fee_subsidy.SCHEME:
        return settle_fees(asked.files, asked.quarter, book, scratch, show), "python"
    runs_on = machine(asked.engine)
    return settle_growth(asked.files, asked.quarter, book, runs_on, scratch, show), runs_on.name


def _settle(asked: _Asked, out: Path, console: Console) -> str:
    started, clock = datetime.now(UTC), time.perf_counter()
    book = PolicyBook.load(asked.policies, asked.declared)
    with TemporaryDirectory(prefix="yinqi-settle-") as scratch, progress_shown(console) as show:
        settled, ran_on = _settled(asked, book, Path(scratch), show)
        written = files_of(settled)
    seconds = {**settled.seconds, "total": time.perf_counter() - clock}
    record = run_json(asked.files, settled, written, book, engine=ran_on, started=started, seconds=seconds)
    replace_outputs(out, {**written, "run.json": record})
    return summary(settled, out)


@click.command("settle", short_help="结算一个季度 Settle a quarter from files")
@click.option(
    "--returns", type=FOLDER, required=True, help="报表文件夹 Folder of <code>_<quarter>_loans (or _guarantees) files"
)
@click.option("--institutions", type=FILE, required=True, help="机构清单 Institutions file")
@click.option("--quarter", type=QuarterType(), required=True, help="季度 Quarter, such as 2022Q1")
@click.option("--certified", type=FILE, help="人民银行核定余额 Certified balances")
@click.option("--scheme", type=click.Choice(SCHEMES), default=SCHEMES[0], show_default=True, help="政策 Scheme")
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
    scheme: str,
    engine: str,
    policies: Path | None,
    out: Path,
) -> None:
    """从报表算出一个季度的结算单、分担和对账,不用数据库。 Settle one quarter from filed returns, without a database.

    Exit status: 0 done, 1 the input is refused (only errors.csv is written), 2 wrong use.
    """
    console = Console(stderr=True)
    files = FiledInput(returns, institutions, certified)
    asked = _Asked(scheme, quarter, files, _policies(context, policies), engine, declared_of(context))
    try:
        said = _settle(asked, out, console)
    except DomainError as error:
        if error.code == "spark_missing":
            raise click.UsageError(f"{error.text.zh} / {error.text.en}") from None
        _refuse(error, out, console)
        context.exit(1)
    click.echo(said)
