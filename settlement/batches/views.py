"""What the pages and the API show of a batch: items with their statements, hands, moves, what stops it; read only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from settlement.batches.digests import Shares
from settlement.batches.items import items_of, shares_by_item, standing_until
from settlement.batches.models import Batch, BatchItem, BatchMove, BatchSignature, Objection
from settlement.batches.moving import stale_items
from settlement.batches.objections import held_items, objections_query
from settlement.batches.people import acts_as
from settlement.batches.phases import BatchPhase, phase_of
from settlement.batches.reading import batch_by_number, moves_of, signatures_of
from settlement.batches.service import BatchDesk
from settlement.batches.workflow import (
    ENDED,
    HANDS,
    INCLUDED,
    ITEM_STATES,
    KINDS,
    STEPS,
    BatchStep,
    steps_from,
)
from settlement.calendar import Season, season_of
from settlement.people import names_of
from settlement.statements import labels
from settlement.statements.models import Statement
from settlement.statements.service import flags_of


@dataclass(frozen=True)
class ItemView:
    """An item with the statement it stands for."""

    item: BatchItem
    statement: Statement
    shares: Shares
    stale: bool
    held: bool

    @property
    def kind(self) -> Text:
        return KINDS[self.item.kind]

    @property
    def state(self) -> Text:
        return ITEM_STATES[self.item.state]

    @property
    def scheme(self) -> Text:
        return labels.scheme(self.item.scheme)

    @property
    def region(self) -> Text:
        return labels.region(self.statement.region)

    @property
    def flags(self) -> list[Text]:
        """What the reviewer of the statement is to look at."""
        return flags_of(self.statement)


@dataclass(frozen=True)
class BatchView:
    """One batch."""

    batch: Batch
    items: tuple[ItemView, ...]
    gone: tuple[ItemView, ...]
    waiting: tuple[Statement, ...]
    signatures: tuple[BatchSignature, ...]
    voided: tuple[BatchSignature, ...]
    moves: tuple[BatchMove, ...]
    objections: tuple[Objection, ...]
    names: Mapping[int, str]
    offered: tuple[BatchStep, ...]
    season: Season
    today: date

    @property
    def phase(self) -> BatchPhase:
        """How far it has come, whom it waits for and until when."""
        return phase_of(self.batch, self.season, self.today)

    @property
    def state(self) -> Text:
        return self.phase.title

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.batch.quarter)

    @property
    def total(self) -> int:
        """The sum of the items, fen; recoveries count against awards."""
        return sum(one.item.amount for one in self.items)

    @property
    def by_payer(self) -> list[tuple[Text, int]]:
        """Who bears how much of the batch."""
        sums: dict[str, int] = {}
        for one in self.items:
            for payer, fen in one.shares:
                sums[payer] = sums.get(payer, 0) + fen
        return [(labels.payer(payer), fen) for payer, fen in sums.items()]

    @property
    def stale(self) -> list[ItemView]:
        return [one for one in self.items if one.stale]

    @property
    def hands(self) -> list[tuple[BatchStep, BatchSignature | None]]:
        """The four hands in order, each with its valid signature where there is one."""
        signed = {one.step: one for one in self.signatures}
        return [(step, signed.get(step.move)) for step in HANDS]

    @property
    def next_hand(self) -> BatchStep | None:
        """The hand whose turn it is."""
        return next((step for step in HANDS if step.source == self.batch.state), None)

    @property
    def due(self) -> date | None:
        """Until when the present step is to be done, by the calendar of the quarter."""
        return None if self.batch.state in ENDED else self.phase.until

    def is_offered(self, move: str) -> bool:
        return any(step.move == move for step in self.offered)

    @property
    def forward(self) -> BatchStep | None:
        """The move that the caller may make next on the way to payment."""
        return next((step for step in self.offered if not step.voids), None)

    @property
    def backward(self) -> list[BatchStep]:
        """Return and rejection, where they are the caller's."""
        return [step for step in self.offered if step.voids]


def batch_view(db: Session, caller: Caller, number: str, *, desk: BatchDesk) -> BatchView:
    """A batch for somebody of the finance side; NotFound where there is none."""
    batch = batch_by_number(db, number)
    everything = items_of(db, batch, tuple(ITEM_STATES))
    items = _item_views(db, batch, everything, desk)
    signatures, moves = signatures_of(db, batch, voided=True), moves_of(db, batch)
    objections = list(db.execute(objections_query(caller, batch)).scalars())
    people = [
        batch.opened_by,
        *(one.signed_by for one in signatures),
        *(one.voided_by for one in signatures),
        *(one.moved_by for one in moves),
        *(one.item.left_by for one in items),
        *(one.answered_by for one in objections),
    ]
    roles = acts_as(db, caller, desk.today)
    return BatchView(
        batch=batch,
        items=tuple(one for one in items if one.item.state in (INCLUDED, "upheld")),
        gone=tuple(one for one in items if one.item.state not in (INCLUDED, "upheld")),
        waiting=_waiting(db, batch),
        signatures=tuple(one for one in signatures if one.voided_at is None),
        voided=tuple(one for one in signatures if one.voided_at is not None),
        moves=tuple(moves),
        objections=tuple(objections),
        names=names_of(db, people),
        offered=tuple(step for step in steps_from(batch.state) if step.role in roles),
        season=season_of(desk.book, Quarter.parse(batch.quarter), desk.calendar),
        today=desk.today,
    )


def _item_views(db: Session, batch: Batch, items: list[BatchItem], desk: BatchDesk) -> list[ItemView]:
    ids = [item.statement_id for item in items]
    statements = {one.id: one for one in db.exec(select(Statement).where(col(Statement.id).in_(ids)))}
    shares, held = shares_by_item(db, items), held_items(db, batch)
    included = [item for item in items if item.state == INCLUDED] if batch.state not in ENDED else []
    stale = {item.id for item in stale_items(db, included, desk.premises)}
    return [
        ItemView(item, statements[item.statement_id], shares.get(item.id or 0, ()), item.id in stale, item.id in held)
        for item in items
    ]


def _waiting(db: Session, batch: Batch) -> tuple[Statement, ...]:
    """The held statements of the batch's quarters that wait outside."""
    return tuple(one for one in standing_until(db, Quarter.parse(batch.quarter)) if one.held and one.state == "draft")


def tasks_of(db: Session, caller: Caller, today: date) -> list[tuple[Batch, BatchStep]]:
    """The batches that wait for the caller, or for somebody the caller stands in for, with the step."""
    roles = acts_as(db, caller, today)
    waited_for = {step.source: step for step in STEPS if not step.voids and step.role in roles}
    query = select(Batch).where(col(Batch.state).in_(list(waited_for))).order_by(Batch.quarter, col(Batch.id))
    return [(batch, waited_for[batch.state]) for batch in db.exec(query)]
