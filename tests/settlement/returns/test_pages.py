"""The bank's pages: what each role is offered, the steps of filing, warnings, in both languages."""

import io

import pytest
from flask import Flask
from sqlmodel import Session

from tests.factories import Visitor, make_institution, make_person, username_of
from tests.settlement.filing_floor import Bank, csv_of, loan, make_bank


@pytest.fixture
def bank(db: Session) -> Bank:
    return make_bank(db)


@pytest.fixture
def maker(app: Flask, db: Session, bank: Bank) -> Visitor:
    return Visitor(app, username_of(db, bank.maker))


@pytest.fixture
def checker(app: Flask, db: Session, bank: Bank) -> Visitor:
    return Visitor(app, username_of(db, bank.checker))


def file(maker: Visitor, content: bytes, quarter: str = "2022Q3") -> str:
    maker.get(f"/returns/{quarter}/file")
    answer = maker.post(f"/returns/{quarter}/file", file=(io.BytesIO(content), "loans.csv"))
    return str(answer.headers["Location"])


def test_the_maker_is_offered_to_file_and_the_checker_is_not(maker: Visitor, checker: Visitor) -> None:
    assert "/returns/2022Q3/file" in maker.get("/returns").text
    assert "/returns/2022Q3/file" not in checker.get("/returns").text
    assert checker.get("/returns/2022Q3/file").status_code == 403


def test_a_form_without_a_file_is_shown_again_with_what_is_asked(maker: Visitor) -> None:
    maker.get("/returns/2022Q3/file")
    answer = maker.post("/returns/2022Q3/file")
    assert answer.status_code == 422
    assert "选一个文件" in answer.text


def test_a_quarter_that_is_not_reported_has_no_page(maker: Visitor) -> None:
    for quarter in ("2020Q1", "spring"):
        answer = maker.get(f"/returns/{quarter}/file")
        assert answer.status_code == 404
    assert "不在报送范围里" in maker.get("/returns/2020Q1/file").text


def test_warnings_are_confirmed_before_the_second_person_is_asked(maker: Visitor, checker: Visitor) -> None:
    page = file(maker, csv_of([loan(1, credit_line="500000.00")]))
    assert "余额合计大于授信" in maker.get(page).text
    assert "认证这" not in checker.get(page).text
    confirmed = maker.post(f"{page}/warnings", follow=True).text
    assert "等认证" in confirmed
    assert "认证这 1 笔，1,000,000.00 元" in checker.get(page).text


def test_today_tells_each_person_what_is_waited_for(maker: Visitor, checker: Visitor) -> None:
    assert "报送 2022Q3 贷款明细" in maker.get("/").text
    page = file(maker, csv_of([loan(1, balance="x")]))
    assert "改 2022Q3 报表的错行" in maker.get("/").text
    assert "2022Q3" not in checker.get("/").text
    page = file(maker, csv_of([loan(1)]))
    shown = checker.get("/").text
    assert "认证 2022Q3 贷款明细" in shown
    assert page in shown


def test_the_same_page_speaks_english(maker: Visitor) -> None:
    page = file(maker, csv_of([loan(1, balance="125万")]))
    shown = maker.get(f"{page}?lang=en").text
    assert "1 row to mend before going on" in shown
    assert "The balance is not a readable amount" in shown


def test_the_errors_can_be_downloaded_and_so_can_the_filed_bytes(maker: Visitor) -> None:
    content = csv_of([loan(1, balance="125万")], "gb18030")
    page = file(maker, content)
    assert "125万" in maker.get(f"{page}/errors.csv").data.decode("utf-8-sig")
    assert maker.get(f"{page}/file").data == content


def test_a_page_that_is_no_number_is_refused_and_not_an_error(maker: Visitor) -> None:
    file(maker, csv_of([loan(1, balance="125万")]))
    page = file(maker, csv_of([loan(1)]))
    assert maker.get(f"{page}/difference?page=1&lang=en").status_code == 200
    assert maker.get(f"{page}/difference?page=²").status_code == 422


def test_another_bank_and_the_central_bank_find_nothing(app: Flask, db: Session, maker: Visitor) -> None:
    page = file(maker, csv_of([loan(1)]))
    other = make_institution(db, "香山农村商业银行")
    stranger = Visitor(app, username_of(db, make_person(db, other, "checker")))
    for path in (page, f"{page}/errors.csv", f"{page}/file", f"{page}/difference"):
        assert stranger.get(path).status_code == stranger.get(path.replace(page, "/returns/4711")).status_code == 404
    assert stranger.post(f"{page}/certification", row_digest="0" * 64).status_code == 404


def test_a_guarantor_is_not_asked_for_a_loan_return(app: Flask, db: Session) -> None:
    guarantor = make_institution(db, "某融资担保公司", kind="guarantor", local_from=None)
    person = Visitor(app, username_of(db, make_person(db, guarantor, "maker")))
    assert "贷款明细" not in person.get("/").text
    person.get("/returns/2022Q3/file")
    answer = person.post("/returns/2022Q3/file", file=(io.BytesIO(csv_of([loan(1)])), "loans.csv"))
    assert "担保机构不报贷款明细" in answer.text
