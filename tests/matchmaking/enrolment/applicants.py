"""Firms that sign themselves up, through the service and through the pages."""

from sqlmodel import Session

from config.demonstration.codes import COMPANY, SHOP, credit_code
from kernel import database
from kernel.accounts.models import Account
from kernel.accounts.service import Caller, caller_for
from kernel.parties.service import party_by_id
from matchmaking.enrolment import service
from matchmaking.enrolment.models import Enrolment
from matchmaking.enrolment.service import EnteredFirm, EnteredPerson
from tests.factories import NOW, PASSWORD, Visitor, make_bureau, make_person, quick_digest

CODE, SHOPS_CODE = (credit_code(kind, "410421", 1, series="XQ") for kind in (COMPANY, SHOP))
FIRM = EnteredFirm(CODE, "宝丰县新苗农机有限公司", "410421", "C", "small")
STEP_2 = {"name": FIRM.name, "region": FIRM.region, "industry": FIRM.industry, "size_class": FIRM.size_class}
STEP_3 = {"person": "苗青", "phone": "13800000001", "mail": "", "username": "miaoqing", "password": PASSWORD}


def applicant(username: str = "miaoqing", person: str = "苗青") -> EnteredPerson:
    """A person whose password is quickly checked."""
    return EnteredPerson(person, "13800000001", "", username, PASSWORD, quick_digest())


def enrolled(db: Session, firm: EnteredFirm = FIRM, username: str = "miaoqing") -> Enrolment:
    """A sign-up that waits."""
    return database.write(db, lambda db: service.enrol(db, firm, applicant(username), at=NOW))


def owner_of(db: Session, row: Enrolment) -> Caller | None:
    """The person who signed up, where the account is open."""
    return caller_for(db, row.account_id or 0)


def account_of(db: Session, row: Enrolment) -> Account:
    return db.get_one(Account, row.account_id, populate_existing=True)


def city(db: Session) -> Caller:
    """The organiser, who confirms any firm."""
    return make_person(db, make_bureau(db, "市金融工作局"), "organiser", name="林静")


def county(db: Session, region: str) -> Caller:
    """An officer who confirms the county's own firms."""
    return make_person(db, make_bureau(db, f"{region} 财政局", region=region), "county_officer", name="何苗")


def name_of(db: Session, row: Enrolment) -> str:
    return party_by_id(db, row.party_id).name


def walk_through(visitor: Visitor, code: str, **last: str) -> tuple[int, str]:
    """The three steps; the last answer's status and where it leads."""
    visitor.get("/sign-up")
    visitor.post("/sign-up", code=code)
    visitor.get("/sign-up/firm")
    visitor.post("/sign-up/firm", **STEP_2)
    visitor.get("/sign-up/person")
    answer = visitor.post("/sign-up/person", **STEP_3 | last)
    return answer.status_code, answer.headers.get("Location", "")
