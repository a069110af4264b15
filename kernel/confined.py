"""What a child process may use that opens a stranger's file, and the environment it starts in (reliability rule 11)."""

import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kernel.errors import Conflict

PATIENCE = 30.0  # seconds somebody waits for a turn
_TURNS = threading.BoundedSemaphore(2)
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Bounds:
    """What one child may use: bytes of memory of its own, seconds of processor time, seconds of waiting, bytes a file."""

    memory: int = 1536 * MEBIBYTE
    processor: int = 300
    waiting: int = 600
    written: int = 8192 * MEBIBYTE


@contextmanager
def a_turn(patience: float = PATIENCE) -> Iterator[None]:
    """One of the few children that a process of the service keeps at once, so that files leave room for sign-ins; else Conflict."""
    if not _TURNS.acquire(timeout=patience):
        raise Conflict(
            "reading_other_files",
            "正在读取其他文件，请稍后再报",
            "Other files are being read; file again in a little while",
        )
    try:
        yield
    finally:
        _TURNS.release()


def bind(bounds: Bounds) -> None:
    """Bind this process: its own writable memory (RLIMIT_DATA counts private mappings too), time, files, no core dump."""
    for kind, most in (
        (resource.RLIMIT_DATA, bounds.memory),
        (resource.RLIMIT_CPU, bounds.processor),
        (resource.RLIMIT_FSIZE, bounds.written),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def environment() -> dict[str, str]:
    """Where a child finds programs and modules, and nothing else of the service: no keys, no settings."""
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"}
