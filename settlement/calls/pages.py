"""Page of the calls for returns: who is waited for, how late, and how often called."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kernel import database
from kernel.accounts.access import requires
from kernel.web.edge import clock
from kernel.web.lists import list_page
from settlement.calendar import reported_in_path, season_of
from settlement.calls import service
from settlement.calls.kinds import CALL_KINDS
from settlement.calls.lists import LATE_LIST, late_list
from settlement.handed_over import policy_book, work_calendar
from settlement.returns.service import SEES_ALL
from settlement.returns.workflow import STATES

blueprint = Blueprint("calls", __name__, url_prefix="/calls", template_folder="../templates")


@blueprint.get("/<quarter>")
@requires(*SEES_ALL)
def show(quarter: str) -> ResponseReturnValue:
    """The late list of a quarter."""
    book, calendar, today = policy_book(), work_calendar(), clock().today()
    period = reported_in_path(book, quarter)
    season = season_of(book, period, calendar)
    filers = service.waited_for(database.current(), period, season=season, calendar=calendar, today=today)
    words = {"kinds": CALL_KINDS, "states": STATES}
    return list_page(
        LATE_LIST,
        {},
        lambda _part: late_list(filers),
        lambda _page: render_template("calls/show.html", quarter=period, season=season, filers=filers, **words),
    )
