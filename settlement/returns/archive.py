"""The archive of filed bytes: every version of every return under its SHA-256, written once, never changed.

A file stands at `<root>/<first two hex digits>/<digest>`. Derived files (canonical tapes) are not byte-stable and do not
belong here.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from kernel.errors import DomainError

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PIECE = 1024 * 1024


class ArchiveBroken(DomainError):
    """What stands under a digest is not what the digest says."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            "archive_broken",
            f"存档 {digest[:12]}… 的内容和编号不符，请立即通知系统管理员",
            f"The archived file {digest[:12]}… does not match its digest; tell the system administrator at once",
        )


def digest_of(source: Path) -> str:
    """The SHA-256 of a file's bytes, streamed."""
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Archive:
    """A content-addressed store in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the bytes with this digest stand, or would; raises `ValueError` for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"not a SHA-256 digest: {digest!r}")
        return self.root / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.path(digest).exists()

    def put(self, source: Path) -> str:
        """Keep a copy of a file and give its digest. Keeping the same bytes again changes nothing.

        Raises `ArchiveBroken` if other bytes stand under the digest.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        descriptor, name = tempfile.mkstemp(dir=self.root, prefix=".incoming-")
        incoming = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out, source.open("rb") as stream:
                while piece := stream.read(_PIECE):
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            incoming.chmod(0o440)
            self._settle(incoming, digest.hexdigest())
        finally:
            incoming.unlink(missing_ok=True)
        return digest.hexdigest()

    def _settle(self, incoming: Path, digest: str) -> None:
        """Link the finished copy to its place: the link either is made whole or already stands."""
        place = self.path(digest)
        place.parent.mkdir(exist_ok=True)
        try:
            os.link(incoming, place)
        except FileExistsError:
            self.verify(digest)
        _flush(place.parent)

    def verify(self, digest: str) -> Path:
        """The path of the kept bytes after reading them through; raises `ArchiveBroken`, or `FileNotFoundError`."""
        place = self.path(digest)
        if digest_of(place) != digest:
            raise ArchiveBroken(digest)
        return place


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
