"""Draft a quarter's statements: gather, compute, then one short transaction an institution that claims and writes.

Right with two schedulers at once and after a kill at any point: the books decide who drafts a revision, and a statement computed
from facts that have moved on meanwhile is thrown away. One institution's failure does not stop the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.jobs.service import claim
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.engine.definition import Reason
from settlement.engine.machines import DuckDB, Machine
from settlement.growth_reward import SCHEME
from settlement.returns.filing import Premises
from settlement.statements.computing import Computed, Rules, compute, rules_of
from settlement.statements.explanation import as_json, explain, reference_digest
from settlement.statements.facts import Facts, due, gather, inputs_digest
from settlement.statements.models import Statement, StatementReconciliation, StatementSeries, StatementShare
from settlement.statements.workflow import DRAFT, REPLACED, sources, target

JOB = "draft_statements"
PREFIXES = {SCHEME: "GR"}

log = structlog.get_logger()


@dataclass
class Drafted:
    """What came of drafting a quarter: numbers written, institutions whose draft stands, institutions that failed."""

    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Draft:
    """A computed statement with its explanation, ready to be written."""

    computed: Computed
    facts: Facts
    rules: Rules
    content: str
    digest: str
    reference_digest: str

    @property
    def party_id(self) -> int:
        return self.facts.party_ids[self.computed.code]

    @property
    def quarter(self) -> Quarter:
        return self.rules.growth.quarter


def draft_quarter(
    db: Session, quarter: Quarter, *, premises: Premises, at: datetime, by: Actor = THE_SERVICE
) -> Drafted:
    """Draft what is missing or outdated in a quarter, in transactions of its own; raises `PolicySilent` outside the window."""
    rules, drafted = rules_of(premises.book, quarter), Drafted()
    facts = gather(db, rules.growth)
    machine = DuckDB()
    for code in _outdated(db, facts, rules, drafted):
        db.rollback()  # the reads are over: nothing is computed inside a transaction
        try:
            draft = _computed(facts, code, rules, premises, machine)
            written = database.write(db, lambda db, draft=draft: _write(db, draft, premises.book, at, by))  # type: ignore[misc]
        except Exception:
            log.exception("statement_draft_failed", institution=code, quarter=str(quarter))
            drafted.failed.append(code)
        else:
            drafted.written += [written] if written else []
    return drafted


def _outdated(db: Session, facts: Facts, rules: Rules, drafted: Drafted) -> Iterator[str]:
    """The institutions whose current draft does not rest on the present facts."""
    standing = {row.institution_code: row.inputs_digest for row in _current_of(db, rules.growth.quarter)}
    for person in due(facts, rules.growth):
        if standing.get(person.code) == inputs_digest(facts, person.code, rules.growth, rules.digests):
            drafted.unchanged += 1
        else:
            yield person.code


def _current_of(db: Session, quarter: Quarter) -> list[Statement]:
    query = select(Statement).where(
        Statement.scheme == SCHEME, Statement.quarter == str(quarter), Statement.state != REPLACED
    )
    return list(db.exec(query))


def _computed(facts: Facts, code: str, rules: Rules, premises: Premises, machine: Machine) -> _Draft:
    computed = compute(facts, code, rules, premises, machine)
    explanation = explain(computed, facts, rules, premises.book)
    content, digest = as_json(explanation)
    return _Draft(computed, facts, rules, content, digest, reference_digest(explanation))


def _write(db: Session, draft: _Draft, book: PolicyBook, at: datetime, by: Actor) -> str | None:
    """Write a draft as the next revision; None when it was done elsewhere, or rests on facts that have moved on."""
    series = _take_turn(db, draft.quarter)
    if not _still_holds(db, draft, book):
        return None
    current = _current(db, draft)
    if current is not None and current.inputs_digest == draft.computed.inputs_digest:
        return None
    revision = current.revision + 1 if current else 1
    if not claim(db, JOB, f"{SCHEME}/{draft.quarter}/{draft.computed.code}/r{revision}", at=at):
        return None
    if current is not None and not _replaced(db, current, at=at):
        return None
    statement = _statement(draft, current.number if current else _next_number(db, series), revision, at, by)
    db.add(statement)
    db.flush()
    _add_parts(db, statement, draft.computed)
    detail = {
        "quarter": statement.quarter,
        "revision": revision,
        "digest": draft.digest,
        "amount_fen": statement.amount,
    }
    record(db, "statement.draft", by=by, subject=("statement", statement.number), at=at, detail=detail)
    return statement.number


def _take_turn(db: Session, quarter: Quarter) -> StatementSeries:
    """Lock the quarter's counter, so that drafts of one quarter are written one after the other."""
    mine = (col(StatementSeries.scheme) == SCHEME) & (col(StatementSeries.quarter) == str(quarter))
    touch = update(StatementSeries).where(mine).values(last_number=StatementSeries.last_number)
    if db.execute(touch).rowcount == 0:  # type: ignore[attr-defined]
        try:
            with db.begin_nested():
                db.add(StatementSeries(scheme=SCHEME, quarter=str(quarter)))
        except IntegrityError:
            db.execute(touch)
    query = select(StatementSeries).where(mine).execution_options(populate_existing=True)
    return db.exec(query).one()


def _still_holds(db: Session, draft: _Draft, book: PolicyBook) -> bool:
    rules = rules_of(book, draft.quarter)
    facts = gather(db, rules.growth)
    code = draft.computed.code
    is_due = any(person.code == code for person in due(facts, rules.growth))
    return is_due and inputs_digest(facts, code, rules.growth, rules.digests) == draft.computed.inputs_digest


def _current(db: Session, draft: _Draft) -> Statement | None:
    query = select(Statement).where(
        Statement.institution_id == draft.party_id,
        Statement.scheme == SCHEME,
        Statement.quarter == str(draft.quarter),
        Statement.state != REPLACED,
    )
    return db.exec(query.execution_options(populate_existing=True)).first()


def _replaced(db: Session, current: Statement, *, at: datetime) -> bool:
    """Move the draft before out of the way; False when it is no longer a draft."""
    may = (col(Statement.id) == current.id) & col(Statement.state).in_(sources("replace"))
    values = {"state": target("replace"), "replaced_at": at}
    moved = db.execute(update(Statement).where(may).values(**values))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def _next_number(db: Session, series: StatementSeries) -> str:
    series.last_number += 1
    db.flush()
    return f"{PREFIXES[SCHEME]}-{series.quarter}-{series.last_number:02d}"


def _statement(draft: _Draft, number: str, revision: int, at: datetime, by: Actor) -> Statement:
    assessment, rules = draft.computed.assessment, draft.rules
    paid, other, person = assessment.paid, assessment.alternative, assessment.person
    own = draft.facts.returns.get((person.code, draft.quarter))
    return Statement(
        number=number,
        revision=revision,
        institution_id=draft.party_id,
        quarter=str(draft.quarter),
        scheme=SCHEME,
        state=DRAFT,
        institution_code=person.code,
        institution_name=person.name,
        region=person.region,
        basis=str(paid.basis),
        rate=f"{paid.rate:f}",
        balance=assessment.balance,
        reference_balance=paid.reference_balance,
        increment=paid.increment,
        amount=paid.amount,
        alternative_basis=str(other.basis),
        alternative_reference_balance=other.reference_balance,
        alternative_increment=other.increment,
        alternative_amount=other.amount,
        returned_balance=assessment.history[-1].returned,
        certified_balance=assessment.history[-1].certified,
        dip_rebound=assessment.dip_rebound,
        held=assessment.held,
        hold_reasons=" ".join(assessment.holds),
        return_id=own.id if own else None,
        policy_digest=rules.growth.policy_digest,
        shares_digest=rules.shares.policy_digest,
        rule_digest=rules.rule_digest,
        return_digest=assessment.return_digest,
        reference_digest=draft.reference_digest,
        inputs_digest=draft.computed.inputs_digest,
        digest=draft.digest,
        explanation=draft.content,
        drafted_by=by.account_id,
        drafted_at=at,
    )


def _add_parts(db: Session, statement: Statement, computed: Computed) -> None:
    assert statement.id is not None
    owner = {"statement_id": statement.id, "institution_id": statement.institution_id}
    for place, share in enumerate(computed.shares):
        db.add(StatementShare(**owner, place=place, payer=share.payer, part=str(share.part), amount=share.amount))
    lines = computed.reconciliation.lines if computed.reconciliation else ()
    eligible_first = sorted(lines, key=lambda line: line.reason is not Reason.ELIGIBLE)
    for place, line in enumerate(eligible_first):
        db.add(
            StatementReconciliation(
                **owner,
                place=place,
                reason=str(line.reason),
                detail=line.detail,
                loans=line.loans,
                balance=line.balance,
            )
        )
    db.flush()
