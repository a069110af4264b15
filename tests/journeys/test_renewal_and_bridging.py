"""A listed firm is refused by its bank, takes bridge money, is late, and all of it comes back. HTTP only.

Only who exists, and who is on the whitelist, is entered beforehand; the scheduler's jobs are woken as the scheduler wakes them.
"""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import Session

from kernel.parties.models import Party
from matchmaking.bridging.jobs import watch_bridging
from tests.factories import Visitor, make_bureau, make_institution, make_person, username_of
from tests.journeys.errands import Errands, working_capital
from tests.matchmaking.pool.town import HERE
from tests.matchmaking.whitelist.offices import listed, offices, pool_firm

pytestmark = pytest.mark.both_databases

APPLIED, MATURED = date(2022, 10, 20), date(2022, 12, 5)


@dataclass
class Street(Errands):
    """Everybody at a screen, and the clock."""

    bank: Party
    firm: Visitor
    other: Visitor
    checker: Visitor
    county: Visitor
    hands: dict[str, Visitor]


@pytest.fixture
def street(app: Flask, db: Session) -> Street:
    people = offices(db)
    firms = [pool_firm(db, people, name, region=HERE) for name in ("宏川机械有限公司", "汝瓷工艺有限公司")]
    for party in firms:
        listed(db, people, party)
    bank = make_institution(db, "汝河村镇银行", region=HERE, kind="village_bank")
    finance, county = make_bureau(db, "市金融局"), make_bureau(db, "宝丰县财政局", region=HERE)

    def at_screen(party: Party, role: str) -> Visitor:
        return Visitor(app, username_of(db, make_person(db, party, role)))

    made = Street(
        app=app,
        bank=bank,
        firm=at_screen(firms[0], "owner"),
        other=at_screen(firms[1], "owner"),
        checker=at_screen(bank, "checker"),
        county=at_screen(county, "county_officer"),
        hands={role: at_screen(finance, role) for role in ("operator", "reviewer", "approver", "cashier", "auditor")},
    )
    db.rollback()
    made.on(APPLIED)
    return made


def old_loan(street: Street, number: str, due_on: date = MATURED) -> dict[str, Any]:
    return working_capital(street.bank.id, number, date(2021, 12, 6), due_on)


def test_a_firm_refused_by_its_bank_takes_bridge_money_is_late_and_all_comes_back(street: Street) -> None:
    hands = street.hands
    pools = {}
    for who, million in ((street.county, "5000000.00"), (hands["operator"], "20000000.00")):
        pool = street.do(who, "/bridging/pools", 201, document="平财〔2022〕8号")
        pools[pool["region"]] = f"/bridging/pools/{pool['id']}"
        put = {"contributor": "财政", "amount": million, "document": "首期", "day": APPLIED.isoformat()}
        entered = street.do(who, f"{pools[pool['region']]}/contributions", 201, **put)
        assert street.ask(who, f"{pools[pool['region']]}/balance")["capital"] == "0.00"
        street.do(hands["reviewer"], f"/bridging/contributions/{entered['id']}/check", accept=True)
    renewal = f"/renewals/{street.do(street.other, '/renewals', 201, **old_loan(street, 'HT-002'))['id']}"
    street.move(street.checker, renewal, "refuse", 422, code="credit")
    street.move(street.checker, renewal, "refuse", code="credit", reason="要求先还后贷")
    street.on(date(2022, 11, 25))
    case = _approved(street)
    assert street.ask(street.county, f"{pools[HERE]}/balance")["promised"] == "5000000.00"
    street.move(hands["cashier"], case, "fund")
    street.on(date(2022, 11, 28))
    street.move(street.checker, case, "repay_old", day="2022-11-28")
    for day, said in (
        (date(2022, 12, 2), {"overdue": 0, "called": 0}),
        (date(2022, 12, 3), {"overdue": 1, "called": 0}),
        (date(2022, 12, 5), {"overdue": 0, "called": 1}),
    ):
        street.on(day)
        assert street.wake(watch_bridging) == said
    second = _apply(street, street.firm, "HT-003")
    assert street.move(street.checker, second, "commit", 422, **_promise())["code"] == "bank_suspended"
    street.on(date(2022, 12, 6))
    street.move(hands["cashier"], case, "recover", day="2022-12-06", amount="3200000.00")
    done = street.move(hands["cashier"], case, "recover", day="2022-12-06", amount="4800000.00")
    # 14,400 for the seven days, four days of default at 4,800
    assert (done["state"], done["fee"], done["owed"]) == ("recovered", "33600.00", "0.00")
    street.move(street.checker, second, "commit", **_promise())
    _read_statements(street, pools)


def _promise() -> dict[str, str]:
    return {"amount": "8500000.00", "document": "承诺函1号", "account": "6228 0001"}


def _apply(street: Street, who: Visitor, number: str) -> str:
    said = old_loan(street, number, date(2022, 12, 20))
    asked = {name: said[name] for name in ("bank_id", "old_loan", "old_balance", "old_due_on")}
    made = street.do(who, "/bridging/cases", 201, **asked, borrower_kind="legal_person", amount="8000000.00", days=7)
    assert made["was_listed"] is True
    return f"/bridging/cases/{made['id']}"


def _approved(street: Street) -> str:
    case = _apply(street, street.other, "HT-002")
    assert street.firm.send("GET", case).status_code == 404
    street.move(street.checker, case, "commit", 422, **_promise() | {"amount": "8000000.00"})
    street.move(street.checker, case, "commit", **_promise())
    assert street.move(street.county, case, "approve", 409)["code"] == "pools_short"
    street.move(street.hands["approver"], case, "approve")
    return case


def _read_statements(street: Street, pools: dict[str, str]) -> None:
    """The pools have all their money back with the fee, shared 5 to 3; the month's statement adds up, as a file too."""
    county, city = (street.ask(street.hands["auditor"], f"{pools[one]}/balance") for one in (HERE, "city"))
    assert (county["capital"], county["out"]) == ("5021000.00", "0.00")
    assert (city["capital"], city["free"]) == ("20012600.00", "20012600.00")
    month = street.ask(street.county, f"{pools[HERE]}/statement?day=2022-12-31")
    assert (month["opening"]["cash"], month["closing"]["cash"]) == ("0.00", "5021000.00")
    assert {name: fen for name, fen in month["moved"].items() if fen != "0.00"} == {
        "back": "5000000.00",
        "fee": "21000.00",
    }
    assert street.county.send("GET", f"{pools['city']}/balance").status_code == 404
    file = street.county.send("GET", f"{pools[HERE]}/statement.xlsx?day=2022-12-31")
    sheet = load_workbook(io.BytesIO(file.data))["2022-12"]
    shown = {row[0].value.split(" ")[0]: row[1].value for row in sheet.iter_rows(min_row=2, max_col=2)}
    assert (shown["期初现金"], shown["收回本金"], shown["占用费"]) == (0, 5_000_000, 21_000)
    assert shown["期末现金"] == "=SUM(B2:B8)"
    for who in (street.county, street.other, street.checker, street.hands["cashier"]):
        assert who.get("/bridging").status_code == 200
