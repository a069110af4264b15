"""Unified social credit codes."""

import pytest

from kernel.credit_code import ALPHABET, CodeCheck, check, complete


@pytest.mark.parametrize("code", ["91410402MA0000015P", "91410482MA0000023E", "91410411MA0000031E"])
def test_a_right_code_passes(code: str) -> None:
    assert check(code) is CodeCheck.VALID


def test_an_early_lawful_code_may_fail_its_check_digit_and_is_only_a_warning() -> None:
    assert check("91350100M0001TGQXM") is CodeCheck.CHECK_DIGIT


@pytest.mark.parametrize(
    "code", ["", "91410402MA0000015", "91410402MA0000015PP", "9141O402MA0000015P", "91410402ma0000015p"]
)
def test_a_wrong_length_or_alphabet_is_an_error(code: str) -> None:
    assert check(code) is CodeCheck.MALFORMED


def test_the_check_digit_is_the_weighted_sum_of_the_standard() -> None:
    body = "91410402MA0000015"
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    assert complete(body) == body + ALPHABET[(31 - total % 31) % 31]
