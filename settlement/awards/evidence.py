"""Papers behind a claim: bytes under their SHA-256 in an archive of their own, of a few kinds and a bounded size."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from settlement.awards.models import AwardClaim, AwardPaper
from settlement.awards.scope import claim_by_id, is_applicant, may_not
from settlement.awards.workflow import DRAFT
from settlement.event_awards import kind_of
from settlement.returns.archive import Archive

LARGEST = 20 * 1024 * 1024
MOST_PAPERS = 30
LONGEST_NAME = 200
MEDIA = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".ofd": ("application/ofd", b"PK\x03\x04"),  # the national format of electronic invoices
}
ACCEPTED_ENDINGS = ",".join(MEDIA)


@dataclass(frozen=True)
class SentPaper:
    """A paper as it came in: which of the asked papers it is, its name, and where its bytes are now."""

    paper: str
    name: str
    source: Path

    @property
    def kept_name(self) -> str:
        """The last part of the name, in NFC, without control characters."""
        last = PurePath(self.name.replace("\\", "/")).name
        plain = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
        return plain[-LONGEST_NAME:] or "paper"


def media_type(sent: SentPaper) -> str:
    """The type that name and first bytes agree on; Invalid for anything else."""
    found = MEDIA.get(PurePath(sent.kept_name).suffix.lower())
    with sent.source.open("rb") as stream:
        start = stream.read(16)
    if found is None or not start.startswith(found[1]):
        raise _refused("wrong_type", "材料要是 PDF、PNG、JPG 或 OFD 文件", "A paper is a PDF, PNG, JPG or OFD file")
    return found[0]


def _refused(code: str, zh: str, en: str) -> Invalid:
    return Invalid((FieldError("file", code, Text(zh, en)),))


def attach(
    db: Session, caller: Caller, claim_id: int, sent: SentPaper, archive: Archive, *, at: datetime
) -> AwardPaper:
    """Keep a paper with a draft, in transactions of its own; the same bytes again change nothing."""
    _check_may_change(claim_by_id(db, caller, claim_id), caller)
    size = sent.source.stat().st_size
    if not 0 < size <= LARGEST:
        raise _refused(
            "wrong_size", f"材料最大 {LARGEST // 2**20} MB，不能是空的", f"At most {LARGEST // 2**20} MB, not empty"
        )
    kind = media_type(sent)
    digest = archive.put(sent.source)
    try:
        return database.write(db, lambda db: _keep(db, caller, claim_id, sent, (kind, size, digest), at))
    except IntegrityError:
        raise Conflict("attached_meanwhile", "这份材料刚刚已经附上", "This paper was attached a moment ago") from None


def _keep(
    db: Session, caller: Caller, claim_id: int, sent: SentPaper, kept: tuple[str, int, str], at: datetime
) -> AwardPaper:
    claim = claim_by_id(db, caller, claim_id)
    _check_may_change(claim, caller)
    if sent.paper not in {one.code for one in kind_of(claim.scheme).evidence}:
        raise NotFound("paper_not_asked", "这项奖补没有要这种材料", "This award does not ask for such a paper")
    same = select(AwardPaper).where(
        AwardPaper.claim_id == claim_id, AwardPaper.paper == sent.paper, AwardPaper.digest == kept[2]
    )
    before = db.exec(same).first()
    if before is not None:
        return before
    _count_change(db, claim_id)
    _check_room(db, claim_id)
    paper = AwardPaper(
        claim_id=claim_id,
        beneficiary_id=claim.beneficiary_id,
        paper=sent.paper,
        file_name=sent.kept_name,
        media_type=kept[0],
        size=kept[1],
        digest=kept[2],
        attached_by=caller.account_id,
        attached_at=at,
    )
    db.add(paper)
    db.flush()
    detail = {"paper": paper.paper, "digest": paper.digest, "size": paper.size}
    record(db, "award_claim.attach", by=caller.actor, subject=("award_claim", claim_id), at=at, detail=detail)
    return paper


def _check_room(db: Session, claim_id: int) -> None:
    many = db.execute(select(func.count()).select_from(AwardPaper).where(col(AwardPaper.claim_id) == claim_id))
    if many.scalar_one() >= MOST_PAPERS:
        raise Refused("too_many_papers", f"一份申报最多 {MOST_PAPERS} 份材料", f"At most {MOST_PAPERS} papers a claim")


def _check_may_change(claim: AwardClaim, caller: Caller) -> None:
    if not is_applicant(caller, claim):
        raise may_not()
    if claim.state != DRAFT:
        raise _is_filed()


def _is_filed() -> Conflict:
    return Conflict("claim_is_filed", "已经申报，材料不能再改", "The claim is filed; its papers are fixed")


def _count_change(db: Session, claim_id: int) -> None:
    """Other papers are another version of the draft, so that nobody files it from the papers before. Conflict once it is filed."""
    draft = (col(AwardClaim.id) == claim_id) & (col(AwardClaim.state) == DRAFT)
    counted = db.execute(update(AwardClaim).where(draft).values(version=AwardClaim.version + 1))
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise _is_filed()


def paper_by_id(db: Session, caller: Caller, claim_id: int, paper_id: int) -> AwardPaper:
    """One paper of a claim that the caller may see, or NotFound."""
    claim = claim_by_id(db, caller, claim_id)
    found = db.exec(select(AwardPaper).where(AwardPaper.id == paper_id, AwardPaper.claim_id == claim.id)).first()
    if found is None:
        raise NotFound("paper_not_found", "没有这份材料", "There is no such paper")
    return found


def detach(db: Session, caller: Caller, claim_id: int, paper_id: int, *, at: datetime) -> None:
    """Take a paper off a draft; its bytes stay in the archive."""
    claim, paper = claim_by_id(db, caller, claim_id), paper_by_id(db, caller, claim_id, paper_id)
    _check_may_change(claim, caller)
    _count_change(db, claim_id)
    db.execute(delete(AwardPaper).where(col(AwardPaper.id) == paper.id, col(AwardPaper.claim_id) == claim.id))
    detail = {"paper": paper.paper, "digest": paper.digest}
    record(db, "award_claim.detach", by=caller.actor, subject=("award_claim", claim_id), at=at, detail=detail)
