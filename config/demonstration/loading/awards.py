"""Claims of event awards: drafted, with papers, filed and decided on their days, through the settlement's own services."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlmodel import Session, col, select

from config.demonstration.loading.returns import person
from kernel import database
from kernel.accounts.models import Account
from kernel.accounts.service import Caller, account_by_username, caller_for
from kernel.clock import SHANGHAI, business_day
from kernel.parties.models import Party
from kernel.periods import Quarter
from settlement.awards import evidence, service
from settlement.awards.intake import evidence_archive
from settlement.awards.judging import judge_claim, shown_digest
from settlement.awards.models import AwardClaim
from settlement.awards.schemas import stated_from_json
from settlement.event_awards import kind_of
from settlement.handed_over import policy_book, premises
from settlement.statements.drafting import draft_quarter

CLAIMS = Path(__file__).parents[1] / "claims.toml"
MORNING, AFTERNOON, DRAFTED_AFTER = time(10, 20), time(15, 40), 17  # days after the quarter's last
Row = Mapping[str, Any]


def claims() -> list[dict[str, Any]]:
    """The claims in the order in which they were filed, drafts last."""
    rows: list[dict[str, Any]] = tomllib.loads(CLAIMS.read_text("utf-8"))["claim"]
    return sorted(rows, key=lambda row: row.get("filed", date.max))


def _claimant(db: Session, row: Row) -> Caller:
    if "county" in row:
        query = select(Account).where(Account.organisation_id == Party.id, Account.role == "county_officer")
        account = db.exec(query.where(col(Party.fiscal_region) == row["county"])).one()
    else:
        account = account_by_username(db, f"{row['firm']}.owner")
    found = caller_for(db, account.id or 0)
    assert found is not None
    return found


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)


def paper(title: str) -> bytes:
    """One A4 page as the smallest of PDF files."""
    text = f"BT /F1 14 Tf 72 760 Td (Demonstration paper: {title}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + end).encode("ascii")


def load_claims(app: Flask, *, present: datetime) -> None:
    """Every claim as far as it had come by the present."""
    today = business_day(present)
    for row in claims():
        if row["day"] <= today and row.get("filed", today) <= today:
            with app.app_context():
                _load(database.current(), row, today)


def _load(db: Session, row: Row, today: date) -> None:
    claimant, book = _claimant(db, row), policy_book()
    drafted = row.get("filed", today)
    at = _at(drafted, MORNING)
    stated = stated_from_json(kind_of(row["scheme"]), row, book)
    claim = database.write(db, lambda db: service.draft(db, claimant, stated, book=book, at=at, today=drafted))
    if "filed" not in row:
        return
    _attach_all(db, claimant, claim, at)
    number = claim.id or 0
    database.write(db, lambda db: service.move(db, claimant, number, "file", book=book, at=at, today=drafted))
    for verb, decided in (("accept", row.get("accepted")), ("refuse", row.get("refused"))):
        if decided is not None and decided <= today:
            _decide(db, claim, verb, row, decided)


def _attach_all(db: Session, claimant: Caller, claim: AwardClaim, at: datetime) -> None:
    with TemporaryDirectory(prefix="yinqi-demonstration-") as folder:
        for asked in (one for one in kind_of(claim.scheme).evidence if one.required):
            source = Path(folder) / asked.code
            source.write_bytes(paper(f"{asked.code}, claim {claim.id}"))
            sent = evidence.SentPaper(asked.code, f"{asked.title.zh}.pdf", source)
            evidence.attach(db, claimant, claim.id or 0, sent, evidence_archive(), at=at)


def _decide(db: Session, claim: AwardClaim, verb: str, row: Row, decided: date) -> None:
    officer, book, number = person(db, kind_of(claim.scheme).responsible), policy_book(), claim.id or 0
    digest = shown_digest(claim, judge_claim(db, claim, book, on=decided))
    said = service.SaidWithMove(digest, row.get("code", ""), row.get("note", ""))
    at = _at(decided, AFTERNOON)
    database.write(db, lambda db: service.move(db, officer, number, verb, book=book, at=at, today=decided, said=said))


def draft_awards(app: Flask, *, present: datetime) -> None:
    """The statements of the awards that were accepted, quarter by quarter, where the quarter's returns were due."""
    accepted = [row for row in claims() if "accepted" in row]
    pairs = {(scheme, Quarter.containing(row["day"])) for row in accepted for scheme in kind_of(row["scheme"]).rules}
    for scheme, quarter in sorted(pairs):
        at = max(_at(date.fromordinal(quarter.last_day.toordinal() + DRAFTED_AFTER), MORNING), _last_decided(accepted))
        if at <= present:
            with app.app_context():
                draft_quarter(database.current(), quarter, premises=premises(), at=at, scheme=scheme)


def _last_decided(accepted: list[dict[str, Any]]) -> datetime:
    return _at(max(row["accepted"] for row in accepted), AFTERNOON)
