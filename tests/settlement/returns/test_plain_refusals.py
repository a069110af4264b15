"""A file that is not taken says what to do with it, in one sentence and not in fourteen."""

from pathlib import Path

import openpyxl
import pytest

from kernel.tables.faults import Fault, FileRefused
from tests.settlement.returns.filed_files import TITLES, csv_text, loan, loans, take, write_csv, write_xlsx


def refused(path: Path) -> Fault:
    with pytest.raises(FileRefused) as caught:
        take(path)
    [fault] = caught.value.faults
    return fault


def test_a_csv_with_titles_above_its_header_is_told_the_row_of_the_header(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(3), headings=TITLES)
    path.write_text("普惠小微贷款明细表\n单位：元\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    fault = refused(path)
    assert (fault.rule, fault.value) == ("header_below", "4")
    assert "表头好像在第 4 行" in fault.text.zh


def test_a_workbook_with_a_title_row_is_told_the_row_of_the_header(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, loans(3), headings=TITLES)
    book = openpyxl.load_workbook(path)
    book.active.insert_rows(1, 2)
    book.active["A1"] = "普惠小微贷款明细表"
    book.save(path)
    assert (refused(path).rule, refused(path).value) == ("header_below", "3")


def test_a_header_that_lacks_a_column_is_still_told_which(tmp_path: Path) -> None:
    text = csv_text([{"loan_id": "A1", "balance": "1.00"}])
    path = tmp_path / "loans.csv"
    path.write_text(text.replace("balance", "balanse", 1), encoding="utf-8")
    with pytest.raises(FileRefused) as caught:
        take(path)
    assert {fault.rule for fault in caught.value.faults} == {"column_unknown", "column_missing"}


def test_a_cell_with_a_formula_is_told_how_to_save_values(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, loans(3))
    book = openpyxl.load_workbook(path)
    book.active["H4"] = "=SUM(H2:H3)"
    book.save(path)
    assert refused(path).rule == "workbook_formula"
    assert "选择性粘贴" in refused(path).text.zh


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_a_broken_workbook_is_not_told_that_only_workbooks_are_accepted(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"loans.{suffix}"
    path.write_bytes(b"<html>session expired</html>")
    assert refused(path).rule == "workbook_broken"
    assert "没有下载完" in refused(path).text.zh


@pytest.mark.parametrize("written", ["￥1,250.50", "¥1250.50", "1250.50元", "￥ 1250.50 元", "￥1２50.50"])
def test_the_sign_of_the_yuan_beside_an_amount_is_read_and_reported(tmp_path: Path, written: str) -> None:
    found = take(write_csv(tmp_path, [loan(1, balance=written)]))
    assert found.is_accepted
    assert found.total_balance == 125_050
    assert found.conversions.currency == 1


@pytest.mark.parametrize("written", ["125万元", "元", "￥", "1250.50元元", "￥￥5", "5美元"])
def test_no_other_word_beside_an_amount_is_read(tmp_path: Path, written: str) -> None:
    assert not take(write_csv(tmp_path, [loan(1, balance=written)])).is_accepted
