"""A town with two counties for tests of the pool and the whitelist: who nominates, who admits, who decides."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.policies import PolicyBook
from matchmaking.pool import filing, service
from matchmaking.pool.models import PoolEntry
from matchmaking.pool.quota import PoolRules, pool_rules
from tests.factories import make_bureau, make_enterprise, make_person

BOOK = PolicyBook.load(Path(__file__).parents[3] / "config" / "policies")
NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
TODAY = business_day(NOW)
WAN = 1_000_000  # fen
HERE, THERE = "410421", "410422"


def rules(day: date = TODAY) -> PoolRules:
    return pool_rules(BOOK, day)


@dataclass(frozen=True)
class CountyTown:
    """The people of two counties and the city's industry bureau."""

    here: Caller
    there: Caller
    industry: Caller


def county_town(db: Session) -> CountyTown:
    return CountyTown(
        here=make_person(db, make_bureau(db, "宝丰县工信局", region=HERE), "county_officer", name="何川"),
        there=make_person(db, make_bureau(db, "叶县工信局", region=THERE), "county_officer", name="叶舟"),
        industry=make_person(db, make_bureau(db, "市工业和信息化局", region="410403"), "industry_officer", name="韩工"),
    )


def factory(db: Session, name: str = "宏川机械有限公司", region: str = HERE, industry: str = "C34") -> Party:
    return make_enterprise(db, name, region=region, industry=industry)


def said_of(party: Party, wan: int = 1200, year: int = 2021) -> service.Nomination:
    return service.Nomination(code=party.code, revenue=wan * WAN, year=year, document="宝工信〔2022〕8号")


def nominated(db: Session, by: Caller, party: Party, wan: int = 1200, *, at: datetime = NOW) -> PoolEntry:
    day = business_day(at)
    return database.write(
        db, lambda db: service.nominate(db, by, said_of(party, wan, day.year - 1), rules=rules(day), at=at, today=day)
    )


def moved(db: Session, by: Caller, entry: PoolEntry, verb: str, *, at: datetime = NOW, **said: object) -> PoolEntry:
    return database.write(
        db,
        lambda db: service.move(db, by, entry.id or 0, verb, at=at, today=business_day(at), **said),  # type: ignore[arg-type]
    )


def admitted(db: Session, town: CountyTown, party: Party, *, at: datetime = NOW) -> PoolEntry:
    by = town.here if party.fiscal_region == HERE else town.there
    return moved(db, town.industry, nominated(db, by, party, at=at), "admit", at=at, document="平工信〔2022〕31号")


def revenue_file(*rows: str) -> bytes:
    return "\n".join(["统一社会信用代码,月份,当月营业收入(元)", *rows]).encode()


def filed(db: Session, by: Caller, *rows: str) -> int:
    table = filing.read_revenues("收入.csv", revenue_file(*rows))
    return database.write(db, lambda db: filing.file_revenues(db, by, table, at=NOW, today=TODAY))
