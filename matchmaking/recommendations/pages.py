"""需求推荐: what the organiser can recommend and what became of it; a bank's inbox; the platforms and what came from them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.outbox.api import pull_office
from kernel.outbox.reading import pulled_records, pushes_of, traffic_of
from kernel.outbox.workflow import DELIVERY_STATES, PULLED_STATES
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from kernel.web.paging import Asked, Page
from matchmaking.page_words import page_values
from matchmaking.platforms.channels import subscribed
from matchmaking.platforms.events import REQUEST
from matchmaking.platforms.words import KINDS, why_refused
from matchmaking.recommendations import choosing, reading, service
from matchmaking.recommendations.api import ANSWERERS, READERS, SENDERS, candidates_now, recommend_now
from matchmaking.recommendations.lists import PULLED, RECOMMENDATIONS, platform_title
from matchmaking.recommendations.reading import ShownRecommendation
from matchmaking.recommendations.schemas import (
    DeclineSchema,
    PulledAskedSchema,
    RecommendationsAskedSchema,
    RecommendSchema,
    TakeUpSchema,
)
from matchmaking.recommendations.workflow import STATES
from matchmaking.referrals.reasons import REASONS

blueprint = Blueprint("recommendations", __name__, url_prefix="/recommendations", template_folder="../templates")
blueprint.context_processor(page_values)
TONES = {"sent": "wait", "received": "dai", "taken_up": "ok", "declined": "stop", "ended": ""}


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "RECOMMENDATION_STATES": STATES,
        "RECOMMENDATION_TONES": TONES,
        "REASONS": REASONS,
        "DELIVERY_STATES": DELIVERY_STATES,
        "platform_title": platform_title,
    }


def _asked() -> dict[str, Any]:
    return asked_of_url(RecommendationsAskedSchema())


def _read(part: Asked) -> Page[ShownRecommendation]:
    state = _asked()["state"]
    return reading.recommendations_for(database.current(), caller(), part, today=clock().today(), state=state)


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """Each side's own."""
    if caller().role in SENDERS:
        return _bureau_page(Form())
    return _inbox_page(Form(), None)


def _bureau_page(form: Form, status: int = 200) -> ResponseReturnValue:
    return list_page(RECOMMENDATIONS, _asked(), _read, lambda page: (_bureau_html(form, page), status))


def _bureau_html(form: Form, page: Page[ShownRecommendation]) -> str:
    db = database.current()
    needs = choosing.needs_of_pool_firms(db, clock().today())
    return render_template(
        "recommendations/bureau.html",
        candidates=candidates_now(needs),
        silent=[one for one in needs if not one.has_agreed],
        page=page,
        pushes=_pushes(page.items),
        form=form,
        platforms=subscribed(db),
        asked_state=_asked()["state"],
    )


def _pushes(rows: Any) -> dict[tuple[int, str], Any]:
    ids = {one.filed.id for one in rows if one.row.platform}
    return pushes_of(database.current(), REQUEST.name, "financing_request", ids) if ids else {}


@blueprint.post("")
@requires(*SENDERS)
def recommend() -> ResponseReturnValue:
    values, form = load_form(RecommendSchema())
    if values is None:
        return _bureau_page(form, 422)
    made = recommend_now(values["request_ids"])
    flash(_("推荐出去了，一共 %(made)s 条", made=made), "ok")
    return redirect(url_for("recommendations.index"))


def _inbox_page(form: Form, tried: int | None, status: int = 200) -> ResponseReturnValue:
    def show(page: Page[ShownRecommendation]) -> ResponseReturnValue:
        values = {"form": form, "tried": tried, "may_answer": caller().role in ANSWERERS}
        return render_template("recommendations/inbox.html", page=page, asked_state=_asked()["state"], **values), status

    return list_page(RECOMMENDATIONS, _asked(), _read, show)


@blueprint.post("/<int:recommendation_id>/take-up")
@requires(*ANSWERERS)
def take_up(recommendation_id: int) -> ResponseReturnValue:
    values, form = load_form(TakeUpSchema())
    if values is None:
        return _inbox_page(form, recommendation_id, 422)
    service.take_up(database.current(), caller(), recommendation_id, note=values["note"], at=clock().now())
    return _answered()


@blueprint.post("/<int:recommendation_id>/decline")
@requires(*ANSWERERS)
def decline(recommendation_id: int) -> ResponseReturnValue:
    values, form = load_form(DeclineSchema())
    if values is None:
        return _inbox_page(form, recommendation_id, 422)
    service.decline(database.current(), caller(), recommendation_id, **values, at=clock().now())
    return _answered()


def _answered() -> ResponseReturnValue:
    flash(_("回话送到企业了"), "ok")
    return redirect(url_for("recommendations.index"))


@blueprint.get("/platforms")
@requires(*SENDERS)
def platforms() -> ResponseReturnValue:
    """The platforms that are described here, what went to them, and what came from them, refused records first."""
    db, office = database.current(), pull_office()
    wired = subscribed(db)
    rows = [
        (name, one.title, name in office.platforms, name in wired, traffic_of(db, name))
        for name, one in office.described.items()
    ]
    asked = asked_of_url(PulledAskedSchema())
    wanted = {"platform": asked["platform"], "state": asked["state"]}
    return list_page(
        PULLED,
        asked,
        lambda part: pulled_records(db, part, **wanted),
        lambda page: render_template(
            "recommendations/platforms.html",
            rows=rows,
            page=page,
            asked=asked,
            PULLED_STATES=PULLED_STATES,
            KINDS=KINDS,
            why_refused=why_refused,
        ),
    )
