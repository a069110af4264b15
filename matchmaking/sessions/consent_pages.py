"""给谁看: before anything is published an enterprise says which banks may see it, and reads which banks those are now."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from matchmaking.offers.pages import OF_ENTERPRISE, answer_to, blueprint, keep_loosened, ticked
from matchmaking.offers.schemas import ConsentFormSchema, chosen_from
from matchmaking.offers.service import Answer
from matchmaking.requests import service
from matchmaking.sessions.reading import coming_with_banks

CONSENT_DAYS = 90


def _could_meet(answer: Answer) -> list[str]:
    """The banks of the products that are open, by name: whom the request could meet at most."""
    return sorted({answer.listings[offer.product.product_id].bank.name for offer in answer.after.offers})


def _consent_page(request_id: int, form: Form, chosen: dict[str, str], status: int = 200) -> ResponseReturnValue:
    answer = answer_to(request_id, chosen)
    vetoed = answer.terms.vetoed_institutions
    coming = coming_with_banks(database.current(), clock().now(), without=vetoed)
    page = render_template(
        "finding/consent.html", answer=answer, form=form, could_meet=_could_meet(answer), coming=coming
    )
    return page, status


@blueprint.get("/<int:request_id>/publish")
@requires(*OF_ENTERPRISE)
def consent(request_id: int) -> ResponseReturnValue:
    """What goes to which banks, until when: asked before anything is published, and nothing chosen beforehand."""
    until = clock().today() + timedelta(days=CONSENT_DAYS)
    return _consent_page(request_id, Form({"until": until.isoformat()}), ticked())


@blueprint.post("/<int:request_id>/publish")
@requires(*OF_ENTERPRISE, unconfirmed=True)
def publish(request_id: int) -> ResponseReturnValue:
    values, form = load_form(ConsentFormSchema())
    if values is None:
        return _consent_page(request_id, form, {}, status=422)
    db, chosen = database.current(), chosen_from(values)
    try:
        keep_loosened(request_id, chosen)
        service.publish(db, caller(), request_id, audience=values["audience"], until=values["until"], at=clock().now())
    except Invalid as error:
        return _consent_page(request_id, form.take(error), chosen, status=422)
    flash(_("发布了。下一步：报名一场对接会"), "ok")
    return redirect(url_for("requests.show", request_id=request_id))
