"""Where works keep their files, and the kinds that the composition root hands over; for views, jobs and the worker."""

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from flask import current_app

from kernel.works.kinds import WorkKind
from kernel.works.models import Work

FILES, KEPT = "files", "kept"


def work_kinds() -> Mapping[str, WorkKind]:
    """Every kind of long work, by name."""
    found: Mapping[str, WorkKind] = current_app.extensions["work_kinds"]
    return found


def works_folder() -> Path:
    """Where the files of all works lie."""
    folder: Path = current_app.extensions["settings"].works_dir
    return folder


def new_folder() -> str:
    """The name of a new work's folder, with room for the files of its order."""
    name = secrets.token_hex(16)
    (works_folder() / name / FILES).mkdir(parents=True)
    return name


def files_of(folder: str) -> Path:
    """Where the files of an order lie."""
    return works_folder() / folder / FILES


def kept_of(folder: str) -> Path:
    """Where a work puts the files of its result."""
    return works_folder() / folder / KEPT


def room_to_keep(folder: str) -> Path:
    """The same, made where it is not there yet."""
    kept = kept_of(folder)
    kept.mkdir(parents=True, exist_ok=True)
    return kept


def drop_folder(folder: str) -> None:
    """Delete all that lies in a work's folder."""
    shutil.rmtree(works_folder() / folder, ignore_errors=True)


def drop_files(work: Work, *, keep_result: bool) -> None:
    """Delete what came with the order, and what was made unless it is the result."""
    shutil.rmtree(files_of(work.folder) if keep_result else works_folder() / work.folder, ignore_errors=True)
