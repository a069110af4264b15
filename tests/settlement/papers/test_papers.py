"""The papers of a statement and of a quarter say what the books say."""

import io

import openpyxl
import pytest
from flask import Flask

from kernel.money import capitals, grouped
from settlement.batches.models import Batch, BatchItem
from settlement.papers.quarter_workbook import quarter_workbook
from settlement.papers.statement_paper import statement_paper
from settlement.statements import drafting, service
from settlement.statements.service import StatementWhole
from tests.factories import NOW, Visitor, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan
from tests.settlement.papers.paper_text import text_of


@pytest.fixture
def wholes(floor: Floor) -> list[StatementWhole]:
    """A quarter with one statement that is due, and one of a bank without a return, which is held."""
    floor.another_bank()
    floor.certify(floor.file([loan(1, balance="900000.00")], Q2))
    floor.certify(floor.file([loan(1, balance="1234567.89")], Q3))
    floor.certify_balance(900_000_00, Q2)
    floor.certify_balance(1_234_567_89, Q3)
    drafting.draft_quarter(floor.db, Q3, premises=floor.premises, at=NOW)
    statements = service.statements_of(floor.db, floor.operator, quarter=Q3)
    found = service.wholes(floor.db, statements)
    return sorted((found[one.id or 0] for one in statements), key=lambda one: one.statement.amount is None)


def test_a_statement_paper_names_the_amount_twice_and_everything_it_rests_on(wholes: list[StatementWhole]) -> None:
    paid = wholes[0].statement
    assert paid.amount == 3_345_68
    told = text_of(statement_paper(wholes[0], lang="zh"))
    for words in (
        "结算单",
        paid.number,
        paid.beneficiary_name,
        paid.beneficiary_code,
        grouped(3_345_68),
        capitals(3_345_68),
        "按照贷款余额增量的1%",
        "平政办〔2022〕15号",
        "盖章处",
        paid.digest,
        "第1页",
    ):
        assert words.replace(" ", "") in told, words
    for share in wholes[0].shares:
        assert grouped(share.amount) in told


def test_a_paper_is_the_same_bytes_each_time_and_speaks_english_too(wholes: list[StatementWhole]) -> None:
    assert statement_paper(wholes[0], lang="zh") == statement_paper(wholes[0], lang="zh")
    told = text_of(statement_paper(wholes[0], lang="en"))
    assert "Amountdue" in told
    assert "Page1of" in told


def test_an_adjustment_is_explained_on_the_paper(wholes: list[StatementWhole]) -> None:
    awarded = BatchItem(kind="award", revision=1, due=5_000_00, awarded=0, amount=5_000_00)
    adjusted = BatchItem(kind="adjustment", revision=2, due=3_345_68, awarded=5_000_00, amount=-1_654_32)
    standings = [
        (Batch(number="B-2022Q3-01", state="ordered"), awarded),
        (Batch(number="B-2022Q4-01", state="open"), adjusted),
    ]
    told = text_of(statement_paper(wholes[0], lang="zh", standings=standings))
    assert "本次=应付−此前已批" in told
    assert "B-2022Q3-01·奖补·已下达拨付15,000.000.005,000.00" in told
    assert "B-2022Q4-01·调整·在编23,345.685,000.00−1,654.32" in told
    assert "B-2022Q4-01" not in text_of(statement_paper(wholes[0], lang="zh"))


def test_a_held_statement_says_so_on_its_paper(wholes: list[StatementWhole]) -> None:
    told = text_of(statement_paper(wholes[1], lang="zh"))
    assert wholes[1].statement.held
    assert "—" in told


def test_every_sum_of_the_workbook_is_a_formula_whose_value_is_the_books(wholes: list[StatementWhole]) -> None:
    content = quarter_workbook(wholes)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert formulas.sheetnames == ["结算单", "明细", "承担", "承担方合计"]
    sheet, told = formulas["结算单"], values["结算单"]
    assert sheet["A2"].value == wholes[0].statement.number
    assert sheet["G2"].value == "=SUMIFS('明细'!$F$2:$F$3,'明细'!$A$2:$A$3,$A2)"
    assert sheet["F4"].value == "=SUM(F2:F3)"
    assert [told[f"{letter}2"].value for letter in "FGH"] == [3345.68] * 3
    assert told["I2"].value == 0
    assert told["F4"].value == 3345.68
    assert sum(row[1].value for row in values["承担方合计"].iter_rows(min_row=2, max_row=3)) == 3345.68


def test_a_name_that_looks_like_a_formula_stays_text(wholes: list[StatementWhole]) -> None:
    wholes[0].statement.beneficiary_name = "=HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(quarter_workbook(wholes)))
    assert book["结算单"]["B2"].data_type == "s"


def test_a_bank_gets_the_paper_of_its_own_statement_and_of_no_other(
    app: Flask, floor: Floor, wholes: list[StatementWhole]
) -> None:
    number = wholes[0].statement.number
    own, other = floor.bank.maker, floor.another_bank("北渡村镇银行").maker
    answer = Visitor(app, username_of(floor.db, own)).get(f"/statements/{number}/paper.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert Visitor(app, username_of(floor.db, other)).get(f"/statements/{number}/paper.pdf").status_code == 404


def test_the_bureau_downloads_the_quarters_workbook(app: Flask, floor: Floor, wholes: list[StatementWhole]) -> None:
    visitor = Visitor(app, username_of(floor.db, floor.operator))
    assert visitor.get("/quarters/2022Q3/workbook.xlsx").data[:2] == b"PK"
    bank = Visitor(app, username_of(floor.db, floor.bank.maker))
    assert bank.get("/quarters/2022Q3/workbook.xlsx").status_code == 403
