"""Fill empty books with the demonstration city: the books of a folder are filled beside it and moved in when they are whole, so that
a first start that was broken off begins anew instead of showing half a city."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask import Flask

from config import migrating
from config.app import create_app
from config.demonstration.loading.city import Step, is_empty, steps
from config.settings import Settings
from kernel import database

Runner = Callable[[list[Step]], None]


def fill(settings: Settings, city: Path, run: Runner) -> None:
    """Have the steps run that fill the settings' books; whether they are empty was asked before."""
    if settings.database_url:
        _fill(settings, city, run)
        return
    aside = city.parent / "loading"
    shutil.rmtree(aside, ignore_errors=True)
    _fill(replace(settings, data_dir=aside), city, run)
    _move_in(aside, settings.data_dir.resolve())


def holds_something(settings: Settings) -> bool:
    """Whether there are books with anything in them; those that stand there are migrated first."""
    if not settings.database_url and not (settings.data_dir / "yinqi.db").exists():
        return False
    migrating.upgrade(settings.books_url)
    app = create_app(replace(settings, demonstration=True))
    found = not is_empty(app)
    _close(app)
    return found


def _fill(settings: Settings, city: Path, run: Runner) -> None:
    migrating.upgrade(settings.books_url)
    app = create_app(replace(settings, demonstration=True))
    if not settings.database_url:
        with app.app_context():
            database.spare_the_disk(database.books.engine)
    run(steps(app, city))
    _close(app)


def _close(app: Flask) -> None:
    with app.app_context():
        database.books.engine.dispose()


def _move_in(aside: Path, home: Path) -> None:
    """The archives first and the books last: books that are seen have everything that they name."""
    for folder in (one for one in aside.iterdir() if one.is_dir()):
        shutil.copytree(folder, home / folder.name, dirs_exist_ok=True)
    (aside / "yinqi.db").replace(home / "yinqi.db")
    shutil.rmtree(aside)
