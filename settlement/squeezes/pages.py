"""抽贷压贷提示: which banks to ask about which borrowers, with the file to take along."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel.accounts.access import requires
from kernel.errors import NotFound
from kernel.periods import Quarter
from kernel.policies import PolicySilent
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.lists import list_page
from kernel.web.paging import Asked, AskedSchema, Page
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book
from settlement.squeezes.api import READERS, found_in
from settlement.squeezes.lists import ALERTS
from settlement.squeezes.reading import BankAlerts, as_csv
from settlement.squeezes.rule import KINDS, Squeeze, SqueezeRule
from settlement.unfinished import NotFinished, waiting

SHOWN = 10  # of each bank; all of them are on a page of its own and in the file
blueprint = Blueprint("squeezes", __name__, url_prefix="/loan-squeezes", template_folder="../templates")


@blueprint.errorhandler(NotFinished)
def _not_finished(error: NotFinished) -> Response:
    """How far the comparing of new returns has come."""
    return waiting(error, _("抽贷压贷提示"), [(_("抽贷压贷提示"), None)])


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
        beside=[one for one in (asked.previous, asked.next) if _is_told(one)],
        found=found_in(quarter, SHOWN),
        shown=SHOWN,
        kinds=KINDS,
        rule=SqueezeRule.on(policy_book(), asked.last_day),
    )


def _is_told(quarter: Quarter) -> bool:
    """Whether the quarter is over and the rule says something on its last day."""
    try:
        SqueezeRule.on(policy_book(), quarter.last_day)
    except PolicySilent:
        return False
    return quarter.last_day < clock().today()


@blueprint.get("/<quarter>/banks/<code>")
@requires(*READERS)
def show_bank(quarter: str, code: str) -> ResponseReturnValue:
    """All alerts of one bank, the largest first, a page at a time."""
    end, asked = quarter_in_path(quarter), AskedSchema().load(request.args.to_dict(), unknown=EXCLUDE)
    bank = _alerts_of(quarter, code, 1)
    return list_page(
        ALERTS,
        asked,
        lambda part: _page_of(_alerts_of(quarter, code, part.offset + part.per_page), part),
        lambda page: render_template("squeezes/bank.html", quarter=end, one=bank, page=page, kinds=KINDS),
    )


def _alerts_of(quarter: str, code: str, most: int) -> BankAlerts:
    """The largest alerts of one bank, and how many there are."""
    found = found_in(quarter, most, code)
    if not found:
        raise NotFound("bank_not_found", "这家机构没有核定的报表", "This institution has no certified return")
    return found[0]


def _page_of(one: BankAlerts, part: Asked) -> Page[Squeeze]:
    return Page(one.alerts[part.offset :], part.page, part.per_page, one.count)


@blueprint.get("/<quarter>/alerts.csv")
@requires(*READERS)
def export(quarter: str) -> Response:
    name = f"{quarter_in_path(quarter)}-抽贷压贷提示.csv"
    return file_to_save(as_csv(found_in(quarter)), name, "text/csv; charset=utf-8")
