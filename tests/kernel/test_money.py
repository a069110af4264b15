"""Money: whole fen, one rounding, amounts as people write them, 大写."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from kernel.money import NotMoney, capitals, grouped, half_up, parse_yuan, times_rate, yuan


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12345678.90", 1234567890),
        ("12,345,678.9", 1234567890),
        ("１２３４．５０", 123450),
        ("0", 0),
        ("-3.05", -305),
        ("+7", 700),
        (" 8.1 ", 810),
        ("￥1,250.50", 125050),
        ("-¥ 3", -300),
        ("1250.5 元", 125050),
    ],
)
def test_yuan_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "125万",
        "86,400.005",
        "1.234",
        "1,23.00",
        "1e5",
        "NaN",
        "0x10",
        "１２．３４５",
        "--1",
        "1 000",
        "元",
        "￥",
        "125万元",
        "5元元",
    ],
)
def test_what_is_not_an_amount_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(NotMoney):
        parse_yuan(text)


def test_yuan_and_back_is_the_same_fen() -> None:
    seed = random.randrange(2**32)
    source = random.Random(seed)
    for _ in range(2000):
        fen = source.randint(-(10**16), 10**16)
        assert parse_yuan(yuan(fen)) == fen, f"seed {seed}"
        assert parse_yuan(grouped(fen).replace("−", "-")) == fen, f"seed {seed}"


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(49, 100), 0),
        (Decimal("2.5"), 3),
        (Decimal("-2.5"), -3),
        (7, 7),
    ],
)
def test_rounding_is_half_away_from_zero(value: Fraction | Decimal | int, rounded: int) -> None:
    assert half_up(value) == rounded


def test_one_per_cent_of_growth_is_rounded_once() -> None:
    assert times_rate(6_666_667_777, Decimal("0.01")) == 66_666_678  # T2


def test_a_half_fen_above_two_to_the_53_still_rounds_up() -> None:
    assert times_rate(2**60 + 50 - 2**60 % 100, Decimal("0.01")) == half_up(Fraction(2**60 + 50 - 2**60 % 100, 100))
    assert half_up(Fraction(2 * 2**60 + 1, 2)) == 2**60 + 1


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (37_261_537, "叁拾柒万贰仟陆佰壹拾伍元叁角柒分"),
        (300_000_000, "叁佰万元整"),
        (125_000_000, "壹佰贰拾伍万元整"),
        (100_000_007, "壹佰万元零柒分"),
        (100_000_005_000, "壹拾亿零伍拾元整"),
        (5, "伍分"),
        (30, "叁角整"),
        (1_000_100, "壹万零壹元整"),
        (10_000_000_010_000, "壹仟亿零壹佰元整"),
        (10_100_000_000_000_000, "壹佰零壹万亿元整"),
        (-12_345, "负壹佰贰拾叁元肆角伍分"),
    ],
)
def test_capitals_as_on_payment_papers(fen: int, text: str) -> None:
    assert capitals(fen) == text
