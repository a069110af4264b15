"""Every setting: what it is for, its default, and the environment variable YINQI_… that overrides it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DEMONSTRATION_KEY = "demonstration-only"  # refused outside demonstration mode


class SettingsRefused(Exception):
    """The settings do not allow the service to start; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """`data_dir` keeps the books (SQLite), filed returns and built files; `database_url` moves the books to PostgreSQL."""

    data_dir: Path = Path("var")
    database_url: str = ""
    secret_key: str = ""
    seal_key: str = ""  # seals the lotteries until the match; keep it apart from the books and their backups
    demonstration: bool = False
    development: bool = False  # mounts /design, the page of every component
    clock_offset: timedelta = timedelta()  # in seconds; the demonstration lives in October 2022
    host: str = "127.0.0.1"
    port: int = 8015
    trusted_proxies: int = 0  # proxies of one's own in front; the address they forward is the caller's, for the rates
    https: bool = False  # behind a TLS proxy: cookies are sent over HTTPS only
    policies_dir: Path = HERE / "policies"
    city_dir: Path = HERE / "city"
    upload_limit: int = 256 * 1024 * 1024
    work_bytes: int = 2 * 1024 * 1024  # a larger return is read by the scheduler, beside a page of its progress
    work_requests: int = 2_000  # so is a session of more requests matched,
    work_rows: int = 100_000  # and a quarter of more certified rows computed
    channel_key: str = ""  # seals the secrets of webhooks; without one the secret key serves
    webhook_local: bool = False  # webhooks may go to 127.0.0.1 over plain http: for tests and development
    smtp_host: str = ""  # without a host no mail goes out; it waits
    smtp_port: int = 587
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"  # tls, starttls, or none beside the machine
    mail_from: str = ""
    base_url: str = ""  # the service's own address, for links in mails and calendars
    video_hosts: tuple[str, ...] = ()  # names of video hosts, separated by commas; a session's rooms count them
    connectors_dir: Path = HERE / "connectors"
    log_file: Path | None = None  # where log lines go; the terminal then shows warnings and errors alone
    entrances: Path | None = None  # a TOML file with url, token and secret of each platform; keep it out of the project
    testing: bool = False

    @property
    def books_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'yinqi.db'}"

    @property
    def sealing_key(self) -> bytes:
        """The key of the lotteries' seals; empty (announcing is refused) where none is set outside the demonstration."""
        return (self.seal_key or (DEMONSTRATION_KEY if self.demonstration else "")).encode()

    @property
    def channel_sealing_key(self) -> str:
        """The key that the secrets of webhooks are sealed under; another key makes them unreadable, and they must be rotated."""
        return self.channel_key or self.secret_key or DEMONSTRATION_KEY

    @property
    def archive_dir(self) -> Path:
        return self.data_dir.resolve() / "returns"

    @property
    def works_dir(self) -> Path:
        """Where the files of long works lie until they end, and their results for thirty days."""
        return self.data_dir.resolve() / "works"

    @property
    def checkpoints_dir(self) -> Path:
        """Where the trail's signed checkpoints and their key lie; back it up apart from the books."""
        return self.data_dir.resolve() / "checkpoints"


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _count(text: str) -> int:
    if (number := int(text)) < 0:
        raise ValueError("a count is not negative")
    return number


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings with YINQI_* overrides; a malformed one is refused by name."""
    readers: dict[str, Callable[[str], Any]] = {
        "data_dir": Path,
        "database_url": str,
        "secret_key": str,
        "seal_key": str,
        "demonstration": _flag,
        "development": _flag,
        "clock_offset": lambda text: timedelta(seconds=int(text)),
        "host": str,
        "port": int,
        "trusted_proxies": _count,
        "https": _flag,
        "policies_dir": Path,
        "city_dir": Path,
        "upload_limit": int,
        "work_bytes": int,
        "work_requests": int,
        "work_rows": int,
        "channel_key": str,
        "webhook_local": _flag,
        "smtp_host": str,
        "smtp_port": int,
        "smtp_username": str,
        "smtp_password": str,
        "smtp_security": str,
        "mail_from": str,
        "base_url": str,
        "video_hosts": lambda text: tuple(name.strip() for name in text.split(",") if name.strip()),
        "connectors_dir": Path,
        "log_file": Path,
        "entrances": Path,
    }
    found: dict[str, Any] = {}
    for name, read in readers.items():
        text = environment.get(f"YINQI_{name.upper()}")
        if text:
            try:
                found[name] = read(text)
            except ValueError as error:
                raise SettingsRefused(f"YINQI_{name.upper()}={text!r}: {error}") from None
    return Settings(**found)


def check_serving(settings: Settings) -> None:
    """Refuse to serve without a secret key of one's own outside the demonstration."""
    if settings.demonstration:
        return
    if len(settings.secret_key) < 32 or settings.secret_key == DEMONSTRATION_KEY:
        raise SettingsRefused(
            "YINQI_SECRET_KEY 没有设置或太短（至少 32 个字符） / YINQI_SECRET_KEY is missing or shorter than 32 characters"
        )
