"""From lists and tapes to the sealed file: one stored ZIP, the same bytes from the same contents (docs/seal.md).

`manifest.json` names every member with its SHA-256 and short digests by row and column, so that the verifier can say which row and
field of a changed member differ. The trail and its checkpoint are beside the manifest: the trail's own entry binds the manifest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from kernel.audit.chain import canonical
from settlement.seal.rows import SealedRow, lines
from settlement.seal.verifier import COVER, FORMAT, MANIFEST, TRAIL, pack, prints, table

Prints = dict[str, SealedRow]


@dataclass(frozen=True)
class Packed:
    """The members of a seal without its trail."""

    members: Mapping[str, bytes]

    @property
    def contents(self) -> str:
        """The digest that the audit entry binds: of the manifest, which has those of all other members."""
        return hashlib.sha256(self.members[MANIFEST]).hexdigest()

    @property
    def statement_lines(self) -> list[bytes]:
        """Every statement as the text that its receipt shows."""
        return self.members["statements.jsonl"].splitlines()

    @property
    def as_zip(self) -> bytes:
        return _zip(self.members)


def tape_prints(tapes: Mapping[str, Path]) -> Prints:
    """The short digests of tapes; they take a while and never change, so they are taken before anything is locked."""
    return {name: prints(table(str(path))) for name, path in tapes.items()}


def packed(
    lists: Mapping[str, Sequence[SealedRow]], tapes: Mapping[str, Path], known: Prints, head: SealedRow
) -> Packed:
    """All members by name; `head` is what the manifest says beside the list of files."""
    named = {f"{name}.jsonl": rows for name, rows in lists.items()}
    members = {name: lines(rows) for name, rows in named.items()} | {
        name: path.read_bytes() for name, path in tapes.items()
    }
    files = [
        {
            "name": name,
            "sha256": hashlib.sha256(members[name]).hexdigest(),
            "prints": prints(list(named[name])) if name in named else known[name],
        }
        for name in sorted(members)
    ]
    manifest = canonical({**head, "format": FORMAT, "files": files}).encode()
    return Packed(dict(sorted({**members, MANIFEST: manifest}.items())))


def unpacked(content: bytes) -> Packed:
    """The members of a kept seal."""
    with ZipFile(BytesIO(content)) as archive:
        return Packed({name: archive.read(name) for name in archive.namelist()})


def whole_file(kept: Packed, trail: Sequence[SealedRow], cover: SealedRow) -> bytes:
    """The sealed file: the kept members with the trail up to the checkpoint that covers the seal."""
    beside = {TRAIL: lines(trail), COVER: canonical(cover).encode()}
    return _zip(dict(sorted({**kept.members, **beside}.items())))


def _zip(members: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    pack(members.items(), target)
    return target.getvalue()
