"""Pages of claims: the list, choosing an award, its form with the rule's word beside it, one claim with its papers and moves."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from kernel.money import yuan
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.language import spoken
from kernel.web.lists import list_page
from kernel.web.paging import page_of
from settlement.awards import evidence, scope, service
from settlement.awards.intake import sent_paper, take_paper
from settlement.awards.judging import StatedClaim
from settlement.awards.lists import claims
from settlement.awards.schemas import ClaimMoveFormSchema, ClaimsAskedSchema, form_schema, stated_from
from settlement.awards.views import (
    ACTS,
    AwardDecisionView,
    AwardKindView,
    ClaimView,
    claim_view,
    claimable_kinds,
    decision_view,
    kind_view,
)
from settlement.awards.workflow import ACCEPTED, DRAFT, FILED, MOVES, REFUSALS, STATES
from settlement.event_awards import EVENT_KINDS, AwardFact, FactValue, kind_of
from settlement.fiscal_shares import payer_title
from settlement.handed_over import policy_book

blueprint = Blueprint("awards", __name__, url_prefix="/awards", template_folder="../templates")

TONES = {DRAFT: "wait", FILED: "dai", ACCEPTED: "ok", "refused": "stop"}
WEIGHT_WORDS = {"lacks": Text("缺决定", "Undecided"), "waits": Text("暂停", "Suspended"), "notes": Text("上限", "Cap")}
WEIGHT_TONES = {"refuses": "stop", "lacks": "wait", "waits": "wait", "notes": ""}
DONE = {
    "file": Text("报上去了，等受理", "Filed; it waits to be decided"),
    "withdraw": Text("撤回了", "Withdrawn"),
    "accept": Text("已受理，结算时一并计算", "Accepted; it goes into the statement"),
    "refuse": Text("不予受理，原因已写明", "Refused, with the reason"),
    "return": Text("退回去了，等补正", "Returned to be completed"),
    "revoke": Text("受理已撤销", "The acceptance is revoked"),
}
blueprint.context_processor(
    lambda: {
        "STATES": STATES,
        "TONES": TONES,
        "WEIGHT_TONES": WEIGHT_TONES,
        "payer_title": payer_title,
        "MOVES": MOVES,
        "WEIGHT_WORDS": WEIGHT_WORDS,
    }
)


@blueprint.get("")
@requires(*scope.READERS)
def index() -> ResponseReturnValue:
    """The claims that the caller may see."""
    asked = ClaimsAskedSchema().load({k: v for k, v in request.args.items() if v}, unknown=EXCLUDE)
    book = policy_book()
    query = service.claims_query(caller(), state=asked["state"], scheme=asked["scheme"])

    def title_of(scheme: str) -> Text:
        return kind_view(kind_of(scheme), book).title

    return list_page(
        claims(title_of),
        asked,
        lambda part: page_of(database.current(), query, part).map(lambda row: service.ClaimRow(*row)),
        lambda page: render_template(
            "awards/index.html",
            page=page,
            title_of=title_of,
            asked=asked,
            kinds=[(scheme, title_of(scheme)) for scheme in EVENT_KINDS],
            may_claim=bool(scope.claimable(caller())),
        ),
    )


@blueprint.get("/new")
@requires(*scope.ENTERING)
def choose() -> ResponseReturnValue:
    """Which award is claimed: each with its amount, its clause and whether it can be paid."""
    today = clock().today()
    return render_template("awards/choose.html", kinds=claimable_kinds(caller(), policy_book()), today=today)


def _kind(scheme: str) -> AwardKindView:
    """The kind of a URL, where the caller may claim it; NotFound otherwise."""
    kind = kind_of(scheme)
    if kind not in scope.claimable(caller()):
        raise NotFound("award_kind_not_found", "没有这种奖补可报", "There is no such award to claim")
    return kind_view(kind, policy_book())


@blueprint.get("/new/<scheme>")
@requires(*scope.ENTERING)
def new(scheme: str) -> ResponseReturnValue:
    return _form_page(_kind(scheme), Form({"day": ""}))


@blueprint.post("/new/<scheme>")
@requires(*scope.ENTERING)
def create(scheme: str) -> ResponseReturnValue:
    """Check what was typed, or keep it as a draft."""
    kind, book = _kind(scheme), policy_book()
    others = scope.enters_for_others(caller())
    values, form = load_form(form_schema(kind.kind, book, names_beneficiary=others, names_version=False))
    if values is None:
        return _form_page(kind, form, status=422)
    db, now, stated, code = (
        database.current(),
        clock(),
        stated_from(kind.kind, values),
        values.get("beneficiary_code", ""),
    )
    try:
        if values["act"] == "check":
            decision = service.check(db, caller(), stated, code=code, book=book, today=now.today())
            return _form_page(kind, form, decision=decision_view(decision, book))
        claim = service.draft(db, caller(), stated, code=code, book=book, at=now.now(), today=now.today())
    except (NotFound, Refused) as error:
        return _form_page(kind, _troubled(form, error), status=422)
    flash(_("存下来了，附上材料就能申报"), "ok")
    return redirect(url_for("awards.show", claim_id=claim.id))


def _troubled(form: Form, error: DomainError) -> Form:
    form.errors["beneficiary_code" if isinstance(error, NotFound) else "day"] = error.text
    return form


def _form_page(
    kind: AwardKindView,
    form: Form,
    *,
    decision: AwardDecisionView | None = None,
    claim: ClaimView | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "awards/form.html",
        kind=kind,
        form=form,
        decision=decision,
        claim=claim,
        today=clock().today(),
        for_others=claim is None and scope.enters_for_others(caller()),
    )
    return page, status


@blueprint.get("/<int:claim_id>")
@requires(*scope.READERS)
def show(claim_id: int) -> ResponseReturnValue:
    return _claim_page(claim_id, Form())


def _claim_page(claim_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    view = claim_view(database.current(), caller(), claim_id, policy_book(), clock().today())
    page = render_template(
        "awards/show.html", view=view, form=form, acts=ACTS, refusals=REFUSALS, endings=evidence.ACCEPTED_ENDINGS
    )
    return page, status


@blueprint.get("/<int:claim_id>/edit")
@requires(*scope.ENTERING)
def edit(claim_id: int) -> ResponseReturnValue:
    view = _draft(claim_id)
    stated = {fact.name: _typed(fact, view.facts[fact.name]) for fact in view.kind.kind.facts}
    values = {"day": view.claim.day.isoformat(), "document": view.claim.document, "seen": view.claim.version, **stated}
    return _form_page(view.kind, Form(values), claim=view, decision=view.decision)


def _typed(fact: AwardFact, value: FactValue) -> str:
    """A fact as its field shows it."""
    if fact.type == "flag":
        return "yes" if value else "no"
    return yuan(int(str(value))) if fact.type == "money" else str(value)


def _draft(claim_id: int) -> ClaimView:
    view = claim_view(database.current(), caller(), claim_id, policy_book(), clock().today())
    if not view.may_change:
        raise Conflict("claim_is_filed", "这份申报现在不能改", "This claim cannot be changed now")
    return view


@blueprint.post("/<int:claim_id>/edit")
@requires(*scope.ENTERING)
def change(claim_id: int) -> ResponseReturnValue:
    """Check other words for a draft, or keep them."""
    view, book = _draft(claim_id), policy_book()
    kind = view.kind
    values, form = load_form(form_schema(kind.kind, book, names_beneficiary=False, names_version=True))
    if values is None:
        return _form_page(kind, form, claim=view, status=422)
    stated = stated_from(kind.kind, values)
    try:
        if values["act"] == "check":
            return _form_page(kind, form, claim=view, decision=_checked(stated, view))
        now = clock()
        service.change(
            database.current(),
            caller(),
            claim_id,
            stated,
            seen=values["seen"],
            book=book,
            at=now.now(),
            today=now.today(),
        )
    except Refused as error:
        return _form_page(kind, _troubled(form, error), claim=view, status=422)
    flash(_("改好了"), "ok")
    return redirect(url_for("awards.show", claim_id=claim_id))


def _checked(stated: StatedClaim, view: ClaimView) -> AwardDecisionView:
    book, today = policy_book(), clock().today()
    decision = service.check(database.current(), caller(), stated, code=view.party.code, book=book, today=today)
    return decision_view(decision, book)


@blueprint.post("/<int:claim_id>/papers")
@requires(*scope.ENTERING, transaction="own", rate="upload")
def attach(claim_id: int) -> ResponseReturnValue:
    try:
        take_paper(claim_id)
    except Invalid as error:
        return _claim_page(claim_id, Form().take(error), 422)
    except Refused as refused:
        return _claim_page(claim_id, Form(errors={"file": refused.text}), 422)
    flash(_("附上了"), "ok")
    return redirect(url_for("awards.show", claim_id=claim_id, _anchor="papers"))


@blueprint.post("/<int:claim_id>/papers/<int:paper_id>/detachment")
@requires(*scope.ENTERING)
def detach(claim_id: int, paper_id: int) -> ResponseReturnValue:
    evidence.detach(database.current(), caller(), claim_id, paper_id, at=clock().now())
    flash(_("取下来了"), "ok")
    return redirect(url_for("awards.show", claim_id=claim_id, _anchor="papers"))


@blueprint.get("/<int:claim_id>/papers/<int:paper_id>/file")
@requires(*scope.READERS)
def paper(claim_id: int, paper_id: int) -> ResponseReturnValue:
    return sent_paper(claim_id, paper_id)


@blueprint.get("/<int:claim_id>/<verb>")
@requires(*scope.ENTERING)
def confirm(claim_id: int, verb: str) -> ResponseReturnValue:
    """The page before a move: what will happen, what it binds to, and the reason where one is needed."""
    return _confirm_page(claim_id, verb, Form())


def _confirm_page(claim_id: int, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    view = claim_view(database.current(), caller(), claim_id, policy_book(), clock().today())
    if verb not in view.moves:
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    return render_template("awards/confirm.html", view=view, verb=verb, form=form, refusals=REFUSALS), status


@blueprint.post("/<int:claim_id>/<verb>")
@requires(*scope.ENTERING)
def move(claim_id: int, verb: str) -> ResponseReturnValue:
    if verb not in MOVES:
        raise NotFound("move_not_found", "没有这一步", "There is no such step")
    values, form = load_form(ClaimMoveFormSchema())
    if values is None:
        return _confirm_page(claim_id, verb, form, 422)
    said: dict[str, Any] = {name: values[name] for name in ("digest", "code", "note")}
    now = clock()
    try:
        service.move(
            database.current(),
            caller(),
            claim_id,
            verb,
            book=policy_book(),
            at=now.now(),
            today=now.today(),
            said=service.SaidWithMove(**said),
        )
    except Invalid as error:
        return _confirm_page(claim_id, verb, form.take(error), 422)
    except Refused as refused:
        return _claim_page(claim_id, Form(errors={"file": refused.text}), 422)
    flash(spoken(DONE[verb]), "ok")
    return redirect(url_for("awards.show", claim_id=claim_id))
