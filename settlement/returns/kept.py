"""What was worked out once from returns and need not be again: small JSON files, each under a digest of all that it was worked out from.

A return's rows never change under its digest, so what stands under the digests stays right. Whoever keeps something gives its kind
a version and raises it with its code: what an older one kept is worked out anew.
"""

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from kernel.audit.chain import canonical


def key_of(*said: Any) -> str:
    """The digest of plain values (texts, numbers, lists of them)."""
    return hashlib.sha256(canonical({"kept": said}).encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """One kind of such files in a folder of its own; a damaged one counts as not there and is written anew."""

    folder: Path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def get(self, key: str) -> Any:
        """The plain values under a key; None where there are none."""
        try:
            digest, text = self._path(key).read_text(encoding="utf-8").split("\n", 1)
        except (FileNotFoundError, ValueError):
            return None
        return json.loads(text) if digest == _digest(text) else None

    def put(self, key: str, content: Any) -> None:
        path, text = self._path(key), json.dumps(content, ensure_ascii=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            file.write(f"{_digest(text)}\n{text}")
        Path(file.name).replace(path)


def forget_older(folder: Path, days: int) -> int:
    """Remove the files of a folder that were kept longer ago, with what broken-off writers left; how many.

    What is asked for again is worked out anew, so nothing is lost but time.
    """
    before, gone = time.time() - days * 86_400, 0
    for file in folder.rglob("*.*"):
        with suppress(FileNotFoundError):  # another process was first
            if file.stat().st_mtime < before:
                file.unlink()
                gone += 1
    return gone


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
