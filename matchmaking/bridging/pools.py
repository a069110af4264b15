"""Open a pool; what it holds now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import Conflict
from kernel.ledger.balances import NOW, AsOf, balances
from kernel.ledger.service import Booking
from kernel.regions import region as region_of
from matchmaking.bridging import books
from matchmaking.bridging.models import BridgingPool

CITY = "city"
CITY_NAME = Text("市级", "City")


@dataclass(frozen=True)
class PoolBalance:
    """What a pool has, in fen: its capital = free cash + promised cash + money out."""

    capital: int
    free: int
    promised: int
    out: int

    @property
    def cash(self) -> int:
        return self.free + self.promised


def pool_name(region: str) -> Text:
    """The name of a pool by its region."""
    name = CITY_NAME if region == CITY else region_of(region).name
    return Text(f"{name.zh}应急转贷资金池", f"{name.en} bridging pool")


def balance_of(db: Session, pool: BridgingPool, as_of: AsOf = NOW) -> PoolBalance:
    """What the books of a pool say, now or as of a day."""
    held = balances(db, pool.book, as_of)
    return PoolBalance(
        capital=-held.get(books.CAPITAL, 0),
        free=held.get(books.CASH, 0),
        promised=held.get(books.PROMISED, 0),
        out=held.get(books.OUT, 0),
    )


def booking(day: date, by: Actor, at: datetime) -> Booking:
    """A booking of today for a day that may lie before it."""
    return Booking(effective_on=day, booked_on=business_day(at), at=at, by=by)


def own_region(caller: Caller) -> str:
    """Whose pool somebody keeps: the operator the city's, a county officer the county's."""
    return CITY if caller.role == "operator" else caller.fiscal_region


def open_pool(db: Session, caller: Caller, *, document: str, at: datetime) -> BridgingPool:
    """The pool of the caller's own city or county, by the document that sets it up; Conflict when there is one."""
    region = own_region(caller)
    pool = BridgingPool(
        region=region,
        book=f"bridge:{region}",
        document=document,
        opened_on=business_day(at),
        opened_by=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(pool)
    except IntegrityError:
        raise Conflict("pool_exists", "这个资金池已经设立", "This pool has been set up already") from None
    record(db, "bridging_pool.open", by=caller.actor, subject=("bridging_pool", pool.id), at=at)
    return pool
