"""Repairs give the next version of a return; the filed bytes stay, and the difference tells what changed."""

import hashlib
from pathlib import Path

import pytest

from settlement.returns.differences import CellChange, LoanChange, difference
from settlement.returns.repairs import LeaveOut, Mend, NoSuchCell, apply_repairs
from tests.settlement.returns.filed_files import (
    ENGLISH,
    TITLES,
    loan,
    loans,
    marks,
    take,
    write_csv,
    write_parquet,
    write_xlsx,
)


def test_mended_cells_and_left_out_rows_make_a_version_that_passes(tmp_path: Path) -> None:
    rows = [
        loan(1, balance="125万"),
        loan(2),
        loan(3, loan_id="SH00000002"),
        loan(4, start_date="2022-10-08"),
        loan(5, classification="优"),
    ]
    for source in (write_csv(tmp_path, rows, encoding="gb18030", headings=TITLES), write_xlsx(tmp_path, rows)):
        filed = source.read_bytes()
        second = tmp_path / "second.csv"
        digest = apply_repairs(
            source,
            [
                Mend(2, "balance", "1,250,000.00"),
                Mend(4, "loan_id", "SH00000003"),
                Mend(6, "classification", "正常"),
                LeaveOut(5),
            ],
            into=second,
        )
        assert source.read_bytes() == filed
        assert hashlib.sha256(second.read_bytes()).hexdigest() == digest
        found = take(second)
        assert found.is_accepted, marks(found)
        assert found.rows == 4
        good = [loan(1), loan(2), loan(3), loan(5)]
        assert found.row_digest == take(write_csv(tmp_path, good, "good.csv")).row_digest


def test_rows_keep_their_numbers_from_version_to_version(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [loan(1), loan(2), loan(3), loan(4, balance="x")])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "", *lines[2:]]), encoding="utf-8")
    assert marks(take(path)) == [(6, "balance", "x", "not_money")]
    apply_repairs(path, [LeaveOut(2)], into=tmp_path / "second.csv")
    assert marks(take(tmp_path / "second.csv")) == [(6, "balance", "x", "not_money")]
    apply_repairs(tmp_path / "second.csv", [Mend(6, "balance", "1")], into=tmp_path / "third.csv")
    assert take(tmp_path / "third.csv").rows == 3


def test_a_column_that_was_not_filed_can_be_mended_in(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(2), columns=[name for name in ENGLISH if name != "share"])
    apply_repairs(path, [Mend(3, "share", "40")], into=tmp_path / "second.csv")
    good = take(write_csv(tmp_path, [loan(1), loan(2, share="40")]))
    assert take(tmp_path / "second.csv").row_digest == good.row_digest


def test_a_repair_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(2))
    for repair in (Mend(9, "balance", "1"), Mend(2, "colour", "1"), LeaveOut(1)):
        with pytest.raises(NoSuchCell):
            apply_repairs(path, [repair], into=tmp_path / "second.csv")


def test_a_shortened_number_stays_an_error_until_it_is_typed_again(tmp_path: Path) -> None:
    import openpyxl

    path = write_xlsx(tmp_path, loans(2))
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active["A2"] = 123456789012345678
    book.save(path)
    apply_repairs(path, [Mend(3, "balance", "1")], into=tmp_path / "second.csv")
    assert [(mark[0], mark[3]) for mark in marks(take(tmp_path / "second.csv"))] == [(2, "number_cell")]
    apply_repairs(tmp_path / "second.csv", [Mend(2, "loan_id", "123456789012345678")], into=tmp_path / "third.csv")
    assert take(tmp_path / "third.csv").is_accepted


def test_no_cell_of_a_repaired_version_runs_in_a_spreadsheet_and_all_come_back(tmp_path: Path) -> None:
    names = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "＝1+1", "'quoted", "''=x"]
    rows = [loan(number, borrower_name=name) for number, name in enumerate(names, start=1)]
    path = write_parquet(tmp_path, rows)
    apply_repairs(path, [], into=tmp_path / "second.csv")
    text = (tmp_path / "second.csv").read_text(encoding="utf-8-sig")
    cells = [cell for line in text.splitlines()[1:] for cell in line.split(",")]
    assert [cell for cell in cells if cell[:1] in "=+-@＝＋－＠" and cell] == []
    changes = difference(path, tmp_path / "second.csv")
    assert changes.total == 0


def test_the_difference_tells_changed_cells_added_and_left_out_rows_in_pages(tmp_path: Path) -> None:
    old = write_csv(tmp_path, [loan(1), loan(2), loan(3), loan(4, balance="1,000.00")], "old.csv")
    new = write_xlsx(
        tmp_path, [loan(4, balance="1000"), loan(2, balance="5.00", region="叶县"), loan(1), loan(9)], "new.xlsx"
    )
    found = difference(old, new)
    assert (found.added, found.left_out, found.changed) == (1, 1, 1)
    assert found.changes == (
        LoanChange(
            "SH00000002",
            3,
            3,
            (CellChange("region", "410402", "410422"), CellChange("balance", "1250000.00", "5.00")),
        ),
        LoanChange("SH00000003", 4, None),
        LoanChange("SH00000009", None, 5),
    )
    assert difference(old, new, offset=1, limit=1).changes == found.changes[1:2]


def test_versions_with_errors_can_be_compared_and_paired_by_row(tmp_path: Path) -> None:
    old = write_csv(tmp_path, [loan(1), loan(2, loan_id="SH00000001"), loan(3, balance="125万")], "old.csv")
    new = tmp_path / "new.csv"
    apply_repairs(old, [Mend(3, "loan_id", "SH00000002"), Mend(4, "balance", "1,250,000")], into=new)
    assert difference(old, new, by_row=True).changes == (
        LoanChange("SH00000002", 3, 3, (CellChange("loan_id", "SH00000001", "SH00000002"),)),
        LoanChange("SH00000003", 4, 4, (CellChange("balance", "125万", "1250000.00"),)),
    )
    by_id = difference(old, new)
    assert (by_id.added, by_id.left_out, by_id.changed) == (1, 1, 1)
