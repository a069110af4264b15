"""Where the reader's own things stand, as a few figures below today's tasks; the contexts hand their sources over in `config/app.py`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.sources import Gathered, gather


@dataclass(frozen=True)
class Glance:
    """One figure: of what, how much in which unit, one plain sentence that gives it meaning, and the page behind it.

    A figure is ready to show: a filter of `kernel.web.formats` has written it.
    """

    label: Text
    figure: str
    means: Text | str
    url: str
    unit: Text | None = None


GlanceSource = Callable[[Session, Caller, date], Iterable[Glance]]


def glances_for(db: Session, caller: Caller, today: date) -> Gathered[Glance]:
    """What every source has to show the caller, in the order of the sources."""
    sources: Sequence[GlanceSource] = current_app.extensions["glance_sources"]
    return gather(sources, db, caller, today)
