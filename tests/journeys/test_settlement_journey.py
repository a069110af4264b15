"""A quarter from the bank's file to the bureau's statement, through HTTP only: errors, correction, two persons, certified figures, draft,
trace, export."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter
from flask import Flask
from sqlmodel import Session

from kernel.periods import Quarter
from settlement.engine.machines import DuckDB
from settlement.filed.settling import FiledInput, settle_growth
from settlement.filed.writing import growth_files
from settlement.returns.columns import LOAN_COLUMNS
from tests.factories import Visitor, make_bureau, make_institution, make_person, username_of

pytestmark = pytest.mark.both_databases

GOOD = {
    "loan_id": "SH{0:04d}",
    "borrower_code": "ID:{0:06d}",
    "borrower_name": "第{0}户",
    "borrower_kind": "小型企业",
    "industry": "C13",
    "region": "湛河区",
    "credit_line": "5000000.00",
    "balance": "1000000.00",
    "annual_rate": "4.35",
    "start_date": "2021-03-01",
    "maturity_date": "2024-03-01",
    "guarantee_kind": "抵押",
    "classification": "正常",
    "purpose": "经营",
    "product_kind": "贷款",
    "currency": "CNY",
    "first_loan": "否",
    "renews": "",
    "share": "100",
}
BAD = [  # row in the file, column, what is written, the rule it breaks
    (2, "balance", "125万", "not_money"),
    (3, "balance", "-5.00", "out_of_range"),
    (4, "maturity_date", "2021-03-01", "maturity_not_after_start"),
    (5, "start_date", "2022-10-08", "start_after_quarter"),
    (6, "classification", "优", "unknown_code"),
    (7, "borrower_kind", "小店", "unknown_code"),
    (8, "borrower_name", "", "missing"),
    (9, "borrower_code", "9141", "malformed_code"),
    (10, "annual_rate", "40", "out_of_range"),
    (11, "start_date", "去年三月", "not_date"),
    (12, "loan_id", "SH0013", "duplicate_loan"),
    (13, "credit_line", "3000000.00", "unequal_credit_line"),
]


def rows(*, good: bool, growth: int = 0) -> list[dict[str, str]]:
    """Twenty loans; twelve of them wrong unless good."""
    found = [{name: text.format(number) for name, text in GOOD.items()} for number in range(1, 21)]
    found[13] = {**found[13], "borrower_code": found[11]["borrower_code"]}  # rows 13 and 15 are one borrower
    found[0]["balance"] = f"{1_000_000 + growth}.00"
    for row, column, value, _ in () if good else BAD:
        found[row - 2][column] = value
    return found


def as_gb18030(found: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading.zh for column in LOAN_COLUMNS])
    writer.writerows([row[column.name] for column in LOAN_COLUMNS] for row in found)
    return out.getvalue().encode("gb18030")


def as_xlsx(found: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("贷款明细")
        sheet.write_row(0, 0, [column.titled for column in LOAN_COLUMNS])
        for number, row in enumerate(found, start=1):
            for place, column in enumerate(LOAN_COLUMNS):
                sheet.write_string(number, place, row[column.name])
    return out.getvalue()


@dataclass(frozen=True)
class Cast:
    """Everybody who takes part, signed in."""

    maker: Visitor
    checker: Visitor
    officer: Visitor
    operator: Visitor
    stranger: Visitor
    code: str


@pytest.fixture
def cast(app: Flask, db: Session) -> Cast:
    bank, other = make_institution(db), make_institution(db, "香山农村商业银行", region="410421")
    bureau, central = make_bureau(db), make_bureau(db, "人民银行市中心支行")
    people = [
        make_person(db, bank, "maker"),
        make_person(db, bank, "checker", name="周立"),
        make_person(db, central, "central_bank_officer", name="乔安"),
        make_person(db, bureau, "operator", name="苏岩"),
        make_person(db, other, "maker", name="李四"),
    ]
    return Cast(*(Visitor(app, username_of(db, person)) for person in people), code=bank.code)


def file(maker: Visitor, content: bytes, name: str, quarter: str = "2022Q3") -> str:
    """File through the page; the address of the version's own page."""
    maker.get(f"/returns/{quarter}/file")
    answer = maker.post(f"/returns/{quarter}/file", file=(io.BytesIO(content), name))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def certify(maker: Visitor, checker: Visitor, page: str) -> None:
    """Sent by the maker, certified by the second person."""
    maker.get(page)
    assert maker.post(f"{page}/sent").status_code == 302
    shown = checker.get(page).text
    digest = re.search(r'name="row_digest" value="([0-9a-f]{64})"', shown)
    assert digest is not None
    answer = checker.post(f"{page}/certification", row_digest=digest[1], follow=True)
    assert "已认证" in answer.text


def record(officer: Visitor, code: str, quarter: str, balance: str, document: str = "71号") -> None:
    officer.get("/certified-balances")
    fields = {"institution_code": code, "quarter": quarter, "balance": balance, "document": document}
    assert officer.post("/certified-balances", **fields).status_code == 302


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_twelve_kinds_of_bad_rows_are_each_named_and_nothing_is_accepted(cast: Cast, kind: str) -> None:
    found = rows(good=False)
    content = as_gb18030(found) if kind == "csv" else as_xlsx(found)
    page = file(cast.maker, content, f"沙河.{kind}")
    shown = cast.maker.get(page).text
    assert "改完就能往下走" in shown
    answer = cast.maker.send("GET", f"{page}/errors").get_json()
    told = {(one["row"], one["column"], one["value"], one["rule"]) for one in answer["findings"]}
    assert set(BAD) <= told
    assert all(one["message_zh"] and one["message_en"] for one in answer["findings"])
    version = cast.maker.send("GET", page).get_json()
    assert (version["state"], version["row_digest"]) == ("refused", None)
    assert cast.checker.post(f"{page}/certification", row_digest="0" * 64).status_code == 409


def test_a_quarter_from_file_to_statement(app: Flask, cast: Cast, tmp_path: Path) -> None:
    first = file(cast.maker, as_gb18030(rows(good=True)), "q2.csv", "2022Q2")
    certify(cast.maker, cast.checker, first)
    wrong = file(cast.maker, as_gb18030(rows(good=False)), "q3.csv")
    right = file(cast.maker, as_xlsx(rows(good=True, growth=12_345)), "q3.xlsx")
    versions = cast.maker.send("GET", "/returns?quarter=2022Q3").get_json()["items"]
    assert [(one["version"], one["state"]) for one in versions] == [(2, "filed"), (1, "refused")]
    assert cast.maker.post(f"{right}/certification", row_digest="0" * 64).status_code == 403
    certify(cast.maker, cast.checker, right)
    for page in (wrong, right):
        assert cast.stranger.get(page).status_code == 404
    record(cast.officer, cast.code, "2022Q2", "20000000.00", "46号")
    record(cast.officer, cast.code, "2022Q3", "20012345.00")
    cast.operator.get("/quarters/2022Q3")
    shown = cast.operator.post("/quarters/2022Q3/drafts", follow=True).text
    assert "算好 2 张结算单" in shown
    number = re.search(r"/statements/(GR-2022Q3-\d\d)\?why", shown)
    assert number is not None
    statement = f"/statements/{number[1]}"
    traced = cast.operator.get(f"{statement}?why=previous_quarter_end").text
    assert "(20,012,345.00 − 20,000,000.00) × 1%" in traced
    assert "平政办〔2022〕15号" in traced
    assert "第 2 版，20 笔计入" in traced
    assert "20 笔" in cast.operator.get(f"{statement}/loans?reason=eligible").text
    assert cast.checker.get(statement).status_code == 200
    assert cast.stranger.get(statement).status_code == 404
    assert_export_equals_file_mode(app, cast, [first, right], tmp_path)


def assert_export_equals_file_mode(app: Flask, cast: Cast, pages: list[str], folder: Path) -> None:
    filed = folder / "filed"
    filed.mkdir()
    for page, quarter, ending in zip(pages, ("2022Q2", "2022Q3"), ("csv", "xlsx"), strict=True):
        content = cast.maker.get(f"{page}/file").data
        (filed / f"{cast.code}_{quarter}_loans.{ending}").write_bytes(content)
    told = cast.operator.send("GET", "/statements?quarter=2022Q3").get_json()["items"]
    header = "institution_code,name,kind,local_legal_person_from,government_backed,region\n"
    lines = (
        f"{one['institution_code']},{one['institution_name']},rural_commercial_bank,2009-12-28,N,{one['region']}\n"
        for one in told
    )
    (folder / "institutions.csv").write_text(header + "".join(lines))
    balances = f"institution_code,date,balance,document\n{cast.code},2022-06-30,20000000.00,46号\n{cast.code},2022-09-30,20012345.00,71号\n"
    (folder / "certified.csv").write_text(balances)
    (folder / "scratch").mkdir()
    files = FiledInput(filed, folder / "institutions.csv", folder / "certified.csv")
    settled = settle_growth(files, Quarter(2022, 3), app.extensions["policies"], DuckDB(), folder / "scratch")
    for name in ("statements.csv", "shares.csv", "reconciliation.csv"):
        assert cast.operator.get(f"/quarters/2022Q3/{name}").data == growth_files(settled)[name]


def test_rows_are_mended_on_the_page_and_read_again(cast: Cast) -> None:
    found = rows(good=True)
    found[0]["balance"], found[3]["start_date"], found[3]["maturity_date"] = "125万", "2022-10-08", "2023-10-08"
    page = file(cast.maker, as_gb18030(found), "q3.csv")
    cast.maker.get(page)
    wrong = cast.maker.post(f"{page}/repairs", row="2", column="balance", value="一百", follow=True).text
    assert "不是能读的金额" in wrong
    cast.maker.post(f"{page}/repairs", row="2", column="balance", value="1,250,000.00")
    cast.maker.post(f"{page}/repairs", row="5", column="start_date", act="leave_out")
    shown = cast.maker.get(page).text
    assert "列出的行都改好了" in shown
    cast.maker.post(f"{page}/repairs/undo", row="5", column="")
    assert "还有 1 行要改" in cast.maker.get(page).text
    cast.maker.post(f"{page}/repairs", row="5", column="start_date", act="leave_out")
    answer = cast.maker.post(f"{page}/repaired")
    mended = cast.maker.send("GET", answer.headers["Location"]).get_json()
    assert (mended["version"], mended["state"], mended["rows"]) == (2, "filed", 19)
    difference = cast.maker.get(f"{answer.headers['Location']}/difference").text
    assert "1,250,000.00" in difference or "1250000.00" in difference


def test_the_template_is_a_workbook_with_instructions(cast: Cast) -> None:
    content = cast.maker.get("/returns/template.xlsx").data
    names = zipfile.ZipFile(io.BytesIO(content)).read("xl/workbook.xml").decode()
    assert "填报说明" in names
