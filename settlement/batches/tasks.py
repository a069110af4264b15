"""What waits for the four hands: batches to sign, objections to answer, corrections to look at, a calendar to enter."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlalchemy import func
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.remembering import remembering
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.web.navigation import Task
from kernel.workdays import CalendarUnpublished, WorkCalendar
from settlement.batches.models import Objection
from settlement.batches.phases import notice_runs, phase_of
from settlement.batches.reading import statement_ids_signed
from settlement.batches.views import tasks_of
from settlement.batches.workflow import HAND_ROLES, ON_NOTICE
from settlement.calendar import season_of
from settlement.handed_over import policy_book, premises, work_calendar
from settlement.statements.models import Statement
from settlement.statements.standing import outdated_shown

DECEMBER = 12


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Whom the batches wait for today."""
    if caller.role not in HAND_ROLES:
        return
    yield from _batches(db, caller, today)
    if caller.role in ("reviewer", "approver"):
        yield from _objections(db)
    if caller.role == "operator":
        yield from _corrections(db)
        yield from calendar_to_enter(work_calendar(), today)


def _batches(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """The batches whose next step is the caller's, payment only once the notice is over."""
    for batch, step in tasks_of(db, caller, today):
        if notice_runs(batch, today):
            continue
        season = season_of(policy_book(), Quarter.parse(batch.quarter), work_calendar())
        due = phase_of(batch, season, today).until
        title = Text(f"{step.title.zh}批次 {batch.number}", f"{step.title.en}: batch {batch.number}")
        yield Task(title, url_for("batches.show", number=batch.number), step.title, due=due)


def _objections(db: Session) -> Iterator[Task]:
    count = int(db.execute(select(func.count()).where(col(Objection.answered_at).is_(None))).scalar_one())
    if count:
        title = Text("答复公示异议", "Answer objections to the notice")
        yield Task(title, url_for("batches.index", state=ON_NOTICE), Text("去答复", "Answer"), count=count)


def _corrections(db: Session) -> Iterator[Task]:
    """Signed statements whose facts have moved on."""
    ids = statement_ids_signed(db)
    statements = db.exec(select(Statement).where(col(Statement.id).in_(ids))).all()
    count = len(outdated_shown(db, statements, premises(), remembering()))
    if count:
        title = Text("签过字的结算单，事实变了", "Facts of signed statements have changed")
        yield Task(title, url_for("restatements.index"), Text("看影响", "See the effects"), count=count)


def calendar_to_enter(calendar: WorkCalendar, today: date) -> Iterator[Task]:
    """From 1 December on: the next year's holiday calendar is not known, and deadlines of that year cannot be told."""
    if today.month != DECEMBER:
        return
    try:
        calendar.is_working_day(date(today.year + 1, 1, 4))
    except CalendarUnpublished as error:
        title = Text(f"录入 {today.year + 1} 年放假安排", f"Enter the {today.year + 1} holiday calendar")
        yield Task(
            title, url_for("quarters.index"), Text("看日历", "See the calendar"), error.text, date(today.year, 12, 31)
        )
