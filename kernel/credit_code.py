"""Unified social credit code 统一社会信用代码 (GB 32100-2015)."""

from enum import Enum

from stdnum.cn import uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


class CodeCheck(Enum):
    """How a code stands: a failing check digit is a warning to confirm, a wrong length or alphabet an error (domain §11)."""

    VALID = "valid"
    CHECK_DIGIT = "check_digit"
    MALFORMED = "malformed"


def check(code: str) -> CodeCheck:
    """Whether a code is well-formed and its check digit holds."""
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return CodeCheck.MALFORMED
    return CodeCheck.VALID if uscc.calc_check_digit(code[:-1]) == code[-1] else CodeCheck.CHECK_DIGIT


def complete(body: str) -> str:
    """The 17 leading characters with their check digit, for made-up codes in demonstrations and tests."""
    return body + uscc.calc_check_digit(body)
