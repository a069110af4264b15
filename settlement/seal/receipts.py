"""A beneficiary's receipt: its statement as it was sealed, and the way from it to the published checkpoint, without anybody else's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.chain import canonical
from kernel.audit.checkpoints import Checkpoint, Checkpoints
from kernel.errors import NotFound, Refused
from kernel.periods import Quarter
from kernel.web.paging import Asked, Page, page_of
from settlement.seal import tree
from settlement.seal.models import QuarterSeal
from settlement.seal.packing import unpacked
from settlement.seal.receipt_verifier import RECEIPT
from settlement.seal.service import SealPlaces, checkpoint_told, covering, entries_between, entry_told, seal_of
from settlement.statements.models import Statement
from settlement.statements.service import statements_query


def receipt(db: Session, statement: Statement, *, places: SealPlaces) -> bytes:
    """A beneficiary's own receipt as canonical JSON: its statement as sealed, the way from it to the seal's entry, the checkpoint.

    `statement` is one that the caller may see. Nothing of others is in it but digests. NotFound while its quarter is not sealed.
    """
    seal = seal_of(db, Quarter.parse(statement.quarter))
    lines = unpacked(places.keeping.archive.verify(seal.kept).read_bytes()).statement_lines
    place = _place(lines, statement)
    entry = entry_told(entries_between(db, seal.entry_number, seal.entry_number)[0])
    said = {
        "format": RECEIPT,
        "statement": lines[place].decode(),
        "path": [list(step) for step in tree.path([tree.leaf(line) for line in lines], place)],
        "entry": entry,
        "checkpoint": checkpoint_told(_exact(seal, places.published)),
    }
    return canonical(said).encode()


def _place(lines: Sequence[bytes], statement: Statement) -> int:
    for place, line in enumerate(lines):
        row = json.loads(line)
        if (row["number"], row["revision"]) == (statement.number, statement.revision):
            return place
    raise NotFound(
        "not_in_seal",
        "这一稿是封存以后才有的，请等下一次封存",
        "This revision is younger than the seal; wait for the next",
    )


def _exact(seal: QuarterSeal, published: Checkpoints) -> Checkpoint:
    """The checkpoint of the seal's own entry: a later one would need other people's entries to be reached."""
    found = covering(seal, published)
    if found.number != seal.entry_number:
        raise Refused(
            "seal_again",
            "封存时没有公布检查点，请经办再封存一次",
            "No checkpoint was published at the seal; seal again",
        )
    return found


@dataclass(frozen=True)
class ReceiptRow:
    """A statement and the newest seal of its quarter, if it is sealed."""

    statement: Statement
    seal: QuarterSeal | None


def receipts_of(db: Session, caller: Caller, asked: Asked, *, quarter: Quarter | None = None) -> Page[ReceiptRow]:
    """The standing statements that the caller may see, newest quarter first, each with its quarter's newest seal."""
    newest = {one.quarter: one for one in db.exec(select(QuarterSeal).order_by(col(QuarterSeal.sequence)))}
    page = page_of(db, statements_query(caller, quarter=quarter), asked)
    return page.map(lambda one: ReceiptRow(one, newest.get(one.quarter)))
