"""Files in: encodings, formats, headers, cells, and every fault by row and column."""

import io
import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kernel.errors import DomainError
from kernel.tables import cells
from kernel.tables.columns import Column, read_records
from kernel.tables.decoding import decode
from kernel.tables.faults import Fault, FileRefused, errors_csv
from kernel.tables.reading import read_sheet
from kernel.tables.workbook import INSTRUCTIONS
from kernel.tables.writing import csv_bytes, disarmed, rearmed

CODE = Column("code", "代码", cells.text(18))
AMOUNT = Column("amount", "金额(元)", cells.yuan_at_least(0), is_number=True)
TERM = Column("term", "期限(月)", cells.whole_number(1, 360), default=12, is_number=True)
RATE = Column("rate", "年利率(%)", cells.percent("0", "36"), default=None)
DAY = Column("day", "日期", cells.day, default=None)
FIRST = Column("first", "是否首贷", cells.yes_no, default=False)
KINDS = Column(
    "kinds", "担保方式", cells.several(cells.one_of({"credit": "信用", "surety": "保证"})), default=frozenset()
)
COLUMNS = [CODE, AMOUNT, TERM, RATE, DAY, FIRST, KINDS]

CHINESE = (
    '代码,金额(元),期限(月),年利率(%),日期,是否首贷,担保方式\n某甲,"１,234.5",６,4.35%,2022年3月31日,是,信用；surety\n'
)


def rules(refusal: pytest.ExceptionInfo[FileRefused]) -> set[str]:
    return {fault.rule for fault in refusal.value.faults}


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headings_and_full_width_digits_are_read_in_each_encoding(encoding: str) -> None:
    table = read_records(read_sheet("a.csv", CHINESE.encode(encoding)), COLUMNS)
    [record] = table.records
    assert (record[CODE], record[AMOUNT], record[TERM], record[RATE]) == ("某甲", 123_450, 6, Decimal("4.35"))
    assert (record[DAY], record[FIRST], record[KINDS]) == (date(2022, 3, 31), True, {"credit", "surety"})
    assert {(fault.column, fault.rule, fault.severity) for fault in table.faults} == {
        ("amount", "normalised", "note"),
        ("term", "normalised", "note"),
    }


def test_english_names_in_any_order_give_the_same_record() -> None:
    table = read_records(read_sheet("a.csv", b"amount,code\n1234.50,A\n\n2,B\n"), COLUMNS)
    assert [(record.number, record[CODE], record[AMOUNT], record[TERM]) for record in table.records] == [
        (2, "A", 123_450, 12),
        (4, "B", 200, 12),
    ]


def test_a_workbook_is_read_past_its_instructions_with_real_dates_and_numbers() -> None:
    content = workbook(
        (INSTRUCTIONS, [["请填下一页"]]),
        (
            "数据",
            [
                ["代码", "金额", "日期", "期限(月)"],
                ["A", 12345678.9, date(2022, 3, 31), 12],
                [None],
                ["B", 0.1 + 0.2, None, None],
            ],
        ),
    )
    table = read_records(read_sheet("a.xlsx", content), COLUMNS)
    assert [(r.number, r[CODE], r[AMOUNT], r[DAY]) for r in table.records] == [
        (2, "A", 1_234_567_890, date(2022, 3, 31)),
        (4, "B", 30, None),
    ]


def test_parquet_is_read_like_the_rest() -> None:
    out = io.BytesIO()
    pq.write_table(
        pa.table(
            {"code": ["A"], "amount": pa.array([Decimal("1.20")], pa.decimal128(18, 2)), "term": [6.0], "first": [True]}
        ),
        out,
    )
    [record] = read_records(read_sheet("a.parquet", out.getvalue()), COLUMNS).records
    assert (record[CODE], record[AMOUNT], record[TERM], record[FIRST]) == ("A", 120, 6, True)


def test_unknown_missing_doubled_and_ten_thousand_columns_are_all_named() -> None:
    with pytest.raises(FileRefused) as refusal:
        read_records(read_sheet("a.csv", "颜色,期限,term,金额(万元)\n1,2,3,4\n".encode()), COLUMNS)
    found = {(fault.rule, fault.column) for fault in refusal.value.faults}
    assert found == {
        ("column_unknown", "颜色"),
        ("column_twice", "term"),
        ("unit_ten_thousand", "金额(万元)"),
        ("column_missing", "code"),
        ("column_missing", "amount"),
    }


def test_every_wrong_cell_is_reported_by_row_and_column_and_nothing_is_half_accepted() -> None:
    content = (
        b"code,amount,term,rate,day,first,kinds\nA,1.234,0,36.1,2022-02-30,maybe,gold\n,,x,1.23456,,,\nA,1,1,1,,,\n"
    )
    with pytest.raises(FileRefused) as refusal:
        read_records(read_sheet("a.csv", content), COLUMNS, key=CODE)
    assert {(fault.row, fault.column, fault.rule) for fault in refusal.value.faults} == {
        (2, "amount", "not_money"),
        (2, "term", "out_of_range"),
        (2, "rate", "out_of_range"),
        (2, "day", "not_a_date"),
        (2, "first", "not_yes_no"),
        (2, "kinds", "unknown_code"),
        (3, "code", "required"),
        (3, "amount", "required"),
        (3, "term", "not_whole"),
        (3, "rate", "too_precise"),
        (4, "code", "repeated"),
    }


def test_a_row_of_another_width_is_refused_not_shifted() -> None:
    with pytest.raises(FileRefused) as refusal:
        read_sheet("a.csv", b"code,amount\nA,1,2\nB\n")
    assert [(fault.row, fault.rule) for fault in refusal.value.faults] == [(2, "row_width"), (3, "row_width")]


def test_a_table_under_a_title_is_told_the_row_of_its_header() -> None:
    with pytest.raises(FileRefused) as refusal:
        read_sheet("a.csv", "银行名单\n\ncode,amount\nA,1\nB,2\n".encode())
    [fault] = refusal.value.faults
    assert (fault.rule, fault.value) == ("header_below", "3")


def test_a_code_that_lost_digits_as_a_number_is_refused() -> None:
    with pytest.raises(FileRefused) as refusal:
        read_sheet("a.xlsx", workbook(("数据", [["code"], [914104020000001234]])))
    assert rules(refusal) == {"number_too_long"}


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", b"", "empty"),
        ("a.txt", b"code\n", "format_unknown"),
        ("a.csv", "代码\n".encode("utf-16"), "encoding_utf16"),
        ("a.csv", "代码,名称\n".encode()[:-3] + b"\xff\n", "encoding_damaged"),
        ("a.csv", b"\xef\xbb\xbfcode\n\xd6\xd0\n", "encoding_damaged"),
        ("a.csv", b"code\n\xff\xff\n", "encoding_unknown"),
        ("a.csv", b"code\nA\x00B\n", "forbidden_character"),
        ("a.csv", "code\n\ue000\n".encode(), "forbidden_character"),
        ("a.csv", b'code\n"open\n', "csv_broken"),
        ("a.csv", "code\n模\n".encode("gb18030"), "encoding_doubtful"),
        ("a.xlsx", b"PK\x03\x04 not a workbook", "workbook_broken"),
        ("a.xls", b"nothing", "workbook_broken"),
        ("a.parquet", b"PAR1 nothing", "parquet_broken"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_rule(name: str, content: bytes, rule: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_sheet(name, content)
    assert rules(refusal) == {rule}


def far_corner() -> bytes:
    """A few kilobytes whose last cell makes a reader ask for half a terabyte."""
    book = openpyxl.Workbook()
    book.active.cell(1, 1, "code")
    book.active.cell(1_048_576, 16_384, "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def many_rows() -> bytes:
    """Ten million equal rows in a few kilobytes of Parquet."""
    code = pa.DictionaryArray.from_arrays(pa.array(np.zeros(10_000_000, np.int8)), pa.array(["A"]))
    out = io.BytesIO()
    pq.write_table(pa.table({"code": code}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xlsx", far_corner, "too_costly"),
        ("a.parquet", many_rows, "too_many_rows"),
        ("a.xlsx", lambda: workbook(("数据", [["code"], *([["A"]] * 4)])), "too_many_rows"),
        ("a.csv", lambda: b"code\n" + b"A\n" * 2_000_000, "too_many_rows"),
        ("a.csv", lambda: b"\n" * 5_000_000, "too_many_rows"),
        ("a.csv", lambda: b"code" + b"," * 2_000_000, "too_wide"),
        ("a.xlsx", lambda: workbook(("数据", [["code", *[""] * 599, "x"]])), "too_wide"),
    ],
)
def test_a_file_that_asks_for_more_than_its_bounds_is_refused_and_harms_nobody(
    name: str, content: Callable[[], bytes], rule: str
) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_sheet(name, content(), most=3)
    assert rules(refusal) == {rule}
    assert len(refusal.value.faults) == 1


def test_as_many_rows_as_are_allowed_are_read() -> None:
    assert len(read_sheet("a.csv", b"code\nA\n\nB\nC\n" + b",,\n" * 30, most=3).rows) == 3
    assert len(read_sheet("a.xlsx", workbook(("数据", [["code"], ["A"], ["B"], ["C"]])), most=3).rows) == 3


def test_a_table_that_starts_below_and_beside_the_corner_keeps_its_row_numbers() -> None:
    content = workbook(("数据", [[], [None, "code", "amount"], [], [None, "A", 1]]))
    sheet = read_sheet("a.xlsx", content)
    assert (sheet.header, [(row.number, row.cells) for row in sheet.rows]) == (
        ("", "code", "amount"),
        [(4, ("", "A", "1"))],
    )


def test_no_chinese_text_is_ever_decoded_wrongly_in_silence() -> None:
    seed = 20220607
    print(f"seed {seed}")
    rng = random.Random(seed)
    level_one = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    refused = 0
    for _ in range(1000):
        text = "code," + "".join(rng.choices(level_one, k=rng.randint(1, 12))) + rng.choice(["", "é", "A1", "·"])
        content = text.encode(rng.choice(["utf-8", "utf-8-sig", "gb18030"]))
        if rng.random() < 0.2:
            content = content[: len(content) - 1]
        try:
            assert decode("a.csv", content) in (text, text[:-1])
        except FileRefused:
            refused += 1
    assert refused < 250


def test_what_a_spreadsheet_would_run_is_disarmed_and_comes_back_the_same() -> None:
    for cell in ["=1+1", "+cmd", "-x", "@a", "'=1", "''=1", "-12.50", "+3", "'quoted'", "", "＝1", "某甲", "'"]:
        assert rearmed(disarmed(cell)) == cell
        assert disarmed(cell)[:1] not in "=@＝" or not cell
    rows = [["=HYPERLINK(1)", "-1.00"], ["'=a", 'b,"c"\nd']]
    sheet = read_sheet("a.csv", csv_bytes(["x", "y"], rows))
    assert [list(row.cells) for row in sheet.rows] == rows


def test_the_error_report_lists_errors_first_in_both_languages() -> None:
    with pytest.raises(FileRefused) as refusal:
        read_records(read_sheet("a.csv", b'code,amount\nA,"1,000"\nB,x\n'), COLUMNS)
    report = errors_csv(refusal.value.faults)
    assert report.startswith(b"\xef\xbb\xbffile,row,column,value,rule,severity,message_zh,message_en\n")
    lines = report.decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["3", "2"]
    assert all(isinstance(fault, Fault) for fault in refusal.value.faults)


def test_a_malformed_credit_code_is_a_doubt_and_not_an_error() -> None:
    assert cells.doubtful_code("91410402MA0000015P") is None
    assert cells.doubtful_code("91350100M0001TGQXM") is not None


def test_a_cell_reader_says_its_rule_in_both_languages() -> None:
    with pytest.raises(DomainError) as refusal:
        cells.one_of({"credit": "信用"})("gold")
    assert refusal.value.code == "unknown_code"
    assert "信用" in refusal.value.text.zh
    assert "credit" in refusal.value.text.en
