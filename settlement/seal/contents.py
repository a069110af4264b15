"""What a sealed quarter holds, kind by kind: what was filed and certified, statements, batches, money. Policies are in `in_force`."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, or_, select

from kernel.accounts.models import Account
from kernel.ledger.models import Posting, PostingGroup
from kernel.parties.models import Institution, Party, PartyStatus
from kernel.periods import Quarter
from settlement.batches.models import Batch, BatchItem, BatchItemShare, BatchMove, BatchSignature, Objection
from settlement.certified_balances.models import CertifiedBalance
from settlement.payments.models import OrderLine, PayerClaim, Payment, PaymentOrder, SetOff
from settlement.payments.receipts.models import ReceiptLine
from settlement.payments.recoveries.models import RecoveredMoney, RecoveryNotice
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn
from settlement.seal.rows import SealedRow, sealed_row, sealed_rows
from settlement.statements.fees.models import FeeContract
from settlement.statements.growth.models import GrowthFigures, GrowthReconciliation
from settlement.statements.models import Statement, StatementLine, StatementShare

Model = TypeVar("Model", bound=SQLModel)


def _in(db: Session, model: type[Model], name: str, values: Iterable[object], order: str = "id") -> list[Model]:
    """The rows of a table whose column has one of some values, in the order of another column."""
    wanted = list(values)
    query = select(model).where(getattr(model, name).in_(wanted)).order_by(getattr(model, order))
    return list(db.exec(query)) if wanted else []


def _by(rows: Iterable[SQLModel], name: str) -> dict[object, list[SealedRow]]:
    found: dict[object, list[SealedRow]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(sealed_row(row))
    return found


def batches_of(db: Session, quarter: Quarter) -> list[Batch]:
    """The quarter's own batches, and later ones with an adjustment of it."""
    touched = select(BatchItem.batch_id).where(BatchItem.quarter == str(quarter))
    query = select(Batch).where(or_(Batch.quarter == str(quarter), col(Batch.id).in_(touched)))
    return list(db.exec(query.order_by(col(Batch.id))))


def statements_of_seal(db: Session, quarter: Quarter, batches: Sequence[Batch]) -> list[Statement]:
    """Every revision of the quarter, and what else its batches hold."""
    items = select(BatchItem.statement_id).where(col(BatchItem.batch_id).in_([one.id for one in batches]))
    query = select(Statement).where(or_(Statement.quarter == str(quarter), col(Statement.id).in_(items)))
    return list(db.exec(query.order_by(col(Statement.id))))


def statement_rows(db: Session, statements: Sequence[Statement]) -> list[SealedRow]:
    """Statements with everything they are made of, one row each."""
    ids = [one.id for one in statements]
    parts = {
        "lines": _by(_in(db, StatementLine, "statement_id", ids, "place"), "statement_id"),
        "shares": _by(_in(db, StatementShare, "statement_id", ids, "place"), "statement_id"),
        "reconciliation": _by(_in(db, GrowthReconciliation, "statement_id", ids, "place"), "statement_id"),
        "contracts": _by(_in(db, FeeContract, "statement_id", ids, "place"), "statement_id"),
    }
    figures = _by(_in(db, GrowthFigures, "statement_id", ids, "statement_id"), "statement_id")
    return [
        sealed_row(
            one,
            figures=next(iter(figures.get(one.id, [])), None),
            **{name: found.get(one.id, []) for name, found in parts.items()},
        )
        for one in statements
    ]


def batch_rows(db: Session, batches: Sequence[Batch]) -> list[SealedRow]:
    """Batches with items and their shares, every signature (voided ones too), every move, every objection."""
    ids = [one.id for one in batches]
    items = _in(db, BatchItem, "batch_id", ids)
    shares = _by(_in(db, BatchItemShare, "item_id", [one.id for one in items], "place"), "item_id")
    by_batch: dict[object, list[SealedRow]] = {}
    for one in items:
        by_batch.setdefault(one.batch_id, []).append(sealed_row(one, shares=shares.get(one.id, [])))
    signatures, moves, objections = (
        _by(_in(db, model, "batch_id", ids), "batch_id") for model in (BatchSignature, BatchMove, Objection)
    )
    return [
        sealed_row(
            one,
            items=by_batch.get(one.id, []),
            signatures=signatures.get(one.id, []),
            moves=moves.get(one.id, []),
            objections=objections.get(one.id, []),
        )
        for one in batches
    ]


def people_rows(db: Session, batches: Iterable[SealedRow]) -> list[SealedRow]:
    """Who signed or moved a batch: number, name, role, office; nothing else of an account."""
    signed = {one["signed_by"] for batch in batches for one in batch["signatures"]}
    moved = {one["moved_by"] for batch in batches for one in batch["moves"]}
    return [
        {"id": one.id, "name": one.name, "role": one.role, "organisation_id": one.organisation_id}
        for one in _in(db, Account, "id", sorted(signed | moved))
    ]


def used_return_ids(statements: Iterable[Statement]) -> set[int]:
    """The returns that the figures of some statements were computed from, by their explanations."""
    found: set[int] = set()
    for one in statements:
        told = json.loads(one.explanation)
        parts = [part for end in told.get("history", []) for part in end["parts"]]
        found |= {part["return_id"] for part in parts if part["return_id"] is not None}
        found |= {filed["id"] for filed in told.get("returns", [])}
    return found


def return_rows(db: Session, ids: Iterable[int]) -> list[SealedRow]:
    """The used versions of returns, each with its institution's code."""
    return _with_codes(db, _in(db, LoanReturn, "id", sorted(ids)))


def _with_codes(db: Session, rows: Sequence[Any]) -> list[SealedRow]:
    codes = {one.id: one.code for one in _in(db, Party, "id", {row.institution_id for row in rows})}
    return [sealed_row(row, code=codes[row.institution_id]) for row in rows]


def tapes(keeping: Keeping, returns: Iterable[SealedRow]) -> dict[str, Path]:
    """Where the canonical Parquet of the used returns is, by its name in the sealed file."""
    found = {}
    for digest in {str(row["row_digest"]) for row in returns}:
        found[f"returns/{digest}.parquet"] = keeping.tape(digest)
        if keeping.events(digest).exists():
            found[f"returns/{digest}.events.parquet"] = keeping.events(digest)
    return found


def certified_rows(db: Session, quarter: Quarter) -> list[SealedRow]:
    """Every version of every certified balance up to the quarter, each with its institution's code."""
    query = select(CertifiedBalance).where(CertifiedBalance.quarter <= str(quarter)).order_by(col(CertifiedBalance.id))
    return _with_codes(db, db.exec(query).all())


def party_rows(db: Session, beneficiary_ids: Iterable[int]) -> list[SealedRow]:
    """Beneficiaries and every institution: code, region, kind, successor, and the statuses they have held."""
    institutions = {one.party_id: one for one in db.exec(select(Institution))}
    wanted = sorted({*institutions, *beneficiary_ids})
    statuses = _by(_in(db, PartyStatus, "party_id", wanted), "party_id")
    return [
        sealed_row(
            one,
            institution=sealed_row(institutions[one.id]) if one.id in institutions else None,
            statuses=statuses.get(one.id, []),
        )
        for one in _in(db, Party, "id", wanted)
    ]


def claim_rows(db: Session, quarter: Quarter) -> list[PayerClaim]:
    """What every payer owes, or is owed, for the quarter."""
    query = select(PayerClaim).where(PayerClaim.quarter == str(quarter)).order_by(col(PayerClaim.id))
    return list(db.exec(query))


def order_rows(db: Session, claims: Sequence[PayerClaim]) -> list[SealedRow]:
    """Every payment order that touched one of some claims, whole: lines, set-offs, payments, what the bank reported of them."""
    touched = _in(db, OrderLine, "claim_id", [one.id for one in claims])
    orders = _in(db, PaymentOrder, "id", {one.order_id for one in touched})
    ids = [one.id for one in orders]
    payments = _in(db, Payment, "order_id", ids)
    reported = _by(_in(db, ReceiptLine, "payment_id", [one.id for one in payments]), "payment_id")
    by_order: dict[object, list[SealedRow]] = {}
    for one in payments:
        by_order.setdefault(one.order_id, []).append(sealed_row(one, receipts=reported.get(one.id, [])))
    lines, set_offs = (_by(_in(db, model, "order_id", ids), "order_id") for model in (OrderLine, SetOff))
    return [
        sealed_row(
            one,
            lines=lines.get(one.id, []),
            set_offs=set_offs.get(one.id, []),
            payments=by_order.get(one.id, []),
        )
        for one in orders
    ]


def recovery_rows(db: Session, claims: Sequence[PayerClaim]) -> list[SealedRow]:
    """The recovery notices to those who have something to pay back for the quarter, with what came back."""
    owing = {one.beneficiary_id for one in claims if one.amount < 0}
    notices = _in(db, RecoveryNotice, "beneficiary_id", owing)
    money = _by(_in(db, RecoveredMoney, "notice_id", [one.id for one in notices]), "notice_id")
    return [sealed_row(one, money=money.get(one.id, [])) for one in notices]


def posting_rows(db: Session, quarter: Quarter) -> list[SealedRow]:
    """Every posting group that touches the quarter, whole."""
    touched = select(Posting.group_id).where(Posting.quarter == str(quarter))
    groups = list(db.exec(select(PostingGroup).where(col(PostingGroup.id).in_(touched)).order_by(col(PostingGroup.id))))
    postings = _by(_in(db, Posting, "group_id", [one.id for one in groups], "place"), "group_id")
    return [sealed_row(one, postings=postings.get(one.id, [])) for one in groups]


def gather(db: Session, quarter: Quarter) -> dict[str, list[SealedRow]]:
    """Every list of the sealed file but policies and checkpoints, by its name."""
    batches = batches_of(db, quarter)
    statements = statements_of_seal(db, quarter, batches)
    own, batched, claims = (
        [one for one in statements if one.quarter == str(quarter)],
        batch_rows(db, batches),
        claim_rows(db, quarter),
    )
    return {
        "people": people_rows(db, batched),
        "parties": party_rows(db, {one.beneficiary_id for one in statements}),
        "returns": return_rows(db, used_return_ids(own)),
        "certified_balances": certified_rows(db, quarter),
        "statements": statement_rows(db, statements),
        "batches": batched,
        "claims": sealed_rows(claims),
        "orders": order_rows(db, claims),
        "recoveries": recovery_rows(db, claims),
        "postings": posting_rows(db, quarter),
    }
