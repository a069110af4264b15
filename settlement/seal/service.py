"""Seal a quarter, give its file and each beneficiary's receipt.

Sealing takes the trail's lock first, so that nothing changes between the first row that is read and the entry that binds them all.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from kernel.audit.checkpoints import Checkpoint, Checkpoints
from kernel.audit.models import AuditEntry, AuditHead
from kernel.audit.service import Actor, record
from kernel.clock import business_day
from kernel.errors import NotFound, Refused
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.returns.keeping import Keeping
from settlement.seal import tree
from settlement.seal.contents import gather, tapes
from settlement.seal.in_force import decision_rows, policy_rows
from settlement.seal.models import QuarterSeal
from settlement.seal.packing import Packed, Prints, packed, tape_prints, unpacked, whole_file
from settlement.seal.rows import SealedRow, sealed_row
from settlement.seal.verifier import SEAL
from settlement.statements.drafting import refuse_unfinished

SEALERS = ("operator", "auditor")


@dataclass(frozen=True)
class SealPlaces:
    """Where returns and seals are kept, the policy files without decisions, and the published checkpoints."""

    keeping: Keeping
    files: PolicyBook
    published: Checkpoints


def seal_quarter(db: Session, quarter: Quarter, *, places: SealPlaces, by: Actor, at: datetime) -> QuarterSeal:
    """Seal what the books hold of a quarter now; Refused before the quarter is over or without a statement.

    The audit entry binds the digest of everything else, and its checkpoint is published at the commit.
    """
    refuse_unfinished(quarter, business_day(at))
    known = tape_prints(tapes(places.keeping, gather(db, quarter)["returns"]))
    head = _lock_trail(db)
    contents, trail_from = _packed(db, quarter, places, known, head, at)
    leaves = [tree.leaf(line) for line in contents.statement_lines]
    seal = QuarterSeal(
        quarter=str(quarter),
        sequence=(db.exec(_sequence(quarter)).one() or 0) + 1,
        contents=contents.contents,
        statements=tree.root(leaves),
        kept=_keep(places.keeping, contents),
        files=len(contents.members),
        trail_from=trail_from,
        entry_number=head.number + 1,
        sealed_by=by.account_id,
        sealed_at=at,
    )
    db.add(seal)
    db.flush()
    detail = {"contents": seal.contents, "statements": seal.statements, "sequence": seal.sequence, "files": seal.files}
    record(db, SEAL, by=by, subject=("quarter", quarter), at=at, detail=detail, checkpoint=True)
    return seal


def _lock_trail(db: Session) -> AuditHead:
    """Hold every other writer until the commit, and read everything afresh from here on."""
    db.execute(update(AuditHead).where(col(AuditHead.id) == 1).values(number=AuditHead.number))
    db.expire_all()
    return db.exec(select(AuditHead).execution_options(populate_existing=True)).one()


def _packed(
    db: Session, quarter: Quarter, places: SealPlaces, known: Prints, head: AuditHead, at: datetime
) -> tuple[Packed, int]:
    lists = gather(db, quarter)
    own = [one for one in lists["statements"] if one["quarter"] == str(quarter)]
    if not own:
        raise Refused(
            "nothing_to_seal",
            f"{quarter} 还没有结算单，没有可封存的",
            f"{quarter} has no statement yet: there is nothing to seal",
        )
    digests = {str(one[name]) for one in lists["statements"] for name in ("policy_digest", "shares_digest")}
    told = [json.loads(str(one["explanation"])) for one in lists["statements"]]
    days = {date.fromisoformat(one["day"]) for whole in told for one in (whole, *whole.get("awards", ()))}
    lists |= {"policies": policy_rows(db, places.files, digests, days), "decisions": decision_rows(db)}
    start, before = _trail_start(db, lists, head)
    lists["checkpoints"] = [checkpoint_told(one) for one in places.published if start <= one.number <= head.number]
    found = tapes(places.keeping, lists["returns"])
    known = known | tape_prints({name: path for name, path in found.items() if name not in known})
    said = {"quarter": str(quarter), "sealed_at": at.isoformat(), "trail_from": start, "trail_before": before}
    return packed(lists, found, known, said), start


def checkpoint_told(one: Checkpoint) -> SealedRow:
    """A checkpoint as it was published."""
    told: SealedRow = json.loads(one.line)
    return told


def _trail_start(db: Session, lists: dict[str, list[SealedRow]], head: AuditHead) -> tuple[int, str]:
    """The number of the first entry about one of the statements or batches, and the digest before it."""
    subjects = [one["number"] for name in ("statements", "batches") for one in lists[name]]
    mine = col(AuditEntry.subject_kind).in_(("statement", "batch")) & col(AuditEntry.subject_id).in_(subjects)
    first = db.exec(select(AuditEntry).where(mine).order_by(col(AuditEntry.number)).limit(1)).first()
    return (head.number + 1, head.digest) if first is None else (first.number, first.previous_digest)


def _sequence(quarter: Quarter):  # type: ignore[no-untyped-def]
    return select(func.max(QuarterSeal.sequence)).where(QuarterSeal.quarter == str(quarter))


def _keep(keeping: Keeping, contents: Packed) -> str:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "seal.zip"
        source.write_bytes(contents.as_zip)
        return keeping.archive.put(source)


def seals_of(db: Session, quarter: Quarter) -> list[QuarterSeal]:
    """Every seal of a quarter, the newest first."""
    query = select(QuarterSeal).where(QuarterSeal.quarter == str(quarter))
    return list(db.exec(query.order_by(col(QuarterSeal.sequence).desc())))


def seal_of(db: Session, quarter: Quarter, sequence: int | None = None) -> QuarterSeal:
    """One seal of a quarter, the newest without a number; NotFound where there is none."""
    found = [one for one in seals_of(db, quarter) if sequence in (None, one.sequence)]
    if not found:
        raise NotFound("not_sealed", f"{quarter} 还没有封存", f"{quarter} is not sealed yet")
    return found[0]


def sealed_file(db: Session, seal: QuarterSeal, *, places: SealPlaces) -> bytes:
    """The file of a seal, the same bytes every time."""
    cover = covering(seal, places.published)
    trail = [entry_told(one) for one in entries_between(db, seal.trail_from, cover.number)]
    kept = unpacked(places.keeping.archive.verify(seal.kept).read_bytes())
    return whole_file(kept, trail, {"number": cover.number, "digest": cover.digest})


def covering(seal: QuarterSeal, published: Checkpoints) -> Checkpoint:
    """The first published checkpoint that covers the seal's entry; Refused for the moments until there is one."""
    found = next((one for one in published if one.number >= seal.entry_number), None)
    if found is None:
        raise Refused(
            "checkpoint_awaited",
            "封存之后的检查点还没有公布，几分钟内会补上，请稍后再取",
            "The checkpoint after the seal is not published yet; it will be within minutes, so try again then",
        )
    return found


def entries_between(db: Session, first: int, last: int) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.number >= first, AuditEntry.number <= last)
    return db.exec(query.order_by(col(AuditEntry.number))).all()


def entry_told(row: AuditEntry) -> SealedRow:
    """An entry with its moment as the chain writes it."""
    return sealed_row(row) | {"at": row.at.astimezone(UTC).isoformat(timespec="microseconds")}
