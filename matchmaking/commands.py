"""Command line of the matchmaking: `yinqi match`, a session without a database, and `yinqi verify session`."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kernel.cli import declared_of
from kernel.errors import DomainError
from kernel.periods import IsoWeek, NotAPeriod
from kernel.policies import PolicyBook
from kernel.tables.faults import Fault, FileRefused, errors_csv, forget_refusal
from kernel.tables.writing import csv_bytes
from matchmaking.market_files.reading import FiledMarket, MarketFile, read_market
from matchmaking.market_files.writing import session_files
from matchmaking.matching_policy import matching_policy
from matchmaking.replay_commands import replay_all, show, weeks_in
from matchmaking.week import Terms, WeekPlan, match_week

STAGES = {
    "reading": "读取文件 reading files",
    "candidates": "候选配对 finding candidates",
    "ranking": "产品排序 ranking products",
    "assignment": "分配场次 assigning meetings",
    "timetable": "排时间表 making the timetable",
    "certificate": "出具证书 certifying",
    "writing": "写出结果 writing",
}
SEED_BYTES = 32
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
OUT = click.Path(file_okay=False, path_type=Path)


class WeekType(click.ParamType[IsoWeek]):
    """An ISO week on the command line: 2022-W24."""

    name = "week"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> IsoWeek:
        try:
            return value if isinstance(value, IsoWeek) else IsoWeek.parse(str(value))
        except NotAPeriod as error:
            self.fail(f"{error.text.zh} / {error.text.en}", param, ctx)


class SeedType(click.ParamType[bytes]):
    """Whole bytes in hex."""

    name = "hex"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        if isinstance(value, bytes):
            return value
        if not re.fullmatch(r"(?:[0-9a-fA-F]{2}){1,64}", str(value)):
            self.fail("种子是成对的十六进制数字 / a seed is pairs of hex digits", param, ctx)
        return bytes.fromhex(str(value))


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str], None]]:
    """The stage that runs, on a terminal alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=len(STAGES))

        def show(stage: str) -> None:
            bar.update(task, description=STAGES[stage], completed=list(STAGES).index(stage))

        yield show


def _policies(context: click.Context, given: Path | None) -> Path:
    """The folder named, or the one that the command line's root put into `ctx.obj["policies"]`."""
    usual = given or (context.obj or {}).get("policies")
    if usual is None:
        raise click.UsageError("请用 --policies 指明政策文件夹 / name the policy folder with --policies")
    return Path(usual)


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)


def _say(console: Console, zh: str, en: str) -> None:
    console.print(f"{zh}\n{en}", markup=False, highlight=False, soft_wrap=True)


def _refuse(context: click.Context, error: DomainError, out: Path, console: Console) -> None:
    """Nothing is written but the error report; exit status 1."""
    faults = error.faults if isinstance(error, FileRefused) else _as_faults(error)
    _write(out, {"errors.csv": errors_csv(faults)})
    _say(console, error.text.zh, error.text.en)
    _say(console, f"详见 {out / 'errors.csv'}", f"see {out / 'errors.csv'}")
    context.exit(1)


def _as_faults(error: DomainError) -> tuple[Fault, ...]:
    return (Fault("", 0, "", "", error.code, "error", error.text),)


def _read(banks: Path, products: Path, requests: Path) -> FiledMarket:
    return read_market(*(MarketFile(path.name, path.read_bytes()) for path in (banks, products, requests)))


def _remark(filed: FiledMarket, console: Console) -> None:
    warnings = sum(fault.severity == "warning" for fault in filed.remarks)
    if warnings:
        _say(console, f"{warnings} 条提示，按已确认处理", f"{warnings} warnings, taken as confirmed")


def _summary(plan: WeekPlan, terms: Terms, drawn: bool) -> str:
    table, assignment = plan.timetable, plan.assignment
    lines = [
        f"{terms.week}：{len(plan.market.requests)} 笔需求，{len(plan.enterprises)} 家企业，"
        f"{assignment.coverage} 家得到场次（上界 {assignment.coverage_bound}），{len(plan.meetings)} 场，"
        f"{table.slots_used} 个时段（下界 {table.bound.slots}），{table.rooms_used} 间会议室",
        f"{terms.week}: {len(plan.market.requests)} requests, {len(plan.enterprises)} enterprises, "
        f"{assignment.coverage} meet (bound {assignment.coverage_bound}), {len(plan.meetings)} meetings, "
        f"{table.slots_used} slots (bound {table.bound.slots}), {table.rooms_used} rooms",
    ]
    return "\n".join([*lines, f"seed {terms.seed.hex()}"] if drawn else lines)


def _pseudonym_list(plan: WeekPlan) -> bytes:
    rows = ((kind, code, name) for (kind, code), name in sorted(plan.pseudonyms.items()))
    return csv_bytes(("kind", "code", "pseudonym"), rows)


def _replay(context: click.Context, weeks: Path, policies: Path, out: Path, console: Console) -> None:
    try:
        show(replay_all(weeks_in(weeks), PolicyBook.load(policies, declared_of(context))), out)
    except DomainError as error:
        _refuse(context, error, out, console)


@click.command("match", short_help="撮合一周 Match a week from files")
@click.option("--banks", type=FILE, help="银行文件 Banks file")
@click.option("--products", type=FILE, help="产品文件 Products file")
@click.option("--requests", type=FILE, help="需求文件 Requests file")
@click.option("--week", type=WeekType(), help="周次 ISO week, such as 2022-W24")
@click.option("--slots", type=click.IntRange(1, 1000), help="时段数 Slots of the session")
@click.option("--rooms", type=click.IntRange(1), help="会议室数 Rooms: caps all meetings at rooms × slots")
@click.option("--levels", type=click.IntRange(0), help="最多提升层数 Most promotion levels; 0 switches promotion off")
@click.option("--top", type=click.IntRange(1, 1000), help="每笔需求列出的产品数 Products ranked a request")
@click.option("--seed", type=SeedType(), help="抽签种子 Lottery seed in hex; drawn and printed if left out")
@click.option("--policies", type=FOLDER, help="政策文件夹 Folder of policy files")
@click.option(
    "--pseudonyms", type=click.Path(dir_okay=False, path_type=Path), help="化名表（不公开） Private list of names"
)
@click.option(
    "--replay",
    type=FOLDER,
    help="回测：每周一个文件夹 Back-test: a folder of past weeks, each with its three files and certificate.json",
)
@click.option("--out", type=OUT, required=True, help="结果文件夹 Where to write")
@click.pass_context
def match(
    context: click.Context,
    banks: Path | None,
    products: Path | None,
    requests: Path | None,
    week: IsoWeek | None,
    slots: int | None,
    rooms: int | None,
    levels: int | None,
    top: int | None,
    seed: bytes | None,
    policies: Path | None,
    pseudonyms: Path | None,
    replay: Path | None,
    out: Path,
) -> None:
    """Plan one weekly session from three market files: ranking, meetings, the unmatched, and the certificate.

    With --replay, match past weeks again by every mechanism and compare coverage, score and equity.
    """
    console = Console(stderr=True)
    folder = _policies(context, policies)
    if replay is not None:
        _replay(context, replay, folder, out, console)
        return
    if banks is None or products is None or requests is None or week is None or slots is None:
        raise click.UsageError(
            "请给 --banks --products --requests --week --slots，或者 --replay / "
            "give --banks, --products, --requests, --week and --slots, or --replay"
        )
    terms = Terms(week, slots, seed or secrets.token_bytes(SEED_BYTES), rooms, levels, top)
    try:
        with _progress(console) as tell:
            tell("reading")
            filed = _read(banks, products, requests)
            policy = matching_policy(PolicyBook.load(folder, declared_of(context)), week.monday)
            plan = match_week(filed.market, policy=policy, terms=terms, progress=tell)
            tell("writing")
            files = session_files(plan, policy, terms)
    except DomainError as error:
        _refuse(context, error, out, console)
        return
    forget_refusal(out)
    _write(out, files)
    if pseudonyms is not None:
        pseudonyms.write_bytes(_pseudonym_list(plan))
    _remark(filed, console)
    click.echo(_summary(plan, terms, drawn=seed is None))
