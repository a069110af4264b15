"""The page of the cross-check: which return, and every difference with what each side says."""

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
from settlement.renewed_loans.service import READERS, check
from settlement.renewed_loans.told import recorded_renewals
from settlement.rooms import RENEWALS

NAVIGATION = [NavigationItem("renewed_loans.show", Text("核对", "Check"), frozenset(READERS), RENEWALS)]
blueprint = Blueprint("renewed_loans", __name__, url_prefix="/renewed-loans", template_folder="../templates")


@blueprint.get("")
@requires(*READERS)
def show() -> ResponseReturnValue:
    """What was asked for, the newest closed quarter of the first bank unless a URL says which."""
    db, typed = database.current(), {name: value for name, value in request.args.items() if value}
    banks = [(party.code, party.name) for party, one in institutions(db) if one.kind not in GUARANTOR_KINDS]
    of_bank = caller().organisation_kind == "institution"
    last = Quarter.containing(clock().today()).previous
    defaults = {"quarter": str(last)} if of_bank or not banks else {"quarter": str(last), "bank": banks[0][0]}
    form, found, missing = Form(defaults | typed), None, None
    try:
        values = RenewalCheckAskedSchema().load(form.values, unknown=EXCLUDE)
        found = check(
            db,
            caller(),
            code=values["bank"],
            quarter=values["quarter"],
            recorded=recorded_renewals(),
            keeping=premises().keeping,
        )
    except ValidationError as error:
        form.errors.update({one.field: one.text for one in field_errors(error.messages)})
    except NotFound as error:
        missing = error.text
    return render_template(
        "renewed_loans/show.html", check=found, form=form, missing=missing, banks=banks, of_bank=of_bank, kinds=KINDS
    )
