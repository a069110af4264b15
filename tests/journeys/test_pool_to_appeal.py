"""A firm's whole way: nominated by file, admitted, listed against an objection, renewed in time, above scale, warned, suspended, heard.

HTTP only; who exists is entered beforehand, the scheduler's jobs are woken as the scheduler wakes them.
"""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.parties.models import Party
from matchmaking.renewals.jobs import watch_renewals
from matchmaking.whitelist.jobs import tend_whitelist
from tests.factories import (
    Visitor,
    make_bureau,
    make_enterprise,
    make_institution,
    make_person,
    username_of,
)
from tests.journeys.errands import Errands, csv_of, working_capital
from tests.matchmaking.pool.town import HERE, THERE
from tests.settlement.filing_floor import loan

pytestmark = pytest.mark.both_databases

MATURED = date(2022, 9, 20)
DOCUMENT = "平金〔2022〕12号"


@dataclass
class CountyRoad(Errands):
    """Everybody on the way of one firm, at a screen."""

    firm: Party
    neighbour: Party
    bank: Party
    owner: Visitor
    rival: Visitor
    maker: Visitor
    checker: Visitor
    county: Visitor
    other_county: Visitor
    industry: Visitor
    organiser: Visitor
    reviewer: Visitor

    def listing(self) -> str:
        """The path of the firm's listing."""
        (found,) = self.ask(self.organiser, "/whitelist/entries")["items"]
        return f"/whitelist/entries/{found['id']}"

    def listed_on(self, day: date) -> list[str]:
        return [one["code"] for one in self.ask(self.maker, f"/whitelist/list?day={day}")["firms"]]

    def step(self, who: Visitor, path: str, move: str, expected: int = 200, **said: Any) -> Any:
        return self.do(who, f"{path}/moves", expected, move=move, **said)


@pytest.fixture
def road(app: Flask, db: Session) -> CountyRoad:
    firm = make_enterprise(db, "宏川机械有限公司", region=HERE)
    neighbour = make_enterprise(db, "汝瓷工艺有限公司", region=HERE)
    bank = make_institution(db, "汝河村镇银行", region=HERE, kind="village_bank")

    def at_screen(party: Party, role: str) -> Visitor:
        return Visitor(app, username_of(db, make_person(db, party, role)))

    made = CountyRoad(
        app=app,
        firm=firm,
        neighbour=neighbour,
        bank=bank,
        owner=at_screen(firm, "owner"),
        rival=at_screen(neighbour, "owner"),
        maker=at_screen(bank, "maker"),
        checker=at_screen(bank, "checker"),
        county=at_screen(make_bureau(db, "宝丰县工信局", region=HERE), "county_officer"),
        other_county=at_screen(make_bureau(db, "叶县工信局", region=THERE), "county_officer"),
        industry=at_screen(make_bureau(db, "市工业和信息化局"), "industry_officer"),
        organiser=at_screen(make_bureau(db, "市金融工作局"), "organiser"),
        reviewer=at_screen(make_bureau(db, "市财政局"), "reviewer"),
    )
    db.rollback()
    return made


def test_a_firm_goes_from_nomination_through_renewal_to_appeal(road: CountyRoad) -> None:
    _nominate_by_file(road)
    _list_against_an_objection(road)
    renewal = _renew_in_time(road)
    _hold_return_against_it(road)
    _reach_scale_and_point_below_it(road)
    _suspend_after_notice(road)
    _appeal(road)
    assert road.ask(road.owner, renewal)["state"] == "settled"


def _nominate_by_file(road: CountyRoad) -> None:
    road.on(date(2022, 7, 4))
    said = {"上年营业收入(元)": "12000000.00", "年度": "2021", "文号": "宝工信〔2022〕8号"}
    rows = [{"统一社会信用代码": party.code, **said} for party in (road.firm, road.neighbour)]
    bad = [rows[0], rows[1] | {"上年营业收入(元)": "9999999.99"}]
    refused = road.county.send("POST", "/pool/entries/file", data={"file": (io.BytesIO(csv_of(bad)), "bad.csv")})
    assert (refused.status_code, road.ask(road.county, "/pool/entries")["total"]) == (422, 0)
    assert road.send_file(road.county, "/pool/entries/file", "nominations.csv", rows) == {"taken": 2}
    assert road.ask(road.other_county, "/pool/entries")["total"] == 0
    waiting = road.ask(road.industry, "/pool/entries?state=nominated")["items"]
    for one in waiting:
        path = f"/pool/entries/{one['id']}"
        assert road.other_county.send("GET", path).status_code == 404
        road.step(road.county, path, "admit", 403)
        done = road.step(road.industry, path, "admit", document="平工信〔2022〕31号")
        assert (done["state"], done["since"]) == ("admitted", "2022-07-04")
    (county,) = road.ask(road.county, "/pool/radar")
    assert (county["minimum"], county["in_pool"], county["shortfall"]) == (21, 2, 19)


def _list_against_an_objection(road: CountyRoad) -> None:
    """Recommended on Monday the 11th, in public notice until Monday the 18th, objected to, kept."""
    road.on(date(2022, 7, 11))
    road.do(road.organiser, "/whitelist/entries", 201, code=road.firm.code, document=DOCUMENT)
    path = road.listing()
    road.step(road.organiser, path, "review")
    assert road.step(road.organiser, path, "publicise", 409)["code"] == "two_persons"
    noticed = road.step(road.reviewer, path, "publicise", document=DOCUMENT)
    assert (noticed["notice_from"], noticed["notice_until"]) == ("2022-07-11", "2022-07-18")
    road.on(date(2022, 7, 18))
    said = road.do(road.rival, f"{path}/submissions", 201, kind="objection", text="欠我们货款")
    assert road.step(road.reviewer, path, "activate", 409)["code"] == "to_be_answered"
    road.on(date(2022, 7, 19))
    late = road.do(road.maker, f"{path}/submissions", 409, kind="objection", text="迟到的异议")
    assert late["code"] == "not_taken_now"
    assert road.wake(tend_whitelist) == {"listed": 0, "found": 0, "published": 0}
    answer = f"/whitelist/submissions/{said['id']}/answer"
    assert road.do(road.reviewer, answer, upheld=False, answer="货款已经结清，有凭证")["state"] == "dismissed"
    assert road.wake(tend_whitelist) == {"listed": 1, "found": 0, "published": 1}
    assert road.listed_on(date(2022, 7, 18)) == []
    assert road.listed_on(date(2022, 7, 19)) == [road.firm.code]
    assert [one["code"] for one in road.ask(road.checker, "/whitelist/changes")["came"]] == [road.firm.code]


def _renew_in_time(road: CountyRoad) -> str:
    """Asked for 57 days ahead, answered within the clock, signed before the old loan matures, settled the day the new one begins."""
    said = working_capital(road.bank.id, "HT-001", date(2021, 9, 21), MATURED)
    known = {"bank_id": road.bank.id, "loan": "HT-001", "balance": "8000000.00", "starts_on": "2021-09-21"}
    road.do(road.owner, "/renewals/radar", 201, **known, due_on=MATURED.isoformat())
    assert [one["loan"] for one in road.ask(road.owner, "/renewals/radar?days=90")["items"]] == ["HT-001"]
    assert road.do(road.owner, "/renewals", 422, **said)["code"] == "not_eligible"  # 63 days ahead
    road.on(date(2022, 7, 25))
    assert road.do(road.rival, "/renewals", 422, **said)["code"] == "not_eligible"  # not on the list
    renewal = road.do(road.owner, "/renewals", 201, **said)
    assert (renewal["answer_by"], renewal["was_listed"], renewal["sequence"]) == ("2022-08-08", True, 1)
    assert road.do(road.owner, "/renewals", 409, **said)["code"] == "renewal_under_way"
    path = f"/renewals/{renewal['id']}"
    answers = {one["condition"]: one["answer"] for one in road.ask(road.checker, f"{path}/answers")}
    unknown = [name for name, answer in answers.items() if answer != "yes"]
    assert unknown == ["classification_normal", "meets_new_loan_terms"]
    assert road.rival.send("GET", path).status_code == road.other_county.send("GET", path).status_code == 404
    road.on(date(2022, 8, 4))
    road.move(road.checker, path, "approve", 422, classification="special_mention", meets_terms=True)
    road.move(road.checker, path, "approve", classification="normal", meets_terms=True)
    road.on(date(2022, 9, 15))
    contract = {"new_loan": "XD-001", "principal": "8000000.00", "signed_on": "2022-09-15", "starts_on": "2022-09-20"}
    longer = road.move(road.maker, path, "sign", 422, **contract, due_on="2023-12-31")
    assert [error["field"] for error in longer["errors"]] == ["due_on"]
    road.move(road.maker, path, "sign", **contract, due_on="2023-09-19")
    road.on(MATURED)
    road.move(road.maker, path, "settle", 422, day="2022-09-16", classification="normal")
    road.move(road.maker, path, "settle", 422, day="2022-09-20", classification="special_mention")
    done = road.move(road.maker, path, "settle", day="2022-09-20", classification="normal")
    assert (done["state"], done["class_before"], done["class_after"]) == ("settled", "normal", "normal")
    return path


def _hold_return_against_it(road: CountyRoad) -> None:
    """The bank's return marks a loan of the firm that was never recorded as renewed, and forgets to mark the one that was."""
    road.on(date(2022, 10, 9))
    new = {"start_date": "2022-09-20", "maturity_date": "2023-09-19", "balance": "8000000.00"}
    own = {"borrower_code": road.firm.code, "credit_line": "9000000.00"}
    rows = [
        loan(1, loan_id="XD-001", **own, **new, renews=""),
        loan(2, loan_id="XD-777", **own, start_date="2022-08-01", maturity_date="2023-08-01", renews="HT-777"),
        loan(3, loan_id="XD-778", start_date="2022-08-01", maturity_date="2023-08-01", renews="HT-778"),
    ]
    filed = road.send_file(road.maker, "/returns/2022Q3", "loans.csv", rows)
    assert filed["state"] == "filed", road.ask(road.maker, f"/returns/{filed['id']}/errors")
    for who, query in ((road.maker, ""), (road.reviewer, f"&bank={road.bank.code}")):
        check = road.ask(who, f"/renewed-loans?quarter=2022Q3{query}")
        assert (check["marked"], check["recorded"], check["outside"]) == (2, 1, 1)
        found = [(one["kind"], one["loan"]) for one in check["found"]]
        assert found == [("unmarked", "XD-001"), ("unrecorded", "XD-777")]
    (whole,) = road.ask(road.reviewer, "/renewed-loans/banks?quarter=2022Q3")
    assert (whole["bank_code"], len(whole["found"])) == (road.bank.code, 2)
    assert "汝河村镇银行" in road.reviewer.get("/renewed-loans?quarter=2022Q3").text
    assert road.wake(watch_renewals) == {"loans": 2, "lapsed": 0}


def _reach_scale_and_point_below_it(road: CountyRoad) -> None:
    entries = road.ask(road.industry, "/pool/entries?state=admitted")["items"]
    (stay,) = [one for one in entries if one["enterprise_code"] == road.firm.code]
    said = {"entered_on": "2022-10-08", "revenue": "21000000.00", "document": "豫统〔2022〕77号"}
    road.step(road.industry, f"/pool/entries/{stay['id']}", "reach", **said)
    assert "draft" not in road.ask(road.county, f"/pool/entries/{stay['id']}")["state"]
    road.on(date(2023, 1, 9))
    months = ["2022-07", "2022-08", "2022-09", "2022-10", "2022-11", "2022-12"]
    rows = [{"统一社会信用代码": road.firm.code, "月份": one, "当月营业收入(元)": "1200000.00"} for one in months]
    assert road.send_file(road.county, "/pool/revenues/file", "revenues.csv", rows) == {"taken": 6}
    (county,) = road.ask(road.county, "/pool/radar")
    assert [(one["enterprise_code"], one["outlook"], one["yearly"]) for one in county["warned"]] == [
        (road.firm.code, "below", "14400000.00")
    ]
    assert "退规苗头" in road.county.get("/").text
    assert road.wake(tend_whitelist)["found"] == 0  # a warning takes nothing away


def _suspend_after_notice(road: CountyRoad) -> None:
    """It falls out of the register: the review finds the ground, notice is given, the firm is heard, the listing suspended."""
    road.on(date(2023, 1, 10))
    road.do(road.industry, "/pool/falls", 201, code=road.firm.code, fell_on="2023-01-10", document="豫统〔2023〕2号")
    assert road.wake(tend_whitelist)["found"] == 1
    path = road.listing()
    said = {"ground": "fell_below", "reason": "2023 年 1 月退出规上名录", "document": "平金〔2023〕1号"}
    told = road.step(road.organiser, path, "announce_removal", **said)
    assert told["heard_until"] == "2023-01-17"
    word = road.do(road.owner, f"{path}/submissions", 201, kind="statement", text="只是暂时停产检修")
    answer = f"/whitelist/submissions/{word['id']}/answer"
    road.do(road.reviewer, answer, upheld=False, answer="退规属实，先暂停")
    road.on(date(2023, 1, 11))
    road.step(road.reviewer, path, "suspend", 422, reason="没有写原因代码")
    road.step(road.reviewer, path, "suspend", **said)
    assert road.wake(tend_whitelist)["published"] == 2
    assert road.listed_on(date(2023, 1, 10)) == [road.firm.code]
    assert road.listed_on(date(2023, 1, 11)) == []
    after = working_capital(road.bank.id, "XD-002", date(2022, 3, 1), date(2023, 3, 1))
    assert road.do(road.owner, "/renewals", 422, **after)["code"] == "not_eligible"


def _appeal(road: CountyRoad) -> None:
    road.on(date(2023, 1, 16))
    path = road.listing()
    assert road.ask(road.owner, path)["appeal_until"] == "2023-01-30"
    assert road.rival.send("GET", path).status_code == 404
    said = road.do(road.owner, f"{path}/submissions", 201, kind="appeal", text="12 月已复产，附月报")
    answer = f"/whitelist/submissions/{said['id']}/answer"
    own = road.do(road.reviewer, answer, 409, upheld=True, answer="自己答复自己的决定")
    assert own["code"] == "two_persons"
    road.on(date(2023, 1, 18))
    assert road.do(road.organiser, answer, upheld=True, answer="复产属实，恢复")["state"] == "upheld"
    assert road.ask(road.owner, path)["state"] == "active"
    assert road.listed_on(date(2023, 1, 17)) == []
    assert road.listed_on(date(2023, 1, 18)) == [road.firm.code]
    for page in ("/whitelist/mine", "/renewals", "/deferrals"):
        assert road.owner.get(page).status_code == 200
