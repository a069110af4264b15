"""A small city of the settlement: four banks of which one is absorbed, a guarantor, a firm, the offices, everybody signed in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.clock import SHANGHAI, Clock
from kernel.parties.models import Institution, Party
from tests.factories import Visitor, make_bureau, make_enterprise, make_institution, make_person, username_of

HANDS = ("operator", "reviewer", "approver", "cashier")
PAYERS = ("city", "410402", "410411", "410422", "410482")
MERGED_ON = date(2023, 2, 20)


@dataclass(frozen=True)
class Desk:
    """An organisation with its people at their screens, by role."""

    party: Party
    people: dict[str, Visitor]

    @property
    def code(self) -> str:
        return self.party.code


@dataclass
class LittleCity:
    """Everybody who takes part. Whatever happens here happens over HTTP, on the day that the clock shows."""

    app: Flask
    bureau: Desk
    central: Desk
    industry: Desk
    banks: dict[str, Desk]
    guarantor: Desk
    firm: Desk
    today: date = date(2022, 5, 24)
    keys: int = field(default=0)

    def on(self, day: date, hour: int = 10) -> None:
        """Move the clock; never back."""
        assert day >= self.today, (day, self.today)
        self.today = day
        self.app.extensions["clock"] = Clock.starting_at(datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI))

    def ask(self, who: Visitor, path: str) -> Any:
        """What a reader gets from the API."""
        answer = who.send("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json

    def do(self, who: Visitor, path: str, json: Any = None, *, once: bool = False, **form: Any) -> Any:
        """One act through the API; `once` sends an idempotency key of its own, `form` goes as multipart."""
        self.keys += 1
        headers = {"Idempotency-Key": f"journey-{self.keys:06d}"} if once else {}
        body: dict[str, Any] = {"data": form} if form else {"json": json}
        answer = who.send("POST", path, headers=headers, **body)
        assert answer.status_code in (200, 201), (path, json, answer.status_code, answer.text)
        return answer.json

    def hand(self, role: str) -> Visitor:
        return self.bureau.people[role]

    @property
    def auditor(self) -> Visitor:
        return self.hand("auditor")


def _desk(app: Flask, db: Session, party: Party, *roles: str) -> Desk:
    people = {role: make_person(db, party, role, name=f"{party.name[:4]}{role}") for role in roles}
    return Desk(party, {role: Visitor(app, username_of(db, one)) for role, one in people.items()})


def _bank(db: Session, name: str, region: str, **more: Any) -> Party:
    return make_institution(db, name, region=region, **more)


def _backed(db: Session, party: Party) -> None:
    row = db.exec(select(Institution).where(Institution.party_id == party.id)).one()
    row.government_backed = True


def make_little_city(app: Flask, db: Session) -> LittleCity:
    """Master data as the loader of a city enters it."""
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 5, 24, 1, tzinfo=UTC))
    banks = {
        "沙河": _bank(db, "沙河农村商业银行", "410411"),
        "应河": _bank(db, "应河城市商业银行", "410402", kind="city_commercial_bank"),
        "惠民": _bank(db, "惠民村镇银行", "410482", kind="village_bank"),
        "香山": _bank(db, "香山农村商业银行", "410422"),
    }
    guarantor = make_institution(db, "弘济融资担保", region="410402", kind="guarantor", local_from=None)
    database.write(db, lambda db: _backed(db, guarantor))
    firm = make_enterprise(db, "锦程机械有限公司", region="410411")
    finance, central = make_bureau(db), make_bureau(db, "人民银行市中心支行")
    industry = make_bureau(db, "市工业和信息化局")
    city = LittleCity(
        app=app,
        bureau=_desk(app, db, finance, *HANDS, "auditor"),
        central=_desk(app, db, central, "central_bank_officer"),
        industry=_desk(app, db, industry, "industry_officer"),
        banks={name: _desk(app, db, party, "maker", "checker") for name, party in banks.items()},
        guarantor=_desk(app, db, guarantor, "maker", "checker"),
        firm=_desk(app, db, firm, "owner"),
    )
    db.rollback()
    return city
