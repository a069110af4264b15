"""`yinqi demo load` fills empty books with the demonstration city; `yinqi demo run` shows the whole service at work on it."""

import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from config import serving
from config.demonstration.city import SEED, write_city
from config.demonstration.filling import fill, holds_something
from config.demonstration.loading.city import PRESENT, Step
from config.demonstration.loading.parties import PASSWORD, SHOWN
from config.settings import Settings
from kernel.clock import business_day


def _folder(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "demonstration"


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The text kept in a file, made on the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make())
        path.chmod(0o600)
    return path.read_text()


def _offset() -> str:
    return str(int((PRESENT - datetime.now(UTC)).total_seconds()))


def demonstration_environment(settings: Settings) -> dict[str, str]:
    """What switches demonstration mode on for the processes of one data folder: a key of its own and its own present."""
    folder = _folder(settings)
    return {
        "YINQI_DEMONSTRATION": "1",
        "YINQI_SECRET_KEY": _kept(folder / "secret-key", lambda: secrets.token_hex(32)),
        "YINQI_CLOCK_OFFSET": _kept(folder / "clock-offset", _offset),
        "YINQI_VIDEO_HOSTS": "shipin.yinqi.example",
        "YINQI_DATA_DIR": str(settings.data_dir.resolve()),
        "YINQI_LOG_FILE": str(settings.log_file or settings.data_dir.resolve() / "yinqi.log"),
    }


def load(settings: Settings) -> bool:
    """Fill empty books with the city; False when they hold something already."""
    if holds_something(settings):
        return False
    city = _folder(settings) / "city"
    with _progress() as bar:
        if not (city / "planted.toml").exists():
            _draw(city, bar)
        fill(settings, city, partial(_run_steps, bar))
    return True


def _progress() -> Progress:
    """A bar on a terminal alone; elsewhere the lines said before each part have to do."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _draw(city: Path, bar: Progress) -> None:
    click.echo("生成演示城市 / drawing the demonstration city …", err=True)
    task = bar.add_task("", total=None)
    write_city(
        city,
        seed=SEED,
        progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of),
    )
    bar.remove_task(task)


def _run_steps(bar: Progress, todo: list[Step]) -> None:
    click.echo(f"装入演示城市，{len(todo)} 步 / loading the demonstration city, {len(todo)} steps …", err=True)
    task = bar.add_task("", total=len(todo))
    for step in todo:
        bar.update(task, description=step.title)
        step.run()
        bar.advance(task)


@click.group()
def demo() -> None:
    """The demonstration city."""


@demo.command("load")
@click.pass_context
def demo_load(context: click.Context) -> None:
    """Fill empty books with the demonstration city."""
    settings = context.find_root().obj["settings"]
    if not load(settings):
        raise click.ClickException(
            "账簿里已有数据，演示城市只装进空账簿 / the books are not empty; the city goes into empty books only"
        )
    click.echo("演示城市已装好 / the demonstration city is loaded")


@demo.command("run")
@click.pass_context
def demo_run(context: click.Context) -> None:
    """Set everything up on the first start, then run web and scheduler until Ctrl-C."""
    settings: Settings = context.find_root().obj["settings"]
    serving.check_port(settings)
    load(settings)
    click.echo(f"\n  银企 yinqi   http://{settings.host}:{settings.port}/   (Ctrl-C 结束 / ends it)\n")
    for username, who in SHOWN:
        click.echo(f"  {username:<30} {who}")
    click.echo(f"  密码 / password: {PASSWORD}")
    environment = demonstration_environment(settings)
    today = business_day(datetime.now(UTC) + timedelta(seconds=int(environment["YINQI_CLOCK_OFFSET"])))
    click.echo(f"  演示里的今天 / today in the demonstration: {today}")
    click.echo(f"  日志 / log: {environment['YINQI_LOG_FILE']}\n")
    yinqi = [sys.executable, "-m", "config.cli"]
    commands = [serving.gunicorn_command(settings), [*yinqi, "scheduler"]]
    sys.exit(serving.run_together(commands, environment))
