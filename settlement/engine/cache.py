"""Sums already worked out, kept by (return digest, statement digest).

A return's rows never change under its digest and the text says everything the engine does, so what is kept stays right:
settling again, a restatement and a what-if cost only the returns or the limits that changed.
"""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from settlement.engine.definition import Kind
from settlement.engine.sums import KindSum, ReturnSums


class SumsCache(Protocol):
    """Remembers the sums of a return under a statement."""

    def get(self, return_digest: str, statement_digest: str) -> ReturnSums | None: ...

    def put(self, return_digest: str, statement_digest: str, sums: ReturnSums) -> None: ...


class MemoryCache:
    """For one process, as long as it runs."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], ReturnSums] = {}

    def get(self, return_digest: str, statement_digest: str) -> ReturnSums | None:
        return self._kept.get((return_digest, statement_digest))

    def put(self, return_digest: str, statement_digest: str, sums: ReturnSums) -> None:
        self._kept[return_digest, statement_digest] = sums


class FolderCache:
    """One small JSON file per key; a file that is damaged counts as not there and is written anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, return_digest: str, statement_digest: str) -> Path:
        return self.folder / return_digest[:2] / f"{return_digest}-{statement_digest}.json"

    def get(self, return_digest: str, statement_digest: str) -> ReturnSums | None:
        path = self._path(return_digest, statement_digest)
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            sums = ReturnSums(
                tuple(KindSum(Kind(**one["kind"]), one["loans"], one["balance"]) for one in kept["kinds"])
            )
            return sums if sums.digest == kept["digest"] else None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def put(self, return_digest: str, statement_digest: str, sums: ReturnSums) -> None:
        path = self._path(return_digest, statement_digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            json.dump({"digest": sums.digest, "kinds": [asdict(one) for one in sums.kinds]}, file)
        Path(file.name).replace(path)
