"""Structured logs on standard error: constant messages, ids in fields, never a secret."""

import logging
import sys

import structlog


def set_up(*, level: int = logging.INFO, stream_is_terminal: bool | None = None, demonstration: bool = False) -> None:
    """JSON lines for machines, short lines for a person at a terminal or at a demonstration."""
    at_terminal = sys.stderr.isatty() if stream_is_terminal is None else stream_is_terminal
    for_people = structlog.dev.ConsoleRenderer(colors=at_terminal)
    for_machines = structlog.processors.JSONRenderer(ensure_ascii=False)
    renderer = for_people if at_terminal or demonstration else for_machines
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
