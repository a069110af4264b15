"""Restatement: what newer facts change on statements that are signed or paid, shown whole before anyone confirms (domain §6).

A preview computes every affected statement of this and later quarters without writing anything. Confirming drafts the new revisions,
returns the batches under way that held the old ones, and puts the adjustments into the open batch.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select as of_columns
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.remembering import Remembering
from kernel.bilingual import Text
from kernel.errors import Conflict
from kernel.periods import Quarter
from settlement.batches.digests import Shares, preview_digest
from settlement.batches.items import NOTHING_YET, Awarded, awarded_so_far
from settlement.batches.models import Batch
from settlement.batches.moving import reopen
from settlement.batches.people import require_hand
from settlement.batches.reading import batches_by_statement, statement_ids_signed, statement_ids_signed_query
from settlement.batches.service import BatchDesk, refresh_open
from settlement.batches.workflow import ENDED, OPEN
from settlement.statements import labels
from settlement.statements.drafter import ComputedStatement, Due
from settlement.statements.drafting import Drafted, draft_quarter
from settlement.statements.models import Statement
from settlement.statements.schemes import DRAFTERS
from settlement.statements.workflow import DRAFT, REPLACED

Group = tuple[str, str]  # a scheme and a quarter
Moved = tuple[Due | None, ComputedStatement | None]

REASON = Text("事实更正，重新计算", "Facts were corrected, to be computed again")


@dataclass(frozen=True)
class RestatementDelta:
    """What newer facts do to one statement; fen. `after` None: the statement would be held. `awarded`: paid out so far."""

    statement: Statement
    before: int | None
    after: int | None
    holds: tuple[str, ...]
    awarded: int
    shares: Shares
    batch: Batch | None

    @property
    def change(self) -> int | None:
        return None if self.after is None or self.before is None else self.after - self.before

    @property
    def adjustment(self) -> int | None:
        """What the next batch would post: due under present facts less awarded already."""
        return None if self.after is None or self.holds else self.after - self.awarded

    @property
    def reopens(self) -> bool:
        """Whether signatures on a batch that is not released yet would be voided."""
        return self.batch is not None and self.batch.state not in (OPEN, *ENDED)

    @property
    def scheme(self) -> Text:
        return labels.scheme(self.statement.scheme)


@dataclass(frozen=True)
class Restatement:
    """Every statement that newer facts change, by quarter, with the digest that a confirmation binds to."""

    deltas: tuple[RestatementDelta, ...]

    @property
    def digest(self) -> str:
        said = [
            [one.statement.number, one.statement.revision, one.before, one.after, list(one.holds), one.awarded]
            for one in self.deltas
        ]
        return preview_digest({"deltas": said})

    @property
    def reopened(self) -> list[Batch]:
        """The batches whose approvals would be voided."""
        return list({one.batch.id: one.batch for one in self.deltas if one.batch is not None and one.reopens}.values())

    @property
    def adjustment(self) -> int:
        """The sum of what the next batch would post, fen."""
        return sum(one.adjustment or 0 for one in self.deltas if one.awarded or one.adjustment)


def preview(db: Session, *, desk: BatchDesk, among: Collection[Group] | None = None) -> Restatement:
    """What would change if the signed statements were computed on the present facts; writes nothing, computes outside transactions.

    Digests come first: of every signed statement a few columns are read, and only those whose inputs have moved are read whole and
    computed. The cost grows with what has changed, not with what was ever signed. `among`: the groups to look into, else all.
    """
    moved: dict[int, Moved] = {}
    for group, signed in _signed_by_group(db):
        if among is None or group in among:
            moved |= _moved(db, group, signed, desk)
    return Restatement(tuple(_deltas(db, moved)))


def preview_shown(db: Session, *, desk: BatchDesk, remembering: Remembering) -> Restatement:
    """The same for the page, which looks far more often than facts change: where something has moved is remembered until the books do."""

    def look() -> frozenset[Group]:
        return frozenset(group for group, signed in _signed_by_group(db) if _moved(db, group, signed, desk))

    key = ("restatements.moved", desk.premises.book.digest)
    return preview(db, desk=desk, among=remembering.of(db, key, look))


def _signed_by_group(db: Session) -> list[tuple[Group, list["_Signed"]]]:
    rows = groupby(_signed(db), key=lambda one: (one.scheme, one.quarter))
    return [(group, list(signed)) for group, signed in rows]


def _moved(db: Session, group: Group, signed: Iterable["_Signed"], desk: BatchDesk) -> dict[int, Moved]:
    """What became of those statements of a scheme and quarter whose inputs are no longer the signed ones, by their ids."""
    scheme, quarter = group
    inputs = DRAFTERS[scheme].read(db, Quarter.parse(quarter), desk.premises)
    present = {due.beneficiary.party_id: due for due in inputs.dues}
    moved: dict[int, Moved] = {}
    for one in signed:
        due = present.get(one.beneficiary_id)
        if due is None or due.inputs_digest != one.inputs_digest or one.state != DRAFT:
            moved[one.id] = due, inputs.compute(due) if due is not None else None
    return moved


class _Signed(NamedTuple):
    """What tells whether a signed statement still stands."""

    id: int
    number: str
    scheme: str
    quarter: str
    beneficiary_id: int
    inputs_digest: str
    state: str


def _signed(db: Session) -> list[_Signed]:
    """The present revisions of all statements that somebody has signed, by scheme and quarter."""
    numbers = select(Statement.number).where(col(Statement.id).in_(statement_ids_signed_query()))
    columns = [col(getattr(Statement, name)) for name in _Signed._fields]
    query = of_columns(*columns).where(col(Statement.state) != REPLACED, col(Statement.number).in_(numbers))
    ordered = query.order_by(col(Statement.scheme), col(Statement.quarter), col(Statement.number))
    return [_Signed(*row) for row in db.execute(ordered)]


def _deltas(db: Session, moved: Mapping[int, Moved]) -> Iterator[RestatementDelta]:
    """The changed statements with what was awarded on them, by quarter and number."""
    query = select(Statement).where(col(Statement.id).in_(moved)).order_by(Statement.quarter, Statement.number)
    statements = list(db.exec(query))
    numbers = [one.number for one in statements]
    awarded, batches = awarded_so_far(db, numbers), batches_by_statement(db, numbers)
    for one in statements:
        due, computed = moved[one.id or 0]
        delta = _delta(one, due, computed, awarded.get(one.number, NOTHING_YET), batches.get(one.number))
        if delta is not None:
            yield delta


def _delta(
    statement: Statement,
    due: Due | None,
    computed: ComputedStatement | None,
    awarded: Awarded,
    batch: Batch | None,
) -> RestatementDelta | None:
    if due is None or computed is None:
        if statement.state != DRAFT:
            return None
        return RestatementDelta(statement, statement.amount, 0, (), awarded.amount, (), batch)
    shares = tuple((share.payer, share.amount) for share in computed.shares)
    before = statement.amount if statement.state == DRAFT else 0
    return RestatementDelta(statement, before, computed.amount, computed.holds, awarded.amount, shares, batch)


def restate(db: Session, caller: Caller, *, digest: str, desk: BatchDesk) -> Drafted:
    """Do what a preview has shown, and nothing to a signed statement that it has not. Conflict when the preview has changed.

    In transactions of its own. Batches under way that hold an affected statement go back to the operator, their signatures voided and
    kept. One beneficiary's failure does not stop the rest: its code is among `failed`, and the next preview shows it again.
    """
    require_hand(caller)
    shown = preview(db, desk=desk)
    if not shown.deltas or shown.digest != digest:
        raise Conflict(
            "digest_changed",
            "更正的影响和你看到的不一样了，请重新核对",
            "The effects are not what was shown; look again",
        )
    quarters = {(one.statement.scheme, Quarter.parse(one.statement.quarter)) for one in shown.deltas}
    unshown = set(statement_ids_signed(db)) - {one.statement.id for one in shown.deltas}
    reopened, restated = shown.reopened, Drafted()
    db.rollback()  # the reads are over
    database.write(db, lambda db: _reopen(db, caller, reopened, desk))
    for scheme, quarter in sorted(quarters):
        restated.add(
            draft_quarter(
                db, quarter, premises=desk.premises, at=desk.at, by=caller.actor, scheme=scheme, signed=unshown
            )
        )
    database.write(db, lambda db: refresh_open(db, at=desk.at, by=caller.actor))
    return restated


def _reopen(db: Session, caller: Caller, batches: list[Batch], desk: BatchDesk) -> None:
    for batch in batches:
        reopen(db, caller, batch, reason=REASON.zh, at=desk.at)
