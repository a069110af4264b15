"""How values travel: strict marshmallow fields whose messages are Chinese and English.

Money travels as yuan text with two decimals (`"12345.60"`), rates as decimal text, quarters as `2022Q1`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import marshmallow
from marshmallow import fields

from kernel.bilingual import Text
from kernel.credit_code import CodeCheck, check
from kernel.errors import DomainError
from kernel.money import NotMoney, parse_yuan, yuan
from kernel.periods import EARLIEST_YEAR, LATEST_YEAR, IsoWeek, NotAPeriod, Quarter, is_sensible_year

P = TypeVar("P")

MESSAGES = {
    "required": Text("这一项必填", "This is required"),
    "money_required": Text("必填：填一个金额", "Required: write an amount"),
    "null": Text("不能为空", "May not be empty"),
    "validator_failed": Text("值不对", "Invalid value"),
    "unknown": Text("没有这一项", "Unknown field"),
    "type": Text("格式不对", "Invalid input type"),
    "invalid": Text("格式不对", "Invalid format"),
    "invalid_utf8": Text("文字编码不对", "Not valid UTF-8"),
    "too_large": Text("数字太大", "Number too large"),
    "control": Text("含有不能用的控制字符", "Contains control characters that cannot be used"),
    "not_an_integer": Text("填整数", "Write a whole number"),
}


class Schema(marshmallow.Schema):
    """Base of all schemas: an unknown field is an error, messages are in both languages."""

    class Meta:
        unknown = marshmallow.RAISE

    error_messages: dict[str, Any] = {"unknown": MESSAGES["unknown"], "type": MESSAGES["type"]}  # noqa: RUF012


def _messages(*names: str) -> dict[str, Any]:
    return {name: MESSAGES[name] for name in names}


def refusal(zh: str, en: str) -> marshmallow.ValidationError:
    """A field's refusal in both languages."""
    return marshmallow.ValidationError([Text(zh, en)])


def _translate_marshmallow() -> None:
    """marshmallow speaks English only: replace its messages where its own fields are used."""
    texts: Any = fields.Field.default_error_messages
    texts.update(_messages("required", "null", "validator_failed"))
    for kind in (fields.Integer, fields.Number, fields.Boolean, fields.Date, fields.List, fields.Nested, fields.String):
        own: Any = kind.default_error_messages
        own.update(dict.fromkeys(own, MESSAGES["invalid"]))


_translate_marshmallow()


class Line(fields.Field[str]):
    """One line of text: NFC, trimmed, no control or surrogate characters, `longest` characters at most."""

    default_error_messages = _messages("invalid", "control")

    def __init__(self, *, longest: int, shortest: int = 1, many_lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest, self.shortest, self.many_lines = longest, shortest, many_lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n") if self.many_lines else value).strip()
        allowed = "\n\t" if self.many_lines else ""
        if any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in allowed for c in text):
            raise self.make_error("control")
        if not self.shortest <= len(text) <= self.longest:
            raise refusal(f"{self.shortest} 到 {self.longest} 个字", f"{self.shortest} to {self.longest} characters")
        return text


class WholeNumber(fields.Field[int]):
    """A whole number in ASCII digits (or a JSON integer) within a range."""

    default_error_messages = _messages("not_an_integer")

    def __init__(self, *, lowest: int, highest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.make_error("not_an_integer")
        if isinstance(value, str) and not re.fullmatch(r"-?\d{1,18}", value.strip(), re.ASCII):
            raise self.make_error("not_an_integer")
        number = int(value)
        if not self.lowest <= number <= self.highest:
            raise refusal(f"填 {self.lowest} 到 {self.highest}", f"From {self.lowest} to {self.highest}")
        return number


class Money(fields.Field[int]):
    """Fen inside, yuan text with at most two decimals outside; a third decimal is an error, never a rounding."""

    default_error_messages: dict[str, Any] = {"required": MESSAGES["money_required"]}  # noqa: RUF012

    def __init__(self, *, lowest: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest = lowest

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else yuan(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str):
            raise as_field_error(NotMoney(str(value)))
        try:
            fen = parse_yuan(value)
        except NotMoney as error:
            raise as_field_error(error) from None
        if self.lowest is not None and fen < self.lowest:
            raise refusal(f"不能少于 {yuan(self.lowest)} 元", f"At least {yuan(self.lowest)} yuan")
        return fen


class Rate(fields.Field[Decimal]):
    """An exact decimal within a range, with at most `places` decimals; travels as text."""

    def __init__(self, *, lowest: str = "0", highest: str = "100", places: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest, self.places = Decimal(lowest), Decimal(highest), places

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(value, "f")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        text = str(value).strip() if isinstance(value, str) else ""
        wanted = Text(
            f"填 {self.lowest} 到 {self.highest}，最多 {self.places} 位小数",
            f"From {self.lowest} to {self.highest}, at most {self.places} decimals",
        )
        if not re.fullmatch(rf"\d{{1,9}}(\.\d{{1,{self.places}}})?", text, re.ASCII):
            raise refusal(*wanted)
        try:
            rate = Decimal(text)
        except InvalidOperation:
            raise refusal(*wanted) from None
        if not self.lowest <= rate <= self.highest:
            raise refusal(*wanted)
        return rate


def check_year(day: date) -> None:
    """Refuse a day or moment outside 2000 to 2100, where nobody means it and arithmetic leaves the calendar."""
    if not is_sensible_year(day.year):
        raise refusal(f"年份填 {EARLIEST_YEAR} 到 {LATEST_YEAR}", f"Write a year from {EARLIEST_YEAR} to {LATEST_YEAR}")


class Day(fields.Date):
    """A day, `2022-10-27`, within 2000 to 2100."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        check_year(day)
        return day


class MomentField(fields.AwareDateTime):
    """A moment with its zone, `2022-10-27T14:00:00+08:00`, within 2000 to 2100."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        check_year(moment)
        return moment


class QuarterField(fields.Field[Quarter]):
    """A quarter, `2022Q1`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Quarter:
        return _parsed(Quarter.parse, value)


class WeekField(fields.Field[IsoWeek]):
    """An ISO week, `2022-W24`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> IsoWeek:
        return _parsed(IsoWeek.parse, value)


def _parsed(parse: Callable[[str], P], value: Any) -> P:
    try:
        return parse(str(value))
    except NotAPeriod as error:
        raise as_field_error(error) from None


class CreditCode(fields.Field[str]):
    """A unified social credit code; a wrong length or alphabet is an error, a failing check digit is let through (domain §11)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = unicodedata.normalize("NFKC", str(value)).strip().upper()
        if check(code) is CodeCheck.MALFORMED:
            raise refusal("统一社会信用代码是 18 位数字和大写字母", "A credit code has 18 digits and capital letters")
        return code


def one_of(choices: Iterable[str]) -> Callable[[str], None]:
    """A validator: one of the listed codes, with a message in both languages."""
    listed = list(choices)

    def check_listed(value: str) -> None:
        if value not in listed:
            raise refusal(f"从 {'、'.join(listed)} 里选", f"One of {', '.join(listed)}")

    return check_listed


def as_field_error(error: DomainError) -> marshmallow.ValidationError:
    """A domain error raised while reading a field, as marshmallow wants it."""
    return refusal(*error.text)
