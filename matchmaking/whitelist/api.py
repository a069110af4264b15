"""The whitelist as JSON: the list of a day, changes since a publication, listings, moves, submissions and answers."""

from datetime import date
from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.whitelist import hearing, publication, service, views
from matchmaking.whitelist.models import WhitelistEntry, WhitelistPublication, WhitelistSubmission
from matchmaking.whitelist.rules import whitelist_rules
from matchmaking.whitelist.schemas import (
    AnswerSchema,
    ChangesAskedSchema,
    ListAskedSchema,
    ListChangeOut,
    ListingsAskedSchema,
    ListingsPageOut,
    ListOfDayOut,
    PublicationOut,
    SubmissionOut,
    SubmissionSchema,
    WhitelistMoveSchema,
    WhitelistNominationSchema,
    WholeListingOut,
    said_from,
    sought_from,
)
from matchmaking.whitelist.scope import DECIDERS, FIRMS, LIST_READERS, OFFICES, PREPARERS
from matchmaking.whitelist.service import ListingFrame

READ, WRITE = "matchmaking:read", "matchmaking:write"
LISTING_READERS = (*OFFICES, "county_officer", *FIRMS)

blueprint = Blueprint("whitelist-api", __name__, url_prefix="/api/v1/whitelist", description="The whitelist")


def frame_now() -> ListingFrame:
    """By what the present request moves things."""
    now = clock()
    return ListingFrame(whitelist_rules(policy_book(), now.today()), work_calendar(), now.now(), now.today())


def _whole(entry_id: int | None) -> views.WholeListing:
    return views.whole_listing(database.current(), caller(), entry_id or 0, frame=frame_now())


@blueprint.get("/list")
@blueprint.arguments(ListAskedSchema, location="query")
@blueprint.response(200, ListOfDayOut)
@requires(*LIST_READERS, scope=READ)
def show_list(asked: dict[str, date | None]) -> dict[str, Any]:
    """Who is on the list of a day."""
    day = asked["day"] or clock().today()
    return {"day": day, "firms": views.list_of(database.current(), day)}


@blueprint.get("/publications")
@blueprint.response(200, PublicationOut(many=True))
@requires(*LIST_READERS, scope=READ)
def list_publications() -> list[WhitelistPublication]:
    """Every publication, the newest first."""
    return publication.publications(database.current())


@blueprint.get("/changes")
@blueprint.arguments(ChangesAskedSchema, location="query")
@blueprint.response(200, ListChangeOut)
@requires(*LIST_READERS, scope=READ)
def show_changes(asked: dict[str, int | None]) -> publication.ListChange:
    """What came and went since a publication; the whole list without one."""
    db = database.current()
    change = publication.change_since(db, asked["since"])
    return change or publication.ListChange(None, publication.publication_by_number(db, 1))


@blueprint.get("/entries")
@blueprint.arguments(ListingsAskedSchema, location="query")
@blueprint.response(200, ListingsPageOut)
@requires(*LISTING_READERS, scope=READ)
def list_listings(asked: dict[str, Any]) -> Page[Any]:
    """The listings that the caller may see, whatever their state."""
    return views.listings(database.current(), caller(), asked_from(asked), **sought_from(asked), state=asked["state"])


@blueprint.post("/entries")
@blueprint.arguments(WhitelistNominationSchema)
@blueprint.response(201, WholeListingOut)
@requires(*PREPARERS, scope=WRITE)
def recommend(values: dict[str, Any]) -> views.WholeListing:
    """Recommend a firm for the list."""
    return _whole(take_recommendation(values["code"], said_from(values)).id)


def take_recommendation(code: str, said: service.Said) -> WhitelistEntry:
    """The same for page and API."""
    return service.nominate(database.current(), caller(), code, said, frame=frame_now())


@blueprint.get("/entries/<int:entry_id>")
@blueprint.response(200, WholeListingOut)
@requires(*LISTING_READERS, scope=READ)
def show_listing(entry_id: int) -> views.WholeListing:
    """One listing with its steps, days, submissions, and what may be done."""
    return _whole(entry_id)


@blueprint.post("/entries/<int:entry_id>/moves")
@blueprint.arguments(WhitelistMoveSchema)
@blueprint.response(200, WholeListingOut)
@requires(*dict.fromkeys((*PREPARERS, *DECIDERS)))
def move_listing(values: dict[str, Any], entry_id: int) -> views.WholeListing:
    """Review, publicise, decline, list, suspend, resume, announce a removal, call it off, remove; not for tokens."""
    service.move(database.current(), caller(), entry_id, values["move"], said_from(values), frame=frame_now())
    return _whole(entry_id)


@blueprint.post("/entries/<int:entry_id>/submissions")
@blueprint.arguments(SubmissionSchema)
@blueprint.response(201, SubmissionOut)
@requires(*ROLES)
def submit(values: dict[str, Any], entry_id: int) -> WhitelistSubmission:
    """Object in the public notice; as the firm itself, state before removal, or appeal."""
    return take_submission(entry_id, **values)


def take_submission(entry_id: int, *, kind: str, text: str, said_by: str = "") -> WhitelistSubmission:
    """One submission by its kind; the same for page and API."""
    db, who, frame = database.current(), caller(), frame_now()
    if kind == "objection":
        return hearing.object_to(db, who, entry_id, text, said_by=said_by, frame=frame)
    if kind == "statement":
        return hearing.state_before_removal(db, who, entry_id, text, frame=frame)
    return hearing.appeal(db, who, entry_id, text, frame=frame)


@blueprint.post("/submissions/<int:submission_id>/answer")
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, SubmissionOut)
@requires(*DECIDERS)
def answer_submission(values: dict[str, Any], submission_id: int) -> WhitelistSubmission:
    """Answer an objection, a statement or an appeal, in writing."""
    return take_answer(submission_id, values)


def take_answer(submission_id: int, values: dict[str, Any]) -> WhitelistSubmission:
    """The same for page and API."""
    return hearing.answer(
        database.current(),
        caller(),
        submission_id,
        upheld=values["upheld"],
        words=values["answer"],
        frame=frame_now(),
    )
