"""How far the quarter has come, for the finance side; what was filed and computed, for an institution."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.web import formats
from kernel.web.glances import Glance
from settlement.batches.models import Batch
from settlement.batches.reading import newest_batch, signatures_of
from settlement.batches.workflow import HANDS
from settlement.batches.workflow import STATES as BATCH_STATES
from settlement.calendar import season_of
from settlement.handed_over import policy_book, work_calendar
from settlement.quarters.views import standing_quarter
from settlement.returns.service import FILING_ROLES, SEES_ALL, returns_of
from settlement.returns.workflow import CERTIFIED
from settlement.returns.workflow import STATES as RETURN_STATES
from settlement.statements import labels
from settlement.statements.growth.computing import rules_of
from settlement.statements.growth.facts import due, legal_persons
from settlement.statements.models import Statement
from settlement.statements.schemes import GROWTH
from settlement.statements.service import statements_of
from settlement.statements.workflow import DRAFT
from settlement.statements.workflow import STATES as STATEMENT_STATES

YUAN = Text("元", "yuan")


def glances(db: Session, caller: Caller, today: date) -> Iterator[Glance]:
    """The quarter that is worked on for the finance side, the newest return and statement for a filing institution."""
    if caller.role in SEES_ALL:
        yield from _of_quarter(db, caller, standing_quarter(policy_book(), today))
    elif caller.organisation_kind == "institution" and caller.role in FILING_ROLES:
        yield from _of_institution(db, caller)


def _of_quarter(db: Session, caller: Caller, quarter: Quarter) -> Iterator[Glance]:
    url, name = url_for("quarters.show", quarter=quarter), labels.short_quarter(quarter)
    persons = [person for _, person in legal_persons(db, quarter.last_day).values()]
    expected = {person.code: person.name for person in due(persons, rules_of(policy_book(), quarter).growth)}
    certified = {row.party.code for row in returns_of(db, caller, quarter=quarter) if row.filed.state == CERTIFIED}
    missing = [expected[code] for code in expected if code not in certified]
    yield Glance(
        Text(f"{name.zh}报表", f"Returns of {name.en}"),
        f"{len(expected) - len(missing)} / {len(expected)}",
        _missing(missing),
        url,
        Text("家已认证", "certified"),
    )
    drafts = [one for one in statements_of(db, caller, quarter=quarter, scheme=GROWTH) if one.state == DRAFT]
    if drafts:
        yield _reward(drafts, name, url)
    batch = newest_batch(db, quarter) if caller.role in FINANCE_SIDE else None
    if batch is not None:
        yield _batch(db, batch, quarter)


def _missing(names: list[str]) -> Text:
    if not names:
        return Text("都到齐了", "All are in")
    shown = "、".join(names[:2])
    if len(names) <= 2:
        return Text(f"还差{shown}", f"Still to come: {shown}")
    return Text(f"还差{shown}等 {len(names)} 家", f"Still to come: {shown} and {len(names) - 2} more")


def _reward(drafts: list[Statement], quarter: Text, url: str) -> Glance:
    ready = [one for one in drafts if not one.held]
    held = len(drafts) - len(ready)
    rest = Text(f"，另有 {held} 家暂缓", f", {held} more are held") if held else Text("", "")
    return Glance(
        Text(f"{quarter.zh}增量奖励", f"Growth reward of {quarter.en}"),
        formats.money_figure(sum(one.amount or 0 for one in ready)),
        Text(f"{len(ready)} 家{rest.zh}", f"{len(ready)} institutions{rest.en}"),
        url,
        YUAN,
    )


def _batch(db: Session, batch: Batch, quarter: Quarter) -> Glance:
    signed, until = len(signatures_of(db, batch)), season_of(policy_book(), quarter, work_calendar()).payment_until
    state = BATCH_STATES[batch.state]
    return Glance(
        Text(f"批次 {batch.number}", f"Batch {batch.number}"),
        f"{signed} / {len(HANDS)}",
        Text(
            f"{state.zh}；最晚 {formats.short_day(until)} 付到",
            f"{state.en}; to be paid by {formats.short_day(until)}",
        ),
        url_for("batches.show", number=batch.number),
        Text("人已签", "hands signed"),
    )


def _of_institution(db: Session, caller: Caller) -> Iterator[Glance]:
    for row in returns_of(db, caller)[:1]:
        filed = row.filed
        yield Glance(
            Text(f"{_quarter(filed.quarter).zh}报表", f"Return of {_quarter(filed.quarter).en}"),
            formats.count(filed.rows),
            RETURN_STATES[filed.state],
            url_for("returns.show", return_id=filed.id),
            Text("行", "rows"),
        )
    for statement in statements_of(db, caller)[:1]:
        scheme = labels.scheme(statement.scheme)
        yield Glance(
            Text(f"{_quarter(statement.quarter).zh}{scheme.zh}", f"{scheme.en}, {_quarter(statement.quarter).en}"),
            formats.money_figure(statement.amount),
            _standing(statement),
            url_for("statements.show", number=statement.number),
            YUAN,
        )


def _quarter(value: str) -> Text:
    """`2022 年第三季度` as the reader says it: a glance is made for the person who looks."""
    said = formats.quarter(value)
    return Text(said, said)


def _standing(statement: Statement) -> Text:
    if not statement.held:
        return STATEMENT_STATES[statement.state]
    reasons = [labels.short_hold(code) for code in statement.reasons]
    return Text("暂缓：" + "、".join(one.zh for one in reasons), "Held: " + ", ".join(one.en for one in reasons))
