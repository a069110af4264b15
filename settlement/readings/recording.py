"""From a form or a JSON client's fields to a recorded decision: the paper is kept first, then one short transaction."""

from datetime import datetime
from typing import Any

from flask import Response, request
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from kernel.policies import OpenWords, PolicyBook, Setting, from_text
from kernel.web.downloads import attach
from settlement.readings import documents, evidence, service
from settlement.readings.documents import Document, Subject
from settlement.readings.evidence import Evidence
from settlement.readings.models import PolicyDecision
from settlement.readings.places import documents_archive


def word_of(values: dict[str, Any], _book: PolicyBook, words: OpenWords) -> Subject:
    """What a document on an open word decides."""
    return documents.word_subject(words, values["word"], values["alternative"], values["since"])


def parameter_of(values: dict[str, Any], book: PolicyBook, words: OpenWords) -> Subject:
    """What a document on one parameter decides."""
    parameter = book.scheme(values["scheme"]).parameter(values["parameter"])
    data = from_text(parameter, values["value"])
    setting = Setting(values["scheme"], values["parameter"], data, values["since"], values["until"])
    return documents.parameter_subject(book, words, setting)


def paper_of(values: dict[str, Any]) -> Document:
    """The paper of a request's fields."""
    return Document(
        number=values["document_number"],
        title=values["document_title"],
        issuer=values["document_issuer"],
        day=values["document_date"],
        note=values["note"],
    )


def keep_upload() -> Evidence:
    """The scan that came with the present request."""
    sent = request.files.get("evidence")
    if sent is None or not sent.filename:
        raise Invalid((FieldError("evidence", "required", Text("附上文件的扫描件", "Attach a scan of the document")),))
    return evidence.keep(documents_archive(), sent.filename, sent.read(evidence.LARGEST + 1))


def record(
    db: Session, caller: Caller, subject: Subject, values: dict[str, Any], *, book: PolicyBook, at: datetime
) -> PolicyDecision:
    """Keep the paper, then record the decision in a transaction of its own."""
    paper, scan = paper_of(values), keep_upload()
    return database.write(db, lambda db: service.record_decision(db, caller, subject, paper, scan, book=book, at=at))


def evidence_answer(decision: PolicyDecision) -> Response:
    """The kept bytes as a download, read through against their digest."""
    content = documents_archive().verify(decision.evidence_digest).read_bytes()
    response = Response(content, content_type=decision.evidence_type)
    attach(response, decision.evidence_name)
    return response
