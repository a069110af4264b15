"""What a child process may use that opens a stranger's file, and the environment it starts in (reliability rule 11)."""

import os
import resource
import sys
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Bounds:
    """What one child may use: bytes of memory of its own, seconds of processor time, seconds of waiting, bytes a file."""

    memory: int = 1536 * MEBIBYTE
    processor: int = 300
    waiting: int = 600
    written: int = 8192 * MEBIBYTE


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
