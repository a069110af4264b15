"""Mended cells: looked at once by the rules that read the file, amounts by their value, and shown in words."""

from datetime import date

import pytest

from kernel.bilingual import Text
from kernel.errors import Invalid
from settlement.returns.findings import Finding, Findings, RuleCount
from settlement.returns.mending import mending, same_value, still_wrong, words_of
from settlement.returns.repairing import leave_out, mend
from settlement.returns.repairs import LeaveOut, Mend
from settlement.returns.rules import GROUP
from settlement.returns.typed_cells import broken_rule
from tests.factories import NOW
from tests.settlement.filing_floor import Floor, loan

QUARTER_END = date(2022, 9, 30)


def findings(code: str, *values: str) -> Findings:
    """One rule broken by rows 2, 3, … of one borrower, with these values."""
    rule = GROUP[code]
    listed = (Finding(row, rule, value, "SH", "锦程") for row, value in enumerate(values, start=2))
    return Findings(tuple(listed), (RuleCount(rule, len(values)),))


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("balance", "125万", "not_money"),
        ("balance", "-5", "out_of_range"),
        ("balance", "1.005", "not_money"),
        ("credit_line", "", "missing"),
        ("annual_rate", "40", "out_of_range"),
        ("start_date", "2022-10-08", "start_after_quarter"),
        ("start_date", "去年", "not_date"),
        ("classification", "优", "unknown_code"),
        ("borrower_code", "9141", "malformed_code"),
        ("industry", "机械", "unknown_code"),
        ("currency", "XXX", "unknown_code"),
        ("loan_id", "字" * 65, "text_too_long"),
    ],
)
def test_a_typed_cell_breaks_the_rule_that_the_file_would(column: str, text: str, code: str) -> None:
    found = broken_rule(column, {column: text}, QUARTER_END)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("balance", "１，２５０，０００.００"),
        ("region", "叶县"),
        ("industry", ""),
        ("start_date", "2022年3月1日"),
        ("share", "40%"),
    ],
)
def test_a_typed_cell_that_the_file_might_hold_is_taken(column: str, text: str) -> None:
    assert broken_rule(column, {column: text}, QUARTER_END) is None


def test_a_date_is_held_against_the_other_date_of_its_row() -> None:
    cells = {"start_date": "2021-03-01", "maturity_date": "2021-03-01"}
    found = broken_rule("maturity_date", cells, QUARTER_END)
    assert found is not None
    assert found.code == "maturity_not_after_start"
    assert broken_rule("maturity_date", {**cells, "maturity_date": "2021-03-02"}, QUARTER_END) is None


def test_amounts_and_choices_are_compared_by_what_they_mean() -> None:
    assert same_value("credit_line", "1,000", "1000.00")
    assert same_value("borrower_kind", "小型企业", "small")
    assert not same_value("credit_line", "1,000", "1000.01")
    errors = findings("unequal_credit_line", "5,000,000.00", "3000000")
    state = mending(errors, [Mend(3, "credit_line", "5000000")])
    assert [(row.is_kept, row.is_open) for row in state.groups[0].rows] == [(True, False), (False, False)]


def test_a_row_whose_mates_go_by_another_name_stays_open_until_it_is_mended() -> None:
    rule = GROUP["unequal_credit_line"]
    listed = (Finding(2, rule, "5.00", "SH1", "锦程"), Finding(3, rule, "3.00", "SH2", "锦程机械"))
    state = mending(Findings(listed, (RuleCount(rule, 2),)), [])
    assert state.left == 2


def test_the_last_of_rows_that_have_to_be_alike_is_told_when_they_are_not() -> None:
    errors = findings("unequal_credit_line", "5.00", "3.00")
    first = [Mend(2, "credit_line", "4.00")]
    assert still_wrong(errors, first, 2, "credit_line") is None
    second = [*first, Mend(3, "credit_line", "4.50")]
    assert still_wrong(errors, second, 3, "credit_line") is not None
    assert still_wrong(errors, [*first, Mend(3, "credit_line", "4")], 3, "credit_line") is None


def test_a_loan_id_mended_to_another_repeated_one_is_told_at_once() -> None:
    errors = findings("duplicate_loan", "A", "A", "B", "B")
    told = still_wrong(errors, [Mend(2, "loan_id", "B")], 2, "loan_id")
    assert told is not None
    assert "第 4 行" in told.zh
    assert still_wrong(errors, [Mend(2, "loan_id", "C")], 2, "loan_id") is None
    state = mending(errors, [Mend(2, "loan_id", "C"), LeaveOut(4)])
    assert state.left == 0


def test_the_reader_sees_words_and_not_codes() -> None:
    assert words_of("region", "410422") == Text("叶县", "Ye")
    assert words_of("balance", "1250000") == "1,250,000.00"
    assert words_of("balance", "125万") == "125万"
    assert words_of("classification", "优") == "优"


def test_a_wrong_cell_is_not_kept_and_a_right_one_is(floor: Floor) -> None:
    filed = floor.file([loan(1, start_date="2022-10-08", maturity_date="2023-10-08"), loan(2)])
    maker, number = floor.bank.maker, filed.id or 0
    with pytest.raises(Invalid) as told:
        mend(floor.db, maker, number, row=2, column="start_date", value="2022-10-01", at=NOW)
    assert "晚于季末" in told.value.errors[0].text.zh
    assert mend(floor.db, maker, number, row=2, column="start_date", value="2022-09-01", at=NOW).value == "2022-09-01"
    assert leave_out(floor.db, maker, number, row=2, at=NOW).column_name == ""
