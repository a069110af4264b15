"""Claims of event awards as JSON: kinds, check, draft, papers, moves."""

from typing import Any

from flask import Response
from flask_smorest.fields import Upload

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.fields import Line, Schema
from kernel.parties.models import Party
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from, page_of
from settlement.awards import dishonesty, evidence, scope, service
from settlement.awards.intake import sent_paper, take_paper
from settlement.awards.models import AwardPaper
from settlement.awards.schemas import (
    AwardDecisionOut,
    AwardKindOut,
    AwardPaperOut,
    ClaimChangeSchema,
    ClaimMoveSchema,
    ClaimsAskedSchema,
    ClaimSchema,
    ClaimsPageOut,
    DishonestyOut,
    DishonestySchema,
    WholeClaimOut,
    stated_from_json,
)
from settlement.awards.views import claim_view, claimable_kinds, decision_view
from settlement.event_awards import kind_of
from settlement.handed_over import policy_book

blueprint = Blueprint("awards-api", __name__, url_prefix="/api/v1/awards", description="Claims of event awards")

READ, FILE = "settlement:read", "settlement:file"


class AwardPaperSchema(Schema):
    file = Upload(required=True)


class AwardPaperNameSchema(Schema):
    paper = Line(longest=40, required=True)


def _whole(claim_id: int | None) -> dict[str, Any]:
    return claim_view(database.current(), caller(), claim_id or 0, policy_book(), clock().today()).told


@blueprint.get("/kinds")
@blueprint.response(200, AwardKindOut(many=True))
@requires(*scope.READERS, scope=READ)
def list_kinds() -> list[dict[str, Any]]:
    """What the caller may claim: facts, papers and clauses of each kind of event."""
    return [one.told for one in claimable_kinds(caller(), policy_book())]


@blueprint.get("")
@blueprint.arguments(ClaimsAskedSchema, location="query")
@blueprint.response(200, ClaimsPageOut)
@requires(*scope.READERS, scope=READ)
def list_claims(asked: dict[str, Any]) -> Page[Any]:
    """The claims that the caller may see, the newest first."""
    wanted = {name: asked[name] for name in ("state", "scheme", "beneficiary_code")}
    page = page_of(database.current(), service.claims_query(caller(), **wanted), asked_from(asked))
    return page.map(lambda row: service.ClaimRow(*row))


@blueprint.post("/check")
@blueprint.arguments(ClaimSchema)
@blueprint.response(200, AwardDecisionOut)
@requires(*scope.ENTERING, scope=READ)
def check_claim(values: dict[str, Any]) -> dict[str, Any]:
    """What the rule would say; nothing is kept."""
    book = policy_book()
    stated = stated_from_json(kind_of(values["scheme"]), values, book)
    code, today = values["beneficiary_code"], clock().today()
    decision = service.check(database.current(), caller(), stated, code=code, book=book, today=today)
    return decision_view(decision, book).told


@blueprint.post("")
@blueprint.arguments(ClaimSchema)
@blueprint.response(201, WholeClaimOut)
@requires(*scope.ENTERING, scope=FILE)
def draft_claim(values: dict[str, Any]) -> dict[str, Any]:
    """A new draft; it is filed by a move once its papers are attached."""
    book, now = policy_book(), clock()
    stated = stated_from_json(kind_of(values["scheme"]), values, book)
    code = values["beneficiary_code"]
    claim = service.draft(database.current(), caller(), stated, code=code, book=book, at=now.now(), today=now.today())
    return _whole(claim.id)


@blueprint.post("/dishonesty")
@blueprint.arguments(DishonestySchema)
@blueprint.response(201, DishonestyOut)
@requires(dishonesty.RECORDER)
def record_dishonesty(values: dict[str, Any]) -> Party:
    """Record a listing for serious dishonesty: the party's awards are suspended for the months of the policy."""
    now = clock()
    return dishonesty.record_listing(database.current(), caller(), **values, at=now.now(), today=now.today())


@blueprint.get("/<int:claim_id>")
@blueprint.response(200, WholeClaimOut)
@requires(*scope.READERS, scope=READ)
def show_claim(claim_id: int) -> dict[str, Any]:
    """One claim with its facts, papers, and what the rule says of it today."""
    return _whole(claim_id)


@blueprint.put("/<int:claim_id>")
@blueprint.arguments(ClaimChangeSchema)
@blueprint.response(200, WholeClaimOut)
@requires(*scope.ENTERING, scope=FILE)
def change_claim(values: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """Other words for a draft, from the version that was seen."""
    db, book, now = database.current(), policy_book(), clock()
    kind = kind_of(scope.claim_by_id(db, caller(), claim_id).scheme)
    stated = stated_from_json(kind, values, book)
    service.change(db, caller(), claim_id, stated, seen=values["seen"], book=book, at=now.now(), today=now.today())
    return _whole(claim_id)


@blueprint.post("/<int:claim_id>/moves")
@blueprint.arguments(ClaimMoveSchema)
@blueprint.response(200, WholeClaimOut)
@requires(*scope.ENTERING)
def move_claim(values: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """File, withdraw, accept, refuse, return or revoke; not for tokens."""
    now = clock()
    said = service.SaidWithMove(values["digest"], values["code"], values["note"])
    service.move(
        database.current(),
        caller(),
        claim_id,
        values["move"],
        book=policy_book(),
        at=now.now(),
        today=now.today(),
        said=said,
    )
    return _whole(claim_id)


@blueprint.post("/<int:claim_id>/papers")
@blueprint.arguments(AwardPaperSchema, location="files")
@blueprint.arguments(AwardPaperNameSchema, location="form")
@blueprint.response(201, AwardPaperOut)
@requires(*scope.ENTERING, scope=FILE, transaction="own", rate="upload")
def attach_paper(_files: dict[str, Any], _form: dict[str, Any], claim_id: int) -> AwardPaper:
    """Attach a paper to a draft: multipart fields `paper` (which of the asked ones) and `file`."""
    return take_paper(claim_id)


@blueprint.get("/<int:claim_id>/papers/<int:paper_id>/file")
@blueprint.response(200)
@requires(*scope.READERS, scope=READ)
def paper_file(claim_id: int, paper_id: int) -> Response:
    """The bytes of a paper, as they were attached."""
    return sent_paper(claim_id, paper_id)


@blueprint.delete("/<int:claim_id>/papers/<int:paper_id>")
@blueprint.response(204)
@requires(*scope.ENTERING, scope=FILE)
def detach_paper(claim_id: int, paper_id: int) -> None:
    """Take a paper off a draft."""
    evidence.detach(database.current(), caller(), claim_id, paper_id, at=clock().now())
