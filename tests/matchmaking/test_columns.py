"""Rates and code lists come back as they went in; typed amounts become yuan."""

from decimal import Decimal

import pytest
from sqlalchemy.dialects import sqlite

from matchmaking.columns import CodeList, Percent
from matchmaking.units import in_yuan, shown_rate, with_yuan

DIALECT = sqlite.dialect()


@pytest.mark.parametrize(("rate", "units"), [("4.35", 43500), ("0", 0), ("3.8501", 38501), ("36", 360000)])
def test_a_rate_is_kept_as_whole_ten_thousandths(rate: str, units: int) -> None:
    assert Percent().process_bind_param(Decimal(rate), DIALECT) == units
    assert Percent().process_result_value(units, DIALECT) == Decimal(rate)


def test_a_fifth_decimal_is_refused_never_rounded() -> None:
    with pytest.raises(ValueError, match="four decimals"):
        Percent().process_bind_param(Decimal("3.85001"), DIALECT)


@pytest.mark.parametrize(("rate", "shown"), [("4.8", "4.80"), ("4.80", "4.80"), ("4", "4.00"), ("3.8501", "3.8501")])
def test_a_rate_is_written_with_two_decimals_or_as_many_as_it_needs(rate: str, shown: str) -> None:
    assert f"{shown_rate(Decimal(rate)):f}" == shown


@pytest.mark.parametrize("codes", [(), ("credit",), ("surety", "credit")])
def test_codes_come_back_in_their_order(codes: tuple[str, ...]) -> None:
    kept = CodeList().process_bind_param(codes, DIALECT)
    assert CodeList().process_result_value(kept, DIALECT) == codes


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [("300", "3000000"), ("0.65", "6500"), ("１，２００".replace("，", ","), "12000000"), ("12.345678", "123456.78")],
)
def test_an_amount_typed_in_wan_becomes_yuan(typed: str, yuan: str) -> None:
    assert in_yuan(typed, "wan") == yuan


@pytest.mark.parametrize("typed", ["三百万", "", "1e3", "-5", "1.1234567890123"])
def test_what_is_no_number_stays_as_typed_for_the_field_to_refuse(typed: str) -> None:
    assert in_yuan(typed, "wan") == typed


def test_yuan_stays_yuan_and_the_unit_is_taken_out() -> None:
    assert with_yuan({"amount": "300", "amount_unit": "yuan", "term": "12"}, "amount") == {
        "amount": "300",
        "term": "12",
    }
