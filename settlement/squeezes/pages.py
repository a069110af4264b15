"""抽贷压贷提示: which banks to ask about which borrowers, with the file to take along."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from kernel.accounts.access import requires
from kernel.errors import NotFound
from kernel.periods import Quarter
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.paging import AskedSchema, Page, asked_from
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book
from settlement.squeezes.api import READERS, found_in
from settlement.squeezes.reading import as_csv
from settlement.squeezes.rule import KINDS, SqueezeRule

SHOWN = 10  # of each bank; all of them are on a page of its own and in the file
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


@blueprint.get("/<quarter>/banks/<code>")
@requires(*READERS)
def show_bank(quarter: str, code: str) -> ResponseReturnValue:
    """All alerts of one bank, the largest first, a page at a time."""
    end, asked = quarter_in_path(quarter), asked_from(AskedSchema().load(request.args.to_dict(), unknown=EXCLUDE))
    found = found_in(quarter, asked.offset + asked.per_page, code)
    if not found:
        raise NotFound("bank_not_found", "这家机构没有核定的报表", "This institution has no certified return")
    one = found[0]
    page = Page(one.alerts[asked.offset :], asked.page, asked.per_page, one.count)
    return render_template("squeezes/bank.html", quarter=end, one=one, page=page, kinds=KINDS)


@blueprint.get("/<quarter>/alerts.csv")
@requires(*READERS)
def export(quarter: str) -> Response:
    name = f"{quarter_in_path(quarter)}-抽贷压贷提示.csv"
    return file_to_save(as_csv(found_in(quarter)), name, "text/csv; charset=utf-8")
