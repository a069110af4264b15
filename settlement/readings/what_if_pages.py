"""The page of a what-if: everything it asks stands in its address, so it can be sent, printed and kept."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE, ValidationError, fields

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import DomainError, Invalid
from kernel.fields import Day, Line, Schema
from kernel.periods import Quarter
from kernel.policies import Parameter, PolicyBook, Scheme, Setting
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.problems import field_errors
from settlement.handed_over import policy_book, premises
from settlement.readings import scenarios, service, views
from settlement.readings.explaining import Explained, explain
from settlement.readings.places import outcome_store
from settlement.readings.runs import settled_quarters
from settlement.readings.schemas import ScenarioSchema, WhatIfAskedSchema
from settlement.readings.what_if import (
    WhatIf,
    WhatIfResult,
    read_change,
    read_what_if,
    run_what_if,
    write_change,
)
from settlement.statements import labels
from settlement.statements.schemes import DRAFTERS
from settlement.unfinished import NotFinished, time_limit, waiting

blueprint = Blueprint("what_if", __name__, url_prefix="/what-if", template_folder="../templates")

WRITTEN_IN_CHART = 12


class PageSchema(WhatIfAskedSchema):
    """What the page is asked: the what-if, the parameter about to be changed, and the figure to explain."""

    parameter = Line(longest=121, load_default="")
    why = Line(longest=120, load_default="")


class ChangeSchema(PageSchema):
    """The fields of one change; `value` may be several boxes of a list."""

    parameter = Line(longest=121, required=True)
    value = fields.List(Line(longest=400, shortest=0, many_lines=True), load_default=list)
    since = Day(required=True)
    until = Day(load_default=None)


@dataclass(frozen=True)
class Picked:
    """The parameter that is about to be changed."""

    scheme: Scheme
    parameter: Parameter

    @property
    def name(self) -> str:
        return f"{self.scheme.id}.{self.parameter.name}"


@dataclass(frozen=True)
class WhatIfPage:
    """Everything that the page shows but the result."""

    asked: dict[str, Any]
    book: PolicyBook
    quarters: tuple[Quarter, ...]
    what_if: WhatIf | None = None
    picked: Picked | None = None
    form: Form = field(default_factory=Form)

    @property
    def schemes(self) -> list[Scheme]:
        """All schemes with parameters, those with statements first, in the order of their drafters."""
        order = {name: place for place, name in enumerate(DRAFTERS)}
        return sorted(
            (one for one in self.book.schemes if one.parameters), key=lambda one: order.get(one.id, len(order))
        )


def _load(schema: Schema) -> dict[str, Any]:
    given: dict[str, Any] = {name: values for name, values in request.args.lists() if any(values)}
    single = {
        name: (values if isinstance(schema.fields.get(name), fields.List) else values[-1])
        for name, values in given.items()
    }
    asked: dict[str, Any] = schema.load(single, unknown=EXCLUDE)
    return asked


def _page(asked: dict[str, Any], form: Form | None = None) -> WhatIfPage:
    book, today = policy_book(), clock().today()
    what_if = read_what_if(book, asked["change"], asked["quarter"], today=today)
    picked = _picked(book, asked["parameter"]) if asked["parameter"] else None
    return WhatIfPage(asked, book, settled_quarters(book, today), what_if, picked, form or Form())


def _picked(book: PolicyBook, name: str) -> Picked:
    scheme, _dot, parameter = name.partition(".")
    return Picked(book.scheme(scheme), book.scheme(scheme).parameter(parameter))


@blueprint.get("")
@requires(*service.READERS)
def show() -> ResponseReturnValue:
    """The what-if of the address, beside the policies in force; `?why=SCHEME:QUARTER:CODE` explains one figure."""
    return _shown(_page(_load(PageSchema())))


def _shown(page: WhatIfPage, status: int = 200) -> ResponseReturnValue:
    what_if, db = page.what_if, database.current()
    assert what_if is not None
    try:
        result = _run(what_if) if what_if.changes else None
    except NotFinished as error:
        return waiting(error, _("试算"), [(_("试算"), url_for("what_if.show"))])
    content = render_template(
        "readings/what_if.html",
        page=page,
        changes=views.changes_of(page.book, [one.setting for one in what_if.changes]),
        result=result,
        explained=_explained(what_if, page.asked.get("why", "")) if result else None,
        kept=scenarios.scenarios_of(db, caller()),
        labels=labels,
        here=_address,
    )
    return content, status


def _run(what_if: WhatIf) -> WhatIfResult:
    return run_what_if(
        database.current(),
        what_if,
        premises=premises(),
        store=outcome_store(),
        today=clock().today(),
        is_time_up=time_limit(),
    )


def _explained(what_if: WhatIf, why: str) -> Explained | None:
    scheme, _first, rest = why.partition(":")
    quarter, _second, code = rest.partition(":")
    if not code:
        return None
    return explain(
        database.current(),
        what_if,
        scheme=scheme,
        code=code,
        quarter=Quarter.parse(quarter),
        premises=premises(),
    )


def _address(changes: list[str], quarters: list[Any], why: str | None = None, deleted: str | None = None) -> str:
    """The address of a what-if."""
    chosen = [str(one) for one in quarters]
    return url_for("what_if.show", change=changes, quarter=chosen, why=why, deleted=deleted)


@blueprint.get("/change")
@requires(*service.READERS)
def change() -> ResponseReturnValue:
    """One more change, from the fields of the page's form; what cannot be taken is shown beside its field."""
    given = {name: values for name, values in request.args.lists() if any(values)}
    typed = {
        name: values[-1] if name not in ("change", "quarter", "value") else values for name, values in given.items()
    }
    try:
        asked = _load(ChangeSchema())
    except ValidationError as error:
        wrong = {one.field.split(".")[0]: one.text for one in field_errors(error.messages)}
        base = {"change": given.get("change", []), "quarter": [], "parameter": typed.get("parameter", ""), "why": ""}
        return _shown(_page(base, Form(typed, wrong)), 422)
    return _with_change(asked, typed)


def _with_change(asked: dict[str, Any], typed: dict[str, Any]) -> ResponseReturnValue:
    book = policy_book()
    picked = _picked(book, asked["parameter"])
    value = ",".join(part for part in asked["value"] if part)
    text = write_change(Setting(picked.scheme.id, picked.parameter.name, None, asked["since"], asked["until"]), value)
    try:
        read_change(book, text)
    except Invalid as error:
        return _shown(_page({**asked, "why": ""}, Form(typed).take(error)), 422)
    return redirect(_address([*asked["change"], text], asked["quarter"]))


@blueprint.post("/scenarios")
@requires(*service.READERS)
def keep() -> ResponseReturnValue:
    values, form = load_form(ScenarioSchema())
    asked = {"change": request.form.getlist("change"), "quarter": [], "parameter": "", "why": ""}
    if values is None:
        return _shown(_page(asked, form), 422)
    what_if = read_what_if(policy_book(), values["change"], values["quarter"], today=clock().today())
    try:
        kept = scenarios.keep_scenario(database.current(), caller(), values["name"], what_if, at=clock().now())
    except DomainError as error:
        return _shown(_page({**asked, "quarter": values["quarter"]}, Form(form.values, {"name": error.text})), 422)
    flash(_("方案“%(name)s”存好了", name=kept.name), "ok")
    return redirect(_address(list(kept.changes), list(kept.quarters)))


@blueprint.post("/scenarios/<int:scenario_id>/deletion")
@requires(*service.READERS)
def delete(scenario_id: int) -> ResponseReturnValue:
    db, who = database.current(), caller()
    kept = scenarios.scenario_by_id(db, who, scenario_id)
    scenarios.delete_scenario(db, who, scenario_id, at=clock().now())
    return redirect(_address([], [], deleted=str(kept.id)))


@blueprint.post("/scenarios/<int:scenario_id>/restored")
@requires(*service.READERS)
def restore(scenario_id: int) -> ResponseReturnValue:
    kept = scenarios.restore_scenario(database.current(), caller(), scenario_id, at=clock().now())
    flash(_("方案“%(name)s”恢复了", name=kept.name), "ok")
    return redirect(_address(list(kept.changes), list(kept.quarters)))
