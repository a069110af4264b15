"""The scanned document of a decision: its bytes under their digest, apart from returns. Kept before anything is recorded."""

import hashlib
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath

from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from settlement.returns.archive import Archive

LARGEST = 20 * 1024 * 1024
LONGEST_NAME = 200
SIGNS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/octet-stream"),  # OFD 版式文件, the state's own page format, is a zip
)


@dataclass(frozen=True)
class Evidence:
    """A kept document: its name as it came, its type by its first bytes, its size and SHA-256."""

    name: str
    type: str
    size: int
    digest: str


def _refuse(zh: str, en: str) -> Invalid:
    return Invalid((FieldError("evidence", "not_a_document", Text(zh, en)),))


def _type_of(content: bytes, name: str) -> str:
    found = next((type_ for sign, type_ in SIGNS if content.startswith(sign)), None)
    is_ofd = name.lower().endswith(".ofd")
    if found is None or (found == "application/octet-stream" and not is_ofd):
        raise _refuse("上传扫描件：PDF、OFD、PNG 或 JPEG", "Upload a scan: PDF, OFD, PNG or JPEG")
    return found


def keep(archive: Archive, name: str, content: bytes) -> Evidence:
    """Keep a document; Invalid at the field `evidence` for an empty, too large or unknown file."""
    last = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")[-LONGEST_NAME:] or "document"
    if not content:
        raise _refuse("选一个文件", "Choose a file")
    if len(content) > LARGEST:
        raise _refuse("文件最大 20 MB", "The file may have 20 MB at most")
    kind = _type_of(content, plain)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document"
        source.write_bytes(content)
        digest = archive.put(source)
    assert digest == hashlib.sha256(content).hexdigest()
    return Evidence(plain, kind, len(content), digest)
