"""The uploaded files of the present request as the caller's next version; the same for page and API."""

from contextlib import ExitStack
from pathlib import Path

from flask import current_app, request

from kernel import database
from kernel.accounts.access import caller
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from kernel.periods import Quarter
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.works import places
from kernel.works.models import Work
from kernel.works.ordering import ask_for_good
from kernel.works.service import Order
from settlement.handed_over import premises
from settlement.returns.archive import digest_of
from settlement.returns.filing import Digests, Upload, check_may_file, file_return, stands_for
from settlement.returns.kinds import ReturnKind
from settlement.returns.models import LoanReturn
from settlement.returns.service import newest
from settlement.returns.works import EVENTS, FILE, FILING, lay_file


def take_upload(quarter: Quarter, kind: ReturnKind | None = None) -> LoanReturn | Work:
    """The file `file`, with the file `events` beside it where one was sent: the version, or for a large one the work that reads it.

    Whoever may not file is told before a byte is kept.
    """
    db, here, now = database.current(), premises(), clock()
    check_may_file(db, caller(), quarter, book=here.book, today=now.today(), kind=kind)
    with ExitStack() as opened:
        scratch = opened.enter_context(here.keeping.scratch())
        upload, events = _saved(FILE, scratch), _saved(EVENTS, scratch)
        if upload is None:
            raise Invalid((FieldError("file", "required", Text("选一个文件", "Choose a file")),))
        if _is_large(upload, events):
            sent = (digest_of(upload.source), digest_of(events.source) if events else None)
            if not _stands_already(quarter, sent):
                return _asked(quarter, kind, upload, events, sent)
        return file_return(
            db,
            caller(),
            upload,
            quarter=quarter,
            premises=here,
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


def _is_large(upload: Upload, events: Upload | None) -> bool:
    """Whether reading takes longer than somebody should wait for a page."""
    size = sum(one.source.stat().st_size for one in (upload, events) if one)
    return bool(size > current_app.extensions["settings"].work_bytes)


def _stands_already(quarter: Quarter, sent: Digests) -> bool:
    """Whether the very same bytes are the newest version already, which is told at once."""
    before = newest(database.current(), caller().organisation_id, quarter)
    return before is not None and stands_for(before, sent)


def _asked(quarter: Quarter, kind: ReturnKind | None, upload: Upload, events: Upload | None, sent: Digests) -> Work:
    """The files laid into a work's folder, and the work asked for; the digests make out the very same files under way."""
    folder = places.new_folder()
    for name, one in ((FILE, upload), (EVENTS, events)):
        if one is not None:
            lay_file(one.source, places.files_of(folder), name)
    content = {
        "quarter": str(quarter),
        "kind": kind.name if kind else None,
        "file": upload.kept_name,
        "events": events.kept_name if events else None,
        "digests": sent,
    }
    order = Order(FILING.name, f"{quarter} · {upload.kept_name}", content, folder, language())
    return ask_for_good(database.current(), caller(), order, at=clock().now())


def field_of(file: str) -> str:
    """In which field of the present request a file came, by the name under which it is kept."""
    sent = request.files.get("events")
    is_events = sent is not None and bool(sent.filename) and Upload(Path(), sent.filename or "").kept_name == file
    return "events" if is_events else "file"
