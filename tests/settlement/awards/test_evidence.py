"""Papers behind a claim: of few kinds and a bounded size, each once, and each change of them a version of the draft."""

import pytest
from sqlmodel import select

from kernel.errors import Conflict, Invalid, NotFound
from settlement.awards import evidence, service
from settlement.awards.judging import StatedClaim
from settlement.awards.models import AwardClaim
from tests.factories import NOW
from tests.settlement.awards.desk import ENTRY, PDF, TODAY, Desk


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.pdf"), (b"MZ\x90", "a.pdf"), (PDF, "a.exe"), (PDF, "a.png"), (b"<html>", "a.html")],
)
def test_a_paper_is_what_its_name_says_or_it_is_refused(desk: Desk, content: bytes, name: str) -> None:
    claim = desk.draft()
    with pytest.raises(Invalid):
        desk.attach(claim, "register_notice", content, name)
    assert evidence.Path(desk.folder / "evidence").exists() is False


def test_a_paper_over_the_limit_is_refused(desk: Desk) -> None:
    claim = desk.draft()
    with pytest.raises(Invalid):
        desk.attach(claim, "register_notice", PDF + bytes(evidence.LARGEST))


def test_the_same_paper_twice_is_one_and_an_unasked_one_is_refused(desk: Desk) -> None:
    claim = desk.draft()
    first, again = desk.attach(claim, "register_notice"), desk.attach(claim, "register_notice")
    assert first.id == again.id
    with pytest.raises(NotFound):
        desk.attach(claim, "something_else")


def test_a_paper_can_be_taken_off_a_draft(desk: Desk) -> None:
    claim = desk.draft()
    paper = desk.attach(claim, "register_notice")
    desk.write(lambda db: evidence.detach(db, desk.owner, claim.id or 0, paper.id or 0, at=NOW))
    with pytest.raises(NotFound):
        evidence.paper_by_id(desk.db, desk.owner, claim.id or 0, paper.id or 0)
    assert desk.archive.has(paper.digest)


def test_other_papers_are_another_version_of_the_draft(desk: Desk) -> None:
    claim = desk.draft()

    def version() -> int:
        return int(desk.db.execute(select(AwardClaim.version).where(AwardClaim.id == claim.id)).scalar_one())

    drafted, paper = version(), desk.attach(claim, "register_notice")
    desk.attach(claim, "register_notice")  # the same bytes are no change
    with_paper = version()
    desk.write(lambda db: evidence.detach(db, desk.owner, claim.id or 0, paper.id or 0, at=NOW))
    assert (drafted, with_paper, version()) == (1, 2, 3)
    stated = StatedClaim(claim.scheme, claim.day, "", ENTRY)
    with pytest.raises(Conflict, match="claim_changed_meanwhile"):
        desk.write(
            lambda db: service.change(
                db, desk.owner, claim.id or 0, stated, seen=with_paper, book=desk.book, at=NOW, today=TODAY
            )
        )
