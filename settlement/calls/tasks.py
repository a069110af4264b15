"""The institution's own call: it has been called for a return, and how often."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.web.navigation import Task
from settlement.calls.kinds import CALL
from settlement.calls.models import FilingCall
from settlement.returns.service import certified_returns


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """Reminders and late notices to the caller's institution for returns that are still missing."""
    if caller.role not in ("maker", "checker") or caller.organisation_kind != "institution":
        return
    query = select(FilingCall).where(FilingCall.institution_id == caller.organisation_id, FilingCall.kind != CALL)
    calls: dict[str, list[FilingCall]] = {}
    for call in db.exec(query.order_by(col(FilingCall.id))):
        calls.setdefault(call.quarter, []).append(call)
    filed = {
        one.quarter
        for one in certified_returns(db, [Quarter.parse(quarter) for quarter in calls])
        if one.institution_id == caller.organisation_id
    }
    for quarter, made in calls.items():
        if quarter not in filed:
            count = len(made)
            title = Text(
                f"财政局催报 {quarter}，第 {count} 次", f"The bureau asks for the return of {quarter}, {count} times"
            )
            yield Task(title, url_for("returns.index"), Text("去报送", "File"), due=made[-1].day)
