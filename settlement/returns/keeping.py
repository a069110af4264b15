"""Where the service keeps returns: the archive of filed bytes, and the canonical tapes by the digest of their rows."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

from settlement.returns.archive import Archive
from settlement.returns.sealing import events_beside


@dataclass(frozen=True)
class Keeping:
    """One folder with the archive, the tapes, and room for work in progress on the same disk."""

    folder: Path

    @property
    def archive(self) -> Archive:
        """The filed bytes of every version."""
        return Archive(self.folder / "filed")

    @property
    def kept(self) -> Path:
        """What pages worked out and need not again; all of it may go at any time."""
        return self.folder / "kept"

    def tape(self, row_digest: str) -> Path:
        """Where the canonical tape of a row digest is."""
        return self.folder / "tapes" / row_digest[:2] / f"{row_digest}.parquet"

    def events(self, row_digest: str) -> Path:
        """Where the events of a guarantee return are, beside its contracts."""
        return events_beside(self.tape(row_digest))

    def keep_tape(self, source: Path, row_digest: str) -> None:
        """Keep a tape, and that of the events beside it where there is one."""
        beside = events_beside(source)
        if beside.exists():
            self._keep(beside, self.events(row_digest))
        self._keep(source, self.tape(row_digest))

    def _keep(self, source: Path, target: Path) -> None:
        """Written beside its place, flushed, put there in one step; its first writer's bytes stay."""
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part, source.open("rb") as stream:
            shutil.copyfileobj(stream, part)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).chmod(0o440)
        Path(part.name).replace(target)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        (self.folder / "scratch").mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder / "scratch") as folder:
            yield Path(folder)
