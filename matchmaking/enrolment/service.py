"""Sign a firm up, and decide who it is."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller, create_account
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.clock import business_day
from kernel.errors import Conflict
from kernel.outbox.service import publish as tell
from kernel.parties.models import Enterprise, Party
from kernel.parties.names import initials_of
from kernel.parties.service import enter_party
from matchmaking.enrolment.events import IDENTITY_CONFIRMED, IDENTITY_REFUSED
from matchmaking.enrolment.models import Enrolment
from matchmaking.enrolment.reading import FiledEnrolment, enrolment_for
from matchmaking.enrolment.workflow import ENROLMENT_MOVES, LAPSED, LAPSES_AFTER, LIVE, WAITING
from matchmaking.guarded import took_effect
from matchmaking.requests.service import withdraw_all

OWNER = "owner"


@dataclass(frozen=True)
class EnteredFirm:
    """A firm as its licence says: code, name, fiscal region, industry (GB/T 4754 section), size class."""

    code: str
    name: str
    region: str
    industry: str
    size_class: str


@dataclass(frozen=True)
class EnteredPerson:
    """Who signs the firm up, how they are reached, and how they will sign in; the digest is made outside of any transaction."""

    person: str
    phone: str
    mail: str
    username: str
    password: str
    digest: str


def _subject(enrolment_id: int | None) -> tuple[str, object]:
    return "enrolment", enrolment_id


def _taken() -> Conflict:
    """The same words whoever has the code: nothing is told about whom it belongs to."""
    return Conflict(
        "code_taken",
        "这个代码已经有账号，或者有人正在注册；请问本企业已有账号的人，没有就联系区县或市金融局",
        "This code has an account, or somebody is signing it up; ask whoever has one in your firm, or write to the bureau",
    )


def check_free(db: Session, code: str) -> None:
    """Conflict while a code cannot be signed up: somebody has an account under it or waits for one, or it is no firm's."""
    party = db.exec(select(Party).where(Party.code == code)).first()
    live = (col(Enrolment.code) == code) & col(Enrolment.state).in_(LIVE)
    if db.exec(select(Enrolment.id).where(live)).first() is not None:
        raise _taken()
    if party is not None and (party.kind != "enterprise" or _has_people(db, party)):
        raise _taken()


def _has_people(db: Session, party: Party) -> bool:
    mine = (col(Account.organisation_id) == party.id) & col(Account.is_active)
    return db.exec(select(Account.id).where(mine)).first() is not None


def enrol(db: Session, firm: EnteredFirm, by: EnteredPerson, *, at: datetime) -> Enrolment:
    """Sign a firm up. One nobody knew has an open account at once; one the city knows waits for an official.

    Conflict where the code is taken (`code_taken`; of two at once, one) or the user name (`username_taken`); Invalid for a weak
    password.
    """
    check_free(db, firm.code)
    try:
        with db.begin_nested():
            row = _put_down(db, firm, by, at)
    except IntegrityError:
        raise _taken() from None
    account = _open_account(db, row, by, at)
    row.account_id = account.id
    detail = {"code": row.code, "brought_firm": row.brought_firm}
    actor = Actor(account.id, row.party_id)
    record(db, "enrolment.open", by=actor, subject=_subject(row.id), at=at, detail=detail)
    return row


def _put_down(db: Session, firm: EnteredFirm, by: EnteredPerson, at: datetime) -> Enrolment:
    party = db.exec(select(Party).where(Party.code == firm.code)).first()
    row = Enrolment(
        party_id=(party or _newcomer(db, firm, at)).id or 0,
        brought_firm=party is None,
        person=by.person,
        phone=by.phone,
        mail=by.mail,
        opened_at=at,
        **vars(firm),
    )
    db.add(row)
    db.flush()
    return row


def _newcomer(db: Session, firm: EnteredFirm, at: datetime) -> Party:
    party = enter_party(db, code=firm.code, name=firm.name, kind="enterprise", fiscal_region=firm.region, at=at)
    db.add(
        Enterprise(party_id=party.id or 0, industry=firm.industry, size_class=firm.size_class, identity_confirmed=False)
    )
    db.flush()
    return party


def _open_account(db: Session, row: Enrolment, by: EnteredPerson, at: datetime) -> Account:
    try:
        with db.begin_nested():
            return create_account(
                db,
                username=by.username,
                name=by.person,
                password=by.password,
                password_digest=by.digest,
                organisation=db.get_one(Party, row.party_id),
                role=OWNER,
                is_active=row.brought_firm,
                at=at,
                by=Actor(organisation_id=row.party_id),
            )
    except IntegrityError:
        raise Conflict("username_taken", "这个账号名已经有人用了", "This user name is taken") from None


def _decide(db: Session, caller: Caller, enrolment_id: int, verb: str, *, reason: str, at: datetime) -> FiledEnrolment:
    """The move itself, if the sign-up still waits and is the caller's to decide."""
    filed, one = enrolment_for(db, caller, enrolment_id), ENROLMENT_MOVES.by_verb[verb]
    values = {"state": one.target, "reason": reason, "decided_at": at, "decided_by": caller.account_id}
    waits = (col(Enrolment.id) == enrolment_id) & col(Enrolment.state).in_(one.sources)
    if not took_effect(db, update(Enrolment).where(waits).values(values)):
        raise ENROLMENT_MOVES.refusal(verb, enrolment_for(db, caller, enrolment_id).row.state)
    detail = {"code": filed.row.code, "account": filed.row.account_id} | ({"reason": reason} if reason else {})
    record(db, f"enrolment.{verb}", by=caller.actor, subject=_subject(enrolment_id), at=at, detail=detail)
    return filed


def confirm(db: Session, caller: Caller, enrolment_id: int, *, at: datetime) -> FiledEnrolment:
    """The firm is who it says, and this person acts for it: banks may hear of it, the account is open.

    A firm that nobody knew stands in the books as it was entered; what the city knew of another is left as it is.
    """
    filed = _decide(db, caller, enrolment_id, "confirm", reason="", at=at)
    _take_into_books(db, filed)
    filed.account.is_active = True
    db.flush()
    facts = {"name": filed.party.name, "code": filed.row.code, "office": caller.organisation_name}
    tell(db, IDENTITY_CONFIRMED.name, party_id=filed.row.party_id, subject=("enrolment", filed.id), facts=facts, at=at)
    return enrolment_for(db, caller, enrolment_id)


def _take_into_books(db: Session, filed: FiledEnrolment) -> None:
    row, party = filed.row, filed.party
    if filed.firm is None:
        db.add(Enterprise(party_id=row.party_id, industry=row.industry, size_class=row.size_class))
    elif not filed.firm.identity_confirmed:
        party.name, party.initials, party.fiscal_region = row.name, initials_of(row.name), row.region
        filed.firm.industry, filed.firm.size_class = row.industry, row.size_class
        filed.firm.identity_confirmed = True


def refuse(db: Session, caller: Caller, enrolment_id: int, *, reason: str, at: datetime) -> FiledEnrolment:
    """The firm is not who it says, or this person does not act for it: the account is closed, what it published withdrawn."""
    filed = _decide(db, caller, enrolment_id, "refuse", reason=reason, at=at)
    filed.account.is_active, filed.account.stamp = False, secrets.token_hex(16)
    if filed.firm is not None and not filed.firm.identity_confirmed:
        withdraw_all(db, filed.row.party_id, by=caller.actor, at=at)
    db.flush()
    facts = {"day": business_day(filed.row.opened_at).isoformat(), "code": filed.row.code, "reason": reason}
    tell(db, IDENTITY_REFUSED.name, party_id=filed.row.party_id, subject=("enrolment", filed.id), facts=facts, at=at)
    return enrolment_for(db, caller, enrolment_id)


def lapse_old(db: Session, *, at: datetime) -> int:
    """Let go of the codes of sign-ups that brought no firm and that nobody decided about in time; how many lapsed."""
    old = (col(Enrolment.state) == WAITING) & (col(Enrolment.opened_at) <= at - LAPSES_AFTER)
    due = old & col(Enrolment.brought_firm).is_(False)
    numbers = db.exec(select(Enrolment.id).where(due).order_by(col(Enrolment.id))).all()
    values = {"state": LAPSED, "decided_at": at}
    lapsed = [
        one for one in numbers if took_effect(db, update(Enrolment).where(col(Enrolment.id) == one, due).values(values))
    ]
    for number in lapsed:
        record(db, "enrolment.lapse", by=THE_SERVICE, subject=_subject(number), at=at)
    return len(lapsed)
