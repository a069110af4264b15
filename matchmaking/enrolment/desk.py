"""核实企业身份: an official's list of sign-ups, one beside what the city knows, and the two decisions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import ListColumn, ListLayout, list_page
from kernel.web.paging import Asked, Page
from matchmaking.enrolment import reading, service
from matchmaking.enrolment.models import Enrolment
from matchmaking.enrolment.reading import FiledEnrolment
from matchmaking.enrolment.schemas import EnrolmentsAskedSchema, IdentityRefusalSchema
from matchmaking.enrolment.workflow import OFFICIALS, STATES
from matchmaking.matching.vocabulary import REGIONS, SECTIONS, SIZES

blueprint = Blueprint("enrolments", __name__, url_prefix="/sign-ups", template_folder="../templates")
TONES = {"waiting": "wait", "confirmed": "ok", "refused": "stop", "lapsed": ""}
blueprint.context_processor(
    lambda: {
        "ENROLMENT_STATES": STATES,
        "ENROLMENT_TONES": TONES,
        "REGIONS": REGIONS,
        "SECTIONS": SECTIONS,
        "SIZES": SIZES,
    }
)

COLUMNS = ListLayout(
    "sign-ups",
    Text("新注册企业", "Sign-ups"),
    (
        ListColumn("code", Text("信用代码", "credit code"), "row.code", col(Enrolment.code)),
        ListColumn("name", Text("企业", "firm"), "row.name", col(Enrolment.name)),
        ListColumn("region", Text("区县", "county"), "row.region", col(Enrolment.region), REGIONS),
        ListColumn("industry", Text("行业", "industry"), "row.industry", titles=SECTIONS),
        ListColumn("size_class", Text("规模", "size"), "row.size_class", titles=SIZES),
        ListColumn("person", Text("联系人", "person"), "row.person"),
        ListColumn("phone", Text("电话", "phone"), "row.phone"),
        ListColumn("mail", Text("邮箱", "mail"), "row.mail"),
        ListColumn("opened_at", Text("提交时间", "signed up"), "row.opened_at", col(Enrolment.opened_at)),
        ListColumn("state", Text("状态", "state"), "row.state", col(Enrolment.state), STATES),
        ListColumn("reason", Text("原因", "reason"), "row.reason"),
    ),
)


@blueprint.get("")
@requires(*OFFICIALS)
def index() -> ResponseReturnValue:
    """The sign-ups of the county, or of the city."""
    asked, db, who = asked_of_url(EnrolmentsAskedSchema()), database.current(), caller()

    def read(part: Asked) -> Page[FiledEnrolment]:
        return reading.enrolments_for(db, who, part, state=asked["state"])

    def show_page(page: Page[FiledEnrolment]) -> ResponseReturnValue:
        return render_template("enrolment/index.html", page=page, asked_state=asked["state"])

    return list_page(COLUMNS, asked, read, show_page)


@blueprint.get("/<int:enrolment_id>")
@requires(*OFFICIALS)
def show(enrolment_id: int) -> ResponseReturnValue:
    """What was entered, beside what the city knows."""
    return _show(enrolment_id, Form())


def _show(enrolment_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    filed = reading.enrolment_for(database.current(), caller(), enrolment_id)
    return render_template("enrolment/show.html", filed=filed, row=filed.row, form=form), status


@blueprint.post("/<int:enrolment_id>/confirm")
@requires(*OFFICIALS)
def confirm(enrolment_id: int) -> ResponseReturnValue:
    service.confirm(database.current(), caller(), enrolment_id, at=clock().now())
    flash(_("核实好了，企业收到了消息"), "ok")
    return redirect(url_for("enrolments.show", enrolment_id=enrolment_id))


@blueprint.post("/<int:enrolment_id>/refuse")
@requires(*OFFICIALS)
def refuse(enrolment_id: int) -> ResponseReturnValue:
    values, form = load_form(IdentityRefusalSchema())
    if values is None:
        return _show(enrolment_id, form, 422)
    service.refuse(database.current(), caller(), enrolment_id, reason=values["reason"], at=clock().now())
    flash(_("没有通过，账号关闭了；注册的人登录时看得到原因"), "ok")
    return redirect(url_for("enrolments.show", enrolment_id=enrolment_id))
