"""Draft a quarter's statements: read, compute, then one short transaction a beneficiary that claims and writes.

Knows schemes by the `Drafter` protocol alone. Right with two schedulers at once and after a kill at any point: the books decide who
drafts a revision, and a statement computed from facts that have moved on meanwhile is thrown away. One beneficiary's failure does not
stop the rest.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.clock import business_day
from kernel.errors import Refused
from kernel.jobs.service import claim
from kernel.periods import Quarter
from kernel.works.telling import Told, nobody_told
from settlement.returns.filing import Premises
from settlement.statements.drafter import ComputedStatement, Drafter, Due, QuarterInputs
from settlement.statements.explanation import as_json
from settlement.statements.models import Statement, StatementLine, StatementSeries, StatementShare
from settlement.statements.present import DRAFTED, WITHDRAWN, PresentDues
from settlement.statements.schemes import DRAFTERS, GROWTH, drafter_of
from settlement.statements.workflow import DRAFT, REPLACED, sources, target

JOB = "draft_statements"

log = structlog.get_logger()


@dataclass
class Drafted:
    """What came of drafting a quarter: numbers written and withdrawn, how many drafts stand, codes of those that failed.

    `waiting` are statements that others have signed: a newer revision of them is a restatement, which somebody has to confirm.
    """

    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    failed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def add(self, other: "Drafted") -> None:
        """Count another scheme's drafting in."""
        self.written += other.written
        self.unchanged += other.unchanged
        self.failed += other.failed
        self.withdrawn += other.withdrawn
        self.waiting += other.waiting


@dataclass(frozen=True)
class _Draft:
    """A computed statement on its way into the books."""

    drafter: Drafter
    quarter: Quarter
    premises: Premises
    computed: ComputedStatement
    content: str
    digest: str

    @property
    def due(self) -> Due:
        return self.computed.due


def draft_all(
    db: Session,
    quarter: Quarter,
    *,
    premises: Premises,
    at: datetime,
    by: Actor = THE_SERVICE,
    signed: Collection[int] = (),
    told: Told = nobody_told,
) -> Drafted:
    """Draft a quarter under every scheme that settles it, told by scheme; Refused for a quarter that is not over."""
    drafted, today = Drafted(), business_day(at)
    refuse_unfinished(quarter, today)
    for drafter in DRAFTERS.values():
        if quarter in drafter.quarters(premises.book, today):
            one = draft_quarter(
                db, quarter, premises=premises, at=at, by=by, scheme=drafter.scheme, signed=signed, told=told
            )
            drafted.add(one)
    return drafted


def draft_quarter(
    db: Session,
    quarter: Quarter,
    *,
    premises: Premises,
    at: datetime,
    by: Actor = THE_SERVICE,
    scheme: str = GROWTH,
    signed: Collection[int] = (),
    told: Told = nobody_told,
) -> Drafted:
    """Draft what is missing or outdated in a quarter, in transactions of its own; statements in `signed` (ids) are left to a restatement.

    Raises `PolicySilent` where the scheme has no rule, Refused for a quarter that is not over.
    """
    drafter, drafted = drafter_of(scheme), Drafted()
    present = PresentDues(db, drafter, quarter, premises)
    inputs = present.inputs
    refuse_unfinished(quarter, business_day(at))
    for due in _outdated(db, inputs, drafter, quarter, drafted, signed):
        db.rollback()  # the reads are over: nothing is computed inside a transaction
        told(scheme, inputs.dues.index(due), len(inputs.dues))
        try:
            draft = _computed(drafter, quarter, premises, inputs, due)
            written = database.write(db, lambda db, draft=draft: _write(db, draft, present, at, by))  # type: ignore[misc]
        except Exception:
            log.exception("statement_draft_failed", beneficiary=due.beneficiary.code, quarter=str(quarter))
            drafted.failed.append(due.beneficiary.code)
        else:
            drafted.written += [written] if written else []
    drafted.withdrawn = _withdraw_undue(db, present, at, by, signed)
    return drafted


def refuse_unfinished(quarter: Quarter, today: date) -> None:
    """Nothing is owed for a quarter before its last day is over."""
    if quarter.last_day >= today:
        raise Refused(
            "quarter_not_over",
            f"{quarter} 到 {quarter.last_day} 才结束，结束之后才能计算",
            f"{quarter} ends on {quarter.last_day}; it can be computed after that day",
        )


def _outdated(
    db: Session,
    inputs: QuarterInputs,
    drafter: Drafter,
    quarter: Quarter,
    drafted: Drafted,
    signed: Collection[int],
) -> Iterator[Due]:
    """Those whose current draft does not rest on the present facts and may be drafted anew."""
    standing = {row.beneficiary_id: row for row in _standing(db, drafter, quarter)}
    for due in inputs.dues:
        row = standing.get(due.beneficiary.party_id)
        if row is not None and row.state == DRAFT and row.inputs_digest == due.inputs_digest:
            drafted.unchanged += 1
        elif row is not None and row.id in signed:
            drafted.waiting.append(row.number)
        else:
            yield due


def _standing(db: Session, drafter: Drafter, quarter: Quarter) -> list[Statement]:
    query = select(Statement).where(
        Statement.scheme == drafter.scheme, Statement.quarter == str(quarter), Statement.state != REPLACED
    )
    return list(db.exec(query))


def _computed(drafter: Drafter, quarter: Quarter, premises: Premises, inputs: QuarterInputs, due: Due) -> _Draft:
    computed = inputs.compute(due)
    content, digest = as_json(computed.explanation)
    return _Draft(drafter, quarter, premises, computed, content, digest)


def _write(db: Session, draft: _Draft, present: PresentDues, at: datetime, by: Actor) -> str | None:
    """Write a draft as the next revision; None when it was done elsewhere, or rests on facts that have moved on."""
    series = _take_turn(db, draft)
    if present.digest_of(db, draft.due.beneficiary.party_id) != draft.due.inputs_digest:
        return None
    current = _current(db, draft)
    if current is not None and current.state == DRAFT and current.inputs_digest == draft.due.inputs_digest:
        return None
    revision = current.revision + 1 if current else 1
    if not claim(db, JOB, f"{draft.drafter.scheme}/{draft.quarter}/{draft.due.beneficiary.code}/r{revision}", at=at):
        return None
    if current is not None and not _moved(db, current, "replace", replaced_at=at):
        return None
    statement = _statement(draft, current.number if current else _next_number(db, draft, series), revision, at, by)
    db.add(statement)
    db.flush()
    _add_parts(db, statement, draft.computed)
    detail = {
        "quarter": statement.quarter,
        "revision": revision,
        "digest": draft.digest,
        "amount_fen": statement.amount,
    }
    record(db, DRAFTED, by=by, subject=("statement", statement.number), at=at, detail=detail)
    return statement.number


def _take_turn(db: Session, draft: _Draft) -> StatementSeries:
    """Lock the quarter's counter, so that drafts of one quarter are written one after the other."""
    scheme, quarter = draft.drafter.scheme, str(draft.quarter)
    mine = (col(StatementSeries.scheme) == scheme) & (col(StatementSeries.quarter) == quarter)
    touch = update(StatementSeries).where(mine).values(last_number=StatementSeries.last_number)
    if db.execute(touch).rowcount == 0:  # type: ignore[attr-defined]
        try:
            with db.begin_nested():
                db.add(StatementSeries(scheme=scheme, quarter=quarter))
        except IntegrityError:
            db.execute(touch)
    query = select(StatementSeries).where(mine).execution_options(populate_existing=True)
    return db.exec(query).one()


def _current(db: Session, draft: _Draft) -> Statement | None:
    query = select(Statement).where(
        Statement.beneficiary_id == draft.due.beneficiary.party_id,
        Statement.scheme == draft.drafter.scheme,
        Statement.quarter == str(draft.quarter),
        Statement.state != REPLACED,
    )
    return db.exec(query.execution_options(populate_existing=True)).first()


def _withdraw_undue(db: Session, present: PresentDues, at: datetime, by: Actor, signed: Collection[int]) -> list[str]:
    """Withdraw the drafts of those to whom nothing is due any more under the present facts; their numbers."""
    due = {one.beneficiary.party_id for one in present.inputs.dues}
    drafts = [row for row in _standing(db, present.drafter, present.quarter) if row.state == DRAFT]
    undue = [row for row in drafts if row.beneficiary_id not in due and row.id not in signed]

    def withdraw(db: Session, statement: Statement) -> bool:
        is_due = present.digest_of(db, statement.beneficiary_id) is not None
        if is_due or not _moved(db, statement, "withdraw", replaced_at=None):
            return False
        detail = {"quarter": statement.quarter, "revision": statement.revision}
        record(db, WITHDRAWN, by=by, subject=("statement", statement.number), at=at, detail=detail)
        return True

    return [row.number for row in undue if database.write(db, lambda db, row=row: withdraw(db, row))]  # type: ignore[misc]


def _moved(db: Session, statement: Statement, move: str, *, replaced_at: datetime | None) -> bool:
    """Move one revision as the table says; False when it is no longer where the move starts."""
    may = (col(Statement.id) == statement.id) & col(Statement.state).in_(sources(move))
    values = {"state": target(move), "replaced_at": replaced_at}
    moved = db.execute(update(Statement).where(may).values(**values))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def _next_number(db: Session, draft: _Draft, series: StatementSeries) -> str:
    series.last_number += 1
    db.flush()
    return f"{draft.drafter.prefix}-{series.quarter}-{series.last_number:02d}"


def _statement(draft: _Draft, number: str, revision: int, at: datetime, by: Actor) -> Statement:
    computed, party = draft.computed, draft.due.beneficiary
    return Statement(
        number=number,
        revision=revision,
        beneficiary_id=party.party_id,
        beneficiary_code=party.code,
        beneficiary_name=party.name,
        region=party.region,
        scheme=draft.drafter.scheme,
        quarter=str(draft.quarter),
        state=DRAFT,
        amount=computed.amount,
        held=bool(computed.holds),
        hold_reasons=" ".join(computed.holds),
        policy_digest=computed.policy_digest,
        shares_digest=computed.shares_digest,
        inputs_digest=draft.due.inputs_digest,
        digest=draft.digest,
        explanation=draft.content,
        drafted_by=by.account_id,
        drafted_at=at,
    )


def _add_parts(db: Session, statement: Statement, computed: ComputedStatement) -> None:
    assert statement.id is not None
    owner = {"statement_id": statement.id, "beneficiary_id": statement.beneficiary_id}
    for place, line in enumerate(computed.lines):
        db.add(
            StatementLine(
                **owner,
                place=place,
                subject=line.subject,
                title_zh=line.title.zh,
                title_en=line.title.en,
                clause=line.clause,
                base=line.base,
                rate=line.rate,
                amount=line.amount,
                parameters=" ".join(line.parameters),
            )
        )
    for place, share in enumerate(computed.shares):
        db.add(StatementShare(**owner, place=place, payer=share.payer, part=str(share.part), amount=share.amount))
    db.add_all(computed.beside(statement))
    db.flush()
