"""How far one statement has come, whose hands are on it, and what would block its payment, told before pay day; read only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from kernel.accounts.roles import BUREAU_ROLES
from kernel.bilingual import Text
from kernel.periods import Quarter
from settlement.batches.models import Batch, BatchItem
from settlement.batches.objections import held_items
from settlement.batches.phases import notice_runs
from settlement.batches.reading import batches_of_statement, signatures_of
from settlement.batches.service import BatchDesk
from settlement.batches.workflow import APPROVED, HANDS, INCLUDED, ORDERED, REJECTED
from settlement.calendar import season_of
from settlement.payments.payees import payees_in_force
from settlement.payments.rules import policy_blocks
from settlement.people import names_of
from settlement.statements import labels
from settlement.statements.models import Statement
from settlement.statements.standing import outdated
from settlement.statements.workflow import DRAFT

OPERATOR = BUREAU_ROLES["operator"]
CENTRAL_BANK = Text("人行中心支行", "Central bank branch")


@dataclass(frozen=True)
class ProgressHand:
    """One of the four hands: who signed and when; state as the seals have it: signed, turn or empty."""

    role: Text
    name: str | None
    state: str
    signed_at: datetime | None


@dataclass(frozen=True)
class StatementBlock:
    """One thing that stands between a statement and its money: what, whom it waits for, until when."""

    code: str
    text: Text
    waits_for: Text
    until: date | None = None


@dataclass(frozen=True)
class StatementProgress:
    """How far a statement has come."""

    batch: Batch | None
    item: BatchItem | None
    hands: tuple[ProgressHand, ...]
    blocks: tuple[StatementBlock, ...]


def progress_of(db: Session, statement: Statement, *, desk: BatchDesk) -> StatementProgress:
    """Where a statement stands, and everything that would block its payment."""
    found = [one for one in batches_of_statement(db, statement.number) if one[0].state != REJECTED]
    batch, item = next(((b, i) for b, i in found if i.state == INCLUDED), (None, None))
    return StatementProgress(batch, item, _hands(db, batch), tuple(_blocks(db, statement, batch, item, desk)))


def _hands(db: Session, batch: Batch | None) -> tuple[ProgressHand, ...]:
    signatures = {one.step: one for one in signatures_of(db, batch)} if batch is not None else {}
    names = names_of(db, [one.signed_by for one in signatures.values()])
    hands = []
    for step in HANDS:
        signed = signatures.get(step.move)
        if signed is not None:
            hands.append(ProgressHand(BUREAU_ROLES[step.role], names[signed.signed_by], "signed", signed.signed_at))
        else:
            turn = "turn" if batch is not None and batch.state == step.source else ""
            hands.append(ProgressHand(BUREAU_ROLES[step.role], None, turn, None))
    return tuple(hands)


def _blocks(
    db: Session, statement: Statement, batch: Batch | None, item: BatchItem | None, desk: BatchDesk
) -> Iterator[StatementBlock]:
    if statement.state != DRAFT:
        yield StatementBlock("not_standing", Text("这一稿不再有效", "This revision does not stand"), OPERATOR)
        return
    season = season_of(desk.book, Quarter.parse(statement.quarter), desk.calendar)
    yield from _of_statement(db, statement, desk, season.review_until)
    if batch is None or item is None:
        text = Text("还没有进批次", "Not in a batch yet")
        yield StatementBlock("not_in_batch", text, OPERATOR, season.review_until)
    else:
        yield from _of_batch(db, batch, item, desk, season.review_until, season.payment_until)
    yield from _of_policy(statement, desk)
    if statement.amount and statement.beneficiary_code not in payees_in_force(
        db, [statement.beneficiary_code], desk.today
    ):
        text = Text("没有生效的收款账户", "No payee account in force")
        yield StatementBlock("payee_missing", text, OPERATOR)


def _of_statement(db: Session, statement: Statement, desk: BatchDesk, until: date) -> Iterator[StatementBlock]:
    party = Text(statement.beneficiary_name, statement.beneficiary_name)
    for code in statement.reasons:
        waits_for = CENTRAL_BANK if code in ("uncertified", "reference_uncertified") else party
        yield StatementBlock(code, labels.hold(code), waits_for, until)
    if outdated(db, [statement], desk.premises):
        text = Text("依据已有新版本，要重新计算", "What it rests on has a newer version: compute again")
        yield StatementBlock("outdated", text, OPERATOR, until)


def _of_batch(
    db: Session, batch: Batch, item: BatchItem, desk: BatchDesk, review_until: date, payment_until: date
) -> Iterator[StatementBlock]:
    if batch.state == APPROVED:
        yield StatementBlock("not_published", Text("还没有公示", "Not published yet"), OPERATOR, review_until)
    if notice_runs(batch, desk.today):
        text = Text(f"公示到 {batch.notice_until}", f"On public notice until {batch.notice_until}")
        yield StatementBlock("notice_running", text, Text("公示期满", "The end of the notice"), batch.notice_until)
    if item.id in held_items(db, batch):
        text = Text("有异议没有答复", "An objection is not answered")
        yield StatementBlock("objection", text, BUREAU_ROLES["reviewer"])
    if batch.state != ORDERED:
        places = [step.source for step in HANDS]
        later = HANDS[places.index(batch.state) :] if batch.state in places else HANDS[-1:]
        for step in later:
            due = payment_until if step.target == ORDERED else review_until
            text = Text(f"还没有{step.title.zh}", f"Still to come: {step.title.en}")
            yield StatementBlock(f"not_{step.target}", text, BUREAU_ROLES[step.role], due)


def _of_policy(statement: Statement, desk: BatchDesk) -> Iterator[StatementBlock]:
    """What the payments will have against paying it: a document still missing, or somebody else who pays."""
    deducts = bool(json.loads(statement.explanation).get("central_bank_deducted", False))
    quarter = Quarter.parse(statement.quarter)
    for block in policy_blocks(desk.book, statement.scheme, quarter, deducts_central_bank=deducts):
        yield StatementBlock(block.code, block.text, Text("决定文件", "A document"))
