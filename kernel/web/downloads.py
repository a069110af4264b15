"""Files to save, under names that may be Chinese."""

from urllib.parse import quote

from flask import Response

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attach(response: Response, name: str) -> Response:
    """Make an answer a file to save: headers are Latin-1, so a Chinese name travels percent-encoded (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().translate({ord(sign): "_" for sign in '?"\\'})
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response


def file_to_save(content: bytes, name: str, kind: str = CSV) -> Response:
    """An answer that is a file; `kind` is its media type."""
    response = Response(content, content_type=kind)
    attach(response, name)
    return response
