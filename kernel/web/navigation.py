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


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the spine: where it leads, its two-sign word, and the roles that see it."""

    endpoint: str
    label: Text
    roles: frozenset[str]


@dataclass(frozen=True)
class Task:
    """Something a person is waited for: what, of whom, until when, how many, and the button that leads there.

    `comes_first` is for what was done and came back: it stands above everything with a deadline.
    """

    title: Text
    url: str
    button: Text
    detail: Text | None = None
    due: date | None = None
    count: int = 1
    comes_first: bool = False


class NavigationEntry(NamedTuple):
    """A visible entry as the template needs it."""

    url: str
    label: Text
    badge: int
    current: bool


TaskSource = Callable[[Session, Caller, date], Iterable[Task]]
EVERY_ROLE = frozenset(ROLES)


def entries(caller: Caller | None) -> list[NavigationEntry]:
    """The spine of the present request."""
    items: Sequence[NavigationItem] = current_app.extensions["navigation"]
    return [
        NavigationEntry(url_for(item.endpoint), item.label, 0, _is_current(item.endpoint))
        for item in items
        if caller is not None and caller.role in item.roles
    ]


def _is_current(endpoint: str) -> bool:
    return bool(request.endpoint) and (request.endpoint or "").split(".")[0] == endpoint.split(".")[0]


def tasks_for(db: Session, caller: Caller, today: date) -> list[Task]:
    """Everything the caller is waited for: what came back, then the earliest deadline first, undated tasks last."""
    sources: Sequence[TaskSource] = current_app.extensions["task_sources"]
    tasks = [task for source in sources for task in source(db, caller, today)]
    return sorted(tasks, key=lambda task: (not task.comes_first, task.due or date.max, task.title.zh))
