"""Start the web server and the scheduler, after checking that the books are fit for it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from flask import Flask
from sqlmodel import Session, col, select

from config.settings import Settings, SettingsRefused, check_serving
from kernel import database
from kernel.accounts.models import Account

GRACE_SECONDS = 10


def has_demonstration(db: Session) -> bool:
    """Whether the books hold demonstration sign-ins."""
    return db.exec(select(Account.id).where(col(Account.is_demonstration)).limit(1)).first() is not None


def check_books(app: Flask, settings: Settings) -> None:
    """Refuse to serve demonstration data as if it were real, and real data without a key of one's own."""
    check_serving(settings)
    with app.app_context():
        if not settings.demonstration and has_demonstration(database.current()):
            raise SettingsRefused(
                "账簿里有演示数据，只能在演示模式下启动 / the books hold demonstration data: serve them in demonstration mode only"
            )


def check_port(settings: Settings) -> None:
    """Refuse to start on a port that somebody uses already, before anything is loaded or printed."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsRefused(
                f"{settings.host} 的端口 {settings.port} 用不了（{error.strerror}），可能另一个程序正占着；"
                f"换一个端口再启动，例如 YINQI_PORT={settings.port + 1} make run / "
                f"port {settings.port} of {settings.host} cannot be used ({error.strerror}); another program may hold it. "
                f"Start on another one, for example YINQI_PORT={settings.port + 1} make run"
            ) from None


def gunicorn_command(settings: Settings) -> list[str]:
    """The web server: threads for requests that wait, two workers for the two cores, no control socket."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi:app",
        f"--bind={settings.host}:{settings.port}",
        "--worker-class=gthread",
        "--workers=2",
        "--threads=4",
        "--timeout=120",
        "--graceful-timeout=10",
        "--no-control-socket",
        "--log-level=warning",
    ]


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def run_together(commands: Sequence[Sequence[str]], environment: dict[str, str]) -> int:
    """Run commands side by side until one ends or Ctrl-C or SIGTERM comes; then end them all."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):  # set both: a background shell hands SIGINT down ignored
        signal.signal(number, leave)
    processes = [
        subprocess.Popen(command, env=os.environ | environment, start_new_session=True) for command in commands
    ]
    try:
        while all(process.poll() is None for process in processes):
            try:
                processes[0].wait(0.5)
            except subprocess.TimeoutExpired:
                continue
    except KeyboardInterrupt:
        _stop(processes)
        return 0
    _stop(processes)
    return next((process.returncode for process in processes if process.returncode), 1)
