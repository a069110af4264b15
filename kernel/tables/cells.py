"""How one cell of text becomes a value. Each reader raises a `DomainError` whose code is the rule that the cell breaks."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from kernel.bilingual import Text
from kernel.credit_code import CodeCheck, check
from kernel.errors import DomainError
from kernel.money import parse_yuan, yuan

_DATES = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00:00)?"),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
)
_INTEGER = re.compile(r"[+-]?\d{1,12}(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?\d{1,12}(?:\.\d+)?")
_YES = {"Y": True, "是": True, "1": True, "N": False, "否": False, "0": False}


class CellRefused(DomainError):
    """The cell's text is not what its column takes."""


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def text(longest: int) -> Callable[[str], str]:
    """Any text of at most so many characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise CellRefused("too_long", f"最多 {longest} 个字", f"At most {longest} characters")
        return cell

    return read


def yuan_at_least(lowest: int) -> Callable[[str], int]:
    """Fen from yuan, not below `lowest` fen."""

    def read(cell: str) -> int:
        fen = parse_yuan(cell)
        if fen < lowest:
            raise CellRefused("too_small", f"不能小于 {yuan(lowest)} 元", f"Not below {yuan(lowest)} yuan")
        return fen

    return read


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """A whole number in a range, both ends included."""

    def read(cell: str) -> int:
        plain = _half_width(cell).replace(",", "")
        if not (plain.isascii() and _INTEGER.fullmatch(plain)):
            raise CellRefused("not_whole", f"“{cell}”不是整数", f"“{cell}” is not a whole number")
        value = int(Decimal(plain))
        if not lowest <= value <= highest:
            raise CellRefused(
                "out_of_range", f"应在 {lowest} 到 {highest} 之间", f"Must lie between {lowest} and {highest}"
            )
        return value

    return read


def percent(lowest: str, highest: str, places: int = 4) -> Callable[[str], Decimal]:
    """A percentage as written (`4.35` is 4.35 %), with at most so many decimals."""
    low, high = Decimal(lowest), Decimal(highest)

    def read(cell: str) -> Decimal:
        plain = _half_width(cell).removesuffix("%")
        if not (plain.isascii() and _DECIMAL.fullmatch(plain)):
            raise CellRefused("not_percent", f"“{cell}”不是百分数", f"“{cell}” is not a percentage")
        value = Decimal(plain).normalize()
        if -int(value.as_tuple().exponent) > places:
            raise CellRefused("too_precise", f"最多 {places} 位小数", f"At most {places} decimals")
        if not low <= value <= high:
            raise CellRefused("out_of_range", f"应在 {low} 到 {high} 之间", f"Must lie between {low} and {high}")
        return value

    return read


def day(cell: str) -> date:
    """A date as `2022-03-31`, `2022/3/31`, `20220331` or `2022年3月31日`."""
    plain = _half_width(cell)
    for pattern in _DATES:
        match = pattern.fullmatch(plain)
        if match and plain[:4].isascii():
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:
                break
    raise CellRefused("not_a_date", f"“{cell}”不是日期，写成 2022-03-31", f"“{cell}” is not a date: write 2022-03-31")


def yes_no(cell: str) -> bool:
    """`Y/N`, `是/否`, `1/0`."""
    answer = _YES.get(_half_width(cell).upper())
    if answer is None:
        raise CellRefused("not_yes_no", f"“{cell}”应填 是/否 或 Y/N", f"“{cell}” must be Y/N or 是/否")
    return answer


def one_of(labels: Mapping[str, str]) -> Callable[[str], str]:
    """A code of a closed list, by the code itself or by its Chinese label (`labels`: code → label)."""
    codes = {label: code for code, label in labels.items()} | {code: code for code in labels}
    folded = {name.lower(): code for name, code in codes.items()}

    def read(cell: str) -> str:
        code = folded.get(_half_width(cell).lower())
        if code is None:
            allowed = "、".join(f"{label} {code}" for code, label in labels.items())
            raise CellRefused(
                "unknown_code", f"“{cell}”不在代码表里：{allowed}", f"“{cell}” is not one of {', '.join(labels)}"
            )
        return code

    return read


def several(read_one: Callable[[str], str]) -> Callable[[str], frozenset[str]]:
    """A `;`-separated list without order."""
    return lambda cell: frozenset(_parts(cell, read_one))


def ranked(read_one: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """A `;`-separated list whose order counts; a repeated entry keeps its first place."""
    return lambda cell: tuple(dict.fromkeys(_parts(cell, read_one)))


def _parts(cell: str, read_one: Callable[[str], str]) -> list[str]:
    return [read_one(part.strip()) for part in cell.replace("；", ";").split(";") if part.strip()]


def doubtful_code(code: str) -> Text | None:
    """The warning for a credit code whose form or check digit is off; to be confirmed, not refused (domain §11)."""
    if check(code) is CodeCheck.VALID:
        return None
    return Text(
        f"“{code}”不符合统一社会信用代码的格式或校验位，请核对",
        f"“{code}” fails the form or the check digit of a unified social credit code; please confirm it",
    )
