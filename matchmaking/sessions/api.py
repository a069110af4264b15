"""Weekly sessions as JSON, and what keeps a request out of one."""

import secrets
from typing import Any

from flask import Response, current_app
from marshmallow import Schema as AnySchema

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES, ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.web.paging import Page, asked_from
from kernel.works.asking import accepted
from kernel.works.models import Work
from kernel.works.schemas import WorkOut
from matchmaking.handed_over import past_refusers
from matchmaking.offers.api import policy_book, todays_policy
from matchmaking.requests.api import OF_ENTERPRISE
from matchmaking.requests.api import blueprint as requests_blueprint
from matchmaking.requests.gate import Gap
from matchmaking.requests.reading import own_request
from matchmaking.requests.schemas import GapOut
from matchmaking.sessions import blocks, changing, outcome, reading, running, service, sign_ups, works
from matchmaking.sessions.changing import Notice
from matchmaking.sessions.files import file_for
from matchmaking.sessions.gate_reading import gate_of
from matchmaking.sessions.outcome import MeetingLine, RankedOffer, SignUp, Unmet
from matchmaking.sessions.reading import BankPlace, SessionLine
from matchmaking.sessions.schemas import (
    BankPlaceOut,
    BankSignUpSchema,
    BlockOut,
    BlockSchema,
    CancellationSchema,
    FrameChangeSchema,
    MeetingOut,
    NoticeOut,
    RankedOfferOut,
    SessionMoveSchema,
    SessionOut,
    SessionPageOut,
    SessionsAskedSchema,
    SessionSchema,
    SignUpOut,
    UnmetOut,
    changed_frame,
    frame_from,
)
from matchmaking.sessions.sealing import NONCE_BYTES
from matchmaking.sessions.sign_ups import Desk

READ, WRITE = "matchmaking:read", "matchmaking:write"
PARTIES = (*INSTITUTION_ROLES, "owner", "clerk", "organiser")
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}

blueprint = Blueprint("sessions-api", __name__, url_prefix="/api/v1/sessions", description="Weekly sessions")


def seal_key() -> bytes:
    """The key that seals lotteries in the present app; empty where none is set."""
    key = current_app.extensions["seal_key"]
    assert isinstance(key, bytes)
    return key


def carry_out(session_id: int, verb: str, reason: str) -> Work | None:
    """A step of the caller's session; the match computes before it opens its short transaction, a large one as a work, which is given."""
    db, by, at = database.current(), caller(), clock().now()
    session = service.own_session(db, by, session_id)
    if verb == "match" and works.is_large(session):
        tongue = language()
        return database.write(
            db, lambda db: works.ask_for_match(db, by, session, reason=reason, language=tongue, at=at)
        )
    if verb == "match":
        running.match_by_hand(db, by, session_id, book=policy_book(), key=seal_key(), at=at, reason=reason)
    else:
        refusers = past_refusers()
        database.write(
            db, lambda db: changing.move(db, by, session_id, verb, at=at, reason=reason, past_refusers=refusers)
        )
    return None


def file_answer(session_id: int, name: str) -> Response:
    """A file of a session as a download."""
    db = database.current()
    session = service.session_by_id(db, session_id)
    content = file_for(db, caller(), session, name, today=clock().today())
    headers = {"Content-Disposition": f'attachment; filename="{session.week}-{name}"'}
    return Response(content, content_type=TYPES[name.rpartition(".")[2]], headers=headers)


@blueprint.get("")
@blueprint.arguments(SessionsAskedSchema, location="query")
@blueprint.response(200, SessionPageOut)
@requires(*ROLES, scope=READ)
def list_sessions(values: dict[str, Any]) -> Page[SessionLine]:
    """All sessions, or those in a state, the latest week first."""
    return reading.sessions(database.current(), asked_from(values), values["state"])


@blueprint.post("")
@blueprint.arguments(SessionSchema)
@blueprint.response(201, SessionOut)
@requires("organiser", scope=WRITE)
def announce_session(values: dict[str, Any]) -> SessionLine:
    """Announce a session; its lottery is drawn and committed to at once."""
    db = database.current()
    nonce = secrets.token_bytes(NONCE_BYTES)
    frame = frame_from(values)
    session = service.announce(db, caller(), frame=frame, key=seal_key(), nonce=nonce, at=clock().now())
    return reading.session_line(db, session.id or 0)


@blueprint.get("/<int:session_id>")
@blueprint.response(200, SessionOut)
@requires(*ROLES, scope=READ)
def show_session(session_id: int) -> SessionLine:
    """One session."""
    return reading.session_line(database.current(), session_id)


@blueprint.post("/<int:session_id>/moves")
@blueprint.arguments(SessionMoveSchema)
@blueprint.response(200, SessionOut)
@blueprint.alt_response(202, schema=WorkOut, success=True)
@requires("organiser", scope=WRITE, transaction="own")
def move_session(values: dict[str, Any], session_id: int) -> SessionLine | Response:
    """Open, close, match or publish a session of one's own bureau; before the announced time with a reason, which is told.

    The match of a large session goes on after the answer: 202, and `Location` tells how far it is.
    """
    work = carry_out(session_id, values["move"], values["reason"])
    if work is not None:
        return accepted(work)
    return reading.session_line(database.current(), session_id)


@blueprint.put("/<int:session_id>")
@blueprint.arguments(FrameChangeSchema)
@blueprint.response(200, SessionOut)
@requires("organiser", scope=WRITE)
def change_session(values: dict[str, Any], session_id: int) -> SessionLine:
    """A new version of the announced frame, until sign-up closes; the reason is told to those who take part."""
    db, seen, reason = database.current(), values.pop("seen"), values.pop("reason")
    frame = changed_frame(service.own_session(db, caller(), session_id), values)
    changing.change_frame(db, caller(), session_id, frame=frame, seen=seen, reason=reason, at=clock().now())
    return reading.session_line(db, session_id)


@blueprint.post("/<int:session_id>/cancellation")
@blueprint.arguments(CancellationSchema)
@blueprint.response(200, SessionOut)
@requires("organiser", scope=WRITE)
def cancel_session(values: dict[str, Any], session_id: int) -> SessionLine:
    """Call a session off before its result is out; its requests are free for another one."""
    db = database.current()
    changing.cancel(db, caller(), session_id, reason=values["reason"], at=clock().now())
    return reading.session_line(db, session_id)


@blueprint.get("/<int:session_id>/notices")
@blueprint.response(200, NoticeOut(many=True))
@requires(*ROLES, scope=READ)
def list_notices(session_id: int) -> list[Notice]:
    """What changed after the announcement, with reasons, the latest first."""
    db = database.current()
    service.session_by_id(db, session_id)
    return changing.notices_of(db, session_id)


@blueprint.get("/<int:session_id>/banks")
@blueprint.response(200, BankPlaceOut(many=True))
@requires(*ROLES, scope=READ)
def list_banks(session_id: int) -> list[BankPlace]:
    """The banks that come."""
    db = database.current()
    service.session_by_id(db, session_id)
    return reading.banks_at(db, session_id)


@blueprint.put("/<int:session_id>/bank")
@blueprint.arguments(BankSignUpSchema)
@blueprint.response(200, BankPlaceOut)
@requires("product_manager", scope=WRITE)
def join_bank(values: dict[str, Any], session_id: int) -> BankPlace | None:
    """Sign the caller's bank up, or change its desks, until sign-up closes."""
    db = database.current()
    notes = [Desk(**note) for note in values.pop("desk_notes")]
    sign_ups.join_bank(db, caller(), session_id, **values, desk_notes=notes, at=clock().now())
    return reading.own_place(db, caller(), session_id)


@blueprint.delete("/<int:session_id>/bank")
@blueprint.response(204)
@requires("product_manager", scope=WRITE)
def leave_bank(session_id: int) -> None:
    """Take the caller's bank out again."""
    sign_ups.leave_bank(database.current(), caller(), session_id, at=clock().now())


@blueprint.get("/<int:session_id>/requests")
@blueprint.response(200, SignUpOut(many=True))
@requires(*PARTIES, scope=READ)
def list_sign_ups(session_id: int) -> list[SignUp]:
    """The requests that come, as far as the caller may see them."""
    db = database.current()
    return outcome.sign_ups_for(db, caller(), service.session_by_id(db, session_id), today=clock().today())


@requests_blueprint.get("/<int:request_id>/gate")
@requests_blueprint.response(200, GapOut(many=True))
@requires(*OF_ENTERPRISE, scope=READ)
def show_gate(request_id: int) -> list[Gap]:
    """What is missing before a bank can say yes."""
    db, today = database.current(), clock().today()
    return list(gate_of(db, own_request(db, caller(), request_id), today=today, policy=todays_policy()))


@blueprint.put("/<int:session_id>/requests/<int:request_id>")
@blueprint.response(201, SignUpOut)
@requires("owner", "clerk", scope=WRITE, glance=sign_ups.refuse_when_full)
def join_request(session_id: int, request_id: int) -> SignUp:
    """Sign a published request up; 409 when the session is full, shut, or the request waits elsewhere."""
    db = database.current()
    sign_up = sign_ups.join_request(db, caller(), session_id, request_id, at=clock().now())
    return SignUp(sign_up, own_request(db, caller(), request_id))


@blueprint.delete("/<int:session_id>/requests/<int:request_id>")
@blueprint.response(204)
@requires("owner", "clerk", scope=WRITE)
def leave_request(session_id: int, request_id: int) -> None:
    """Take a request out again, until sign-up closes."""
    sign_ups.leave_request(database.current(), caller(), session_id, request_id, at=clock().now())


@blueprint.get("/<int:session_id>/meetings")
@blueprint.response(200, MeetingOut(many=True))
@requires(*PARTIES, scope=READ)
def list_meetings(session_id: int) -> list[MeetingLine]:
    """The caller's meetings; all of them for the organising bureau."""
    db = database.current()
    return outcome.meetings_for(db, caller(), service.session_by_id(db, session_id), today=clock().today())


@blueprint.get("/<int:session_id>/requests/<int:request_id>/ranking")
@blueprint.response(200, RankedOfferOut(many=True))
@requires("owner", "clerk", "organiser", scope=READ)
def show_ranking(session_id: int, request_id: int) -> list[RankedOffer]:
    """How the products were ranked for a request, with reasons."""
    db = database.current()
    return outcome.ranking_for(db, caller(), service.session_by_id(db, session_id), request_id)


@blueprint.get("/<int:session_id>/unmatched")
@blueprint.response(200, UnmetOut(many=True))
@requires("owner", "clerk", "organiser", scope=READ)
def list_unmatched(session_id: int) -> list[Unmet]:
    """The requests that met nobody, why, and what to change."""
    db = database.current()
    return outcome.unmet_for(db, caller(), service.session_by_id(db, session_id))


@blueprint.get("/<int:session_id>/files/<string:name>")
@blueprint.response(200, AnySchema, content_type="application/octet-stream", description="The file")
@requires(*ROLES, scope=READ)
def show_file(session_id: int, name: str) -> Response:
    """`slices.json` for everybody, `slice.json` and `meetings.csv` for parties (their own part), everything for the organiser;
    the whole certificate for the auditor too."""
    return file_answer(session_id, name)


blocks_blueprint = Blueprint(
    "blocks-api", __name__, url_prefix="/api/v1/blocks", description="Enterprises a bank keeps off"
)


@blocks_blueprint.get("")
@blocks_blueprint.response(200, BlockOut(many=True))
@requires(*INSTITUTION_ROLES, scope=READ)
def list_blocks() -> list[Any]:
    """The live blocks of the caller's bank."""
    return list(blocks.blocks_of(database.current(), caller()))


@blocks_blueprint.post("")
@blocks_blueprint.arguments(BlockSchema)
@blocks_blueprint.response(204)
@requires("product_manager", scope=WRITE)
def record_block(values: dict[str, Any]) -> None:
    """Keep off an enterprise from now on, with a reason on record."""
    blocks.block(database.current(), caller(), **values, at=clock().now())


@blocks_blueprint.delete("/<int:block_id>")
@blocks_blueprint.response(204)
@requires("product_manager", scope=WRITE)
def lift_block(block_id: int) -> None:
    """Lift a block."""
    blocks.lift(database.current(), caller(), block_id, at=clock().now())
