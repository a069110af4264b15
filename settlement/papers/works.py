"""All decision letters of a released batch as one file, printed by the scheduler's process letter by letter."""

import secrets
import zipfile

from flask import url_for
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.works import places
from kernel.works.kinds import AtWork, WorkKind, WorkStage
from kernel.works.models import Work
from kernel.works.service import Order
from settlement.papers.decision import decision_letters
from settlement.papers.letter import letter_pdf
from settlement.returns.service import SEES_ALL

PRINTED_AT = (2022, 6, 7, 0, 0, 0)  # a fixed date in the file: the same books give the same bytes


def letters_order(db: Session, caller: Caller, number: str, language: str) -> Order:
    """What is asked for a batch's letters, in a language; NotFound where there are none for the caller."""
    decision_letters(db, caller, number)
    return Order(LETTERS.name, number, {"batch": number}, places.new_folder(), language)


def print_letters(work: AtWork) -> None:
    """Print every letter into one ZIP; it has no effect on the books but the end of the work."""
    number = work.content["batch"]
    letters = decision_letters(work.db, work.caller, number)
    work.db.rollback()  # the reads are over: nothing is printed inside a transaction
    file = f"{number}-decisions.zip"
    unfinished = work.kept / f"{secrets.token_hex(8)}.part"  # a holder that lost its hold may still be writing its own
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, (code, letter) in enumerate(letters):
            work.told("printing", place, len(letters))
            name = zipfile.ZipInfo(f"{number}-{code}.pdf", PRINTED_AT)
            packed.writestr(name, letter_pdf(letter, lang=work.language))
    unfinished.replace(work.kept / file)
    database.write(work.db, lambda db: work.ending.finish(db, file))


def _page(work: Work) -> str:
    return url_for("works.fetch", work_id=work.id)


def _api(work: Work) -> str:
    return url_for("works-api.fetch_result", work_id=work.id)


LETTERS = WorkKind(
    name="print_letters",
    title=Text("印全部决定书", "Printing all decision letters"),
    stages=(
        WorkStage(
            "printing", Text("印决定书", "Printing"), 1, Text("{done} 份，共 {whole} 份", "{done} of {whole} letters")
        ),
    ),
    run=print_letters,
    page=_page,
    api=_api,
    origin=lambda work: url_for("batches.show", number=work.order["batch"]),
    result=Text("下载（ZIP）", "Download (ZIP)"),
    cancelled=Text("取消以后什么都不留，账上没有变化。", "Nothing stays behind, and nothing changes in the books."),
    readers=frozenset(SEES_ALL),
    reads="settlement:read",
    writes=None,
)
