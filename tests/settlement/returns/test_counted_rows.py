"""How many rows are to be mended: each row once, and a row of totals is one problem, not one for every blank cell."""

from pathlib import Path

import pytest

from settlement.returns.mending import mending
from settlement.returns.repairs import Mend
from tests.settlement.returns.filed_files import loans, marks, take, write_csv, write_xlsx


def test_twenty_bad_rows_are_twenty_rows_to_mend_however_many_rules_they_break(tmp_path: Path) -> None:
    rows = loans(25)
    for row in rows[:20]:
        row |= {"balance": "x", "classification": "一般"}
    found = take(write_csv(tmp_path, rows))
    state = mending(found.errors, [], found.wrong_rows)
    assert (found.errors.total, found.wrong_rows, state.whole, state.left) == (40, 20, 20, 20)


def test_a_row_is_mended_once_all_that_is_wrong_in_it_is(tmp_path: Path) -> None:
    rows = loans(2)
    rows[0] |= {"balance": "x", "classification": "一般"}
    found = take(write_csv(tmp_path, rows))
    assert mending(found.errors, [Mend(2, "balance", "5")], found.wrong_rows).left == 1
    both = [Mend(2, "balance", "5"), Mend(2, "classification", "normal")]
    assert mending(found.errors, both, found.wrong_rows).left == 0


def test_rows_beyond_the_page_are_counted_once_too(tmp_path: Path) -> None:
    rows = loans(230)
    for row in rows:
        row |= {"balance": "x", "classification": "一般"}
    found = take(write_csv(tmp_path, rows))
    state = mending(found.errors, [], found.wrong_rows)
    assert (state.whole, state.left) == (230, 230)


@pytest.mark.parametrize("label", ["合计", "小计：", "合 计", "Total", ""])
def test_a_row_of_totals_is_one_problem(tmp_path: Path, label: str) -> None:
    total = dict.fromkeys(loans(1)[0], "") | {"loan_id": label, "balance": "2500000.00", "credit_line": "9000000.00"}
    for path in (write_csv(tmp_path, [*loans(2), total]), write_xlsx(tmp_path, [*loans(2), total])):
        assert [(row, rule) for row, _column, _value, rule in marks(take(path))] == [(4, "total_row")]


def test_a_row_that_lacks_a_few_cells_is_no_row_of_totals(tmp_path: Path) -> None:
    row = loans(1)[0] | {"borrower_name": "", "balance": ""}
    assert {rule for _row, _column, _value, rule in marks(take(write_csv(tmp_path, [row])))} == {"missing"}
