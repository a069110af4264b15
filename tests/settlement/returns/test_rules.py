"""Every rule of a loan return, with the row that breaks it, told by row, column, value and a text in both languages."""

from pathlib import Path

import pytest

from settlement.returns.column_rules import Severity
from settlement.returns.kinds import LOANS
from settlement.returns.rules import ROW_RULES
from tests.settlement.returns.filed_files import code, loan, loans, marks, take, warned, write_csv

BROKEN = [
    ("loan_id", "", "missing", "借据号没有填", "The loan id is missing"),
    ("loan_id", "L" * 65, "text_too_long", "借据号太长：最多 64 个字", "at most 64 characters"),
    ("loan_id", "SH\u200b001", "bad_character", "借据号里有看不见的或不能识别的字符", "The loan id holds an invisible"),
    ("loan_id", "SH\ue123", "bad_character", "借据号里有看不见的或不能识别的字符", "The loan id holds an invisible"),
    ("loan_id", "SH\t1", "bad_character", "借据号里有看不见的", "The loan id holds an invisible"),
    ("borrower_code", "", "missing", "借款人统一社会信用代码没有填", "The borrower's credit code is missing"),
    ("borrower_code", "91410402MA000001", "malformed_code", "18 位数字和大写字母", "18 digits and capitals"),
    ("borrower_code", "91410402MA000001IP", "malformed_code", "不含 I、O、S、V、Z", "without I, O, S, V, Z"),
    ("borrower_code", "ID:", "malformed_code", "前面加 ID:", "after ID:"),
    ("borrower_name", "", "missing", "借款人名称没有填", "The borrower's name is missing"),
    ("borrower_name", "名" * 121, "text_too_long", "最多 120 个字", "at most 120 characters"),
    (
        "borrower_name",
        "某\x01公司",
        "bad_character",
        "借款人名称里有看不见的",
        "The borrower's name holds an invisible",
    ),
    ("borrower_name", "某公司\ufffd", "bad_character", "删掉重新输入", "type it again"),
    ("borrower_kind", "", "missing", "借款人类型没有填", "The kind of borrower is missing"),
    ("borrower_kind", "tiny", "unknown_code", "可填：小型企业、微型企业", "one of: small, micro"),
    ("industry", "13", "unknown_code", "行业代码认不出", "The industry code is not recognised"),
    ("industry", "C1", "unknown_code", "门类字母", "a GB/T 4754 letter"),
    ("region", "410101", "unknown_code", "可填：新华区、卫东区", "one of: 410402"),
    ("credit_line", "", "missing", "单户授信金额没有填", "The borrower's credit line is missing"),
    ("credit_line", "-1.00", "out_of_range", "不能是负数", "not negative"),
    ("credit_line", "1234567890123456", "out_of_range", "最多 15 位", "at most 15 digits"),
    ("balance", "-999999999999999.99", "out_of_range", "不能是负数", "not negative"),
    (
        "balance",
        "125万",
        "not_money",
        "贷款余额不是能读的金额：填元，最多两位小数",
        "The balance is not a readable amount",
    ),
    ("balance", "86,400.005", "not_money", "填元，最多两位小数", "yuan with at most two decimals"),
    ("balance", "1,25,0.00", "not_money", "填元，最多两位小数", "yuan with at most two decimals"),
    ("balance", "1e6", "not_money", "填元，最多两位小数", "yuan with at most two decimals"),
    ("balance", "0x10", "not_money", "填元，最多两位小数", "yuan with at most two decimals"),
    ("annual_rate", "", "missing", "年利率没有填", "The annual rate is missing"),
    ("annual_rate", "36.0001", "out_of_range", "应在 0 到 36 之间", "between 0 and 36"),
    ("annual_rate", "-0.1", "out_of_range", "应在 0 到 36 之间", "between 0 and 36"),
    ("annual_rate", "4.35001", "not_percent", "最多四位小数", "at most four decimals"),
    ("annual_rate", "四", "not_percent", "最多四位小数", "at most four decimals"),
    ("start_date", "", "missing", "发放日没有填", "The start date is missing"),
    ("start_date", "2022-02-30", "not_date", "写成 2022-03-31", "write 2022-03-31"),
    ("start_date", "18.03.2022", "not_date", "写成 2022-03-31", "write 2022-03-31"),
    ("start_date", "2022-10-08", "start_after_quarter", "9 月 30 日以后发放的不进本季报表", "made after 2022-09-30"),
    (
        "maturity_date",
        "2022-03-18",
        "maturity_not_after_start",
        "到期日不晚于发放日：检查年份是否写错",
        "check the year",
    ),
    ("maturity_date", "never", "not_date", "到期日不是能读的日期", "The maturity date is not a readable date"),
    ("guarantee_kind", "房产", "unknown_code", "可填：信用、抵押", "one of: credit, mortgage"),
    ("classification", "优", "unknown_code", "五级分类认不出：可填：正常、关注、次级、可疑、损失", "one of: normal"),
    ("purpose", "speculation", "unknown_code", "可填：经营、消费", "one of: operating, consumption"),
    ("product_kind", "bond", "unknown_code", "可填：贷款、贴现", "one of: loan, bill_discount"),
    ("currency", "人民币", "unknown_code", "ISO 4217", "three letters of ISO 4217"),
    ("currency", "XYZ", "unknown_code", "ISO 4217", "three letters of ISO 4217"),
    ("first_loan", "maybe", "unknown_code", "填 是 或 否", "yes or no"),
    ("renews", "R" * 65, "text_too_long", "最多 64 个字", "at most 64 characters"),
    ("share", "100.5", "out_of_range", "应在 0 到 100 之间", "between 0 and 100"),
    ("share", "half", "not_percent", "分担比例不是能读的百分数", "The share is not a readable percentage"),
]


@pytest.mark.parametrize(("column", "value", "rule", "zh", "en"), BROKEN)
def test_a_bad_cell_is_told_by_row_column_value_and_rule_in_both_languages(
    tmp_path: Path, column: str, value: str, rule: str, zh: str, en: str
) -> None:
    rows = [
        loan(1),
        loan(2, **{column: value, **({"maturity_date": "2024-01-01"} if rule == "start_after_quarter" else {})}),
    ]
    found = take(write_csv(tmp_path, rows))
    assert marks(found) == [(3, column, value, rule)]
    assert zh in found.errors.listed[0].text.zh
    assert en in found.errors.listed[0].text.en
    assert found.errors.listed[0].loan_id == rows[1]["loan_id"]
    assert not found.is_accepted
    assert not (tmp_path / "tape.parquet").exists()


def test_an_amount_of_fifteen_digits_is_read_and_the_other_rows_are_still_told(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(1, balance="999999999999999.99"), loan(2, balance="x")]))
    assert marks(found) == [(3, "balance", "x", "not_money")]
    assert found.total_balance >= 99_999_999_999_999_999


def test_a_loan_id_that_repeats_is_told_on_every_row_that_has_it(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(1), loan(2), loan(3, loan_id="SH00000001")]))
    assert marks(found) == [
        (2, "loan_id", "SH00000001", "duplicate_loan"),
        (4, "loan_id", "SH00000001", "duplicate_loan"),
    ]
    assert found.errors.listed[0].text.zh == "借据号重复：同一份报表里一个借据号只能出现一次"


def test_full_width_digits_do_not_hide_a_repeated_loan_id(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(1), loan(2, loan_id="SH００００００01")]))
    assert [mark[3] for mark in marks(found)] == ["duplicate_loan", "duplicate_loan"]


def test_one_borrower_with_two_credit_lines_or_kinds_is_told_on_each_row(tmp_path: Path) -> None:
    rows = [
        loan(1, credit_line="3000000.00"),
        loan(2, borrower_code=code(1), credit_line="5000000.00"),
        loan(3, borrower_kind="small"),
        loan(4, borrower_code=code(3), borrower_kind="微型企业"),
    ]
    found = take(write_csv(tmp_path, rows))
    assert marks(found) == [
        (2, "credit_line", "3000000.00", "unequal_credit_line"),
        (3, "credit_line", "5000000.00", "unequal_credit_line"),
        (4, "borrower_kind", "small", "unequal_borrower_kind"),
        (5, "borrower_kind", "微型企业", "unequal_borrower_kind"),
    ]


def test_one_line_in_two_spellings_is_equal(tmp_path: Path) -> None:
    rows = [loan(1, credit_line="5,000,000"), loan(2, borrower_code=code(1), credit_line="5000000.0")]
    assert take(write_csv(tmp_path, rows)).is_accepted


@pytest.mark.parametrize(
    "number", ["ID:410402199001011234", "ID:41040219900101123x", "410402199001011239", "ID:410402900101123"]
)
def test_an_identity_number_is_refused_and_not_repeated_in_the_list(tmp_path: Path, number: str) -> None:
    found = take(write_csv(tmp_path, [loan(1, borrower_code=number)]))
    assert [(mark[0], mark[1], mark[3]) for mark in marks(found)] == [(2, "borrower_code", "identity_number")]
    assert "********" in marks(found)[0][2]
    assert "19900101" not in marks(found)[0][2]


@pytest.mark.parametrize("number", ["ID:C000123", "ID:410402-7", "ＩＤ：123456"])
def test_a_natural_person_has_the_banks_own_number(tmp_path: Path, number: str) -> None:
    assert take(write_csv(tmp_path, [loan(1, borrower_code=number)])).is_accepted


def test_all_rules_a_row_breaks_are_told_at_once(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(1, balance="x", annual_rate="99", region="", classification="坏")]))
    assert [mark[3] for mark in marks(found)] == ["out_of_range", "not_money", "unknown_code", "missing"]
    assert found.errors.total == 4
    assert found.errors.rows == (2,)


def test_a_row_with_a_cell_too_few_or_too_many_is_told_by_its_number(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(4))
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2], lines[3] = lines[2].removesuffix(",100"), lines[3] + ",extra"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [(mark[0], mark[3]) for mark in marks(take(path))] == [(3, "row_width"), (4, "row_width")]


def test_blank_lines_and_blank_rows_are_passed_over_but_keep_the_count(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [*loans(2), loan(3, balance="x")])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\r\n".join([lines[0], "", lines[1], "," * 18, lines[2], lines[3], "", ""]), encoding="utf-8")
    assert marks(take(path)) == [(6, "balance", "x", "not_money")]


def test_warnings_are_told_and_do_not_keep_the_return_out(tmp_path: Path) -> None:
    before = take(write_csv(tmp_path, [loan(1, balance="100.00"), loan(2, balance="100.00")]), tape="before.parquet")
    wrong_digit = code(3)[:-1] + ("0" if code(3)[-1] != "0" else "1")
    rows = [
        loan(1, balance="1000.01"),
        loan(2, balance="1000.00"),
        loan(3, borrower_code=wrong_digit),
        loan(4, balance="3000000.00"),
        loan(5, borrower_code=code(4), balance="2000000.01"),
    ]
    found = take(write_csv(tmp_path, rows), previous=before.tape)
    assert found.is_accepted
    assert warned(found) == [
        (2, "balance", "1000.01", "tenfold_jump"),
        (4, "borrower_code", wrong_digit, "check_digit"),
        (5, "credit_line", "5000000.00", "balances_over_line"),
    ]
    assert [one.beside for one in found.warnings.listed] == ["100.00", "", "5000000.01"]
    assert "早年的代码可能本来如此" in found.warnings.listed[1].text.zh


def test_an_early_lawful_code_that_fails_its_check_digit_is_only_a_warning(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(1, borrower_code="91350100M0001TGQXM")]))
    assert found.is_accepted
    assert [mark[3] for mark in warned(found)] == ["check_digit"]


def test_a_return_without_loans_is_accepted_with_a_warning(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, []))
    assert found.is_accepted
    assert [one.rule.code for one in found.warnings.listed] == ["no_rows"]


def test_lists_are_cut_but_counts_are_true(tmp_path: Path) -> None:
    from settlement.returns.intake import intake
    from tests.settlement.returns.filed_files import BANK, Q3

    path = write_csv(tmp_path, [loan(number, balance="x") for number in range(1, 31)])
    found = intake(path, institution_code=BANK, quarter=Q3, into=tmp_path / "t.parquet", listed=10)
    assert len(found.errors.listed) == 10
    assert [(count.rule.code, count.rows) for count in found.errors.counts] == [("not_money", 30)]


def test_a_maturity_error_shows_the_start_date_beside_it(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(1, maturity_date="2021-03-18")]))
    assert found.errors.listed[0].beside == "2022-03-18"


def test_the_catalogue_has_no_rule_twice_and_fits_one_bitmap() -> None:
    assert len({rule.key for rule in LOANS.rules}) == len(LOANS.rules)
    assert len(ROW_RULES) < 63
    assert all(rule.severity is Severity.ERROR for rule in ROW_RULES)
    assert all(text for rule in LOANS.rules for text in (*rule.message, *rule.help))
