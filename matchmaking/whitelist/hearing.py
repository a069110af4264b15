"""What may be said about a listing, and what an answer does: objections, statements before removal, appeals."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, NotFound
from matchmaking.guarded import took_effect
from matchmaking.pool.service import may_not
from matchmaking.whitelist.models import WhitelistEntry, WhitelistStep, WhitelistSubmission
from matchmaking.whitelist.scope import DECIDERS, PREPARERS, listing_for, on_notice, seen_listings
from matchmaking.whitelist.service import ListingFrame, Said, apply_move
from matchmaking.whitelist.workflow import PUBLICISED, REMOVED, SUSPENDED

COUNTED = frozenset({"objection", "statement"})  # must be answered before the firm is listed, or removed


def _too_late(zh: str, en: str) -> Conflict:
    return Conflict("not_taken_now", zh, en)


def _keep(
    db: Session, caller: Caller, entry: WhitelistEntry, kind: str, text: str, said_by: str, frame: ListingFrame
) -> WhitelistSubmission:
    assert entry.id is not None
    row = WhitelistSubmission(
        entry_id=entry.id,
        kind=kind,
        organisation_id=caller.organisation_id,
        said_by=said_by or caller.organisation_name,
        text=text,
        received_on=frame.today,
        received_by=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict(
            "said_already", "你们的意见已经收到，等答复", "Your word is received already; wait for the answer"
        ) from None
    detail = {"entry": entry.id, "kind": kind}
    record(
        db, f"whitelist.{kind}", by=caller.actor, subject=("whitelist_submission", row.id), at=frame.at, detail=detail
    )
    return row


def _count(db: Session, entry_id: int, *conditions: object, by: int) -> bool:
    guard = update(WhitelistEntry).where(col(WhitelistEntry.id) == entry_id, *conditions)  # type: ignore[arg-type]
    values = {"open_objections": WhitelistEntry.open_objections + by, "version": WhitelistEntry.version + 1}
    return took_effect(db, guard.values(values))


def object_to(
    db: Session, caller: Caller, entry_id: int, text: str, *, said_by: str = "", frame: ListingFrame
) -> WhitelistSubmission:
    """Somebody objects in the public notice; the organiser may write down what an outsider said. Conflict once the notice is over."""
    entry, _party = on_notice(db, entry_id)
    is_open = (
        col(WhitelistEntry.state) == PUBLICISED,
        col(WhitelistEntry.notice_until) >= frame.today,
    )
    if not _count(db, entry_id, *is_open, by=1):
        raise _too_late("公示已经结束，不再收异议", "The public notice is over; objections are not taken any more")
    named = said_by if caller.role in PREPARERS else ""
    return _keep(db, caller, entry, "objection", text, named, frame)


def state_before_removal(
    db: Session, caller: Caller, entry_id: int, text: str, *, frame: ListingFrame
) -> WhitelistSubmission:
    """A firm is heard before it is removed. Conflict when no removal is announced or the days are over."""
    entry = _own(db, caller, entry_id)
    is_open = (col(WhitelistEntry.removal_ground).is_not(None), col(WhitelistEntry.heard_until) >= frame.today)
    if not _count(db, entry_id, *is_open, by=1):
        raise _too_late(
            "现在没有移出告知，或陈述的期限已过", "No removal is announced, or the days to be heard are over"
        )
    return _keep(db, caller, entry, "statement", text, "", frame)


def _own(db: Session, caller: Caller, entry_id: int) -> WhitelistEntry:
    entry, _party = listing_for(db, caller, entry_id)
    if caller.organisation_id != entry.enterprise_id:
        raise may_not()
    return entry


def appeal_until(db: Session, entry: WhitelistEntry, frame: ListingFrame) -> date | None:
    """The last day on which a suspension or removal may be appealed; None when there is none."""
    if entry.state not in (SUSPENDED, REMOVED):
        return None
    step = _decision(db, entry)
    return frame.calendar.plus(step.day, frame.rules.appeal_days) if step else None


def _decision(db: Session, entry: WhitelistEntry) -> WhitelistStep | None:
    query = select(WhitelistStep).where(
        col(WhitelistStep.entry_id) == entry.id, col(WhitelistStep.verb).in_(("suspend", "remove"))
    )
    return db.execute(query.order_by(col(WhitelistStep.number).desc()).limit(1)).scalars().first()


def appeal(db: Session, caller: Caller, entry_id: int, text: str, *, frame: ListingFrame) -> WhitelistSubmission:
    """A firm appeals against its suspension or removal. Conflict when the days to appeal are over."""
    entry = _own(db, caller, entry_id)
    until = appeal_until(db, entry, frame)
    if until is None or frame.today > until:
        raise _too_late(
            "现在没有可以申诉的决定，或申诉期限已过", "There is no decision to appeal, or the days are over"
        )
    return _keep(db, caller, entry, "appeal", text, "", frame)


def submission_for(db: Session, caller: Caller, submission_id: int) -> tuple[WhitelistSubmission, WhitelistEntry]:
    """One submission about an entry that the caller may see, or NotFound."""
    joined = select(WhitelistSubmission, WhitelistEntry).join(
        WhitelistEntry, col(WhitelistEntry.id) == col(WhitelistSubmission.entry_id)
    )
    query = joined.where(col(WhitelistSubmission.id) == submission_id, seen_listings(caller))
    found = db.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("submission_not_found", "没有这条意见", "There is no such submission")
    return found[0], found[1]


def submissions_of(db: Session, caller: Caller, entry_id: int) -> list[WhitelistSubmission]:
    """What was said about an entry that the caller may see; a firm reads its own words, and not who objected to it."""
    listing_for(db, caller, entry_id)
    query = select(WhitelistSubmission).where(col(WhitelistSubmission.entry_id) == entry_id)
    if caller.organisation_kind == "enterprise":
        query = query.where(col(WhitelistSubmission.organisation_id) == caller.organisation_id)
    return list(db.execute(query.order_by(col(WhitelistSubmission.id))).scalars())


def answer(
    db: Session, caller: Caller, submission_id: int, *, upheld: bool, words: str, frame: ListingFrame
) -> WhitelistSubmission:
    """Answer once, in writing. An upheld objection declines, an upheld statement calls the removal off, an upheld appeal reinstates.

    Conflict where it is answered already, or by the person who took the decision that is appealed.
    """
    if caller.role not in DECIDERS:
        raise may_not()
    row, entry = submission_for(db, caller, submission_id)
    _check_answer(db, caller, row, entry, words)
    guard = (
        update(WhitelistSubmission)
        .where(col(WhitelistSubmission.id) == submission_id, col(WhitelistSubmission.state) == "open")
        .values(
            state="upheld" if upheld else "dismissed",
            answer=words,
            answered_on=frame.today,
            answered_by=caller.account_id,
        )
    )
    if not took_effect(db, guard):
        raise Conflict("answered_already", "这条意见已经答复过", "This is answered already")
    _follow(db, caller, row, entry, upheld, words, frame)
    detail = {"upheld": upheld, "entry": entry.id}
    record(
        db,
        "whitelist.answer",
        by=caller.actor,
        subject=("whitelist_submission", submission_id),
        at=frame.at,
        detail=detail,
    )
    db.refresh(row)
    return row


def _check_answer(db: Session, caller: Caller, row: WhitelistSubmission, entry: WhitelistEntry, words: str) -> None:
    errors = FieldErrors()
    if not words:
        errors.add("answer", "required", "写明答复", "Write the answer")
    errors.raise_if_any()
    decision = _decision(db, entry) if row.kind == "appeal" else None
    if decision is not None and decision.account_id == caller.account_id:
        raise Conflict(
            "two_persons",
            "作决定的人不答复申诉；请另一位来",
            "Who decided does not answer the appeal; ask a second person",
        )


def _follow(
    db: Session,
    caller: Caller,
    row: WhitelistSubmission,
    entry: WhitelistEntry,
    upheld: bool,
    words: str,
    frame: ListingFrame,
) -> None:
    """What the answer means for the listing."""
    assert entry.id is not None
    if row.kind in COUNTED:
        _count(db, entry.id, col(WhitelistEntry.open_objections) > 0, by=-1)
        db.refresh(entry)
    if not upheld:
        return
    verb = {"objection": "decline", "statement": "call_off_removal", "appeal": "reinstate"}[row.kind]
    apply_move(db, entry, verb, Said(reason=words), by=caller.actor, frame=frame)
