"""Pages of open words and of decisions: the register with its prices, recording a document, and the second person's check."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import Conflict, DomainError, Invalid, Refused
from kernel.fields import Day, Line, QuarterField, Schema
from kernel.policies import Parameter, Scheme
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from settlement.handed_over import policy_book, premises
from settlement.readings import recording, service, views
from settlement.readings.comparing import WordPrices, compare_words, words_of_growth
from settlement.readings.documents import REVOCATION, Subject, decidable_parameters
from settlement.readings.lists import decisions_titled
from settlement.readings.places import open_words, outcome_store, policy_files
from settlement.readings.runs import settled_quarters
from settlement.readings.schemas import (
    DecisionCheckSchema,
    DecisionRefusalSchema,
    DecisionsAskedSchema,
    PaperSchema,
    ParameterDecisionSchema,
    WordDecisionSchema,
)
from settlement.readings.workflow import STATES
from settlement.statements import labels
from settlement.unfinished import NotFinished, time_limit, waiting

blueprint = Blueprint("readings", __name__, template_folder="../templates")


class WordsSchema(Schema):
    day = Day(load_default=None)
    quarter = QuarterField(load_default=None)


class NewSchema(Schema):
    word = Line(longest=60, load_default="")
    scheme = Line(longest=60, load_default="")
    parameter = Line(longest=60, load_default="")


def _asked(schema: Schema) -> dict[str, Any]:
    given = {name: value for name, value in request.args.items() if value}
    asked: dict[str, Any] = schema.load(given, unknown=EXCLUDE)
    return asked


@blueprint.get("/open-words")
@requires(*service.READERS)
def index() -> ResponseReturnValue:
    """The register: what is open, which reading holds by which document, and what each reading costs."""
    asked, places, words = _asked(WordsSchema()), premises(), open_words()
    over = settled_quarters(places.book, clock().today())
    try:
        prices = _prices(words_of_growth(words), over)
    except NotFinished as error:
        return waiting(error, _("未定用语"), [(_("未定"), None)])
    return render_template(
        "readings/index.html",
        rows=views.read_words(words, places.book, asked["day"] or clock().today()),
        prices={one.word.id: one for one in prices},
        quarters=over,
        waiting=[row for row in service.decisions(database.current(), caller()) if row.decision.state == "recorded"],
        may_record=caller().role == service.RECORDER,
    )


def _prices(words: Any, quarters: Any) -> list[WordPrices]:
    if not quarters:
        return []
    places = premises()
    return compare_words(
        database.current(), words, quarters, premises=places, store=outcome_store(), is_time_up=time_limit()
    )


@blueprint.get("/open-words/<name>")
@requires(*service.READERS)
def show_word(name: str) -> ResponseReturnValue:
    """One word: its readings side by side, the yuan between them by institution, county and payer."""
    asked, book, words = _asked(WordsSchema()), policy_book(), open_words()
    word, over = words.word(name), settled_quarters(policy_book(), clock().today())
    chosen = [asked["quarter"]] if asked["quarter"] in over else list(over)
    try:
        prices = _prices([word], chosen) if word in words_of_growth(words) else []
    except NotFinished as error:
        return waiting(error, word.title.zh, [(_("未定"), url_for("readings.index")), (word.title.zh, None)])
    return render_template(
        "readings/word.html",
        read=views.read_word(word, book, chosen[-1].last_day if chosen else clock().today()),
        prices=prices[0] if prices else None,
        quarters=over,
        chosen=asked["quarter"] if asked["quarter"] in over else None,
        labels=labels,
        may_record=caller().role == service.RECORDER,
    )


@blueprint.get("/decisions")
@requires(*service.READERS)
def decisions() -> ResponseReturnValue:
    """Every decision with its document and its hands; and what still awaits one."""
    asked, words, files = asked_of_url(DecisionsAskedSchema()), open_words(), policy_files()

    def title_of(row: service.DecisionRow) -> Text:
        return views.title_of(row, words, files)

    return list_page(
        decisions_titled(title_of),
        asked,
        lambda part: service.decisions_page(database.current(), caller(), part, state=asked["state"]),
        lambda page: render_template(
            "readings/decisions.html",
            page=page,
            title_of=title_of,
            states=STATES,
            state=asked["state"],
            awaited=_awaited(),
            may_record=caller().role == service.RECORDER,
        ),
    )


def _awaited() -> list[tuple[Scheme, Parameter]]:
    """The parameters that a document still has to set today."""
    today = clock().today()
    return [
        (scheme, parameter)
        for scheme in policy_book().schemes
        for parameter in scheme.parameters
        if parameter.missing is not None and parameter.on(today) is None
    ]


@blueprint.get("/decisions/new")
@requires(service.RECORDER)
def new() -> ResponseReturnValue:
    return _new_page(_asked(NewSchema()), Form())


def _new_page(asked: dict[str, Any], form: Form, status: int = 200) -> ResponseReturnValue:
    book, words = policy_book(), open_words()
    word = words.word(asked["word"]) if asked.get("word") else None
    scheme = book.scheme(asked["scheme"]) if asked.get("scheme") and word is None else None
    parameter = scheme.parameter(asked["parameter"]) if scheme and asked.get("parameter") else None
    page = render_template(
        "readings/new.html",
        form=form,
        word=word,
        scheme=scheme,
        parameter=parameter,
        open_parameters=_open_parameters(),
        words=words.words,
        today=clock().today(),
    )
    return page, status


def _open_parameters() -> list[tuple[Scheme, Parameter]]:
    book = policy_book()
    pairs = sorted(decidable_parameters(book, open_words()))
    return [(book.scheme(scheme), book.scheme(scheme).parameter(name)) for scheme, name in pairs]


@blueprint.post("/decisions")
@requires(service.RECORDER, transaction="own", rate="upload")
def record() -> ResponseReturnValue:
    """Record a document on a word or on a parameter; which one is told by the form."""
    on_word = bool(request.form.get("word"))
    schema: Schema = WordDecisionSchema() if on_word else ParameterDecisionSchema()
    values, form = load_form(schema)
    asked = {name: request.form.get(name, "")[:60] for name in ("word", "scheme", "parameter")}
    if values is None:
        return _new_page(asked, form, 422)
    book = policy_book()
    try:
        subject = (recording.word_of if on_word else recording.parameter_of)(values, book, open_words())
        kept = recording.record(database.current(), caller(), subject, values, book=book, at=clock().now())
    except Invalid as error:
        return _new_page(asked, form.take(error), 422)
    except Refused as error:
        return _new_page(asked, Form(form.values, {"document_number": error.text}), 422)
    return _recorded(kept.id or 0)


def _recorded(decision_id: int) -> ResponseReturnValue:
    flash(_("记下了。另一位（复核或审批）核对以后才有效"), "ok")
    return redirect(url_for("readings.show_decision", decision_id=decision_id))


@blueprint.get("/decisions/<int:decision_id>")
@requires(*service.READERS)
def show_decision(decision_id: int) -> ResponseReturnValue:
    return _decision_page(decision_id, Form())


def _decision_page(decision_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    db, who = database.current(), caller()
    row = service.decision_by_id(db, who, decision_id)
    view = views.decision_view(db, row, files=policy_files(), words=open_words(), on=clock().today())
    decision = row.decision
    others = decision.recorded_by != who.account_id
    page = render_template(
        "readings/decision.html",
        view=view,
        form=form,
        may_check=decision.state == "recorded" and who.role in service.CHECKERS and others,
        may_revoke=decision.state == "in_force" and decision.kind != REVOCATION and who.role == service.RECORDER,
    )
    return page, status


@blueprint.get("/decisions/<int:decision_id>/evidence")
@requires(*service.READERS)
def evidence(decision_id: int) -> ResponseReturnValue:
    """The scanned document."""
    return recording.evidence_answer(service.decision_by_id(database.current(), caller(), decision_id).decision)


@blueprint.post("/decisions/<int:decision_id>/check")
@requires(*service.CHECKERS)
def check(decision_id: int) -> ResponseReturnValue:
    values, form = load_form(DecisionCheckSchema())
    if values is None:
        return _decision_page(decision_id, form, 422)
    db, at = database.current(), clock().now()
    try:
        service.check_decision(db, caller(), decision_id, digest=values["digest"], at=at)
    except (Conflict, Refused) as error:
        return _decision_page(decision_id, _told(error), 409)
    flash(_("核对通过，从现在起有效"), "ok")
    return redirect(url_for("readings.show_decision", decision_id=decision_id))


def _told(error: DomainError) -> Form:
    return Form(errors={"digest": error.text})


@blueprint.post("/decisions/<int:decision_id>/refusal")
@requires(*service.CHECKERS)
def refuse(decision_id: int) -> ResponseReturnValue:
    values, form = load_form(DecisionRefusalSchema())
    if values is None:
        return _decision_page(decision_id, form, 422)
    db, at = database.current(), clock().now()
    try:
        service.refuse_decision(db, caller(), decision_id, **values, at=at)
    except (Conflict, Refused) as error:
        return _decision_page(decision_id, _told(error), 409)
    flash(_("已退，不生效；录入的人会看到原因"), "ok")
    return redirect(url_for("readings.show_decision", decision_id=decision_id))


@blueprint.get("/decisions/<int:decision_id>/revocation")
@requires(service.RECORDER)
def revocation(decision_id: int) -> ResponseReturnValue:
    return _revocation_page(decision_id, Form())


def _revocation_page(decision_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    db = database.current()
    row = service.decision_by_id(db, caller(), decision_id)
    title = views.title_of(row, open_words(), policy_files())
    return render_template("readings/revocation.html", decision=row.decision, title=title, form=form), status


@blueprint.post("/decisions/<int:decision_id>/revocation")
@requires(service.RECORDER, transaction="own", rate="upload")
def revoke(decision_id: int) -> ResponseReturnValue:
    values, form = load_form(PaperSchema())
    if values is None:
        return _revocation_page(decision_id, form, 422)
    db, subject = database.current(), Subject(REVOCATION, revokes_id=decision_id)
    try:
        kept = recording.record(db, caller(), subject, values, book=policy_book(), at=clock().now())
    except Invalid as error:
        return _revocation_page(decision_id, form.take(error), 422)
    except (Conflict, Refused) as error:
        return _revocation_page(decision_id, Form(form.values, {"document_number": error.text}), 422)
    return _recorded(kept.id or 0)
