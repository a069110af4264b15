"""The page of the cross-check: every bank, or one return with every difference and what each side says."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import institutions
from kernel.periods import Quarter
from kernel.web.edge import clock
from kernel.web.forms import Form
from kernel.web.navigation import NavigationItem
from kernel.web.problems import field_errors
from settlement.handed_over import premises
from settlement.renewed_loans.comparing import KINDS
from settlement.renewed_loans.schemas import RenewalCheckAskedSchema
from settlement.renewed_loans.service import READERS, check, check_all
from settlement.renewed_loans.told import recorded_renewals
from settlement.rooms import RENEWALS

NAVIGATION = [NavigationItem("renewed_loans.show", Text("核对", "Check"), frozenset(READERS), RENEWALS)]
blueprint = Blueprint("renewed_loans", __name__, url_prefix="/renewed-loans", template_folder="../templates")


@blueprint.get("")
@requires(*READERS)
def show() -> ResponseReturnValue:
    """The newest closed quarter unless the URL says which: every bank for the bureau, or one; a bank sees its own."""
    db, of_bank = database.current(), caller().organisation_kind == "institution"
    typed = {name: value for name, value in request.args.items() if value}
    form = Form({"quarter": str(Quarter.containing(clock().today()).previous)} | typed)
    shown: dict[str, Any] = {"check": None, "checks": None, "missing": None}
    try:
        values = RenewalCheckAskedSchema().load(form.values, unknown=EXCLUDE)
        shown |= _found(values, of_bank)
    except ValidationError as error:
        form.errors.update({one.field: one.text for one in field_errors(error.messages)})
    except NotFound as error:
        shown["missing"] = error.text
    banks = [(party.code, party.name) for party, one in institutions(db) if one.kind not in GUARANTOR_KINDS]
    return render_template("renewed_loans/show.html", form=form, banks=banks, of_bank=of_bank, kinds=KINDS, **shown)


def _found(values: dict[str, Any], of_bank: bool) -> dict[str, Any]:
    db, who, quarter = database.current(), caller(), values["quarter"]
    recorded, keeping = recorded_renewals(), premises().keeping
    if values["bank"] or of_bank:
        one = check(db, who, code=values["bank"], quarter=quarter, recorded=recorded, keeping=keeping)
        return {"check": one}
    return {"checks": check_all(db, who, quarter=quarter, recorded=recorded, keeping=keeping)}
