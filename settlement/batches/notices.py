"""The public notice 公示: what anybody who signs in may read of a batch, its days, and the objections that concern the reader.

It lists what is to be paid. Recoveries are asked for by a notice of their own (`settlement.payments.recoveries`), and a line
of nothing is no award; neither stands on the list (papers: no recoveries, no zero rows).
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from kernel.accounts.roles import ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.periods import Quarter
from settlement.batches.items import published_items
from settlement.batches.models import Batch, BatchItem, Objection
from settlement.batches.objections import objections_query
from settlement.batches.phases import notice_runs
from settlement.batches.reading import batch_by_number
from settlement.batches.service import READERS
from settlement.statements import labels
from settlement.statements.models import Statement

NOTICE_READERS = tuple(ROLES)


@dataclass(frozen=True)
class NoticeRow:
    """One line of the notice: whom, for what, how much."""

    item: BatchItem
    name: str
    region: Text
    scheme: Text


@dataclass(frozen=True)
class NoticeView:
    """The notice of one batch."""

    batch: Batch
    rows: tuple[NoticeRow, ...]
    objections: tuple[Objection, ...]
    today: date

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.batch.quarter)

    @property
    def total(self) -> int:
        return sum(row.item.amount for row in self.rows)

    @property
    def runs(self) -> bool:
        """Whether objections are still taken."""
        return notice_runs(self.batch, self.today)


def notice_view(db: Session, caller: Caller, number: str, *, today: date) -> NoticeView:
    """The notice of a batch; NotFound, save for the finance side, before it is published."""
    batch = batch_by_number(db, number)
    if batch.notice_from is None and caller.role not in READERS:
        raise NotFound("batch_not_found", "没有这个批次", "There is no such batch")
    items = published_items(db, batch)
    ids = [item.statement_id for item in items]
    statements = {one.id: one for one in db.exec(select(Statement).where(col(Statement.id).in_(ids)))}
    rows = tuple(
        NoticeRow(item, one.beneficiary_name, labels.region(one.region), labels.scheme(item.scheme))
        for item in items
        for one in [statements[item.statement_id]]
    )
    found = tuple(db.execute(objections_query(caller, batch)).scalars())
    return NoticeView(batch, rows, found, today)
