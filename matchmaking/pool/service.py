"""What can be done with the pool: nominate, admit or refuse, record that a firm reached scale or left, with one step for each."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, not_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, Forbidden, NotFound, Refused
from kernel.money import grouped
from kernel.parties.models import Enterprise, Party
from kernel.parties.names import initials_of
from kernel.parties.service import begin_status, end_status, enter_party, statuses_on
from matchmaking.enrolment.reading import is_waiting
from matchmaking.guarded import took_effect
from matchmaking.pool.bars import bar_on
from matchmaking.pool.models import PoolEntry, PoolStep, ScaleEntry
from matchmaking.pool.quota import PoolRules
from matchmaking.pool.scope import COUNTY, INDUSTRY, entry_for, firm_of_region, unconfirmed_firm
from matchmaking.pool.workflow import ADMITTED, LEFT, NEEDS_REASON, OF_COUNTY, POOL_MOVES, REACHED

SIGN_UP_WAITS = "sign_up_waits"
IN_POOL, ABOVE_SCALE = "pool", "reached_scale"  # statuses of a party


@dataclass(frozen=True)
class Nomination:
    """A firm as its county nominates it: last year's main revenue in fen; name, industry and size for a firm not yet known."""

    code: str
    revenue: int
    year: int
    name: str = ""
    industry: str = ""
    size_class: str = ""
    document: str = ""


@dataclass(frozen=True)
class Reached:
    """That a firm entered the above-scale register: the day, revenue in fen of the year that supported it, whether it was there before."""

    entered_on: date
    revenue: int
    was_in_register: bool


def _step(
    db: Session, entry: PoolEntry, verb: str, *, by: Caller, at: datetime, day: date, reason: str, document: str
) -> None:
    """Append the step that leads to the entry's present state."""
    query = select(func.count()).select_from(PoolStep).where(col(PoolStep.entry_id) == entry.id)
    assert entry.id is not None
    db.add(
        PoolStep(
            entry_id=entry.id,
            number=int(db.execute(query).scalar_one()) + 1,
            verb=verb,
            state=entry.state,
            day=day,
            reason=reason,
            document=document,
            at=at,
            account_id=by.account_id,
        )
    )
    detail = {"enterprise": entry.enterprise_id, "state": entry.state, "reason": reason, "document": document}
    record(db, f"pool.{verb}", by=by.actor, subject=("pool_entry", entry.id), at=at, detail=detail)


def _newcomer(db: Session, caller: Caller, said: Nomination, at: datetime) -> tuple[Party, Enterprise]:
    """A firm that is not registered yet enters the books with its nomination, or takes the place of what a stranger typed."""
    unconfirmed = unconfirmed_firm(db, said.code)
    if unconfirmed is not None and is_waiting(db, unconfirmed[1].party_id):
        raise _sign_up_waits()
    if not (said.name and said.industry and said.size_class):
        raise NotFound(
            "enterprise_not_found",
            "本区县没有登记这家企业；新企业请填全名称、行业、规模",
            "The county has no such enterprise; for a new one write its name, industry and size",
        )
    if unconfirmed is not None:
        return _put_right(db, caller, said, *unconfirmed, at)
    try:
        with db.begin_nested():
            party = enter_party(
                db, code=said.code, name=said.name, kind="enterprise", fiscal_region=caller.fiscal_region, at=at
            )
            assert party.id is not None
            firm = Enterprise(party_id=party.id, industry=said.industry, size_class=said.size_class)
            db.add(firm)
    except IntegrityError:
        raise _registered_elsewhere() from None
    return party, firm


def _registered_elsewhere() -> Conflict:
    return Conflict(
        "code_registered",
        "这个信用代码已经登记在别处，请核对",
        "This credit code is registered elsewhere; please check it",
    )


def _sign_up_waits() -> Conflict:
    return Conflict(
        SIGN_UP_WAITS,
        "有人用这个代码注册了，还没有核实；先核实这家企业的注册，再来推荐。注册在别的区县的，请市金融局核实",
        "Somebody signed up with this code and waits to be confirmed: decide about the sign-up first. "
        "One that names another county is the city bureau's to decide",
    )


def _put_right(
    db: Session, caller: Caller, said: Nomination, party: Party, firm: Enterprise, at: datetime
) -> tuple[Party, Enterprise]:
    """What the county knows replaces what came with a sign-up that was refused; Conflict where the firm is known meanwhile."""
    typed = {"name": party.name, "region": party.fiscal_region, "industry": firm.industry, "size": firm.size_class}
    facts = {"industry": said.industry, "size_class": said.size_class, "identity_confirmed": True}
    still = (col(Enterprise.party_id) == firm.party_id) & not_(col(Enterprise.identity_confirmed))
    if not took_effect(db, update(Enterprise).where(still).values(facts)):
        raise _registered_elsewhere()
    party.name, party.initials, party.fiscal_region = said.name, initials_of(said.name), caller.fiscal_region
    db.flush()
    db.refresh(firm)
    record(db, "pool.put_right", by=caller.actor, subject=("enterprise", firm.party_id), at=at, detail={"typed": typed})
    return party, firm


def _check_nomination(
    db: Session, said: Nomination, party: Party, firm: Enterprise, rules: PoolRules, today: date
) -> int:
    """The bar in force; Invalid where the firm is not for the pool."""
    errors, bar = FieldErrors(), bar_on(db, party.fiscal_region, rules, today).fen
    if not rules.is_industrial(firm.industry):
        errors.add("code", "not_industrial", "不是工业企业，不进小升规培育库", "Not an industrial firm")
    if ABOVE_SCALE in statuses_on(db, [firm.party_id], today).get(firm.party_id, ()):
        errors.add("code", "above_scale_already", "已经是规上企业", "The firm is above scale already")
    if said.revenue < bar:
        errors.add(
            "revenue",
            "below_bar",
            f"上年营业收入低于入库标准 {grouped(bar)} 元",
            f"Last year's revenue lies below the bar of {grouped(bar)} yuan",
        )
    if said.year >= today.year:
        errors.add("year", "year_not_over", "填已经过完的年度", "Write a year that is over")
    errors.raise_if_any()
    return bar


def nominate(
    db: Session, caller: Caller, said: Nomination, *, rules: PoolRules, at: datetime, today: date
) -> PoolEntry:
    """A county nominates a firm of its own. Invalid below the bar; Conflict while the firm is nominated or in a pool already."""
    if caller.role != COUNTY:
        raise may_not()
    party, firm = firm_of_region(db, caller, said.code) or _newcomer(db, caller, said, at)
    bar = _check_nomination(db, said, party, firm, rules, today)
    entry = PoolEntry(
        enterprise_id=firm.party_id,
        region=party.fiscal_region,
        revenue=said.revenue,
        revenue_year=said.year,
        bar=bar,
        nominated_on=today,
        nominated_by=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(entry)
    except IntegrityError:
        raise Conflict(
            "in_pool_already", "这家企业已经推荐过或在库里", "This firm is nominated or in the pool already"
        ) from None
    _step(db, entry, "nominate", by=caller, at=at, day=today, reason="", document=said.document)
    return entry


def may_not() -> Forbidden:
    """The refusal of somebody whose role does not do this."""
    return Forbidden(
        "role_may_not",
        "你的角色不能做这件事；需要时请联系本单位管理人员",
        "Your role may not do this; ask your organisation",
    )


def allowed_verbs(caller: Caller, entry: PoolEntry) -> list[str]:
    """The moves that the caller can take on a stay now."""
    of_role = {COUNTY: OF_COUNTY, INDUSTRY: frozenset(POOL_MOVES.by_verb) - OF_COUNTY}.get(caller.role, frozenset())
    return [verb for verb in POOL_MOVES.allowed(entry.state) if verb in of_role]


def _check_move(caller: Caller, verb: str, reason: str, reached: Reached | None, today: date) -> None:
    of_county = verb in OF_COUNTY
    if verb not in POOL_MOVES.by_verb or caller.role != (COUNTY if of_county else INDUSTRY):
        raise may_not()
    errors = FieldErrors()
    if verb in NEEDS_REASON and not reason:
        errors.add("reason", "required", "写明原因", "Write the reason")
    if verb == "reach" and reached is None:
        errors.add("entered_on", "required", "填入统的日子和营业收入", "Write the day of entry and the revenue")
    if reached is not None and reached.entered_on > today:
        errors.add("entered_on", "future_day", "入统的日子不能晚于今天", "The day of entry lies in the future")
    errors.raise_if_any()


def move(
    db: Session,
    caller: Caller,
    entry_id: int,
    verb: str,
    *,
    reason: str = "",
    document: str = "",
    reached: Reached | None = None,
    at: datetime,
    today: date,
) -> PoolEntry:
    """Admit, reject, withdraw, take out, or record that a firm reached scale. Of two at once one takes effect; the other is a Conflict."""
    _check_move(caller, verb, reason, reached, today)
    entry, _party = entry_for(db, caller, entry_id)
    row = POOL_MOVES.by_verb[verb]
    values: dict[str, object] = {"state": row.target, "version": PoolEntry.version + 1}
    if row.target == ADMITTED:
        values["since"] = today
    elif entry.since is not None:
        values["until"] = today
    guard = update(PoolEntry).where(col(PoolEntry.id) == entry_id, col(PoolEntry.state).in_(row.sources))
    if not took_effect(db, guard.values(values)):
        raise POOL_MOVES.refusal(verb, entry_for(db, caller, entry_id)[0].state)
    entry, _party = entry_for(db, caller, entry_id)
    _take_status(db, entry, reached, document, today)
    _step(db, entry, verb, by=caller, at=at, day=today, reason=reason, document=document)
    return entry


def _take_status(db: Session, entry: PoolEntry, reached: Reached | None, document: str, today: date) -> None:
    """What the state means for the firm's dated statuses, which matching and settlement read."""
    firm = entry.enterprise_id
    if entry.state == ADMITTED:
        begin_status(db, firm, IN_POOL, today, reference=document or "培育库")
    elif entry.state in (LEFT, REACHED) and entry.since is not None:
        end_status(db, firm, IN_POOL, today)
    if entry.state == REACHED and reached is not None:
        begin_status(db, firm, ABOVE_SCALE, reached.entered_on, reference=document)
        db.add(
            ScaleEntry(
                entry_id=entry.id or 0,
                entered_on=reached.entered_on,
                revenue=reached.revenue,
                was_in_register=reached.was_in_register,
                document=document,
            )
        )
        db.flush()


def record_entry(
    db: Session, caller: Caller, code: str, reached: Reached, *, document: str, at: datetime, today: date
) -> Party:
    """A firm outside the pool entered the above-scale register: it counts towards its county's target all the same."""
    party = _firm_for_industry(db, caller, code)
    assert party.id is not None
    entry = entry_of_firm(db, party.id)
    if entry is not None and entry.state == ADMITTED:
        raise Refused(
            "is_in_pool",
            "这家企业在培育库里，请在它的培育记录上办升规入统",
            "This firm is in the pool: record that it reached scale on its stay",
        )
    if reached.entered_on > today or ABOVE_SCALE in statuses_on(db, [party.id], today).get(party.id, ()):
        raise Refused(
            "above_scale_already", "已经是规上企业，或日子不对", "The firm is above scale already, or the day is wrong"
        )
    begin_status(db, party.id, ABOVE_SCALE, reached.entered_on, reference=document)
    detail = {"entered_on": reached.entered_on.isoformat(), "revenue": reached.revenue, "document": document}
    record(db, "pool.record_entry", by=caller.actor, subject=("enterprise", party.id), at=at, detail=detail)
    return party


def _firm_for_industry(db: Session, caller: Caller, code: str) -> Party:
    if caller.role != INDUSTRY:
        raise may_not()
    found = firm_of_region(db, caller, code)
    if found is None:
        raise NotFound("party_not_found", f"没有找到 {code}", f"{code} was not found")
    return found[0]


def record_fall(
    db: Session, caller: Caller, code: str, *, fell_on: date, document: str, at: datetime, today: date
) -> Party:
    """An above-scale firm fell out of the register 退规 on a day: its status ends, and its county may nominate it again."""
    party = _firm_for_industry(db, caller, code)
    assert party.id is not None
    if fell_on > today or not end_status(db, party.id, ABOVE_SCALE, fell_on):
        raise Refused(
            "not_above_scale", "这家企业不在规上名录，或日子不对", "This firm is not above scale, or the day is wrong"
        )
    detail = {"fell_on": fell_on.isoformat(), "document": document}
    record(db, "pool.record_fall", by=caller.actor, subject=("enterprise", party.id), at=at, detail=detail)
    return party


def entry_of_firm(db: Session, enterprise_id: int) -> PoolEntry | None:
    """A firm's newest stay."""
    query = select(PoolEntry).where(col(PoolEntry.enterprise_id) == enterprise_id)
    return db.execute(query.order_by(col(PoolEntry.id).desc()).limit(1)).scalars().first()
