"""What-ifs that people keep under a name for themselves: nobody else's are ever seen. Deleting can be undone."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, NotFound, Refused
from settlement.readings.models import Scenario
from settlement.readings.what_if import WhatIf

MOST_KEPT = 100


@dataclass(frozen=True)
class KeptScenario:
    """A scenario as its owner sees it: changes and quarters as texts."""

    id: int
    name: str
    changes: tuple[str, ...]
    quarters: tuple[str, ...]
    kept_at: datetime


def scenarios_of(db: Session, caller: Caller) -> list[KeptScenario]:
    """The caller's scenarios by name."""
    query = select(Scenario).where(Scenario.owner_id == caller.account_id, col(Scenario.deleted_at).is_(None))
    return [_kept(row) for row in db.exec(query.order_by(Scenario.name))]


def _kept(row: Scenario) -> KeptScenario:
    content = json.loads(row.content)
    return KeptScenario(row.id or 0, row.name, tuple(content["changes"]), tuple(content["quarters"]), row.kept_at)


def scenario_by_id(db: Session, caller: Caller, scenario_id: int) -> KeptScenario:
    """One of the caller's scenarios; another's is the same as none."""
    mine = (col(Scenario.id) == scenario_id) & (col(Scenario.owner_id) == caller.account_id)
    found = db.exec(select(Scenario).where(mine, col(Scenario.deleted_at).is_(None))).first()
    if found is None:
        raise _missing()
    return _kept(found)


def _missing() -> NotFound:
    return NotFound("scenario_not_found", "没有这个方案", "There is no such scenario")


def keep_scenario(db: Session, caller: Caller, name: str, what_if: WhatIf, *, at: datetime) -> KeptScenario:
    """Keep a what-if under a name of one's own; Conflict where the name is taken."""
    if not what_if.changes:
        raise Refused(
            "nothing_changed", "还没有改动，先改一个参数再存", "Nothing is changed yet; change a parameter first"
        )
    if len(scenarios_of(db, caller)) >= MOST_KEPT:
        raise Refused(
            "too_many_scenarios", f"最多存 {MOST_KEPT} 个方案，请先删几个", f"At most {MOST_KEPT}; delete some first"
        )
    content = {"changes": [one.text for one in what_if.changes], "quarters": [str(one) for one in what_if.quarters]}
    row = Scenario(
        owner_id=caller.account_id,
        name=name,
        content=json.dumps(content, ensure_ascii=False, sort_keys=True),
        kept_at=at,
    )
    _unique(db, row)
    record(db, "scenario.keep", by=caller.actor, subject=("scenario", row.id), at=at, detail={"name": name, **content})
    return _kept(row)


def _unique(db: Session, row: Scenario) -> None:
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict(
            "name_taken", "你已有同名的方案，请换一个名字", "You keep a scenario of this name already; choose another"
        ) from None


def delete_scenario(db: Session, caller: Caller, scenario_id: int, *, at: datetime) -> None:
    """Delete one of one's own; it can be restored."""
    _change(db, caller, scenario_id, was_deleted=False, deleted_at=at)
    record(db, "scenario.delete", by=caller.actor, subject=("scenario", scenario_id), at=at)


def restore_scenario(db: Session, caller: Caller, scenario_id: int, *, at: datetime) -> KeptScenario:
    """Undo a deletion; Conflict where the name is taken by now."""
    try:
        with db.begin_nested():
            _change(db, caller, scenario_id, was_deleted=True, deleted_at=None)
    except IntegrityError:
        raise Conflict(
            "name_taken", "同名的方案又存了一个，恢复不了", "The name is in use again, so it cannot be restored"
        ) from None
    record(db, "scenario.restore", by=caller.actor, subject=("scenario", scenario_id), at=at)
    return scenario_by_id(db, caller, scenario_id)


def _change(db: Session, caller: Caller, scenario_id: int, *, was_deleted: bool, deleted_at: datetime | None) -> None:
    state = col(Scenario.deleted_at).is_not(None) if was_deleted else col(Scenario.deleted_at).is_(None)
    mine = (col(Scenario.id) == scenario_id) & (col(Scenario.owner_id) == caller.account_id) & state
    changed = db.execute(update(Scenario).where(mine).values(deleted_at=deleted_at))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise _missing()
