"""How far the reading of a file is: a child tells it in a small file, its parent reads that; bytes are counted by the system."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kernel.works.telling import Told, nobody_told

TELL_SECONDS = 0.25
_COUNTS = Path("/proc/self/io")


@dataclass(frozen=True)
class ProgressFile:
    """The last thing that was told, in a file beside the tape; always whole."""

    path: Path

    def told(self, stage: str, done: int, whole: int) -> None:
        part = self.path.with_name(f"{self.path.name}.part")
        part.write_text(json.dumps([stage, done, whole]))
        part.replace(self.path)

    def tell(self, told: Told) -> None:
        """Pass on what stands in the file; asks `told` in any case, which may raise."""
        stage, done, whole = json.loads(self.path.read_text()) if self.path.exists() else ("opening", 0, 1)
        told(stage, done, whole)


def bytes_read() -> int:
    """How many bytes this process has read so far, as Linux counts them."""
    counts = dict(line.split(": ") for line in _COUNTS.read_text().splitlines())
    return int(counts["rchar"])


@contextmanager
def counting_bytes(told: Told, stage: str, whole: int) -> Iterator[None]:
    """While a statement runs that nobody can look into: tell how many of `whole` bytes were read since it began."""
    if told is nobody_told or not _COUNTS.exists():
        yield
        return
    over, start = threading.Event(), bytes_read()

    def tell() -> None:
        while not over.wait(TELL_SECONDS):
            told(stage, min(bytes_read() - start, whole), whole)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
