"""Pages of the whitelist: the list of a day, listings under way, recommending, one listing, the public notice, a firm's own."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from kernel.regions import region
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.language import spoken
from kernel.web.lists import list_page
from kernel.web.paging import Asked
from matchmaking.page_words import page_values
from matchmaking.pool.scale_awards import claim_ready
from matchmaking.pool.service import entry_of_firm
from matchmaking.pool.workflow import STATES as POOL_STATES
from matchmaking.whitelist import bulk, hearing, publication, scope, service, views
from matchmaking.whitelist.api import LISTING_READERS, frame_now, take_answer, take_recommendation, take_submission
from matchmaking.whitelist.lists import CANDIDATES, COUNTIES, ENTRIES, LISTED, NOTICES
from matchmaking.whitelist.reading import listed_on
from matchmaking.whitelist.review import open_findings
from matchmaking.whitelist.schemas import (
    AnswerSchema,
    FirmsAskedSchema,
    ListingsAskedSchema,
    ListPageAskedSchema,
    NoticesAskedSchema,
    RecommendFormSchema,
    SubmissionSchema,
    WhitelistWordsSchema,
    said_from,
    sought_from,
)
from matchmaking.whitelist.scope import DECIDERS, FIRMS, LIST_READERS, PREPARERS
from matchmaking.whitelist.standing import candidates
from matchmaking.whitelist.workflow import GROUNDS, KINDS, OUTCOMES, STATES, WHITELIST_MOVES

blueprint = Blueprint("whitelist", __name__, url_prefix="/whitelist", template_folder="../templates")

MOST_UNDER_WAY = 200
SHOWN_OF_CHANGE = 12
TONES = {"nominated": "wait", "under_review": "wait", "publicised": "dai", "active": "ok", "suspended": "stop"}
DONE = {
    "review": Text("开始审核了", "Under review"),
    "publicise": Text("公示了", "The public notice runs"),
    "decline": Text("不予列入，原因已写明", "Not listed, with the reason"),
    "activate": Text("列入名单了", "Listed"),
    "suspend": Text("暂停了，企业看得到原因，可以申诉", "Suspended; the firm reads the reason and may appeal"),
    "resume": Text("恢复了", "Listed again"),
    "announce_removal": Text("告知了，企业可以陈述", "Notice is given; the firm may be heard"),
    "call_off_removal": Text("移出告知撤销了", "The removal is called off"),
    "remove": Text("移出了，签好的续贷不受影响", "Removed; renewals already signed stand"),
}
blueprint.context_processor(
    lambda: (
        page_values()
        | {
            "LISTING_STATES": STATES,
            "LISTING_TONES": TONES,
            "LISTING_MOVES": WHITELIST_MOVES.by_verb,
            "GROUNDS": GROUNDS,
            "KINDS": KINDS,
            "OUTCOMES": OUTCOMES,
            "POOL_STATES": POOL_STATES,
            "COUNTIES": COUNTIES,
            "region_name": lambda code: region(code).name,
        }
    )
)


@blueprint.get("")
@requires(*LIST_READERS)
def index() -> ResponseReturnValue:
    """The list of a day, what changed with the last publication, and for the offices what is under way."""
    db, today = database.current(), clock().today()
    asked = asked_of_url(ListPageAskedSchema())
    day = asked["day"] or today
    newest = publication.latest(db)
    since = newest.number - 1 if newest and newest.number > 1 else None
    sees_work = caller().role in LISTING_READERS
    return list_page(
        LISTED,
        asked,
        lambda part: views.list_page(db, day, part, **sought_from(asked)),
        lambda page: render_template(
            "whitelist/index.html",
            page=page,
            asked=asked,
            day=day,
            today=today,
            change=publication.change_since(db, since, SHOWN_OF_CHANGE),
            work=views.under_way(db, caller(), MOST_UNDER_WAY) if sees_work else [],
            findings=open_findings(db, caller(), frame_now().rules, today) if sees_work else [],
            may_recommend=caller().role in PREPARERS,
        ),
    )


@blueprint.get("/entries")
@requires(*LISTING_READERS)
def entries() -> ResponseReturnValue:
    """Every listing that the caller may see, whatever its state."""
    asked = asked_of_url(ListingsAskedSchema())
    sought = {**sought_from(asked), "state": asked["state"]}
    return list_page(
        ENTRIES,
        asked,
        lambda part: views.listings(database.current(), caller(), part, **sought),
        lambda page: render_template(
            "whitelist/entries.html", page=page, asked=asked, offered=bulk.offered(caller(), asked["state"])
        ),
    )


@blueprint.get("/recommend")
@requires(*PREPARERS)
def choose() -> ResponseReturnValue:
    """The pool list as the industry bureau copied it: whom to recommend."""
    return _choose_page(Form())


def _choose_page(form: Form, status: int = 200) -> ResponseReturnValue:
    asked, today = asked_of_url(FirmsAskedSchema()), clock().today()
    return list_page(
        CANDIDATES,
        asked,
        lambda part: candidates(database.current(), today, part, **sought_from(asked)),
        lambda page: (render_template("whitelist/recommend.html", page=page, form=form, asked=asked), status),
    )


@blueprint.post("/recommend")
@requires(*PREPARERS)
def recommend() -> ResponseReturnValue:
    """Recommend the chosen firms, all or none."""
    values, form = load_form(RecommendFormSchema())
    if values is None:
        return _choose_page(form, 422)
    said = service.Said(document=values["document"])
    try:
        made = [take_recommendation(code, said) for code in dict.fromkeys(values["codes"])]
    except (Refused, Conflict, NotFound) as refused:
        form.errors["codes"] = refused.text
        return _choose_page(form, 422)
    flash(ngettext("推荐了 %(num)s 家", "推荐了 %(num)s 家", len(made)), "ok")
    return redirect(url_for("whitelist.entries", state="nominated"))


@blueprint.get("/entries/<int:entry_id>")
@requires(*LISTING_READERS)
def show(entry_id: int) -> ResponseReturnValue:
    return _listing_page(entry_id, Form())


def _listing_page(entry_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    frame = frame_now()
    view = views.whole_listing(database.current(), caller(), entry_id, frame=frame)
    html = render_template(
        "whitelist/show.html",
        view=view,
        form=form,
        today=frame.today,
        is_own=caller().organisation_id == view.entry.enterprise_id,
        may_answer=caller().role in DECIDERS,
    )
    return html, status


@blueprint.get("/entries/<int:entry_id>/moves/<verb>")
@requires(*dict.fromkeys((*PREPARERS, *DECIDERS)))
def confirm(entry_id: int, verb: str) -> ResponseReturnValue:
    """The page before a move."""
    return _confirm_page(entry_id, verb, Form())


def _confirm_page(entry_id: int, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    frame = frame_now()
    entry, party = scope.listing_for(database.current(), caller(), entry_id)
    if verb not in service.allowed_verbs(caller(), entry, frame.today):
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    grounds = frame.rules.suspension_grounds if verb == "suspend" else frame.rules.removal_grounds
    html = render_template(
        "whitelist/confirm.html",
        entry=entry,
        party=party,
        verb=verb,
        form=form,
        grounds=[(code, GROUNDS[code]) for code in grounds] if verb in service.NEEDS_GROUND else [],
        needs_reason=verb in service.NEEDS_REASON,
        rules=frame.rules,
    )
    return html, status


@blueprint.post("/entries/<int:entry_id>/moves/<verb>")
@requires(*dict.fromkeys((*PREPARERS, *DECIDERS)))
def move(entry_id: int, verb: str) -> ResponseReturnValue:
    if verb not in DONE:
        raise NotFound("move_not_found", "没有这一步", "There is no such step")
    values, form = load_form(WhitelistWordsSchema())
    if values is None:
        return _confirm_page(entry_id, verb, form, 422)
    try:
        service.move(database.current(), caller(), entry_id, verb, said_from(values), frame=frame_now())
    except Invalid as error:
        return _confirm_page(entry_id, verb, form.take(error), 422)
    flash(spoken(DONE[verb]), "ok")
    return redirect(url_for("whitelist.show", entry_id=entry_id))


@blueprint.get("/notices/<int:entry_id>")
@requires(*ROLES)
def notice(entry_id: int) -> ResponseReturnValue:
    """The public notice of one firm, for everybody who signs in."""
    return _notice_page(entry_id, Form())


def _notice_page(entry_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    entry, party = scope.on_notice(database.current(), entry_id)
    may_record = caller().role in PREPARERS
    html = render_template("whitelist/notice.html", entry=entry, party=party, form=form, may_record=may_record)
    return html, status


@blueprint.get("/notices")
@requires(*ROLES)
def notices() -> ResponseReturnValue:
    """Every firm in public notice, for everybody who signs in."""
    asked, today = asked_of_url(NoticesAskedSchema()), clock().today()
    return list_page(
        NOTICES,
        asked,
        lambda part: views.on_notice_now(database.current(), today, part, region=asked["region"]),
        lambda page: render_template("whitelist/notices.html", page=page, asked=asked),
    )


@blueprint.post("/entries/<int:entry_id>/submissions")
@requires(*ROLES)
def submit(entry_id: int) -> ResponseReturnValue:
    """An objection from the notice; a statement or an appeal from the firm's own page."""
    values, form = load_form(SubmissionSchema())
    kind = (values or form.values).get("kind")
    page = _notice_page if kind == "objection" else _listing_page
    if values is None:
        return page(entry_id, form, 422)
    try:
        take_submission(entry_id, **values)
    except Conflict as refused:
        form.errors["text"] = refused.text
        return page(entry_id, form, 409)
    flash(_("收到了，会书面答复"), "ok")
    back = "whitelist.notice" if kind == "objection" else "whitelist.show"
    return redirect(url_for(back, entry_id=entry_id))


@blueprint.post("/submissions/<int:submission_id>/answer")
@requires(*DECIDERS)
def answer(submission_id: int) -> ResponseReturnValue:
    values, form = load_form(AnswerSchema())
    _row, entry = hearing.submission_for(database.current(), caller(), submission_id)
    if values is None:
        return _listing_page(entry.id or 0, form, 422)
    try:
        take_answer(submission_id, values)
    except DomainError as refused:
        form.errors["answer"] = refused.text
        return _listing_page(entry.id or 0, form, 409)
    flash(_("答复好了"), "ok")
    return redirect(url_for("whitelist.show", entry_id=entry.id))


@blueprint.get("/mine")
@requires(*FIRMS)
def mine() -> ResponseReturnValue:
    """Where the firm itself stands: in the pool, above scale, on the list; what it can claim and say."""
    db, today, firm = database.current(), clock().today(), caller().organisation_id
    page: Any = views.listings(db, caller(), Asked(per_page=20))
    return render_template(
        "whitelist/mine.html",
        pool=entry_of_firm(db, firm),
        claim=claim_ready(db, firm),
        listed=listed_on(db, firm, today),
        rows=page.items,
        firm=firm,
        today=today,
    )
