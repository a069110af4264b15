"""Structured logs on standard error or in a file: constant messages, ids in fields, never a secret."""

import logging
import sys
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

WARNINGS = frozenset({"warning", "error", "critical"})


def set_up(
    *,
    level: int = logging.INFO,
    stream_is_terminal: bool | None = None,
    demonstration: bool = False,
    file: Path | None = None,
) -> None:
    """JSON lines for machines, short lines for a person at a terminal or at a demonstration.

    With a file every line goes there as JSON, and standard error shows warnings and errors alone.
    """
    at_terminal = sys.stderr.isatty() if stream_is_terminal is None else stream_is_terminal
    for_people = structlog.dev.ConsoleRenderer(colors=at_terminal)
    for_machines = structlog.processors.JSONRenderer(ensure_ascii=False)
    renderer = for_people if (at_terminal or demonstration) and file is None else for_machines

    def warn(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        if file is not None and event["level"] in WARNINGS:
            print(for_people(logger, name, dict(event)), file=sys.stderr)
        return event

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            warn,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr if file is None else _opened(file)),
        cache_logger_on_first_use=True,
    )


def _opened(file: Path) -> TextIO:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("a", encoding="utf-8", buffering=1)
