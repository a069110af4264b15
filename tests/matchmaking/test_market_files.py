"""The market files: both namings, every format, faults of all three files at once."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from kernel.tables.faults import FileRefused
from matchmaking.market_files import columns
from matchmaking.market_files.reading import FiledMarket, MarketFile, read_market
from matchmaking.matching.market import Bank, Market, Product, Request
from matchmaking.sessions.market import market_files

BANKS = "institution_code,name,desks,seats\n91410402MA0000015P,甲银行,2,\n91410482MA0000023E,乙银行,1,5\n"
PRODUCTS = (
    "product_id,institution_code,name,amount_min,amount_max,term_min,term_max,rate_min,rate_max,guarantee_kinds,"
    "industries,regions,purposes,required_tags,promised_days,valid_from,valid_to,quota\n"
    "P1,91410402MA0000015P,信用贷,10000.00,300000.00,6,36,3.85,5.2,credit;surety,C;F,410402;宝丰县,,first_loan,5,"
    "2022-01-01,2022年12月31日,\n"
)
REQUESTS = (
    "request_id,enterprise_code,enterprise_name,amount,term,rate_ceiling,guarantee_kinds,industry,region,purpose,tags,"
    "needed_by,submitted_at,meetings_wanted,preferred_institutions,vetoed_institutions\n"
    'R1,91410411MA0000031E,某企业,"200,000.00",12,4.5,credit,C13,新华区,working_capital,first_loan;pool,2022-09-30,'
    "2022-06-10,,91410482MA0000023E,\n"
)


def read(banks: str = BANKS, products: str = PRODUCTS, requests: str = REQUESTS) -> FiledMarket:
    return read_market(
        MarketFile("banks.csv", banks.encode()),
        MarketFile("products.csv", products.encode()),
        MarketFile("requests.csv", requests.encode()),
    )


def test_the_english_files_give_the_market() -> None:
    filed = read()
    [product], [request] = filed.market.products, filed.market.requests
    assert [(bank.desks, bank.seats) for bank in filed.market.banks] == [(2, None), (1, 5)]
    assert (product.amount_min, product.amount_max, product.rate_min) == (1_000_000, 30_000_000, Decimal("3.85"))
    assert product.regions == {"410402", "410421"}
    assert product.quota is None
    assert (request.amount, request.region, request.section, request.meetings_wanted) == (20_000_000, "410402", "C", 3)
    assert request.preferred_institutions == ("91410482MA0000023E",)
    assert request.consented
    assert [(fault.column, fault.rule, fault.severity) for fault in filed.remarks] == [("amount", "normalised", "note")]


def test_chinese_headings_and_labels_in_another_order_give_the_same_market() -> None:
    banks = "洽谈桌数,机构名称,本场最多场次,机构代码\n2,甲银行,,91410402MA0000015P\n1,乙银行,5,91410482MA0000023E\n"
    header = [column.heading for column in columns.PRODUCTS][::-1]
    row = PRODUCTS.splitlines()[1].replace("credit;surety", "信用；保证").replace("first_loan", "首贷").split(",")[::-1]
    products = ",".join(header) + "\n" + ",".join(row) + "\n"
    requests = REQUESTS.replace(
        REQUESTS.splitlines()[0], ",".join(column.heading for column in columns.REQUESTS)
    ).replace("working_capital", "流动资金")
    requests = "\n".join(f"{line},小型" if number else line for number, line in enumerate(requests.splitlines())) + "\n"
    plain = read().market
    sized = replace(plain, requests=tuple(replace(one, size="small") for one in plain.requests))
    assert read(banks, products, requests).market == sized


def test_a_workbook_and_gb18030_give_the_same_market() -> None:
    book = openpyxl.Workbook()
    for line in BANKS.splitlines():
        book.active.append(
            [int(cell) if cell.isdigit() and len(cell) < 3 else cell or None for cell in line.split(",")]
        )
    out = io.BytesIO()
    book.save(out)
    mixed = read_market(
        MarketFile("banks.xlsx", out.getvalue()),
        MarketFile("products.csv", PRODUCTS.encode("gb18030")),
        MarketFile("requests.csv", REQUESTS.encode("utf-8-sig")),
    )
    assert mixed.market == read().market


def test_headings_and_names_are_unique_within_each_file() -> None:
    for catalogue in (columns.BANKS, columns.PRODUCTS, columns.REQUESTS):
        names = [name for column in catalogue for name in column.names()]
        assert len(names) == len(set(names))


def test_faults_of_all_three_files_are_reported_together() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(
            BANKS.replace(",2,", ",0,"),
            PRODUCTS.replace("300000.00,6,36", "9000.00,40,36").replace("promised_days", "days"),
            REQUESTS.replace("credit,C13,新华区", "gold,Z,火星"),
        )
    found = {
        (fault.file, fault.row, fault.column, fault.rule) for fault in refusal.value.faults if fault.severity == "error"
    }
    assert found == {
        ("banks.csv", 2, "desks", "out_of_range"),
        ("products.csv", 1, "days", "column_unknown"),
        ("products.csv", 1, "promised_days", "column_missing"),
        ("requests.csv", 2, "guarantee_kinds", "unknown_code"),
        ("requests.csv", 2, "industry", "unknown_industry"),
        ("requests.csv", 2, "region", "unknown_region"),
    }


def test_reversed_ranges_and_unlisted_banks_are_faults_of_their_row() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(products=PRODUCTS.replace("300000.00,6,36,3.85", "9000.00,40,36,6").replace("MA0000015P", "MA00000150"))
    assert {(fault.row, fault.column, fault.rule) for fault in refusal.value.faults if fault.severity == "error"} == {
        (2, "amount_min", "range_reversed"),
        (2, "term_min", "range_reversed"),
        (2, "rate_min", "range_reversed"),
        (2, "institution_code", "bank_unknown"),
    }


def test_doubtful_codes_and_wishes_for_absent_banks_are_warnings() -> None:
    filed = read(
        requests=REQUESTS.replace("91410411MA0000031E", "91410411MA00000310").replace("MA0000023E,\n", "MA0000031E,\n")
    )
    found = {(fault.column, fault.rule) for fault in filed.remarks if fault.severity == "warning"}
    assert found == {("enterprise_code", "to_confirm"), ("preferred_institutions", "bank_absent")}


def test_a_request_filed_twice_is_refused() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(requests=REQUESTS + REQUESTS.splitlines()[1] + "\n")
    assert [fault.rule for fault in refusal.value.faults if fault.severity == "error"] == ["repeated"]


@pytest.mark.parametrize(
    "name", ['=1+1, "x"', "甲\n乙", "１２３全角", "a;b", "-5", "'quoted", "x\ty", "0012", "1,200", "名" * 120]
)
def test_a_market_of_the_service_survives_its_files_whatever_its_names_hold(name: str) -> None:
    bank = Bank("91410402MA0000015P", name, 50, 0)
    rates = (Decimal("0"), Decimal("36"))
    product = Product(
        *("P1", bank.institution_code, name, 1, 10**15, 1, 360, *rates, frozenset({"credit"})),
        promised_days=365,
        quota=0,
    )
    request = Request(
        *("R1", "91410411MA0000031E", name, 1, 360, Decimal("0.0001"), frozenset({"credit"}), "C33", "410402", "other"),
        meetings_wanted=10,
        size="micro",
    )
    market = Market((bank,), (product,), (request,))
    files = market_files(market)
    again = read_market(*(MarketFile(kind, files[kind]) for kind in ("banks.csv", "products.csv", "requests.csv")))
    assert again.market == market
