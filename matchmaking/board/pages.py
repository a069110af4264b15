"""现场: the live board for the organiser, and the screen in the room without names of firms. Both update by themselves.

The moving part is fetched anew every few seconds with its ETag by the shell's script; without scripts the page reloads itself.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kernel import database
from kernel.accounts.access import public, requires
from kernel.errors import Conflict, NotFound
from kernel.web.edge import clock
from matchmaking.attendance.workflow import OUTCOMES, STANDINGS
from matchmaking.board.reading import LiveBoard, board_of
from matchmaking.board.screens import screen_token, session_of_token
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.service import session_by_id
from matchmaking.sessions.workflow import OUT

WATCHERS = ("organiser",)
TONES = {"done": "ok", "running": "dai", "next": "wait", "late": "stop", "no_show": "stop", "open": "out"}

blueprint = Blueprint("board", __name__, template_folder="../templates")


def _key() -> bytes:
    key: str = current_app.extensions["settings"].channel_sealing_key
    return key.encode()


def _out(session: WeeklySession) -> WeeklySession:
    if session.state not in OUT:
        raise Conflict("plan_not_out", "时间表公布以后才有现场", "There is a board once the timetable is published")
    return session


def _board(session_id: int) -> LiveBoard:
    db = database.current()
    return board_of(db, _out(session_by_id(db, session_id)), at=clock().now())


def _values(board: LiveBoard) -> dict[str, Any]:
    return {"board": board, "session": board.session, "STANDINGS": STANDINGS, "OUTCOMES": OUTCOMES, "TONES": TONES}


def _fragment(template: str, board: LiveBoard) -> Response:
    """The moving part with its ETag; 304 while nothing has changed."""
    response = Response(render_template(template, **_values(board)), content_type="text/html; charset=utf-8")
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/sessions/<int:session_id>/board")
@requires(*WATCHERS)
def show(session_id: int) -> ResponseReturnValue:
    """Who meets now, who comes next, who is late, what is done."""
    board = _board(session_id)
    live = url_for("board.live", session_id=session_id)
    screen = url_for("board.screen", token=screen_token(_key(), session_id))
    return render_template("board/show.html", **_values(board), live=live, screen=screen)


@blueprint.get("/sessions/<int:session_id>/board/live")
@requires(*WATCHERS)
def live(session_id: int) -> Response:
    return _fragment("board/live.html", _board(session_id))


def _shown(token: str) -> LiveBoard:
    session_id = session_of_token(_key(), token)
    if session_id is None:
        raise NotFound("screen_not_found", "没有这块屏幕", "There is no such screen")
    return _board(session_id)


@blueprint.get("/screens/<token>")
@public()
def screen(token: str) -> ResponseReturnValue:
    """What everybody in the room may read: desks, banks and numbers, no firm, no amount."""
    board = _shown(token)
    return render_template("board/screen.html", **_values(board), live=url_for("board.screen_live", token=token))


@blueprint.get("/screens/<token>/live")
@public()
def screen_live(token: str) -> Response:
    return _fragment("board/screen_live.html", _shown(token))
