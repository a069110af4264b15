"""A worker in a process of its own that takes up one work and is killed: when a stage is told, or with its effect written and not
yet committed (`effect`). Run as `python -m tests.settlement.returns.dying_worker BOOKS FOLDER KEY POINT`.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from config.app import create_app
from config.settings import Settings
from kernel import database
from kernel.errors import DomainError
from kernel.works.doing import do_next
from kernel.works.kinds import AtWork, Ending
from kernel.works.telling import Told

EFFECT = "effect"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DyingEnding:
    """Says the end inside the effect's transaction, and dies before that is committed."""

    ending: Ending

    def finish(self, db: Session, result: str) -> None:
        self.ending.finish(db, result)
        die()

    def fail(self, db: Session, error: DomainError) -> None:
        self.ending.fail(db, error)
        die()


def _dying_at(point: str, told: Told) -> Told:
    def tell(stage: str, done: int, whole: int) -> None:
        told(stage, done, whole)
        if stage == point:
            die()

    return tell


def dying(run: Callable[[AtWork], None], point: str) -> Callable[[AtWork], None]:
    """The function of a kind, killed at a point."""
    if point == EFFECT:
        return lambda work: run(replace(work, ending=DyingEnding(work.ending)))
    return lambda work: run(replace(work, told=_dying_at(point, work.told)))


def main(books: str, folder: str, key: str, point: str) -> None:
    """Take up the one work that waits, and die at the point."""
    app = create_app(Settings(data_dir=Path(folder), database_url=books, secret_key=key, seal_key=key))
    kinds = app.extensions["work_kinds"]
    app.extensions["work_kinds"] = {name: replace(kind, run=dying(kind.run, point)) for name, kind in kinds.items()}
    with app.app_context():
        do_next(database.current())


if __name__ == "__main__":
    main(*sys.argv[1:])
