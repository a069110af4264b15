"""Money is whole fen (分). Rates are exact decimals. Never a float."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from kernel.errors import DomainError

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
MAX_FEN = 10**17  # ten thousand times the yearly loans of a large city; every BIGINT column checks it

_PLAIN = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d{1,2}))?")
_CURRENCY = re.compile(r"^([+-]?)\s*¥\s*(?=[+-]?\d)|(?<=\d)\s*元$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


class NotMoney(DomainError):
    """The text is not an amount in yuan with at most two decimals."""

    def __init__(self, text: str) -> None:
        super().__init__(
            "not_money",
            f"“{text}”不是金额：填元，最多两位小数，例如 12345678.90",
            f"“{text}” is not an amount: write yuan with at most two decimals, such as 12345678.90",
        )


def parse_yuan(text: str) -> int:
    """Fen from yuan as people write them: thousands commas, full-width digits, ￥ before or 元 behind are fine, a third
    decimal is not."""
    plain = _CURRENCY.sub(r"\1", unicodedata.normalize("NFKC", text).strip())
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    match = _PLAIN.fullmatch(plain)
    if match is None or not plain.isascii():
        raise NotMoney(text)
    sign, yuan, cents = match.groups()
    fen = int(yuan) * FEN_PER_YUAN + int((cents or "").ljust(2, "0"))
    if fen > MAX_FEN:
        raise NotMoney(text)
    return -fen if sign == "-" else fen


def yuan(fen: int) -> str:
    """`1234567.80`: yuan with two decimals and no separators, as in files."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // FEN_PER_YUAN}.{whole % FEN_PER_YUAN:02d}"


def grouped(fen: int) -> str:
    """`1,234,567.80`, with the typographic minus, as on pages."""
    sign, whole = ("−" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // FEN_PER_YUAN:,}.{whole % FEN_PER_YUAN:02d}"


def half_up(value: Fraction | Decimal | int) -> int:
    """Round half away from zero to a whole number: the one rounding function of the house."""
    exact = Fraction(value)
    rounded = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -rounded if exact < 0 else rounded


def times_rate(fen: int, rate: Decimal) -> int:
    """An amount in fen times an exact rate, rounded half up to the fen, once."""
    return half_up(Fraction(fen) * Fraction(rate))


def _section(number: int) -> str:
    """Four digits in capital characters, zeros collapsed: 1003 → 壹仟零叁."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return text


def _yuan_capitals(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group:
            text += ("零" if text and (gap or group < 1000) else "") + _section(group) + _GROUPS[index]
            gap = False
        else:
            gap = True
    return text


def capitals(fen: int) -> str:
    """大写 as on Chinese payment papers: 37261537 → 叁拾柒万贰仟陆佰壹拾伍元叁角柒分."""
    sign, whole = ("负" if fen < 0 else ""), abs(fen)
    number, cents = divmod(whole, FEN_PER_YUAN)
    jiao, last = divmod(cents, 10)
    text = _yuan_capitals(number) + "元" if number else ""
    if not cents:
        return sign + (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif number:
        text += "零"
    return sign + text + (_DIGITS[last] + "分" if last else "整")
