"""What the composition root hands over to the settlement, for views, jobs and commands; services are given it as arguments."""

from flask import current_app

from kernel.web.policies.in_force import policy_book as policy_book
from kernel.workdays import WorkCalendar
from settlement.engine.cache import FolderCache
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping


def work_calendar() -> WorkCalendar:
    """The working days of the city."""
    found = current_app.extensions["calendar"]
    assert isinstance(found, WorkCalendar)
    return found


def premises() -> Premises:
    """Where returns are kept, and by which policies they are looked at."""
    folder = current_app.extensions["settings"].archive_dir
    return Premises(Keeping(folder), policy_book(), FolderCache(folder / "sums"), current_app.extensions["intake"])
