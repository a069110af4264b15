"""Pages of long work: how far one is and what came of it, one's own works, cancelling, the file that was made."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict
from kernel.web.edge import clock
from kernel.web.forms import asked_of_url
from kernel.web.language import spoken
from kernel.web.lists import ListColumn, ListLayout, list_page
from kernel.web.paging import page_of
from kernel.works import service
from kernel.works.cancelling import cancel_for_good
from kernel.works.models import STATES, WAITING, Work
from kernel.works.results import result_file
from kernel.works.schemas import WorksAskedSchema
from kernel.works.views import WorkView, all_seen, seen

blueprint = Blueprint("works", __name__, url_prefix="/works")

LOOK_AGAIN_SECONDS = 2
TOLD_FOR = timedelta(days=1)  # on the home page; the list of all has the others
WORKS = ListLayout(
    "works",
    Text("处理", "Work in hand"),
    (
        ListColumn("id", Text("编号", "Number"), "work.id", col(Work.id)),
        ListColumn("task", Text("什么", "What"), "kind.title"),
        ListColumn("subject", Text("关于", "About"), "work.subject", col(Work.subject)),
        ListColumn("state", Text("状态", "State"), "work.state", col(Work.state), STATES),
        ListColumn("percent", Text("百分之几", "Percent"), "work.percent"),
        ListColumn("asked_at", Text("提交", "Asked for"), "work.asked_at", col(Work.asked_at)),
        ListColumn("ended_at", Text("结束于", "Ended"), "work.ended_at", col(Work.ended_at)),
    ),
)


@blueprint.app_context_processor
def _at_home() -> dict[str, object]:
    """For the home page: the reader's own works that have not ended, and those that ended within a day."""

    def works() -> list[WorkView]:
        since = clock().now() - TOLD_FOR
        return all_seen(service.under_way_or_lately(database.current(), caller(), since=since))

    return {"works_at_home": works}


@blueprint.get("")
@requires(*ROLES)
def index() -> ResponseReturnValue:
    """One's own works, the newest first; the auditor's list has everybody's."""
    asked = asked_of_url(WorksAskedSchema())
    query = service.works_query(caller(), state=asked["state"])
    return list_page(
        WORKS,
        asked,
        lambda part: page_of(database.current(), query, part).map(seen),
        lambda page: render_template("works/index.html", page=page, states=STATES, state=asked["state"]),
    )


@blueprint.get("/<int:work_id>")
@requires(*ROLES)
def show(work_id: int) -> ResponseReturnValue:
    """One work; whoever watches it is led on to what came of it."""
    view = seen(service.work_by_id(database.current(), caller(), work_id))
    is_mine = view.work.account_id == caller().account_id
    if is_mine and view.page and "watched" in request.args:
        if view.summary:
            flash(spoken(view.summary), "ok")
        return redirect(view.page, 303)
    response = Response(
        render_template("works/show.html", view=view, is_mine=is_mine, waits=view.work.state == WAITING)
    )
    if view.is_under_way:
        again = url_for("works.show", work_id=work_id, watched=1)
        response.headers["Refresh"] = f"{LOOK_AGAIN_SECONDS}; url={again}"
    return response


@blueprint.post("/<int:work_id>/cancellation")
@requires(*ROLES, transaction="own")
def cancel(work_id: int) -> ResponseReturnValue:
    try:
        cancel_for_good(database.current(), caller(), work_id, at=clock().now())
    except Conflict as error:
        flash(spoken(error.text), "stop")
    else:
        flash(_("取消了"), "ok")
    return redirect(url_for("works.show", work_id=work_id))


@blueprint.get("/<int:work_id>/result")
@requires(*ROLES)
def fetch(work_id: int) -> ResponseReturnValue:
    """The file that came of a work, to save."""
    return result_file(service.work_by_id(database.current(), caller(), work_id))
