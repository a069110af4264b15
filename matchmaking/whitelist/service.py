"""What can be done with a listing: nominate, review, publicise, list, suspend, resume, announce a removal, remove."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldErrors, NotFound, Refused
from kernel.outbox.service import publish
from kernel.parties.models import Party
from kernel.workdays import WorkCalendar
from matchmaking.guarded import took_effect
from matchmaking.pool.service import may_not
from matchmaking.whitelist import spans
from matchmaking.whitelist.closing import close_said
from matchmaking.whitelist.events import TOLD
from matchmaking.whitelist.models import WhitelistEntry, WhitelistStep
from matchmaking.whitelist.rules import WhitelistRules, grounds_against
from matchmaking.whitelist.scope import DECIDERS, PREPARERS, listing_for
from matchmaking.whitelist.standing import standing_on
from matchmaking.whitelist.workflow import GROUNDS, STAYS, WHITELIST_MOVES

PREPARING = frozenset({"review", "announce_removal"})
DECIDING = frozenset({"publicise", "decline", "activate", "suspend", "resume", "call_off_removal", "remove"})
TWO_PERSONS = frozenset({"publicise", "decline", "activate", "remove"})  # not who took the last preparing step
NEEDS_REASON = frozenset({"decline", "suspend", "resume", "announce_removal", "call_off_removal"})
NEEDS_GROUND = frozenset({"suspend", "announce_removal"})


@dataclass(frozen=True)
class Said:
    """What goes with a move: the ground where one is needed, the reason, the document."""

    ground: str | None = None
    reason: str = ""
    document: str = ""


@dataclass(frozen=True)
class ListingFrame:
    """By what a move is taken: the rules of the day, the working days, the moment and the day."""

    rules: WhitelistRules
    calendar: WorkCalendar
    at: datetime
    today: date


def append_step(db: Session, entry: WhitelistEntry, verb: str, said: Said, *, by: Actor, frame: ListingFrame) -> None:
    """Append the step that led to the entry's present state, and its audit row."""
    query = select(func.count()).select_from(WhitelistStep).where(col(WhitelistStep.entry_id) == entry.id)
    assert entry.id is not None
    db.add(
        WhitelistStep(
            entry_id=entry.id,
            number=int(db.execute(query).scalar_one()) + 1,
            verb=verb,
            state=entry.state,
            day=frame.today,
            ground=said.ground,
            reason=said.reason,
            document=said.document,
            at=frame.at,
            account_id=by.account_id,
        )
    )
    detail = {"enterprise": entry.enterprise_id, "state": entry.state, **vars(said)}
    record(db, f"whitelist.{verb}", by=by, subject=("whitelist_entry", entry.id), at=frame.at, detail=detail)


def nominate(db: Session, caller: Caller, code: str, said: Said, *, frame: ListingFrame) -> WhitelistEntry:
    """The finance side recommends a firm of the pool, or one that reached scale within the years of the policy.

    Refused with the grounds against it; Conflict while it is on its way already.
    """
    if caller.role not in PREPARERS:
        raise may_not()
    party = db.execute(select(Party).where(col(Party.code) == code, col(Party.kind) == "enterprise")).scalars().first()
    if party is None or party.id is None:
        raise NotFound("enterprise_not_found", f"没有登记 {code}", f"{code} is not registered")
    _check_may_be_listed(db, party.id, frame)
    entry = WhitelistEntry(
        enterprise_id=party.id,
        region=party.fiscal_region,
        nominated_on=frame.today,
        proposed_by=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(entry)
    except IntegrityError:
        raise _under_way() from None
    append_step(db, entry, "nominate", said, by=caller.actor, frame=frame)
    return entry


def _under_way() -> Conflict:
    return Conflict(
        "on_its_way_already", "这家企业已经在名单上或在办", "This firm is listed already, or on its way to the list"
    )


def _check_may_be_listed(db: Session, enterprise_id: int, frame: ListingFrame) -> None:
    grounds = grounds_against(standing_on(db, enterprise_id, frame.today), frame.rules, frame.today)
    if grounds:
        words = [GROUNDS[code] for code in grounds]
        raise Refused(
            "not_for_the_list",
            f"不能列入名单：{'、'.join(word.zh for word in words)}",
            f"Not for the list: {', '.join(word.en for word in words)}",
        )


def verbs_of(caller: Caller, state: str) -> list[str]:
    """The moves that lead on from a state and are the caller's by role."""
    of_role = (PREPARING if caller.role in PREPARERS else frozenset()) | (
        DECIDING if caller.role in DECIDERS else frozenset()
    )
    return [verb for verb in WHITELIST_MOVES.allowed(state) if verb in of_role]


def allowed_verbs(caller: Caller, entry: WhitelistEntry, today: date) -> list[str]:
    """The moves that the caller can take on an entry today."""
    verbs = verbs_of(caller, entry.state)
    is_proposer = entry.proposed_by == caller.account_id
    return [verb for verb in verbs if not (is_proposer and verb in TWO_PERSONS) and _is_time(entry, verb, today)]


def _is_time(entry: WhitelistEntry, verb: str, today: date) -> bool:
    """Whether the days that a move waits for are over, and nothing is open that must be answered first."""
    if verb == "activate":
        return entry.notice_until is not None and today > entry.notice_until and not entry.open_objections
    if verb == "remove":
        return entry.heard_until is not None and today > entry.heard_until and not entry.open_objections
    if verb == "announce_removal":
        return entry.removal_ground is None
    return verb != "call_off_removal" or entry.removal_ground is not None


def _waits(verb: str, today: date) -> ColumnElement[bool]:
    """The same, as the database holds it against the row."""
    if verb == "activate":
        return (col(WhitelistEntry.notice_until) < today) & (col(WhitelistEntry.open_objections) == 0)
    if verb == "remove":
        return (col(WhitelistEntry.heard_until) < today) & (col(WhitelistEntry.open_objections) == 0)
    if verb == "announce_removal":
        return col(WhitelistEntry.removal_ground).is_(None)
    return col(WhitelistEntry.removal_ground).is_not(None) if verb == "call_off_removal" else true()


def check_move(caller: Caller, verb: str, said: Said, rules: WhitelistRules) -> None:
    """Forbidden for who may not, Invalid where a reason or a ground is left out."""
    may = (verb in PREPARING and caller.role in PREPARERS) or (verb in DECIDING and caller.role in DECIDERS)
    if not may or caller.organisation_kind != "bureau":
        raise may_not()
    errors = FieldErrors()
    if verb in NEEDS_REASON and not said.reason:
        errors.add("reason", "required", "写明原因", "Write the reason")
    grounds = rules.suspension_grounds if verb == "suspend" else rules.removal_grounds
    if verb in NEEDS_GROUND and said.ground not in grounds:
        errors.add("ground", "required", "选一个原因", "Choose a ground")
    errors.raise_if_any()


def move(
    db: Session, caller: Caller, entry_id: int, verb: str, said: Said = Said(), *, frame: ListingFrame
) -> WhitelistEntry:
    """One move by a person of the finance side. Conflict when it does not apply, is too early, or needs another person."""
    check_move(caller, verb, said, frame.rules)
    entry, _party = listing_for(db, caller, entry_id)
    if verb in ("publicise", "activate"):
        _check_may_be_listed(db, entry.enterprise_id, frame)
    return apply_move(db, entry, verb, said, by=caller.actor, frame=frame)


def apply_move(
    db: Session, entry: WhitelistEntry, verb: str, said: Said, *, by: Actor, frame: ListingFrame
) -> WhitelistEntry:
    """Take a move under its guard: state, days, open objections and the second person stand in the WHERE."""
    row = WHITELIST_MOVES.by_verb[verb]
    guard = update(WhitelistEntry).where(
        col(WhitelistEntry.id) == entry.id, col(WhitelistEntry.state).in_(row.sources), _waits(verb, frame.today)
    )
    if verb in TWO_PERSONS and by.account_id is not None:
        proposer = col(WhitelistEntry.proposed_by)
        guard = guard.where(or_(proposer.is_(None), proposer != by.account_id))
    if not _guarded(db, guard.values(_values(verb, said, by, frame))):
        db.refresh(entry)
        raise _refusal(entry, verb, frame.today)
    db.refresh(entry)
    said = Said(said.ground or _standing_ground(db, entry, verb), said.reason, said.document)
    _take_days(db, entry, verb, said, frame.today)
    close_said(db, entry.id or 0, verb, said.reason, by=by, at=frame.at, today=frame.today)
    append_step(db, entry, verb, said, by=by, frame=frame)
    _tell_firm(db, entry, verb, said, frame)
    return entry


def _tell_firm(db: Session, entry: WhitelistEntry, verb: str, said: Said, frame: ListingFrame) -> None:
    """Give the firm notice of what the move means to it, where it means anything."""
    if verb not in TOLD:
        return
    ground = GROUNDS[said.ground] if said.ground else Text("", "")
    facts = {
        "day": frame.today.isoformat(),
        "ground": ground.zh,
        "ground_en": ground.en,
        "reason": said.reason,
        "heard_until": entry.heard_until.isoformat() if entry.heard_until else None,
        "appeal_days": frame.rules.appeal_days,
    }
    subject = ("whitelist_entry", entry.id or 0)
    publish(db, TOLD[verb].name, party_id=entry.enterprise_id, subject=subject, facts=facts, at=frame.at)


def _guarded(db: Session, statement: object) -> bool:
    """Whether the row moved; a firm that is on its way by another entry is a Conflict."""
    try:
        with db.begin_nested():
            return took_effect(db, statement)  # type: ignore[arg-type]
    except IntegrityError:
        raise _under_way() from None


def _values(verb: str, said: Said, by: Actor, frame: ListingFrame) -> dict[str, object]:
    values: dict[str, object] = {"version": WhitelistEntry.version + 1}
    if verb not in STAYS:
        values["state"] = WHITELIST_MOVES.by_verb[verb].target
    if verb in PREPARING:
        values["proposed_by"] = by.account_id
    if verb == "publicise":
        until = frame.calendar.plus(frame.today, frame.rules.notice_days)
        values |= {"notice_from": frame.today, "notice_until": until}
    if verb == "announce_removal":
        until = frame.calendar.plus(frame.today, frame.rules.hearing_days)
        values |= {"removal_ground": said.ground, "heard_until": until}
    if verb in ("call_off_removal", "reinstate", "remove"):
        values |= {"removal_ground": None, "heard_until": None}
    if verb in ("decline", "call_off_removal", "reinstate"):
        values["open_objections"] = 0
    return values


def _standing_ground(db: Session, entry: WhitelistEntry, verb: str) -> str | None:
    """The ground under which a removal was announced, for the step that removes."""
    if verb != "remove":
        return None
    query = select(col(WhitelistStep.ground)).where(
        col(WhitelistStep.entry_id) == entry.id, col(WhitelistStep.verb) == "announce_removal"
    )
    return db.execute(query.order_by(col(WhitelistStep.number).desc()).limit(1)).scalars().first()


def _take_days(db: Session, entry: WhitelistEntry, verb: str, said: Said, today: date) -> None:
    """What the move means for the days on which the firm is listed: never backwards."""
    if verb in ("activate", "resume", "reinstate"):
        spans.begin(db, entry, today, said.document or said.reason)
    elif verb in ("suspend", "remove"):
        spans.end(db, entry, today)


def _refusal(entry: WhitelistEntry, verb: str, today: date) -> Conflict:
    row = WHITELIST_MOVES.by_verb[verb]
    if entry.state not in row.sources:
        return WHITELIST_MOVES.refusal(verb, entry.state)
    if entry.open_objections and verb in ("activate", "remove"):
        return Conflict("to_be_answered", "还有意见没有答复，先答复", "Something is unanswered; answer it first")
    if not _is_time(entry, verb, today):
        return Conflict("not_yet", "期限还没有过完，或没有告知过", "The days are not over, or no notice was given")
    return Conflict(
        "two_persons",
        "提出和决定要两个人；请另一位来决定",
        "Who proposes does not decide; ask a second person",
    )
