"""Filed bytes are kept under their digest, written once, and noticed when they change."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from settlement.returns.archive import Archive, ArchiveBroken


def test_bytes_are_kept_under_their_digest_and_kept_again_without_change(tmp_path: Path) -> None:
    archive, source = Archive(tmp_path / "kept"), tmp_path / "a.csv"
    source.write_bytes(b"loans")
    digest = archive.put(source)
    assert digest == hashlib.sha256(b"loans").hexdigest()
    assert archive.has(digest)
    before = archive.path(digest).stat()
    assert archive.put(source) == digest
    assert archive.path(digest).stat().st_ino == before.st_ino
    assert archive.verify(digest).read_bytes() == b"loans"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [digest[:2]]


def test_other_bytes_under_a_digest_are_noticed_and_never_overwritten(tmp_path: Path) -> None:
    archive, source = Archive(tmp_path / "kept"), tmp_path / "a.csv"
    source.write_bytes(b"loans")
    place = archive.path(archive.put(source))
    place.chmod(0o600)
    place.write_bytes(b"forged")
    with pytest.raises(ArchiveBroken):
        archive.put(source)
    with pytest.raises(ArchiveBroken):
        archive.verify(place.name)
    assert place.read_bytes() == b"forged"


def test_many_at_once_keep_one_copy(tmp_path: Path) -> None:
    archive, source = Archive(tmp_path / "kept"), tmp_path / "a.csv"
    source.write_bytes(b"x" * 3_000_000)
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: archive.put(source), range(24)))
    assert len(digests) == 1
    assert sum(path.is_file() for path in (tmp_path / "kept").rglob("*")) == 1


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/x"])
def test_only_a_digest_is_a_place(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        Archive(tmp_path).path(name)
