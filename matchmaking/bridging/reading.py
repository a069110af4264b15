"""Which cases and pools a caller may see. Another's case is the same answer as none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import GUARANTOR_KINDS, Institution, Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.bridging.fees import Advance
from matchmaking.bridging.models import BankSuspension, BridgingCase, BridgingDraw, BridgingPool, BridgingStep
from matchmaking.bridging.workflow import FINANCE, OF_BANKS, OF_FIRMS, verbs_for

BANK = aliased(Party)
FIRM = aliased(Party)


@dataclass(frozen=True)
class FiledCase:
    """A case with its firm and its bank."""

    case: BridgingCase
    firm: Party
    bank: Party

    @property
    def id(self) -> int:
        assert self.case.id is not None
        return self.case.id

    @property
    def owed(self) -> int:
        """What is still out, in fen."""
        return (self.case.advance or 0) - self.case.recovered

    def moves(self, caller: Caller) -> list[str]:
        """What the caller's role may do with it now."""
        return verbs_for(caller.role, self.case.state)


def _mine(caller: Caller) -> ColumnElement[bool]:
    if caller.role in FINANCE:
        return true()
    if caller.role in OF_FIRMS:
        return col(BridgingCase.enterprise_id) == caller.organisation_id
    if caller.role in OF_BANKS:
        return col(BridgingCase.bank_id) == caller.organisation_id
    return col(BridgingCase.region) == caller.fiscal_region


def cases_query(caller: Caller, *, state: str | None = None) -> Select[Any]:
    """The cases of the caller's own, the newest first."""
    query: Any = select(BridgingCase, FIRM, BANK).join(FIRM, col(FIRM.id) == col(BridgingCase.enterprise_id))
    joined: Select[Any] = query.join(BANK, col(BANK.id) == col(BridgingCase.bank_id)).where(_mine(caller))
    if state is not None:
        joined = joined.where(col(BridgingCase.state) == state)
    return joined.order_by(col(BridgingCase.id).desc()).execution_options(populate_existing=True)


def cases_for(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[FiledCase]:
    """A page of the caller's cases."""
    return page_of(db, cases_query(caller, state=state), asked).map(lambda row: FiledCase(*row))


def waiting_cases(db: Session, caller: Caller, states: Iterable[str], most: int) -> list[FiledCase]:
    """The caller's cases in some states, by the day the bridge money is due, or the old loan while none is out."""
    due = func.coalesce(col(BridgingCase.due_on), col(BridgingCase.old_due_on))
    query = cases_query(caller).where(col(BridgingCase.state).in_(list(states)))
    rows = db.execute(query.order_by(None).order_by(due, col(BridgingCase.id)).limit(most))
    return [FiledCase(*row) for row in rows]


def case_for(db: Session, caller: Caller, case_id: int) -> FiledCase:
    """One case of the caller's own."""
    row = db.execute(cases_query(caller).where(col(BridgingCase.id) == case_id)).first()
    if row is None:
        raise NotFound("bridging_case_not_found", "没有这笔转贷", "There is no such bridging case")
    return FiledCase(*row)


def pools_query(caller: Caller) -> Select[Any]:
    """The pools a caller may look into: a county its own, the finance side all; the city's first."""
    query = select(BridgingPool).order_by(col(BridgingPool.region) != "city", col(BridgingPool.region))
    return query if caller.role in FINANCE else query.where(col(BridgingPool.region) == caller.fiscal_region)


def pools_for(db: Session, caller: Caller) -> list[BridgingPool]:
    """Those pools."""
    return list(db.execute(pools_query(caller)).scalars())


def pool_for(db: Session, caller: Caller, pool_id: int) -> BridgingPool:
    """One of them; another county's is the same NotFound as none."""
    found: BridgingPool | None = (
        db.execute(pools_query(caller).where(col(BridgingPool.id) == pool_id)).scalars().first()
    )
    if found is None:
        raise NotFound("bridging_pool_not_found", "没有这个资金池", "There is no such pool")
    return found


def steps_of(db: Session, case: BridgingCase) -> list[BridgingStep]:
    """What happened to a case, the first step first."""
    query = select(BridgingStep).where(col(BridgingStep.case_id) == case.id).order_by(col(BridgingStep.number))
    return list(db.execute(query).scalars())


def draws_of(db: Session, case: BridgingCase) -> list[tuple[BridgingDraw, BridgingPool]]:
    """What each pool gave to a case, in the order in which they were drawn on."""
    query: Any = select(BridgingDraw, BridgingPool).join(
        BridgingPool, col(BridgingPool.id) == col(BridgingDraw.pool_id)
    )
    query = query.where(col(BridgingDraw.case_id) == case.id).order_by(col(BridgingDraw.id))
    return [(draw, pool) for draw, pool in db.execute(query.execution_options(populate_existing=True))]


def advance_of(db: Session, case: BridgingCase) -> Advance:
    """The advance of a paid-out case with what came back of it, for the fee."""
    assert case.advance is not None
    assert case.paid_out_on is not None
    repaid: dict[date, int] = {}
    for step in steps_of(db, case):
        if step.principal and step.verb != "write_off":
            repaid[step.day] = repaid.get(step.day, 0) + step.principal
    return Advance(case.advance, case.paid_out_on, case.days, repaid)


def standing_suspensions(db: Session, bank_ids: Sequence[int] | None = None) -> dict[int, list[BankSuspension]]:
    """The suspensions that stand, by bank."""
    query = select(BankSuspension).where(col(BankSuspension.until).is_(None)).order_by(col(BankSuspension.id))
    if bank_ids is not None:
        query = query.where(col(BankSuspension.bank_id).in_(bank_ids))
    found: dict[int, list[BankSuspension]] = {}
    for row in db.execute(query.execution_options(populate_existing=True)).scalars():
        found.setdefault(row.bank_id, []).append(row)
    return found


def lending_banks(db: Session) -> list[Party]:
    """The banks a firm may owe an old loan to, by name."""
    query: Any = select(Party).join(Institution, col(Institution.party_id) == col(Party.id))
    query = query.where(col(Institution.kind).not_in(GUARANTOR_KINDS), col(Institution.successor_id).is_(None))
    return list(db.execute(query.order_by(col(Party.name))).scalars())


def listed_firms_bridged(db: Session, caller: Caller, first: date, last: date) -> int:
    """How many firms on the whitelist still repaid an old loan with bridge money paid out in these days."""
    paid_out = (col(BridgingCase.paid_out_on) >= first) & (col(BridgingCase.paid_out_on) <= last)
    firms = func.count(func.distinct(col(BridgingCase.enterprise_id)))
    query = select(firms).where(_mine(caller), col(BridgingCase.was_listed), paid_out)
    return int(db.execute(query).scalar_one())
