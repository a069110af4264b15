"""日历订阅: a party's secret feed, and the feed itself."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, public, requires
from kernel.accounts.roles import ENTERPRISE_ROLES, INSTITUTION_ROLES
from kernel.web.edge import clock
from matchmaking.calendars import service
from matchmaking.calendars.reading import CalendarOffice

SIDES = (*INSTITUTION_ROLES, *ENTERPRISE_ROLES)

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar", template_folder="../templates")


def office() -> CalendarOffice:
    """The calendar office of the present app."""
    found = current_app.extensions["calendars"]
    assert isinstance(found, CalendarOffice)
    return found


@blueprint.get("")
@requires(*SIDES)
def show() -> ResponseReturnValue:
    """Whether there is a feed, and since when."""
    feed = service.live_feed(database.current(), caller())
    return render_template("calendars/show.html", feed=feed, address=None)


@blueprint.post("")
@requires(*SIDES, secret=True)
def make() -> ResponseReturnValue:
    """A new secret address, on this answer alone; the one before ends."""
    secret = service.make_feed(database.current(), caller(), at=clock().now())
    base = office().base_url.rstrip("/") or request.host_url.rstrip("/")
    address = base + url_for("calendars.feed", secret=secret)
    return render_template("calendars/show.html", feed=service.live_feed(database.current(), caller()), address=address)


@blueprint.post("/revoke")
@requires(*SIDES)
def revoke() -> ResponseReturnValue:
    service.revoke_feed(database.current(), caller(), at=clock().now())
    flash(_("作废了，拿着旧地址的日历不再更新"), "ok")
    return redirect(url_for("calendars.show"))


@blueprint.get("/<secret>.ics")
@public()
def feed(secret: str) -> Response:
    """The calendar behind a secret address, for calendar programs."""
    content = service.feed_file(database.current(), secret, office(), at=clock().now())
    return Response(content, content_type="text/calendar; charset=utf-8")
