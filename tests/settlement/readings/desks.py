"""The bureau's people who record and check decisions, and papers for them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.policies import PolicyBook, Setting, from_text
from settlement.readings import documents, evidence, service
from settlement.readings.documents import Document, Subject
from settlement.readings.models import PolicyDecision
from settlement.returns.archive import Archive
from tests.factories import NOW, make_bureau, make_person

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PAPER = Document("平财〔2022〕31号", "关于增量奖励有关事项的决定", "市财政局", date(2022, 10, 10))


@dataclass(frozen=True)
class Desk:
    """The bureau: its people and the folder of papers."""

    app: Flask
    db: Session
    folder: Path
    operator: Caller
    reviewer: Caller
    approver: Caller
    cashier: Caller

    @property
    def files(self) -> PolicyBook:
        book: PolicyBook = self.app.extensions["policies"]
        return book

    @property
    def in_force(self) -> PolicyBook:
        book: PolicyBook = self.app.extensions["policies_in_force"](self.db, self.files)
        return book

    def setting(
        self, scheme: str, parameter: str, text: str, since: date = date(2022, 5, 24), until: date | None = None
    ) -> Subject:
        data = from_text(self.files.scheme(scheme).parameter(parameter), text)
        setting = Setting(scheme, parameter, data, since, until)
        return documents.parameter_subject(self.files, self.app.extensions["open_words"], setting)

    def word(self, word: str, alternative: str, since: date | None = None) -> Subject:
        return documents.word_subject(self.app.extensions["open_words"], word, alternative, since)

    def record(self, subject: Subject, paper: Document = PAPER, by: Caller | None = None) -> PolicyDecision:
        scan = evidence.keep(Archive(self.folder / "decisions"), "决定.pdf", PDF)
        who = by or self.operator
        return database.write(
            self.db, lambda db: service.record_decision(db, who, subject, paper, scan, book=self.files, at=NOW)
        )

    def check(self, decision: PolicyDecision, by: Caller | None = None, digest: str = "") -> PolicyDecision:
        who, number, shown = by or self.reviewer, decision.id or 0, digest or decision.digest
        return database.write(self.db, lambda db: service.check_decision(db, who, number, digest=shown, at=NOW))

    def decide(self, subject: Subject, paper: Document = PAPER) -> PolicyDecision:
        """Recorded by one, checked by another."""
        return self.check(self.record(subject, paper))


def make_desk(app: Flask, db: Session, folder: Path) -> Desk:
    bureau = make_bureau(db)
    people = {
        role: make_person(db, bureau, role, name=name)
        for role, name in (("operator", "苏岩"), ("reviewer", "林静"), ("approver", "高远"), ("cashier", "何川"))
    }
    return Desk(app, db, folder, **people)
