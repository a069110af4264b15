"""The uploaded files of the present request as the caller's next version; the same for page and API."""

from contextlib import ExitStack
from pathlib import Path

from flask import request

from kernel import database
from kernel.accounts.access import caller
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from kernel.periods import Quarter
from kernel.web.edge import clock
from settlement.handed_over import premises
from settlement.returns.filing import Upload, check_may_file, file_return
from settlement.returns.kinds import ReturnKind
from settlement.returns.models import LoanReturn


def take_upload(quarter: Quarter, kind: ReturnKind | None = None) -> LoanReturn:
    """The file `file`, with the file `events` beside it where one was sent; whoever may not file is told before a byte is kept."""
    db, places, now = database.current(), premises(), clock()
    check_may_file(db, caller(), quarter, book=places.book, today=now.today(), kind=kind)
    with ExitStack() as opened:
        scratch = opened.enter_context(places.keeping.scratch())
        upload, events = _saved("file", scratch), _saved("events", scratch)
        if upload is None:
            raise Invalid((FieldError("file", "required", Text("选一个文件", "Choose a file")),))
        return file_return(
            db,
            caller(),
            upload,
            quarter=quarter,
            premises=places,
            at=now.now(),
            today=now.today(),
            kind=kind,
            events=events,
        )


def _saved(field: str, scratch: Path) -> Upload | None:
    """One uploaded file on disk; None where none was chosen."""
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        return None
    source = scratch / field
    sent.save(source)
    return Upload(source, sent.filename)


def field_of(file: str) -> str:
    """In which field of the present request a file came, by the name under which it is kept."""
    sent = request.files.get("events")
    is_events = sent is not None and bool(sent.filename) and Upload(Path(), sent.filename or "").kept_name == file
    return "events" if is_events else "file"
