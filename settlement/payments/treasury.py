"""The treasury's side of an order, as the payments see it: give it a message under a fixed reference, ask whether it has it.

A send that raises `TreasuryUnreachable` may have arrived or not: nobody knows, so the next step is to enquire, never to send.
"""

import os
from pathlib import Path
from typing import Protocol

from kernel.errors import Refused


class TreasuryUnreachable(Exception):
    """No answer: whether the message arrived is not known."""


class Treasury(Protocol):
    """Where orders go. The reference is the order's number and the message's own id, the same at every try."""

    def send(self, reference: str, content: bytes) -> None:
        """Deliver one message; raises `TreasuryUnreachable` when nobody knows whether it arrived."""

    def has(self, reference: str) -> bool:
        """Whether a message of this reference arrived; raises `TreasuryUnreachable` when it cannot be told."""


class FolderTreasury:
    """A folder that the treasury's own machine collects from: a message appears whole or not at all, and never a second time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, reference: str) -> Path:
        return self.folder / f"{reference}.xml"

    def send(self, reference: str, content: bytes) -> None:
        try:
            self._deliver(self._path(reference), content)
        except OSError as error:
            raise TreasuryUnreachable(str(error)) from error

    def has(self, reference: str) -> bool:
        if not self.folder.is_dir():
            return False
        try:
            return self._path(reference).exists()
        except OSError as error:
            raise TreasuryUnreachable(str(error)) from error

    def _deliver(self, path: Path, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename this never replaces what is there
        except FileExistsError:
            self._require_same(path, content)
        finally:
            draft.unlink()

    def _require_same(self, path: Path, content: bytes) -> None:
        if path.read_bytes() != content:
            raise Refused(
                "reference_used",
                f"国库目录里已有另一份 {path.stem}，没有覆盖；请核对",
                f"The treasury's folder holds another {path.stem}, which was not replaced; look into it",
            )
