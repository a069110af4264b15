"""One return says the same in every format: the same errors when bad, the same row digest when good."""

from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from kernel.money import yuan
from kernel.tables.faults import FileRefused
from settlement.engine.tape import LOAN_TAPE
from settlement.returns.workbooks import number_text
from tests.seeds import seeded
from tests.settlement.returns.filed_files import (
    ENGLISH,
    TITLES,
    Loan,
    any_loan,
    code,
    loan,
    loans,
    marks,
    take,
    write_csv,
    write_parquet,
    write_xlsx,
)


def _bad_return() -> tuple[list[Loan], list[Loan]]:
    """A return with many kinds of bad rows, and the same one put right."""
    good = loans(20)
    bad = [dict(row) for row in good]
    bad[0]["balance"] = "125万"
    bad[1]["balance"] = "86400.005"
    bad[2]["maturity_date"] = "2021-03-18"
    bad[3]["credit_line"] = "-5.00"
    bad[4]["loan_id"] = bad[5]["loan_id"] = "SH77"
    bad[6]["classification"] = "一般"
    bad[7]["start_date"] = "2022-10-08"
    bad[8]["borrower_code"] = "9141040"
    bad[9]["borrower_name"] = ""
    bad[10]["annual_rate"] = "41"
    bad[11]["region"] = "郑州市"
    bad[12]["borrower_name"] = "长" * 130
    bad[13]["borrower_code"] = "ID:410402199001011234"
    bad[14]["borrower_code"] = bad[15]["borrower_code"] = good[15]["borrower_code"]
    bad[15]["credit_line"] = "4000000.00"
    bad[16]["industry"] = "99"
    bad[17]["first_loan"] = "可能"
    bad[18]["renews"] = "x\u200by"
    bad[19]["maturity_date"] = "2023年2月30日"
    return good, bad


def test_a_return_with_many_kinds_of_bad_rows_has_one_error_list_in_every_format(tmp_path: Path) -> None:
    good, bad = _bad_return()
    as_csv = write_csv(tmp_path, bad, "bad.csv", "gb18030", headings=TITLES)
    as_xlsx = write_xlsx(tmp_path, bad, "bad.xlsx", headings=TITLES)
    found, again = take(as_csv), take(as_xlsx)
    assert (found.format, found.encoding) == ("CSV", "GB18030")
    assert (again.format, again.sheet) == ("XLSX", "Sheet")
    assert marks(found) == marks(again)
    assert len({one.rule.key for one in found.errors.listed}) >= 12
    assert [one.text for one in found.errors.listed] == [one.text for one in again.errors.listed]
    assert [count.rows for count in found.errors.counts] == [count.rows for count in again.errors.counts]
    assert take(write_csv(tmp_path, good, "bad.csv", "gb18030", headings=TITLES)).is_accepted
    assert take(write_xlsx(tmp_path, good, "bad.xlsx", headings=TITLES)).is_accepted


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_and_heading_gives_the_same_rows(tmp_path: Path, encoding: str) -> None:
    plain = take(write_csv(tmp_path, loans(9)))
    found = take(write_csv(tmp_path, loans(9), encoding=encoding, headings=TITLES))
    assert found.row_digest == plain.row_digest
    assert found.first_rows[0][2] == "平顶山市第1号商贸有限公司"
    assert len(found.first_rows) == 5


def test_random_returns_keep_their_digest_through_csv_xlsx_and_parquet_in_any_order(tmp_path: Path) -> None:
    chance = seeded()
    for _ in range(3):
        rows = [any_loan(chance, number) for number in range(1, 60)]
        for row in rows:
            row["borrower_kind"] = "small"
        same_lines(rows)
        found = take(write_csv(tmp_path, rows))
        assert found.is_accepted, marks(found)
        shuffled, columns = chance.sample(rows, len(rows)), chance.sample(ENGLISH, len(ENGLISH))
        again = [
            take(write_csv(tmp_path, shuffled, "s.csv", "gb18030", columns, TITLES), tape="a.parquet"),
            take(write_xlsx(tmp_path, shuffled, columns=columns), tape="b.parquet"),
            take(write_parquet(tmp_path, shuffled), tape="c.parquet"),
        ]
        assert [one.row_digest for one in again] == [found.row_digest] * 3
        assert {one.total_balance for one in again} == {found.total_balance}


def same_lines(rows: list[Loan]) -> None:
    """Give a borrower's rows the line of its first."""
    first: dict[str, str] = {}
    for row in rows:
        row["credit_line"] = first.setdefault(row["borrower_code"], row["credit_line"])


def test_the_digest_sees_every_value_but_not_the_row_numbers(tmp_path: Path) -> None:
    digests = {take(write_csv(tmp_path, loans(3))).row_digest}
    changes = {"balance": "1250000.01", "first_loan": "Y", "renews": "R1", "share": "99.9999", "industry": ""}
    for column, value in changes.items():
        digests.add(take(write_csv(tmp_path, [loan(1, **{column: value}), loan(2), loan(3)])).row_digest)
    assert len(digests) == len(changes) + 1
    assert take(write_csv(tmp_path, [loan(3), loan(1), loan(2)])).row_digest in digests


def test_the_tape_has_the_columns_and_types_of_the_catalogue_in_order(tmp_path: Path) -> None:
    found = take(write_csv(tmp_path, [loan(2, share="33.3333", annual_rate="5.0"), loan(1, borrower_code=code(2))]))
    with duckdb.connect() as db:
        described = db.execute(f"DESCRIBE FROM '{found.tape}'").fetchall()
        rows = db.execute(
            f"SELECT row, loan_id, bno, annual_rate, share, balance, first_loan, renews FROM '{found.tape}'"
        )
        assert [(line[0], line[1]) for line in described] == [(column.name, column.sql_type) for column in LOAN_TAPE]
        assert rows.fetchall() == [
            (3, "SH00000001", 1, 43500, 1_000_000, 125_000_000, False, None),
            (2, "SH00000002", 1, 50000, 333_333, 125_000_000, False, None),
        ]


def test_the_digest_can_be_recomputed_from_its_description(tmp_path: Path) -> None:
    import hashlib

    from settlement.engine.tape import DIGEST_CHUNK_ROWS, DIGEST_HEADING, DIGESTED_COLUMNS

    found = take(write_csv(tmp_path, [loan(n, industry="", share="50") for n in range(1, DIGEST_CHUNK_ROWS + 10)]))
    with duckdb.connect() as db:
        rows = db.execute(f"SELECT {', '.join(DIGESTED_COLUMNS)} FROM '{found.tape}'").fetchall()
    texts = [["" if v is None else str(int(v)) if isinstance(v, bool) else str(v) for v in row] for row in rows]
    lines = ["\x1f".join(row) + "\n" for row in texts]
    chunks = ["".join(lines[i : i + DIGEST_CHUNK_ROWS]) for i in range(0, len(lines), DIGEST_CHUNK_ROWS)]
    digests = [hashlib.sha256(chunk.encode()).hexdigest() for chunk in chunks]
    total = hashlib.sha256("\n".join([DIGEST_HEADING, *digests, ""]).encode()).hexdigest()
    assert found.row_digest == total


def test_conversions_are_made_and_counted(tmp_path: Path) -> None:
    rows = [
        loan(1, balance="１２５００００．００", loan_id="ＳＨ１"),
        loan(2, balance="1,250,000.00", credit_line="５，０００，０００"),
        loan(3, balance=" 1250000.00 ", start_date="2022年3月18日", maturity_date="20230318"),
        loan(4, annual_rate="4.35%", region="新华区", first_loan="否", borrower_kind="微型企业"),
    ]
    found = take(write_csv(tmp_path, rows))
    assert found.is_accepted, marks(found)
    assert (found.conversions.full_width, found.conversions.thousands, found.conversions.spaces) == (3, 2, 1)
    assert found.total_balance == 4 * 125_000_000
    rows[0]["loan_id"] = "SH1"
    plain = [loan(n, loan_id=row["loan_id"]) for n, row in enumerate(rows, start=1)]
    assert take(write_csv(tmp_path, plain)).row_digest == found.row_digest


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    optional = ("industry", "currency", "first_loan", "renews", "share")
    rows = [loan(1, industry="")]
    found = take(write_csv(tmp_path, rows, columns=[name for name in ENGLISH if name not in optional]))
    assert found.row_digest == take(write_csv(tmp_path, rows)).row_digest
    assert found.absent_columns == optional


def _refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(FileRefused) as caught:
        take(path)
    return [(fault.rule, fault.column) for fault in caught.value.faults]


def test_unknown_doubled_and_missing_columns_are_named_all_at_once(tmp_path: Path) -> None:
    columns = [*(name for name in ENGLISH if name not in ("balance", "purpose")), "备注", "loan_id"]
    path = write_csv(tmp_path, loans(2), columns=columns, headings={"region": "区域"})
    assert _refused(path) == [
        ("column_unknown", "区域"),
        ("column_unknown", "备注"),
        ("column_twice", "loan_id"),
        ("column_missing", "区县 region"),
        ("column_missing", "贷款余额 balance"),
        ("column_missing", "用途 purpose"),
    ]


@pytest.mark.parametrize("heading", ["贷款余额(万元)", "贷款余额（万元）", "balance(万元)", "贷款余额 (人民币万元)"])
def test_a_heading_in_ten_thousands_is_refused_and_says_how_to_convert(tmp_path: Path, heading: str) -> None:
    path = write_csv(tmp_path, loans(2), headings={"balance": heading})
    with pytest.raises(FileRefused, match="乘以 10000") as caught:
        take(path)
    assert [fault.rule for fault in caught.value.faults] == ["unit_ten_thousand"]
    assert "multiply the column by 10,000" in caught.value.faults[0].text.en


@pytest.mark.parametrize("heading", ["贷款余额(元)", "贷款余额（元）", " 贷款余额 ", "Balance", "*贷款余额"])
def test_headings_are_read_kindly(tmp_path: Path, heading: str) -> None:
    assert take(write_csv(tmp_path, loans(2), headings={"balance": heading})).is_accepted


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (12345678.9, "12345678.90"),
        (0.1 + 0.2, "0.30"),
        (1234.5600000000001, "1234.56"),
        (86400.005, "86400.005"),
        (9999999999999.99, "9999999999999.99"),
        (1e-7, "0.0000001"),
        (5.0, "5.00"),
        (100000.0, "100000.00"),
        (-0.5, "-0.50"),
    ],
)
def test_a_number_cell_reads_as_its_author_sees_it(stored: float, text: str) -> None:
    assert number_text(stored, is_money=True) == text


def test_every_amount_below_the_fifteenth_digit_survives_a_number_cell() -> None:
    chance = seeded()
    for _ in range(20_000):
        fen = chance.randrange(10 ** chance.randrange(1, 16))
        text = number_text(float(yuan(fen)), is_money=True)
        whole, _, decimals = text.partition(".")
        assert int(whole) * 100 + int(decimals.ljust(2, "0")) == fen


def _sheet(tmp_path: Path, **cells: object) -> Path:
    path = write_xlsx(tmp_path, loans(2))
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


def test_a_number_the_spreadsheet_has_shortened_is_an_error_and_never_read(tmp_path: Path) -> None:
    balance, name = ENGLISH.index("balance"), ENGLISH.index("loan_id")
    path = _sheet(tmp_path, **{f"{chr(65 + balance)}2": 90071992547409.92, f"{chr(65 + name)}3": 123456789012345678})
    found = take(path)
    assert [(mark[0], mark[1], mark[3]) for mark in marks(found)] == [
        (2, "balance", "number_cell"),
        (3, "loan_id", "number_cell"),
    ]
    assert "把这一列设为文本格式" in found.errors.listed[0].text.zh


def test_a_day_with_an_hour_and_a_bare_serial_number_are_not_dates(tmp_path: Path) -> None:
    start = chr(65 + ENGLISH.index("start_date"))
    path = _sheet(tmp_path, **{f"{start}2": datetime(2022, 3, 18, 10, 30), f"{start}3": 44638})  # noqa: DTZ001
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active[f"{start}3"].number_format = "General"
    book.save(path)
    found = take(path)
    assert marks(found) == [
        (2, "start_date", "2022-03-18 10:30:00", "not_date"),
        (3, "start_date", "44638", "not_date"),
    ]


def test_the_first_data_sheet_is_read_wherever_its_table_begins(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, [loan(1), loan(2, balance="x")])
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active.insert_rows(1, 2)
    book.active.insert_cols(1)
    notes = book.create_sheet("填报说明", 0)
    notes["A1"] = "先读我"
    book.create_sheet("空", 0)
    hidden = book.create_sheet("旧", 0)
    hidden["A1"], hidden.sheet_state = "loan_id", "hidden"
    book.save(path)
    assert _refused(path)[0] == ("column_unknown", "第 1 列（没有列名）")
    book["Sheet"].delete_cols(1)
    book.save(path)
    found = take(path)
    assert (found.sheet, marks(found)) == ("Sheet", [(5, "balance", "x", "not_money")])


def test_a_cell_to_the_right_of_the_header_is_told(tmp_path: Path) -> None:
    found = take(_sheet(tmp_path, W2="多出来"))
    assert [(mark[0], mark[3]) for mark in marks(found)] == [(2, "row_width")]


def test_parquet_of_binary_numbers_is_read_exactly_or_not_at_all(tmp_path: Path) -> None:
    with duckdb.connect() as db:
        path = write_parquet(tmp_path, loans(2))
        db.execute(f"CREATE TABLE t AS FROM '{path}'")
        db.execute("ALTER TABLE t ALTER balance TYPE DOUBLE")
        db.execute(
            "UPDATE t SET balance = 12345678.9 WHERE loan_id LIKE '%1'; UPDATE t SET balance = 90071992547409.92 WHERE loan_id LIKE '%2'"
        )
        db.execute(f"COPY t TO '{tmp_path / 'd.parquet'}'")
        db.execute("ALTER TABLE t ALTER balance TYPE FLOAT")
        db.execute(f"COPY t TO '{tmp_path / 'f.parquet'}'")
    assert [(mark[0], mark[3]) for mark in marks(take(tmp_path / "d.parquet"))] == [(3, "number_cell")]
    assert _refused(tmp_path / "f.parquet") == [("column_type", "balance")]


def test_a_file_name_of_any_kind_is_only_a_name(tmp_path: Path) -> None:
    for name in ("a*b[1].csv", "报表 '2022'; DROP.csv", "x.gz.csv"):
        assert take(write_csv(tmp_path, loans(2), name)).is_accepted
        assert take(write_parquet(tmp_path, loans(2), name.replace("csv", "parquet"))).is_accepted


def test_quoted_commas_quotes_and_apostrophes_come_through(tmp_path: Path) -> None:
    names = ['A,B "C" 公司', "'单引号", "''=x", "-5号店", "@here", "=1+1"]
    found = take(write_csv(tmp_path, [loan(n, borrower_name=name) for n, name in enumerate(names, start=1)]))
    with duckdb.connect() as db:
        read = [row[0] for row in db.execute(f"SELECT borrower_name FROM '{found.tape}' ORDER BY row").fetchall()]
    assert read == ['A,B "C" 公司', "'单引号", "'=x", "-5号店", "@here", "=1+1"]
