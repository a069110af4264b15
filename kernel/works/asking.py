"""Answers that lead to a work that was asked for: a page sends the reader there, the API says 202 and where to look."""

from flask import Response, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from kernel.works.models import Work
from kernel.works.schemas import WorkOut
from kernel.works.views import seen


def to_its_page(work: Work) -> ResponseReturnValue:
    """See Other: the work's page."""
    return redirect(url_for("works.show", work_id=work.id, watched=1), 303)


def accepted(work: Work) -> Response:
    """202 with the work, and its address in `Location`."""
    response = jsonify(WorkOut().dump(seen(work)))
    response.status_code = 202
    response.headers["Location"] = url_for("works-api.show_work", work_id=work.id)
    return response
