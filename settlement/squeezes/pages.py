"""抽贷压贷提示: which banks to ask about which borrowers, with the file to take along."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kernel.accounts.access import requires
from kernel.periods import Quarter
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book
from settlement.squeezes.api import READERS, found_in
from settlement.squeezes.reading import as_csv
from settlement.squeezes.rule import KINDS, SqueezeRule

SHOWN = 100  # of each bank; all of them are in the file
blueprint = Blueprint("squeezes", __name__, url_prefix="/loan-squeezes", template_folder="../templates")


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """The newest quarter that is over."""
    return redirect(url_for("squeezes.show", quarter=Quarter.containing(clock().today()).previous))


@blueprint.get("/<quarter>")
@requires(*READERS)
def show(quarter: str) -> ResponseReturnValue:
    asked = quarter_in_path(quarter)
    return render_template(
        "squeezes/show.html",
        quarter=asked,
        found=found_in(quarter, SHOWN),
        shown=SHOWN,
        kinds=KINDS,
        rule=SqueezeRule.on(policy_book(), asked.last_day),
    )


@blueprint.get("/<quarter>/alerts.csv")
@requires(*READERS)
def export(quarter: str) -> Response:
    name = f"{quarter_in_path(quarter)}-抽贷压贷提示.csv"
    return file_to_save(as_csv(found_in(quarter)), name, "text/csv; charset=utf-8")
