"""The bureau's pages: the quarter, the statement with its trace; the bank's own view; certified balances."""

import io
from datetime import date

import pytest
from flask import Flask

from tests.factories import Visitor, make_bureau, make_institution, make_person, username_of
from tests.settlement.batches.batch_floor import Bureau, make_bureau_people
from tests.settlement.filing_floor import Q2, Q3, Bank, Floor, loan


@pytest.fixture
def operator(app: Flask, floor: Floor) -> Visitor:
    """The operator of a quarter with one bank certified and another without a return, both drafted."""
    floor.another_bank()
    floor.certify(floor.file([loan(1, balance="900000.00")], Q2))
    floor.certify(floor.file([loan(1), loan(2, purpose="consumption", borrower_kind="owner")], Q3))
    floor.certify_balance(900_000_00, Q2)
    floor.certify_balance(1_000_000_00, Q3)
    visitor = Visitor(app, username_of(floor.db, floor.operator))
    visitor.get("/quarters/2022Q3")
    assert "算好 2 张结算单" in visitor.post("/quarters/2022Q3/drafts", follow=True).text
    return visitor


def test_the_quarter_counts_who_has_come_how_far(operator: Visitor) -> None:
    shown = operator.get("/quarters/2022Q3").text
    assert "还差香山农村商业银行" in shown
    assert "拨付令现在开不出来" in shown
    assert "本批 1 家合计" in shown
    assert "重新核对" in shown
    assert operator.get("/quarters").headers["Location"].endswith("/quarters/2023Q2")
    assert operator.get("/quarters/2019Q1").status_code == 422


def test_only_the_operator_is_offered_to_draft(app: Flask, floor: Floor, operator: Visitor) -> None:
    reviewer = Visitor(app, username_of(floor.db, make_person(floor.db, make_bureau(floor.db), "reviewer")))
    assert "/quarters/2022Q3/drafts" in operator.get("/quarters/2022Q3").text
    assert "/quarters/2022Q3/drafts" not in reviewer.get("/quarters/2022Q3").text
    assert reviewer.post("/quarters/2022Q3/drafts").status_code == 403


def numbers(floor: Floor, operator: Visitor) -> dict[str, str]:
    items = operator.send("GET", "/statements?quarter=2022Q3").get_json()["items"]
    return {one["institution_code"]: one["number"] for one in items}


def test_a_statement_opens_its_trace_by_its_address(floor: Floor, operator: Visitor) -> None:
    number = numbers(floor, operator)[floor.bank.party.code]
    closed, opened = (
        operator.get(f"/statements/{number}").text,
        operator.get(f"/statements/{number}?why=high_water_mark").text,
    )
    assert "从哪里来" not in closed
    assert "为什么还没有金额" in opened
    traced = operator.get(f"/statements/{number}?why=previous_quarter_end").text
    assert "1,000.00 元从哪里来" in traced
    assert "(1,000,000.00 − 900,000.00) × 1%" in traced


def test_each_reason_leads_to_its_rows(floor: Floor, operator: Visitor) -> None:
    number = numbers(floor, operator)[floor.bank.party.code]
    shown = operator.get(f"/statements/{number}/loans?reason=purpose").text
    assert "SH0002" in shown
    assert "SH0001" not in shown


def test_a_held_statement_says_why(floor: Floor, operator: Visitor) -> None:
    found = numbers(floor, operator)
    held = next(number for code, number in found.items() if code != floor.bank.party.code)
    assert "报表没有收到" in operator.get(f"/statements/{held}").text
    english = operator.get(f"/statements/{held}?lang=en").text
    assert "A return is missing" in english


def test_an_earlier_revision_stays_readable(floor: Floor, operator: Visitor) -> None:
    number = numbers(floor, operator)[floor.bank.party.code]
    floor.certify_balance(1_100_000_00, Q3, document="更正")
    operator.get("/quarters/2022Q3")
    operator.post("/quarters/2022Q3/drafts")
    assert "2,000.00" in operator.get(f"/statements/{number}").text
    assert "已被新稿取代" in operator.get(f"/statements/{number}?revision=1").text


def test_nothing_outdated_is_exported_until_it_is_checked_again(floor: Floor, operator: Visitor) -> None:
    files = [f"/quarters/2022Q3/{name}.csv" for name in ("statements", "shares", "reconciliation")]
    assert "结算单已过时" not in operator.get("/quarters/2022Q3").text
    assert [operator.get(path).status_code for path in files] == [200, 200, 200]
    floor.certify(floor.file([loan(1), loan(2, balance="7.00")], Q3))
    assert "1 张结算单所依据的报表或核定余额已有新版本" in operator.get("/quarters/2022Q3").text
    assert [operator.get(path).status_code for path in files] == [409, 409, 409]
    assert operator.send("GET", files[0]).get_json()["code"] == "statements_outdated"
    operator.get("/quarters/2022Q3")
    operator.post("/quarters/2022Q3/drafts")
    assert [operator.get(path).status_code for path in files] == [200, 200, 200]


def test_a_bank_reads_its_own_statement_and_not_the_quarter(app: Flask, floor: Floor, operator: Visitor) -> None:
    number = numbers(floor, operator)[floor.bank.party.code]
    checker = Visitor(app, username_of(floor.db, floor.bank.checker))
    assert checker.get(f"/statements/{number}?why=previous_quarter_end").status_code == 200
    assert number in checker.get("/statements").text
    assert checker.get("/quarters/2022Q3").status_code == 403


def test_the_central_bank_officer_records_one_or_a_file(app: Flask, floor: Floor) -> None:
    officer = Visitor(app, username_of(floor.db, floor.officer))
    assert "核定余额" in officer.get("/certified-balances?quarter=2022Q3").text
    code = floor.bank.party.code
    wrong = officer.post("/certified-balances", institution_code=code, quarter="2022Q3", balance="12.345", document="x")
    assert wrong.status_code == 422
    assert "最多两位小数" in wrong.text
    text = f"机构代码,日期,核定余额,文号\n{code},2022-09-30,12.34,71号\n{code},2022-09-29,1,71号\n"
    refused = officer.post("/certified-balances/import", file=(io.BytesIO(text.encode()), "certified.csv"))
    assert refused.status_code == 422
    assert "2022-09-29" in refused.text
    good = f"机构代码,日期,核定余额,文号\n{code},2022-09-30,12.34,71号\n"
    shown = officer.post(
        "/certified-balances/import", follow=True, file=(io.BytesIO(good.encode()), "certified.csv")
    ).text
    assert "记下 1 个核定余额" in shown
    assert officer.get("/certified-balances/template.csv").data.decode("utf-8-sig").startswith("机构代码,")


def between(page: str, marks: slice) -> str:
    """The part of a page from one mark to another."""
    return page[page.index(marks.start) : page.index(marks.stop)]


def test_moves_across_the_definition_stand_apart_from_growth(floor: Floor, operator: Visitor) -> None:
    floor.certify(floor.file([loan(1, balance="900000.00"), loan(3, credit_line="20000000.00")], Q2))
    floor.certify(floor.file([loan(1), loan(3), loan(4, balance="5.00")], Q3))
    operator.get("/quarters/2022Q3")
    operator.post("/quarters/2022Q3/drafts")
    number = numbers(floor, operator)[floor.bank.party.code]
    shown = operator.get(f"/statements/{number}/moves").text
    assert "迁入口径" in shown
    assert "单户授信超过 1,000 万元" in shown
    assert "2,000,005" in shown
    again = operator.get(f"/statements/{number}/moves").text  # from what was kept
    balances = slice(
        "合格余额怎么变的", 'class="page-foot'
    )  # the note of the drafting above is gone, the foot names its request
    assert between(again, balances) == between(shown, balances)
    held = next(one for code, one in numbers(floor, operator).items() if code != floor.bank.party.code)
    assert operator.get(f"/statements/{held}/moves").status_code == 404


def test_returns_are_held_against_each_other_for_the_bureau_alone(app: Flask, floor: Floor, operator: Visitor) -> None:
    other = floor.another_bank("龙泉村镇银行")
    split = loan(9, borrower_code="91410402MA0000015P", borrower_name="青石板建材", credit_line="6000000.00")
    floor.certify(floor.file([split], Q3))
    floor.certify(floor.file([{**split, "loan_id": "LQ1", "balance": "7.00"}], Q3, other), other)
    shown = operator.get("/quarters/2022Q3/across").text
    assert "青石板建材" in shown
    assert "12,000,000" in shown
    checker = Visitor(app, username_of(floor.db, other.checker))
    assert checker.get("/quarters/2022Q3/across").status_code == 403


def test_the_first_full_quarter_of_a_new_bank_is_flagged_for_the_reviewer(app: Flask, floor: Floor) -> None:
    party = make_institution(floor.db, "新城村镇银行", local_from=date(2022, 5, 1))
    bank = Bank(party, make_person(floor.db, party, "maker"), make_person(floor.db, party, "checker"))
    bureau = Bureau(floor, make_bureau_people(floor))
    bureau.settle(bank, 100_000, 150_000)
    bureau.draft()
    reviewer = Visitor(app, username_of(floor.db, bureau.hands["reviewer"]))
    pages = (f"/batches/{bureau.open().number}", f"/statements/{numbers(floor, reviewer)[party.code]}")
    assert ["首个完整季度，要复核" in reviewer.get(page).text for page in pages] == [True, True]
