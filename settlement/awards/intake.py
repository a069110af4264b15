"""Papers in and out of the present request: streamed to disk and attached, or sent as a file to save."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, current_app, request

from kernel import database
from kernel.accounts.access import caller
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from settlement.awards.evidence import SentPaper, attach, paper_by_id
from settlement.awards.models import AwardPaper
from settlement.returns.archive import Archive


def evidence_archive() -> Archive:
    """Where papers are kept."""
    folder = current_app.extensions["settings"].data_dir.resolve()
    return Archive(folder / "evidence")


def take_paper(claim_id: int) -> AwardPaper:
    """The uploaded `file` of the present request as one of the claim's papers; the same for page and API."""
    upload, paper = request.files.get("file"), request.form.get("paper", "")
    if upload is None or not upload.filename:
        raise Invalid((FieldError("file", "required", Text("选一个文件", "Choose a file")),))
    with TemporaryDirectory(prefix="yinqi-paper-") as folder:
        source = Path(folder) / "upload"
        with source.open("wb") as out:
            shutil.copyfileobj(upload.stream, out)
        sent = SentPaper(paper[:40], upload.filename, source)
        return attach(database.current(), caller(), claim_id, sent, evidence_archive(), at=clock().now())


def sent_paper(claim_id: int, paper_id: int) -> Response:
    """A paper as a file to save."""
    paper = paper_by_id(database.current(), caller(), claim_id, paper_id)
    return file_to_save(evidence_archive().verify(paper.digest).read_bytes(), paper.file_name, paper.media_type)
