"""Statements and batches by number, by the name, code or initials of whom they are for."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.parties.names import named_like
from kernel.web import formats
from kernel.web.search import SHOWN, Found
from settlement.batches.models import Batch
from settlement.batches.workflow import STATES as BATCH_STATES
from settlement.statements import labels
from settlement.statements.models import Statement
from settlement.statements.service import READERS, statements_query

STATEMENT, BATCH = Text("结算单", "Statements"), Text("批次", "Batches")


def search(db: Session, caller: Caller, typed: str, _today: date) -> Iterator[Found]:
    """Standing statements for whoever has some, batches for the finance side."""
    if caller.role in READERS:
        yield from _statements(db, caller, typed)
    if caller.role in FINANCE_SIDE:
        yield from _batches(db, typed)


def _statements(db: Session, caller: Caller, typed: str) -> Iterator[Found]:
    numbered = col(Statement.number).contains(typed.upper(), autoescape=True)
    query = statements_query(caller).join(Party, col(Party.id) == col(Statement.beneficiary_id))
    for one in db.execute(query.where(numbered | named_like(typed)).limit(SHOWN)).scalars():
        scheme, amount = labels.scheme(one.scheme), formats.yuan(one.amount)
        detail = Text(
            f"{one.beneficiary_name}　{one.quarter} {scheme.zh}　{amount} 元",
            f"{one.beneficiary_name}, {scheme.en} {one.quarter}, {amount} yuan",
        )
        yield Found(STATEMENT, one.number, detail, url_for("statements.show", number=one.number))


def _batches(db: Session, typed: str) -> Iterator[Found]:
    query = select(Batch).where(col(Batch.number).contains(typed.upper(), autoescape=True))
    for one in db.execute(query.order_by(col(Batch.id).desc()).limit(SHOWN)).scalars():
        yield Found(BATCH, one.number, BATCH_STATES[one.state], url_for("batches.show", number=one.number))
