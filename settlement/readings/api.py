"""Open words, decisions and what-ifs as JSON. Deciding is for people: tokens read and try, they never record or check."""

from typing import Any

from flask import Response

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from settlement.handed_over import policy_book, premises
from settlement.readings import plain, recording, scenarios, service
from settlement.readings.comparing import compare_words, words_of_growth
from settlement.readings.documents import REVOCATION, Subject
from settlement.readings.models import PolicyDecision
from settlement.readings.places import open_words, outcome_store
from settlement.readings.runs import settled_quarters
from settlement.readings.schemas import (
    DecisionCheckSchema,
    DecisionEvidenceSchema,
    DecisionOut,
    DecisionRefusalSchema,
    OpenWordOut,
    PaperSchema,
    ParameterDecisionSchema,
    PricesAskedSchema,
    PricesOut,
    ScenarioOut,
    ScenarioSchema,
    WhatIfAskedSchema,
    WhatIfOut,
    WordDecisionSchema,
    WordsAskedSchema,
)
from settlement.readings.service import DecisionRow
from settlement.readings.views import changes_of, read_words
from settlement.readings.what_if import WhatIf, read_what_if, run_what_if
from settlement.unfinished import NotFinished, time_limit

SECONDS = 20.0

blueprint = Blueprint(
    "readings-api", __name__, url_prefix="/api/v1", description="Open words, decisions on them, and what-ifs"
)


def _whole(decision: PolicyDecision) -> DecisionRow:
    return service.decision_by_id(database.current(), caller(), decision.id or 0)


@blueprint.get("/open-words")
@blueprint.arguments(WordsAskedSchema, location="query")
@blueprint.response(200, OpenWordOut(many=True))
@requires(*service.READERS, scope="settlement:read")
def list_words(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Every open word of the notice with its readings, the one in force on the day, and its document."""
    day = asked["day"] or clock().today()
    return [plain.word(one) for one in read_words(open_words(), policy_book(), day)]


@blueprint.get("/open-words/prices")
@blueprint.arguments(PricesAskedSchema, location="query")
@blueprint.response(200, PricesOut)
@requires(*service.READERS, scope="settlement:read")
def price_words(asked: dict[str, Any]) -> dict[str, Any]:
    """The yuan between the readings of the words that touch the growth reward; `finished` false: ask again for the rest."""
    places, words = premises(), open_words()
    chosen = [words.word(name) for name in asked["word"]] or list(words_of_growth(words))
    over = settled_quarters(places.book, clock().today())
    quarters = [one for one in over if one in asked["quarter"]] or list(over)
    try:
        priced = compare_words(
            database.current(), chosen, quarters, premises=places, store=outcome_store(), is_time_up=time_limit(SECONDS)
        )
    except NotFinished as error:
        return {**plain.progress(error), "quarters": quarters, "words": []}
    return {**plain.progress(None), "quarters": quarters, "words": [plain.prices(one) for one in priced]}


@blueprint.get("/decisions")
@blueprint.response(200, DecisionOut(many=True))
@requires(*service.READERS, scope="settlement:read")
def list_decisions() -> list[DecisionRow]:
    """Every recorded decision, the newest first."""
    return service.decisions(database.current(), caller())


@blueprint.get("/decisions/<int:decision_id>")
@blueprint.response(200, DecisionOut)
@requires(*service.READERS, scope="settlement:read")
def show_decision(decision_id: int) -> DecisionRow:
    """One decision."""
    return service.decision_by_id(database.current(), caller(), decision_id)


@blueprint.get("/decisions/<int:decision_id>/evidence")
@blueprint.response(200)
@requires(*service.READERS, scope="settlement:read")
def evidence_of(decision_id: int) -> Response:
    """The scanned document."""
    return recording.evidence_answer(service.decision_by_id(database.current(), caller(), decision_id).decision)


@blueprint.post("/decisions/words")
@blueprint.arguments(DecisionEvidenceSchema, location="files")
@blueprint.arguments(WordDecisionSchema, location="form")
@blueprint.response(201, DecisionOut)
@requires(service.RECORDER, transaction="own", rate="upload")
def decide_word(_files: dict[str, Any], values: dict[str, Any]) -> DecisionRow:
    """Record a document that decides an open word, with its scan as multipart field `evidence`."""
    db, book = database.current(), policy_book()
    subject = recording.word_of(values, book, open_words())
    return _whole(recording.record(db, caller(), subject, values, book=book, at=clock().now()))


@blueprint.post("/decisions/parameters")
@blueprint.arguments(DecisionEvidenceSchema, location="files")
@blueprint.arguments(ParameterDecisionSchema, location="form")
@blueprint.response(201, DecisionOut)
@requires(service.RECORDER, transaction="own", rate="upload")
def decide_parameter(_files: dict[str, Any], values: dict[str, Any]) -> DecisionRow:
    """Record a document that sets a parameter which awaits one, with its scan as multipart field `evidence`."""
    db, book = database.current(), policy_book()
    subject = recording.parameter_of(values, book, open_words())
    return _whole(recording.record(db, caller(), subject, values, book=book, at=clock().now()))


@blueprint.post("/decisions/<int:decision_id>/revocation")
@blueprint.arguments(DecisionEvidenceSchema, location="files")
@blueprint.arguments(PaperSchema, location="form")
@blueprint.response(201, DecisionOut)
@requires(service.RECORDER, transaction="own", rate="upload")
def revoke(_files: dict[str, Any], values: dict[str, Any], decision_id: int) -> DecisionRow:
    """Record a document that revokes a decision; it ends when this one has been checked."""
    db, book = database.current(), policy_book()
    subject = Subject(REVOCATION, revokes_id=decision_id)
    return _whole(recording.record(db, caller(), subject, values, book=book, at=clock().now()))


@blueprint.post("/decisions/<int:decision_id>/check")
@blueprint.arguments(DecisionCheckSchema)
@blueprint.response(200, DecisionOut)
@requires(*service.CHECKERS)
def check(values: dict[str, Any], decision_id: int) -> DecisionRow:
    """Let exactly the decision of `digest` hold, as a second person."""
    db, at = database.current(), clock().now()
    return _whole(service.check_decision(db, caller(), decision_id, digest=values["digest"], at=at))


@blueprint.post("/decisions/<int:decision_id>/refusal")
@blueprint.arguments(DecisionRefusalSchema)
@blueprint.response(200, DecisionOut)
@requires(*service.CHECKERS)
def refuse(values: dict[str, Any], decision_id: int) -> DecisionRow:
    """Refuse what was recorded, with a reason."""
    db, at = database.current(), clock().now()
    return _whole(service.refuse_decision(db, caller(), decision_id, **values, at=at))


def _what_if(asked: dict[str, Any]) -> WhatIf:
    return read_what_if(policy_book(), asked["change"], asked["quarter"], today=clock().today())


@blueprint.get("/what-if")
@blueprint.arguments(WhatIfAskedSchema, location="query")
@blueprint.response(200, WhatIfOut)
@requires(*service.READERS, scope="settlement:read")
def what_if(asked: dict[str, Any]) -> dict[str, Any]:
    """Changed parameters beside the policies in force; the books stay as they are. `finished` false: ask again for the rest."""
    places, wanted = premises(), _what_if(asked)
    settings = [one.setting for one in wanted.changes]
    said = [plain.changed_parameter(one) for one in changes_of(places.book, settings)]
    try:
        result = run_what_if(
            database.current(),
            wanted,
            premises=places,
            store=outcome_store(),
            today=clock().today(),
            is_time_up=time_limit(SECONDS),
        )
    except NotFinished as error:
        return {**plain.progress(error), "quarters": wanted.quarters, "changes": said, "difference": None}
    return {**plain.progress(None), "changes": said, **plain.result(result)}


@blueprint.get("/scenarios")
@blueprint.response(200, ScenarioOut(many=True))
@requires(*service.READERS, scope="settlement:read")
def list_scenarios() -> list[scenarios.KeptScenario]:
    """The what-ifs that the caller keeps."""
    return scenarios.scenarios_of(database.current(), caller())


@blueprint.post("/scenarios")
@blueprint.arguments(ScenarioSchema)
@blueprint.response(201, ScenarioOut)
@requires(*service.READERS)
def keep(asked: dict[str, Any]) -> scenarios.KeptScenario:
    """Keep a what-if under a name."""
    return scenarios.keep_scenario(database.current(), caller(), asked["name"], _what_if(asked), at=clock().now())


@blueprint.delete("/scenarios/<int:scenario_id>")
@blueprint.response(204)
@requires(*service.READERS)
def delete(scenario_id: int) -> None:
    """Delete one of one's own; it can be restored."""
    scenarios.delete_scenario(database.current(), caller(), scenario_id, at=clock().now())


@blueprint.post("/scenarios/<int:scenario_id>/restored")
@blueprint.response(200, ScenarioOut)
@requires(*service.READERS)
def restore(scenario_id: int) -> scenarios.KeptScenario:
    """Undo a deletion."""
    return scenarios.restore_scenario(database.current(), caller(), scenario_id, at=clock().now())
