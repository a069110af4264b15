"""A file of the present request, read before any transaction opens."""

from flask import request

from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid

LARGEST_FILE = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF, CSV = "application/pdf", "text/csv; charset=utf-8"


def sent_file() -> tuple[str, bytes]:
    """Name and bytes of the uploaded `file`; Invalid without one or for one that is too large."""
    sent = request.files.get("file")
    content = sent.read(LARGEST_FILE + 1) if sent is not None else b""
    if sent is None or not sent.filename or len(content) > LARGEST_FILE:
        text = Text("选一个文件，最大 5 MB", "Choose a file of at most 5 MB")
        raise Invalid((FieldError("file", "required", text),))
    return sent.filename, content
