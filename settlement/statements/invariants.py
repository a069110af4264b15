"""What must hold of statements, one function each: an empty list, or every place where it does not (reliability §2)."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.jobs.models import JobRun
from kernel.ledger.invariants import Violation
from kernel.periods import Quarter
from kernel.policies import PolicySilent, PolicyUndecided
from settlement.returns.filing import Premises
from settlement.statements.drafting import JOB
from settlement.statements.explanation import as_json
from settlement.statements.models import Statement, StatementLine, StatementShare
from settlement.statements.schemes import drafter_of
from settlement.statements.workflow import DRAFT, REPLACED


def revisions_run_on(db: Session) -> list[Violation]:
    """I8: the revisions of a statement count from 1 without a gap, and all but the newest are replaced."""
    newest: dict[str, int] = {}
    query = select(Statement.number, Statement.revision, Statement.state)
    found = []
    for number, revision, state in db.exec(query.order_by(Statement.number, col(Statement.revision).desc())):
        expected = newest[number] - 1 if number in newest else revision
        if revision != expected or (state == REPLACED) != (number in newest):
            text = Text(f"第 {revision} 稿不该是这个状态", f"Revision {revision} should not stand as it does")
            found.append(Violation("I8", number, text))
        newest[number] = revision
    gaps = [number for number, revision in newest.items() if revision != 1]
    return found + [Violation("I8", number, Text("稿次不从 1 起", "Revisions do not start at 1")) for number in gaps]


def drafted_once(db: Session) -> list[Violation]:
    """I17: every revision was written under a claim of its own, and no claim stands without its revision."""
    query = select(Statement.scheme, Statement.quarter, Statement.beneficiary_code, Statement.revision)
    written = sorted(f"{scheme}/{quarter}/{code}/r{revision}" for scheme, quarter, code, revision in db.exec(query))
    claimed = sorted(db.exec(select(JobRun.key).where(JobRun.job == JOB)))
    odd = set(written) ^ set(claimed) | {key for key, same in groupby(written) if len(list(same)) > 1}
    text = Text("这一稿没有恰好计算一次", "This revision was not drafted exactly once")
    return [Violation("I17", key, text) for key in sorted(odd)]


def parts_add_up(db: Session) -> list[Violation]:
    """I6, the sums: the lines of a statement add up to its amount, and so do its shares."""
    found = []
    for table in (StatementLine, StatementShare):
        total: Any = func.coalesce(func.sum(table.amount), 0)
        query = select(Statement.number, Statement.revision, Statement.amount, total)
        query = query.outerjoin(table, col(table.statement_id) == col(Statement.id)).where(
            col(Statement.amount).is_not(None)
        )
        grouped = query.group_by(col(Statement.id), Statement.number, col(Statement.revision), col(Statement.amount))
        found += [
            _odd_sum(number, revision, int(parts), amount or 0)
            for number, revision, amount, parts in db.exec(grouped.having(total != col(Statement.amount)))
        ]
    return found


def _odd_sum(number: str, revision: int, parts: int, amount: int) -> Violation:
    text = Text(f"各项合计 {parts} 分，金额 {amount} 分", f"The parts come to {parts} fen, the amount is {amount}")
    return Violation("I6", f"{number}/r{revision}", text)


def recomputed(db: Session, premises: Premises, *, numbers: Collection[str] | None = None) -> list[Violation]:
    """I6: every draft (or those of some numbers) that rests on the present facts says to the letter what computing it again says.

    Drafts whose facts have moved on are left to a restatement: their own digests bind them.
    """
    query = select(Statement).where(Statement.state == DRAFT).order_by(Statement.scheme, Statement.quarter)
    if numbers is not None:
        query = query.where(col(Statement.number).in_(list(numbers)))
    drafts = db.exec(query.execution_options(populate_existing=True)).all()
    return [
        found
        for (scheme, quarter), group in groupby(drafts, key=lambda one: (one.scheme, one.quarter))
        for found in _differing(db, scheme, Quarter.parse(quarter), group, premises)
    ]


def _differing(
    db: Session, scheme: str, quarter: Quarter, drafts: Iterable[Statement], premises: Premises
) -> list[Violation]:
    try:
        inputs = drafter_of(scheme).read(db, quarter, premises)
    except (PolicySilent, PolicyUndecided, Refused):  # the policy no longer settles the quarter: all moved on
        return []
    present = {(due.beneficiary.party_id, due.inputs_digest): due for due in inputs.dues}
    found = []
    for draft in drafts:
        due = present.get((draft.beneficiary_id, draft.inputs_digest))
        if due is None:
            continue
        again = inputs.compute(due)
        content, digest = as_json(again.explanation)
        same = (again.amount, " ".join(again.holds), content, digest)
        if same != (draft.amount, draft.hold_reasons, draft.explanation, draft.digest):
            text = Text(
                f"重算是 {again.amount} 分，结算单是 {draft.amount} 分",
                f"Computed again it is {again.amount} fen, the statement says {draft.amount}",
            )
            found.append(Violation("I6", f"{draft.number}/r{draft.revision}", text))
    return found
