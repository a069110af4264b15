"""企业注册: three small steps on a phone, open to everybody; what was entered is kept from step to step, the password never."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts import cookie
from kernel.accounts.access import public
from kernel.accounts.models import Account
from kernel.accounts.service import hash_password
from kernel.regions import REGIONS
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from matchmaking.enrolment import service
from matchmaking.enrolment.models import Enrolment
from matchmaking.enrolment.schemas import CodeSchema, FirmSchema, PersonSchema
from matchmaking.enrolment.service import EnteredFirm, EnteredPerson
from matchmaking.matching.vocabulary import SECTIONS, SIZES

blueprint = Blueprint("enrolment", __name__, url_prefix="/sign-up", template_folder="../templates")
blueprint.context_processor(lambda: {"REGIONS": REGIONS, "SECTIONS": SECTIONS, "SIZES": SIZES})

OF_FIRM = ("name", "region", "industry", "size_class")
KEPT_OF_PERSON = ("person", "phone", "mail", "username")  # as typed; code and firm are kept only once they were checked
LONGEST_KEPT = 120
SHOP = "92"  # codes of individual businesses begin with it


@blueprint.before_request
def _home_when_signed_in() -> ResponseReturnValue | None:
    return redirect(url_for("accounts.home")) if g.caller is not None else None


def _entered_form() -> Form:
    return Form(cookie.entered())


@blueprint.get("")
@public()
def start() -> ResponseReturnValue:
    """Step 1: the code."""
    return _code_page(_entered_form())


def _code_page(form: Form, status: int = 200) -> ResponseReturnValue:
    return render_template("enrolment/code.html", form=form), status


@blueprint.post("")
@public(rate="sign_up")
def take_code() -> ResponseReturnValue:
    values, form = load_form(CodeSchema())
    if values is None:
        return _code_page(form, 422)
    status = form.refused_by(lambda: service.check_free(database.current(), values["code"]), "code")
    if status:
        return _code_page(form, status)
    cookie.enter(**values)
    return redirect(url_for("enrolment.firm"))


@blueprint.get("/firm")
@public()
def firm() -> ResponseReturnValue:
    """Step 2: what the licence says."""
    return _firm_page(_entered_form())


def _firm_page(form: Form, status: int = 200) -> ResponseReturnValue:
    code = cookie.entered().get("code")
    if code is None:
        return redirect(url_for("enrolment.start"))
    if code.startswith(SHOP):
        form.values.setdefault("size_class", "individual_business")
    return render_template("enrolment/firm.html", form=form, code=code), status


@blueprint.post("/firm")
@public()
def take_firm() -> ResponseReturnValue:
    values, form = load_form(FirmSchema())
    if values is None:
        return _firm_page(form, 422)
    cookie.enter(**values)
    return redirect(url_for("enrolment.person"))


@blueprint.get("/person")
@public()
def person() -> ResponseReturnValue:
    """Step 3: who acts for the firm."""
    return _person_page(_entered_form())


def _person_page(form: Form, status: int = 200) -> ResponseReturnValue:
    entered = cookie.entered()
    missing = next((step for step, names in STEPS if not all(name in entered for name in names)), None)
    if missing is not None:
        return redirect(url_for(missing))
    form.values.pop("password", None)
    return render_template("enrolment/person.html", form=form, entered=entered), status


STEPS = (("enrolment.start", ("code",)), ("enrolment.firm", OF_FIRM))


@blueprint.post("/person")
@public(transaction="own", rate="user_name")
def sign_up() -> ResponseReturnValue:
    """The last step: the firm and its owner, and the way into the service where it is open at once."""
    values, form = load_form(PersonSchema())
    cookie.enter(**{name: form.values[name][:LONGEST_KEPT] for name in KEPT_OF_PERSON if name in form.values})
    if values is None or not all(name in cookie.entered() for name in ("code", *OF_FIRM)):
        return _person_page(form, 422)
    made: list[Enrolment] = []
    status = form.refused_by(lambda: made.append(_enrol(values)), {"username_taken": "username", "": "code"})
    if status:
        return _person_page(form, status)
    return _welcome(made[0])


def _enrol(values: dict[str, Any]) -> Enrolment:
    entered, now = cookie.entered(), clock().now()
    asked = EnteredFirm(entered["code"], *(entered[name] for name in OF_FIRM))
    values["username"] = values["username"] or values["phone"]
    by = EnteredPerson(**values, digest=hash_password(values["password"]))
    return database.write(database.current(), lambda db: service.enrol(db, asked, by, at=now))


def _welcome(row: Enrolment) -> ResponseReturnValue:
    account = database.current().get_one(Account, row.account_id)
    cookie.forget_entered()
    if not account.is_active:
        return redirect(url_for("enrolment.received"))
    cookie.begin(account, at=clock().now())
    flash(_("注册好了。下一步：填你的第一份融资申请"), "ok")
    return redirect(url_for("accounts.home"))


@blueprint.get("/received")
@public()
def received() -> ResponseReturnValue:
    """What happens now, for a firm that waits before it can sign in."""
    return render_template("enrolment/received.html")
