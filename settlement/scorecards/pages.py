"""Page of the indicators: all institutions for the finance side, its own for an institution."""

from fractions import Fraction

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.periods import Quarter
from kernel.web.edge import clock
from kernel.web.formats import count
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book, premises
from settlement.scorecards import service
from settlement.scorecards.schemas import rounded
from settlement.two_increases import BASE_TITLES, INDICATOR_TITLES, IndicatorKind, increases_rule_in_force

blueprint = Blueprint("scorecards", __name__, url_prefix="/two-increases", template_folder="../templates")


def _quarters() -> list[Quarter]:
    return service.assessable_quarters(policy_book(), Quarter.containing(clock().today()).previous)


@blueprint.get("")
@requires(*service.READERS)
def index() -> ResponseReturnValue:
    """The newest quarter that is over."""
    quarters = _quarters()
    if not quarters:
        raise NotFound("quarter_not_found", "还没有可以比较的季度", "There is no quarter to compare yet")
    return redirect(url_for("scorecards.show", quarter=quarters[0]))


def _shown(kind: IndicatorKind, ratio: Fraction | None) -> str | None:
    """A share with two decimals, a number of borrowers with its separators."""
    if kind is IndicatorKind.BORROWERS and ratio is not None:
        return count(int(ratio))
    return rounded(kind, ratio, 2)


@blueprint.get("/<quarter>")
@requires(*service.READERS)
def show(quarter: str) -> ResponseReturnValue:
    asked = quarter_in_path(quarter)
    rule = increases_rule_in_force(policy_book(), asked)
    return render_template(
        "scorecards/show.html",
        quarter=asked,
        quarters=_quarters()[:4],
        rule=rule,
        base_title=BASE_TITLES[rule.base_day],
        titles=INDICATOR_TITLES,
        shown=_shown,
        cards=service.scorecards(database.current(), caller(), asked, premises=premises()),
    )
