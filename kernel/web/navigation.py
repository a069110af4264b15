"""What each role finds in the spine and among today's tasks; the contexts hand their entries over in `config/app.py`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import current_app, request, url_for
from sqlmodel import Session

from kernel.accounts.roles import ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.sources import Gathered, gather


@dataclass(frozen=True)
class NavigationItem:
    """A place that the spine leads to: where, its word, and the roles that see it.

    Places of one `room` share an entry of the spine, which leads to the first of them; the page then lists them all.
    `beside` are the blueprints whose pages are reached from it and belong to it, wherever their addresses lie.
    """

    endpoint: str
    label: Text
    roles: frozenset[str]
    room: Text | None = None
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Task:
    """Something a person is waited for: what, of whom, until when, how many, and the button that leads there.

    `comes_first` is for what was done and came back: it stands above everything with a deadline.
    `when_idle` is for the next thing worth doing: it is shown only to a person for whom nothing else waits.
    """

    title: Text
    url: str
    button: Text
    detail: Text | None = None
    due: date | None = None
    count: int = 1
    comes_first: bool = False
    when_idle: bool = False


class NavigationEntry(NamedTuple):
    """A visible entry as the template needs it."""

    url: str
    label: Text
    current: bool


TaskSource = Callable[[Session, Caller, date], Iterable[Task]]
EVERY_ROLE = frozenset(ROLES)


def entries(caller: Caller | None) -> list[NavigationEntry]:
    """The spine of the present request: an entry for each room and each place outside of rooms."""
    rooms: dict[Text, list[NavigationItem]] = {}
    visible = _visible(caller)
    for item in visible:
        rooms.setdefault(item.room or item.label, []).append(item)
    here = _here(visible)
    return [
        NavigationEntry(url_for(items[0].endpoint), label, any(one in here for one in items))
        for label, items in rooms.items()
    ]


def room_entries(caller: Caller | None) -> list[NavigationEntry]:
    """The places of the room that the present page belongs to; none where there is but one."""
    visible = _visible(caller)
    here = _here(visible)
    room = next((item.room for item in here if item.room), None)
    places = [item for item in visible if room is not None and item.room == room]
    if len(places) < 2:
        return []
    return [NavigationEntry(url_for(one.endpoint), one.label, one in here) for one in places]


def _visible(caller: Caller | None) -> list[NavigationItem]:
    items: Sequence[NavigationItem] = current_app.extensions["navigation"]
    return [item for item in items if caller is not None and caller.role in item.roles]


def _here(items: Sequence[NavigationItem]) -> list[NavigationItem]:
    """The places that the present page belongs to: by its blueprint, else the one whose address lies nearest above it."""
    blueprint = (request.endpoint or "").partition(".")[0]
    if same := [item for item in items if blueprint in {item.endpoint.partition(".")[0], *item.beside}]:
        return same
    above = {url: item for item in items if request.path.startswith(f"{(url := url_for(item.endpoint))}/")}
    return [above[max(above, key=len)]] if above else []


def tasks_for(db: Session, caller: Caller, today: date) -> Gathered[Task]:
    """Everything the caller is waited for: what came back, then the earliest deadline first, undated tasks last."""
    sources: Sequence[TaskSource] = current_app.extensions["task_sources"]
    found = gather(sources, db, caller, today)
    waiting = [task for task in found.items if not task.when_idle]
    first = sorted(waiting or found.items, key=lambda task: (not task.comes_first, task.due or date.max, task.title.zh))
    return Gathered(first, found.is_whole)
