"""Which sign-ups an official may see, and what is said of one to the person whose account it is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true
from sqlmodel import Session, col

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.parties.models import Enterprise, Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.enrolment.models import Enrolment
from matchmaking.enrolment.workflow import CITY, COUNTY, LAPSED, REFUSED, WAITING


@dataclass(frozen=True)
class FiledEnrolment:
    """A sign-up with the firm as the city's books have it (`firm` None where they have no more than its name) and its account."""

    row: Enrolment
    party: Party
    firm: Enterprise | None
    account: Account

    @property
    def id(self) -> int:
        assert self.row.id is not None
        return self.row.id


def _joined() -> Select[Any]:
    query: Any = select(Enrolment, Party, Enterprise, Account).join(Party, col(Party.id) == col(Enrolment.party_id))
    query = query.outerjoin(Enterprise, col(Enterprise.party_id) == col(Enrolment.party_id))
    joined: Select[Any] = query.join(Account, col(Account.id) == col(Enrolment.account_id))
    return joined


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    """The city's organiser sees all; a county the firms in its books, and those nobody knows that say they are its own."""
    if caller.organisation_kind != "bureau" or caller.role not in (CITY, COUNTY):
        return false()
    if caller.role == CITY:
        return true()
    is_known = func.coalesce(col(Enterprise.identity_confirmed), true())
    known_here = and_(is_known, col(Party.fiscal_region) == caller.fiscal_region)
    return or_(known_here, and_(not_(is_known), col(Enrolment.region) == caller.fiscal_region))


def enrolments_for(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[FiledEnrolment]:
    """The sign-ups that the caller may decide about, the newest first."""
    query = _joined().where(_seen_by(caller))
    if state is not None:
        query = query.where(col(Enrolment.state) == state)
    return page_of(db, query.order_by(col(Enrolment.id).desc()), asked).map(lambda row: FiledEnrolment(*row))


def enrolment_for(db: Session, caller: Caller, enrolment_id: int) -> FiledEnrolment:
    """One that the caller may decide about; another county's is the same NotFound as none."""
    query = _joined().where(_seen_by(caller), col(Enrolment.id) == enrolment_id)
    found = db.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("enrolment_not_found", "没有这份注册", "There is no such sign-up")
    return FiledEnrolment(*found)


def waiting_count(db: Session, caller: Caller) -> int:
    """How many sign-ups wait for the caller."""
    query = _joined().where(_seen_by(caller), col(Enrolment.state) == WAITING)
    return int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def is_waiting(db: Session, party_id: int) -> bool:
    """Whether a firm that signed in waits to be confirmed."""
    mine = (col(Enrolment.party_id) == party_id) & (col(Enrolment.state) == WAITING)
    return db.execute(select(col(Enrolment.id)).where(mine).limit(1)).first() is not None


def closed_because(db: Session, account_id: int) -> Text | None:
    """Why an account that a firm made for itself is not open; None for any other account."""
    query = select(Enrolment).where(col(Enrolment.account_id) == account_id)
    row = db.execute(query).scalar()
    if row is not None and row.state == WAITING:
        return Text(
            "注册收到了，还在核实企业身份；核实好了就能登录，请过一两个工作日再来",
            "Your sign-up has arrived and is being confirmed; you can sign in afterwards. Please come back in a day or two",
        )
    if row is not None and row.state == REFUSED:
        return Text(
            f"注册没有通过：{row.reason}。改好后可以重新注册，账号名要换一个",
            f"Your sign-up was refused: {row.reason}. You may sign up again, under another user name",
        )
    if row is not None and row.state == LAPSED:
        return Text(
            "注册三十天没有人核实，失效了；可以重新注册，账号名要换一个，也可以先联系区县或市金融局",
            "Nobody confirmed your sign-up for thirty days and it has lapsed. You may sign up again under another user name, or write to "
            "the bureau first",
        )
    return None
