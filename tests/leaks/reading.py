"""A reply as text to be searched: head and body, workbooks, PDFs and archives unpacked, calendars unfolded."""

import io
import zipfile

from werkzeug.test import TestResponse

from tests.settlement.papers.paper_text import text_of


def searchable(answer: TestResponse) -> str:
    """Everything that a reply says."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    body = answer.data
    answer.close()
    return f"{head}\n{words(body)}"


def words(content: bytes) -> str:
    """What is written in a file, whatever its kind."""
    if content.startswith(b"%PDF"):
        try:
            return text_of(content)
        except Exception:
            return content.decode("latin-1")
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(words(archive.read(name)) for name in archive.namelist())
    return content.decode("utf-8", errors="replace").replace("\r\n ", "").replace("\n ", "")
