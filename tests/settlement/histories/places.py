"""Where histories live: the town is founded once a database, and every history gets a copy of its books."""

import itertools
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import sqlalchemy
from sqlmodel import Session

from tests.settlement.histories.founding import make_town
from tests.settlement.histories.history import History
from tests.settlement.histories.town import SETTLED, WHOLE, Town, open_books

_numbers = itertools.count(1)


FIRST_FIGURES = ((0, 1, WHOLE + 100_049), (0, 2, WHOLE), (0, 3, WHOLE + 17_000_050), (1, 2, WHOLE + 9_901))


@dataclass(frozen=True)
class Released:
    """Books with a first batch released, the day they stand on, and the figures certified so far."""

    url: str
    today: date
    figures: dict[tuple[int, int], int]


@dataclass
class Place:
    """The founded town on one database, and what its histories came to."""

    url: str
    town: Town
    folder: Path
    histories: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def history(self, *, is_released: bool = False) -> Iterator[History]:
        """A history of its own, from an empty desk or with a first batch of everything released and taken in."""
        released = self.released if is_released else None
        with self._copied(released.url if released else self.url) as url, open_books(url) as db:
            if released is None:
                yield History(db, self.town)
            else:
                yield History(db, self.town, today=released.today, figures=dict(released.figures))

    @cached_property
    def released(self) -> "Released":
        """Books in which both banks have grown and the first batch has been released; made once, and copied from then on."""
        url = self._copy(self.url)
        with open_books(url) as db:
            history = History(db, self.town)
            for bank, at, fen in FIRST_FIGURES:
                history.certify_figure(bank, at, fen)
            history.compute()
            history.open_batch(SETTLED[-1])
            history.carry_through()
            _settle_down(db)
        return Released(url, history.today, history.figures)

    @contextmanager
    def _copied(self, source: str) -> Iterator[str]:
        url = self._copy(source)
        yield url
        if url.startswith("sqlite"):
            path = Path(url.removeprefix("sqlite:///"))
            for each in self.folder.glob(f"{path.name}*"):
                each.unlink()
        else:
            _administer(url, f"DROP DATABASE {sqlalchemy.make_url(url).database}")

    def _copy(self, source: str) -> str:
        number = next(_numbers)
        if source.startswith("sqlite"):
            path = self.folder / f"history-{number}.db"
            shutil.copyfile(source.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}"
        whole = sqlalchemy.make_url(source)
        name = f"history_{number}_{uuid.uuid4().hex[:8]}"
        _administer(source, f"CREATE DATABASE {name} TEMPLATE {whole.database}")
        return whole.set(database=name).render_as_string(hide_password=False)

    def count(self, history: History) -> None:
        self.histories += 1
        self.done += history.done
        self.refused += history.refused

    def told(self) -> str:
        """What was done how often, and refused how often, over all histories."""
        acts, refusals = sum(self.done.values()), sum(self.refused.values())
        lines = [f"{self.histories} histories, {acts} acts done, {refusals} refused"]
        lines += [f"  {name}: {count}" for name, count in sorted(self.done.items())]
        lines += [f"  refused {name}: {count}" for name, count in sorted(self.refused.items())]
        return "\n".join(lines)


def _administer(url: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(sqlalchemy.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def found_place(url: str, folder: Path) -> Place:
    """The town founded in empty, migrated books at `url`."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_books(url) as db:
        town = make_town(db, folder)
        _settle_down(db)
    return Place(url, town, folder)


def _settle_down(db: Session) -> None:
    """Everything in the one file that is copied."""
    db.rollback()
    engine = db.get_bind().engine
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
