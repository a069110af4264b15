"""Do works, one after another, in the scheduler's process: take one up, keep holding it while its function runs, tell how it ended.

A process that is killed loses its hold, and the next takes the work up again. The effect and the end share a transaction, so it is
had once.
"""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import structlog
from flask import Flask, current_app
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller, caller_for
from kernel.errors import DomainError, Refused
from kernel.web.edge import clock
from kernel.works import holding, places
from kernel.works.holding import WorkReached
from kernel.works.kinds import AtWork, WorkKind, WorkStage, percent_of
from kernel.works.models import CANCELLED, DONE, FAILED, Work
from kernel.works.telling import Stopped

BEAT_SECONDS = 0.5
POLL_SECONDS = 0.5

log = structlog.get_logger()


class Pulse:
    """Beside a running work: a thread that keeps the hold, writes down how far it is, and learns that it was cancelled."""

    def __init__(self, app: Flask, work: Work, holder: str, stages: Sequence[WorkStage]) -> None:
        self._app, self._work_id, self._holder, self._stages = app, work.id or 0, holder, stages
        self._reached = WorkReached(work.stage, work.done, work.whole, work.percent)
        self._over, self._is_stopped = threading.Event(), False
        self._thread = threading.Thread(target=self._keep_beating, name=f"work-{work.id}", daemon=True)

    def told(self, stage: str, done: int, whole: int) -> None:
        """How far the work is; raises `Stopped` when nothing more is to be done. Writes nothing itself, so it may be said anywhere."""
        if self._is_stopped:
            raise Stopped
        self._reached = WorkReached(stage, done, whole, percent_of(self._stages, stage, done, whole))

    def _keep_beating(self) -> None:
        with self._app.app_context():
            while not self._is_stopped and not self._over.wait(BEAT_SECONDS):
                self.beat()

    def beat(self) -> None:
        """Write down what was told; a beat that fails is left to the next."""
        at, reached = clock().now(), self._reached
        try:
            held = database.write_apart(
                lambda db: holding.hear(db, self._work_id, self._holder, reached, at=at),
            )
        except Exception:
            log.exception("work_beat_failed", work_id=self._work_id)
        else:
            self._is_stopped = not held

    def __enter__(self) -> "Pulse":
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()


@dataclass(frozen=True)
class HeldEnding:
    """How a held work ends, in whichever transaction it is said."""

    work_id: int
    holder: str

    def finish(self, db: Session, result: str) -> None:
        holding.finish(db, self.work_id, self.holder, result, at=clock().now())

    def fail(self, db: Session, error: DomainError) -> None:
        holding.fail(db, self.work_id, self.holder, error, at=clock().now())


def do_next(db: Session) -> bool:
    """Take up the oldest work that nobody does, and do it to its end; False when there is none."""
    at, holder = clock().now(), secrets.token_hex(16)
    work_id = holding.next_due(db, at=at)
    db.rollback()  # the look is over
    if work_id is None:
        return False
    work = database.write(db, lambda db: holding.take_up(db, work_id, holder, at=at))
    if work is not None:
        _do(db, work, HeldEnding(work_id, holder))
    return True


def _do(db: Session, work: Work, ending: HeldEnding) -> None:
    kind = places.work_kinds()[work.task]
    try:
        _run(db, kind, work, ending)
    except Stopped:
        log.info("work_stopped", work_id=work.id)
    except DomainError as error:
        _fail(db, ending, error)
    except Exception:
        log.exception("work_failed", work_id=work.id, task=work.task)
        _fail(db, ending, _broken(work))
    finally:
        db.rollback()
        _tidy(db, work)


def _run(db: Session, kind: WorkKind, work: Work, ending: HeldEnding) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    caller = _asker(db, work)
    with Pulse(app, work, ending.holder, kind.stages) as pulse:
        kind.run(
            AtWork(
                db=db,
                caller=caller,
                content=work.order,
                language=work.language,
                files=places.files_of(work.folder),
                kept=places.room_to_keep(work.folder),
                asked_at=work.asked_at,
                told=pulse.told,
                ending=ending,
            )
        )


def _asker(db: Session, work: Work) -> Caller:
    """Whoever asked, if the account still stands."""
    found = caller_for(db, work.account_id)
    db.rollback()
    if found is None:
        raise Refused("asker_gone", "提交的人账号已停用，没有往下做", "The account that asked for it is switched off")
    return found


def _broken(work: Work) -> Refused:
    return Refused(
        "work_broken",
        f"服务出了问题，没有做成，已经记录；请把编号 {work.id} 告诉系统管理员",
        f"Something broke, and it was recorded; tell the system administrator the number {work.id}",
    )


def _fail(db: Session, ending: HeldEnding, error: DomainError) -> None:
    """Say that it failed, unless its own transaction has said so already or it was cancelled."""
    db.rollback()
    try:
        database.write(db, lambda db: ending.fail(db, error))
    except Stopped:
        log.info("work_ended_before", work_id=ending.work_id)


def _tidy(db: Session, work: Work) -> None:
    """Delete the files of a work that has ended."""
    db.refresh(work)
    db.rollback()
    if work.state in (DONE, FAILED, CANCELLED):
        places.drop_files(work, keep_result=work.state == DONE)


def keep_working(app: Flask, leave: threading.Event) -> None:
    """Do works as they come until told to leave; what breaks here is logged, and the next look comes anyway."""
    while not leave.is_set():
        try:
            with app.app_context():
                found = do_next(database.current())
        except Exception:
            log.exception("works_failed")
            found = False
        if not found:
            leave.wait(POLL_SECONDS)
