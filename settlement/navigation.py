"""What the settlement adds to the spine and to today's tasks."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.web.navigation import NavigationItem, Task
from settlement.batches import tasks as batches_tasks
from settlement.calendar import due_quarters, guaranteed_quarters, reported_quarters, season_of
from settlement.calls import tasks as calls_tasks
from settlement.certified_balances.service import RECORDER, expected_on, in_force
from settlement.handed_over import policy_book, work_calendar
from settlement.merger_desk import tasks as mergers_tasks
from settlement.payments.own_accounts import HOLDERS
from settlement.returns.filing import kind_of
from settlement.returns.kinds import GUARANTEES, ReturnKind
from settlement.returns.service import FILING_ROLES, SEES_ALL, ReturnRow, returns_of
from settlement.returns.workflow import CERTIFIED, FILED, REFUSED, SENT_BACK
from settlement.rooms import SETTLEMENT
from settlement.statements.queries import tasks as queries_tasks
from settlement.statements.schemes import GROWTH
from settlement.statements.service import statements_of

STATEMENTS = Text("结算单", "Statements")
OF_A_QUARTER = frozenset({"calls", "returns", "scorecards"})
OF_A_BATCH = frozenset({"batch_bulk", "restatements"})
OF_BUREAU = [
    NavigationItem("quarters.index", Text("季度", "Quarter"), frozenset(SEES_ALL), SETTLEMENT, OF_A_QUARTER),
    NavigationItem("batches.index", Text("批次", "Batches"), frozenset(FINANCE_SIDE), SETTLEMENT, OF_A_BATCH),
    NavigationItem("statements.index", STATEMENTS, frozenset(SEES_ALL), SETTLEMENT),
    NavigationItem("mergers.index", Text("合并", "Mergers"), frozenset(SEES_ALL), SETTLEMENT),
    NavigationItem("certified_balances.index", Text("核定", "Certified"), frozenset({RECORDER, *SEES_ALL}), SETTLEMENT),
]
OF_BANKS = [
    NavigationItem("returns.index", Text("报表", "Returns"), frozenset(FILING_ROLES)),
    NavigationItem("statements.index", STATEMENTS, frozenset(FILING_ROLES), SETTLEMENT),
    NavigationItem("own_account.index", Text("收款账户", "Account"), frozenset(HOLDERS), SETTLEMENT),
]
NAVIGATION = [*OF_BUREAU, *OF_BANKS]


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Whom the settlement waits for today."""
    yield from batches_tasks.tasks(db, caller, today)
    yield from queries_tasks.tasks(db, caller, today)
    yield from calls_tasks.tasks(db, caller, today)
    yield from mergers_tasks.tasks(db, caller, today)
    if caller.organisation_kind == "institution" and caller.role in FILING_ROLES:
        yield from _bank_tasks(db, caller, today)
    elif caller.role == RECORDER:
        yield from _balance_tasks(db, today)
    elif caller.role == "operator":
        yield from _operator_tasks(db, caller, today)


def _bank_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    kind = kind_of(db, caller.organisation_id)
    newest: dict[str, ReturnRow] = {}
    for row in returns_of(db, caller, kind=kind.name):
        newest.setdefault(row.filed.quarter, row)
    of_role = _maker_task if caller.role == "maker" else _checker_task
    for quarter in _asked_for(kind, today):
        due = season_of(policy_book(), quarter, work_calendar()).filing_until
        task = of_role(kind, quarter, newest.get(str(quarter)), due)
        if task is not None:
            yield task


def _asked_for(kind: ReturnKind, today: date) -> list[Quarter]:
    """The quarters whose returns are asked for; a guarantor's first one, before any contract counts, may be filed and is not."""
    if kind is GUARANTEES:
        return list(guaranteed_quarters(policy_book(), today)[1:])
    return [one for one in reported_quarters(policy_book()) if one.last_day < today]


def _maker_task(kind: ReturnKind, quarter: Quarter, row: ReturnRow | None, due: date) -> Task | None:
    what = kind.title.en.lower()
    if row is None:
        title = Text(f"报送 {quarter} {kind.title.zh}", f"File the {what} of {quarter}")
        return Task(title, url_for("returns.choose", quarter=quarter), Text("报送", "File"), due=due)
    filed, url = row.filed, url_for("returns.show", return_id=row.filed.id)
    if filed.state == REFUSED:
        title = Text(f"改 {quarter} 报表的错行", f"Mend the return of {quarter}")
        return Task(title, url, Text("去改", "Mend"), _rows(filed.errors), due)
    if filed.state == SENT_BACK:
        title = Text(f"{quarter} 报表退回来了", f"The return of {quarter} was sent back")
        why = Text(filed.sent_back_reason, filed.sent_back_reason)
        return Task(title, url, Text("看原因", "See why"), why, due, comes_first=True)
    if filed.state == FILED and filed.confirmed_at is None:
        title = Text(f"送 {quarter} {kind.title.zh}认证", f"Send the {what} of {quarter} to be certified")
        detail = (
            Text(f"先核对 {filed.warnings} 条提示", f"Check {filed.warnings} warnings first")
            if filed.warnings
            else None
        )
        return Task(title, url, Text("去送认证", "Send"), detail, due)
    return None


def _rows(count: int) -> Text:
    return Text(f"{count} 行", f"{count} rows")


def _checker_task(kind: ReturnKind, quarter: Quarter, row: ReturnRow | None, due: date) -> Task | None:
    if row is None or row.filed.state != FILED or row.filed.confirmed_at is None:
        return None
    title = Text(f"认证 {quarter} {kind.title.zh}", f"Certify the {kind.title.en.lower()} of {quarter}")
    detail = Text(
        f"第 {row.filed.version} 版，{row.filed.rows:,} 笔", f"Version {row.filed.version}, {row.filed.rows:,} rows"
    )
    return Task(title, url_for("returns.show", return_id=row.filed.id), Text("去认证", "Certify"), detail, due)


def _balance_tasks(db: Session, today: date) -> Iterator[Task]:
    """Quarter ends that lack certified figures of local legal persons."""
    quarters = [one for one in reported_quarters(policy_book()) if one.last_day < today]
    recorded = in_force(db, quarters)
    for quarter in quarters:
        missing = [party for party in expected_on(db, quarter) if (party.id, quarter) not in recorded]
        if missing:
            title = Text(f"登记 {quarter.last_day} 核定余额", f"Record the certified balances of {quarter.last_day}")
            names = "、".join(party.name for party in missing[:3]) + ("…" if len(missing) > 3 else "")
            due = season_of(policy_book(), quarter, work_calendar()).review_until
            url = url_for("certified_balances.index", quarter=quarter)
            yield Task(title, url, Text("去登记", "Record"), Text(names, names), due, len(missing))


def _operator_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Statements that are held in the newest due quarter."""
    for quarter in due_quarters(policy_book(), work_calendar(), today)[-1:]:
        held = [one for one in statements_of(db, caller, quarter=quarter, scheme=GROWTH) if one.held]
        certified = {row.party.code for row in returns_of(db, caller, quarter=quarter) if row.filed.state == CERTIFIED}
        if held:
            title = Text(f"{quarter} 暂缓的结算单", f"Held statements of {quarter}")
            missing = sum(one.beneficiary_code not in certified for one in held)
            detail = Text(f"其中 {missing} 家还没报", f"{missing} of them without a return") if missing else None
            due = season_of(policy_book(), quarter, work_calendar()).review_until
            yield Task(title, url_for("quarters.show", quarter=quarter), Text("去看", "Look"), detail, due, len(held))
