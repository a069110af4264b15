"""The bank's pages: what each role is offered, the steps of filing, warnings, sending back, in both languages."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import Session

from kernel.clock import Clock
from tests.factories import NOW, Visitor, make_institution, make_person, username_of
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


def test_the_versions_of_all_quarters_go_out_as_they_are_listed(maker: Visitor, checker: Visitor) -> None:
    file(maker, csv_of([loan(1, balance="1000000.00")]), "2022Q2")
    file(maker, csv_of([loan(1, balance="2000000.00"), loan(2, balance="0.37")]))
    assert maker.get("/returns").text.count("format=csv") == 1
    held = list(csv.DictReader(io.StringIO(checker.get("/returns?format=csv").data.decode("utf-8-sig"))))
    assert [(one["quarter"], one["version"], one["rows"], one["total"]) for one in held] == [
        ("2022Q3", "1", "2", "2000000.37"),
        ("2022Q2", "1", "1", "1000000.00"),
    ]
    assert {(one["file_name"], one["certified_by"]) for one in held} == {("loans.csv", "")}
    assert load_workbook(io.BytesIO(checker.get("/returns?format=xlsx").data)).active["A2"].value == "2022Q3"


def test_a_form_without_a_file_is_shown_again_with_what_is_asked(maker: Visitor) -> None:
    maker.get("/returns/2022Q3/file")
    answer = maker.post("/returns/2022Q3/file")
    assert answer.status_code == 422
    assert "选一个文件" in answer.text


def test_a_quarter_that_is_not_reported_says_which_are_and_takes_no_file(maker: Visitor) -> None:
    assert maker.get("/returns/spring/file").status_code == 404
    for quarter in ("2020Q1", "2023Q3", "2099Q4"):
        answer = maker.get(f"/returns/{quarter}/file")
        assert answer.status_code == 404
        assert "不在报送范围里" in answer.text
        assert "要报的是 2021Q4 到 2023Q2" in answer.text
        assert 'type="file"' not in answer.text
        posted = maker.post(f"/returns/{quarter}/file", file=(io.BytesIO(csv_of([loan(1)])), "loans.csv"))
        assert posted.status_code == 404


def test_a_quarter_that_is_not_over_says_from_when_it_is_filed(app: Flask, maker: Visitor) -> None:
    app.extensions["clock"] = Clock(NOW - datetime.now(UTC))
    answer = maker.get("/returns/2022Q4/file")
    assert answer.status_code == 422
    assert "还没有结束" in answer.text
    assert "1月1日" in answer.text
    assert 'type="file"' not in answer.text


def test_the_upload_page_says_what_the_return_is_for(maker: Visitor) -> None:
    assert "用来算这一季的奖励" in maker.get("/returns/2022Q3/file").text
    assert "只作比较用" in maker.get("/returns/2021Q4/file").text


def test_a_file_that_is_no_table_is_told_on_the_upload_page_and_takes_no_version(maker: Visitor) -> None:
    maker.get("/returns/2022Q3/file")
    answer = maker.post("/returns/2022Q3/file", file=(io.BytesIO("借据号,余额\n1,2\n".encode()), "坏的.csv"))
    assert answer.status_code == 422
    assert "没有占版本号" in answer.text
    assert "坏的.csv" in answer.text
    assert "第 1 版" in maker.get(file(maker, csv_of([loan(1)]))).text


def test_the_same_step_sends_every_version_to_the_second_person(maker: Visitor, checker: Visitor) -> None:
    page = file(maker, csv_of([loan(1, credit_line="500000.00")]))
    shown = maker.get(page).text
    for words in ("余额合计大于授信", "为什么要看", "怎么办", "核对过，送认证"):
        assert words in shown
    assert "认证这" not in checker.get(page).text
    maker.post(f"{page}/sent")
    assert "认证这 1 笔，1,000,000.00 元" in checker.get(page).text
    clean = file(maker, csv_of([loan(1)]))
    shown = maker.get(clean).text
    assert "没有错行，也没有要核对的提示" in shown
    assert "认证这" not in checker.get(clean).text
    assert "等认证" in maker.post(f"{clean}/sent", follow=True).text
    assert "认证这" in checker.get(clean).text


def test_a_version_sent_back_is_the_makers_first_task_with_its_reason(maker: Visitor, checker: Visitor) -> None:
    page = file(maker, csv_of([loan(1)]))
    maker.post(f"{page}/sent")
    checker.get(page)
    nothing = checker.post(f"{page}/sent-back", reason=" ")
    assert nothing.status_code == 422
    assert "退回的原因" in nothing.text
    assert "等录入人员处理" in checker.post(f"{page}/sent-back", reason="余额和总账差 300 元", follow=True).text
    home = maker.get("/").text
    first = re.search(r'<span class="strong">([^<]+)</span>', home)
    assert first is not None
    assert first[1] == "2022Q3 报表退回来了"
    assert "余额和总账差 300 元" in home
    assert "第 1 版退回的原因" in maker.get(page).text
    second = file(maker, csv_of([loan(1, balance="999700.00")]))
    maker.post(f"{second}/sent")
    shown = checker.get(second).text
    assert "余额和总账差 300 元" in shown
    assert "认证这" in shown


def test_a_wrong_cell_is_told_beside_its_field_with_what_was_typed(maker: Visitor) -> None:
    page = file(maker, csv_of([loan(1, balance="125万"), loan(2, region="叶城")]))
    maker.get(page)
    answer = maker.post(f"{page}/repairs", row="2", column="balance", value="一百")
    assert answer.status_code == 422
    assert "贷款余额不是能读的金额" in answer.text
    assert 'value="一百"' in answer.text
    maker.post(f"{page}/repairs", row="3", column="region", value="410422")
    maker.post(f"{page}/repairs", row="2", column="balance", value="1250000")
    shown = maker.get(page).text
    assert '<span class="mended">叶县</span>' in shown
    assert '<span class="mended">1,250,000.00</span>' in shown
    assert "头五行" in shown
    assert '<td class="keep">small<span class="note grey">小型企业</span></td>' in shown


def test_after_a_repair_the_file_that_the_bank_filed_is_there_and_named_so(maker: Visitor) -> None:
    content = csv_of([loan(1, balance="125万")], "gb18030")
    first = file(maker, content)
    maker.post(f"{first}/repairs", row="2", column="balance", value="1250000")
    mended = str(maker.post(f"{first}/repaired").headers["Location"])
    shown = maker.get(mended).text
    assert "银行原来报的是第 1 版" in shown
    assert f'href="{first}/file">下载原来报的文件' in shown
    assert maker.get(f"{first}/file").data == content
    assert "1250000" in maker.get(f"{mended}/file").data.decode("utf-8-sig")


def test_the_difference_says_what_it_compares_with(maker: Visitor, checker: Visitor) -> None:
    certified = file(maker, csv_of([loan(1)]), "2022Q2")
    maker.post(f"{certified}/sent")
    found = re.search(r'name="row_digest" value="([0-9a-f]{64})"', checker.get(certified).text)
    assert found is not None
    checker.post(f"{certified}/certification", row_digest=found[1])
    page = file(maker, csv_of([loan(1, region="叶县")]))
    shown = checker.get(f"{page}/difference").text
    assert "比的是上一季认证的版本" in shown
    assert "卫东区" not in shown
    assert "新华区" in shown
    assert "叶县" in shown
    again, table = checker.get(f"{page}/difference").text, r'<dl class="sheet cards">.*?</table>'  # from what was kept
    assert re.findall(table, again, re.DOTALL) == re.findall(table, shown, re.DOTALL) != []
    assert checker.get(f"{page}/difference?against=nothing").status_code == 422
    later = file(maker, csv_of([loan(1, region="鲁山县")]))
    assert "鲁山县" in checker.get(f"{later}/difference").text


def test_today_tells_each_person_what_is_waited_for(maker: Visitor, checker: Visitor) -> None:
    assert "报送 2022Q3 贷款明细" in maker.get("/").text
    page = file(maker, csv_of([loan(1, balance="x")]))
    assert "改 2022Q3 报表的错行" in maker.get("/").text
    assert "认证 2022Q3" not in checker.get("/").text
    page = file(maker, csv_of([loan(1)]))
    assert "送 2022Q3 贷款明细认证" in maker.get("/").text
    assert "认证 2022Q3" not in checker.get("/").text
    maker.post(f"{page}/sent")
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
    assert "用来算这一季的降费奖补" in person.get("/returns/2022Q3/file").text
    answer = person.post("/returns/2022Q3/file", file=(io.BytesIO(csv_of([loan(1)])), "loans.csv"))
    assert answer.status_code == 422
    assert "没有占版本号" in answer.text
