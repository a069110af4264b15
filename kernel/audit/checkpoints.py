"""Signed checkpoints of the trail, kept outside the books (reliability rule 13).

A chain alone does not show a tail that was cut off, or a trail rewritten from somewhere on: whoever can write the books can
compute every digest anew. A checkpoint is the head at one moment, signed with a key that is not in the books, appended to a file,
and handed out: in receipts, on the public page, to the auditors. What was handed out cannot be taken back.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from kernel.audit.chain import GENESIS, canonical

FILE, PRIVATE = "checkpoints.jsonl", "checkpoint.key"
TAIL = 4096  # bytes; a line has about 300


@dataclass(frozen=True)
class Checkpoint:
    """The trail up to entry `number` ends in `digest`, as seen at `at`; `signature` is Ed25519 over the rest, in hex."""

    number: int
    digest: str
    at: datetime
    signature: str = ""

    @property
    def signed_text(self) -> bytes:
        """What the signature is over: canonical JSON without the signature."""
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return canonical({"number": self.number, "digest": self.digest, "at": moment}).encode()

    @property
    def line(self) -> str:
        """One line of the file, as it is handed out."""
        return canonical({**json.loads(self.signed_text), "signature": self.signature})

    @classmethod
    def parse(cls, line: str) -> "Checkpoint":
        """A line read back; ValueError or KeyError where it is none."""
        found = json.loads(line)
        return cls(int(found["number"]), found["digest"], datetime.fromisoformat(found["at"]), found["signature"])

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature is the key's."""
        try:
            key.verify(bytes.fromhex(self.signature), self.signed_text)
        except (InvalidSignature, ValueError):
            return False
        return True


BEGINNING = Checkpoint(0, GENESIS, datetime(2000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Checkpoints:
    """The file of checkpoints and the key beside it, in a folder that is backed up apart from the books."""

    folder: Path

    def publish(self, number: int, digest: str, *, at: datetime) -> Checkpoint:
        """Sign a head and append it; one that is not beyond the last is left out. Safe with several processes at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / FILE).open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._drop_torn_line()
            last = self.last
            if number <= last.number:
                return last
            unsigned = Checkpoint(number, digest, at)
            made = Checkpoint(number, digest, at, self._key().sign(unsigned.signed_text).hex())
            file.write(made.line + "\n")
            file.flush()
            os.fsync(file.fileno())
        return made

    def __iter__(self) -> Iterator[Checkpoint]:
        """Every checkpoint, oldest first."""
        yield from (Checkpoint.parse(line.decode()) for line in self.lines())

    def lines(self) -> Iterator[bytes]:
        """The file as it is handed out, line by line; a last line torn by a crash is passed over."""
        path = self.folder / FILE
        if path.exists():
            with path.open("rb") as file:
                yield from (line for line in file if line.endswith(b"\n"))

    @property
    def last(self) -> Checkpoint:
        """The newest one, or the beginning of every trail; reads the end of the file alone."""
        path = self.folder / FILE
        if not path.exists():
            return BEGINNING
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            whole = file.read().rpartition(b"\n")[0]
        return Checkpoint.parse(whole.rpartition(b"\n")[2].decode()) if whole else BEGINNING

    def _drop_torn_line(self) -> None:
        """Cut off what a crash left half written, so that the next line begins at its own place."""
        with (self.folder / FILE).open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            torn = len(file.read().rpartition(b"\n")[2])
            if torn:
                file.truncate(size - torn)

    @property
    def public_key(self) -> str:
        """The key that anyone checks signatures with, as PEM text."""
        public = self._key().public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def verifying_key(self) -> Ed25519PublicKey:
        return self._key().public_key()

    def _key(self) -> Ed25519PrivateKey:
        path = self.folder / PRIVATE
        if not path.exists():
            self._make_key(path)
        raw = path.read_bytes()
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(raw.decode()))

    def _make_key(self, path: Path) -> None:
        """A new key that only the service's own user may read; the process that comes second keeps the first one's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secret.hex())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
