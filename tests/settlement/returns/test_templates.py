"""Templates can be filled in and filed as they are, and nothing in them runs."""

import io
import zipfile
from pathlib import Path

import openpyxl

from settlement.returns.columns import LOAN_COLUMNS
from settlement.returns.templates import csv_template, workbook_template
from settlement.returns.workbooks import INSTRUCTIONS
from tests.settlement.returns.filed_files import loan, loans, take, write_csv

DATA_SHEET = "贷款明细"


def test_an_untouched_template_is_a_return_without_loans(tmp_path: Path) -> None:
    for name, content in (("t.xlsx", workbook_template()), ("t.csv", csv_template())):
        (tmp_path / name).write_bytes(content)
        found = take(tmp_path / name)
        assert found.is_accepted
        assert found.rows == 0
        assert found.headings == tuple(column.titled for column in LOAN_COLUMNS)


def test_a_filled_template_is_read_from_its_data_sheet(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_template()))
    assert book.sheetnames == [DATA_SHEET, INSTRUCTIONS]
    sheet = book[DATA_SHEET]
    for line, row in enumerate(loans(3), start=2):
        for place, column in enumerate(LOAN_COLUMNS, start=1):
            text = row[column.name]
            sheet.cell(line, place, float(text) if column.name in ("balance", "credit_line", "annual_rate") else text)
    book.save(tmp_path / "filled.xlsx")
    found = take(tmp_path / "filled.xlsx")
    assert found.sheet == DATA_SHEET
    assert found.row_digest == take(write_csv(tmp_path, loans(3))).row_digest


def test_the_example_of_the_instructions_is_a_good_row(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_template()))[INSTRUCTIONS]
    table = {row[1]: row[5] for row in sheet.iter_rows(values_only=True) if row[1] in {c.name for c in LOAN_COLUMNS}}
    assert len(table) == len(LOAN_COLUMNS)
    example = {str(name): str(value or "") for name, value in table.items()}
    assert take(write_csv(tmp_path, [loan(1, **example)])).is_accepted


def test_drop_downs_offer_the_labels_and_codes_are_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_template()))
    sheet = book[DATA_SHEET]
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    offered = {sheet[place[:-1] + "1"].value: formula for place, formula in lists.items()}
    assert offered["五级分类"] == '"正常,关注,次级,可疑,损失"'
    assert set(offered) == {"借款人类型", "区县", "担保方式", "五级分类", "用途", "业务品种", "是否首贷"}
    formats = {
        sheet.cell(1, place).value: sheet.column_dimensions[letter].number_format
        for place, letter in ((1, "A"), (2, "B"))
    }
    assert set(formats) == {"借据号", "借款人统一社会信用代码"}


def test_a_template_has_no_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook_template())) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
