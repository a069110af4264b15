"""The nightly job of works: results are kept for thirty days, then their files go; the rows stay."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from kernel import database
from kernel.web.edge import clock
from kernel.works.models import DONE, UNDER_WAY, Work
from kernel.works.places import works_folder

KEPT_FOR = timedelta(days=30)


def forget_works() -> int:
    """Delete the folders of works that ended long ago, or that no work stands for; how many."""
    return forget(database.current(), works_folder(), at=clock().now())


def forget(db: Session, folder: Path, *, at: datetime) -> int:
    """The same with everything handed in. A folder of today may belong to a work that is just being asked for."""
    has_result = (col(Work.state) == DONE) & (col(Work.ended_at) > at - KEPT_FOR)
    standing = has_result | col(Work.state).in_(UNDER_WAY)
    names = set(db.exec(select(Work.folder).where(standing)))
    db.rollback()
    gone = [one for one in _folders(folder) if one.name not in names and _is_old(one, at)]
    for one in gone:
        shutil.rmtree(one, ignore_errors=True)
    return len(gone)


def _folders(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.is_dir()] if folder.is_dir() else []


def _is_old(folder: Path, at: datetime) -> bool:
    return datetime.now(at.tzinfo) - datetime.fromtimestamp(folder.stat().st_mtime, at.tzinfo) > timedelta(days=1)
