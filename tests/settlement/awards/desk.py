"""A firm, a platform, a county and the bureaus that decide, for tests of claims."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.parties.models import Party
from kernel.policies import PolicyBook
from settlement.awards import evidence, service
from settlement.awards.judging import StatedClaim, judge_claim, shown_digest
from settlement.awards.models import AwardClaim, AwardPaper
from settlement.awards.service import SaidWithMove
from settlement.event_awards import FactValue, kind_of
from settlement.returns.archive import Archive
from tests.factories import NOW, make_bureau, make_enterprise, make_person

TODAY = date(2022, 10, 20)
PDF = b"%PDF-1.7\n"
WAN = 1_000_000
ENTRY: dict[str, FactValue] = {"was_in_register": False, "revenue": 5000 * WAN}


@dataclass(frozen=True)
class Desk:
    """The books, the people, and the shortest way through a claim."""

    db: Session
    book: PolicyBook
    folder: Path
    firm: Party
    owner: Caller
    officer: Caller
    operator: Caller
    second: Caller
    county: Caller
    archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "archive", Archive(self.folder / "evidence"))

    def write(self, work: Callable[[Session], Any]) -> Any:
        return database.write(self.db, work)

    def draft(
        self,
        scheme: str = "first-entry-award",
        facts: dict[str, FactValue] | None = None,
        *,
        day: date = date(2022, 8, 1),
        by: Caller | None = None,
        code: str = "",
        document: str = "",
    ) -> AwardClaim:
        stated = StatedClaim(scheme, day, document, ENTRY if facts is None else facts)
        who = by or self.owner
        claim: AwardClaim = self.write(
            lambda db: service.draft(db, who, stated, code=code, book=self.book, at=NOW, today=TODAY)
        )
        return claim

    def attach(
        self, claim: AwardClaim, paper: str, content: bytes = PDF, name: str = "材料.pdf", by: Caller | None = None
    ) -> AwardPaper:
        source = self.folder / "upload"
        source.write_bytes(content)
        sent = evidence.SentPaper(paper, name, source)
        return evidence.attach(self.db, by or self.owner, claim.id or 0, sent, self.archive, at=NOW)

    def attach_all(self, claim: AwardClaim, by: Caller | None = None) -> None:
        for asked in kind_of(claim.scheme).evidence:
            self.attach(claim, asked.code, PDF + asked.code.encode(), by=by)

    def move(
        self,
        claim: AwardClaim,
        verb: str,
        by: Caller | None = None,
        today: date = TODAY,
        at: datetime = NOW,
        **said: str,
    ) -> AwardClaim:
        who, number = by or self.owner, claim.id or 0
        moved: AwardClaim = self.write(
            lambda db: service.move(
                db, who, number, verb, book=self.book, at=at, today=today, said=SaidWithMove(**said)
            )
        )
        return moved

    def digest(self, claim: AwardClaim, today: date = TODAY) -> str:
        return shown_digest(claim, judge_claim(self.db, claim, self.book, on=today))

    def filed(self, *args: Any, **options: Any) -> AwardClaim:
        by = options.get("by")
        claim = self.draft(*args, **options)
        self.attach_all(claim, by)
        return self.move(claim, "file", by)

    def accept(self, claim: AwardClaim, by: Caller | None = None) -> AwardClaim:
        return self.move(claim, "accept", by or self.officer, digest=self.digest(claim))

    def accepted(self, *args: Any, **options: Any) -> AwardClaim:
        return self.accept(self.filed(*args, **options))


def make_desk(app: Flask, db: Session, folder: Path) -> Desk:
    firm = make_enterprise(db, "锦程机械有限公司", region="410411")
    industry, finance = make_bureau(db, "市工业和信息化局"), make_bureau(db, "市财政局")
    county = make_bureau(db, "叶县财政局", region="410422")
    return Desk(
        db=db,
        book=app.extensions["policies"],
        folder=folder,
        firm=firm,
        owner=make_person(db, firm, "owner"),
        officer=make_person(db, industry, "industry_officer", name="乔安"),
        operator=make_person(db, finance, "operator", name="苏岩"),
        second=make_person(db, finance, "operator", name="周立"),
        county=make_person(db, county, "county_officer", name="沈河"),
    )
