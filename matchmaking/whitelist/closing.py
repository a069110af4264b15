"""What a move ends is not answered any more: the words about it are closed in its own transaction, with the reason."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel.audit.service import Actor, record
from matchmaking.guarded import took_effect
from matchmaking.whitelist.models import WhitelistSubmission
from matchmaking.whitelist.workflow import ENDS, WHITELIST_MOVES


def close_said(db: Session, entry_id: int, verb: str, reason: str, *, by: Actor, at: datetime, today: date) -> None:
    """Close the open words of the kinds that the move ends, so that the next notice is heard anew.

    Call it after the move's guarded UPDATE: the entry's row is held then, and nobody says anything meanwhile.
    """
    is_open = col(WhitelistSubmission.state) == "open"
    ended = (col(WhitelistSubmission.entry_id) == entry_id) & col(WhitelistSubmission.kind).in_(ENDS.get(verb, ()))
    answer = f"{WHITELIST_MOVES.by_verb[verb].label.zh}：{reason}"
    values = {"state": "closed", "answer": answer, "answered_on": today, "answered_by": by.account_id}
    query = select(col(WhitelistSubmission.id)).where(ended, is_open).order_by(col(WhitelistSubmission.id))
    for submission_id in list(db.execute(query).scalars()):
        guard = update(WhitelistSubmission).where(col(WhitelistSubmission.id) == submission_id, is_open)
        if took_effect(db, guard.values(values)):
            subject, detail = ("whitelist_submission", submission_id), {"entry": entry_id, "move": verb}
            record(db, "whitelist.close", by=by, subject=subject, at=at, detail=detail)
