"""How a parameter's value is written down outside the policy files: as JSON in the books, as text on the command line and in forms.

The same rules as in the files: money and rates are texts, a choice is one of the declared codes, a float is refused.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from kernel.money import yuan
from kernel.policies.data import read_data
from kernel.policies.reader import Reader
from kernel.policies.refusals import PolicyProblem
from kernel.policies.values import Parameter, PolicyData

_YES = {"yes", "true", "1", "是"}
_NO = {"no", "false", "0", "否"}
_HUNDRED = Decimal(100)


def written(parameter: Parameter, data: PolicyData) -> Any:
    """A value as plain JSON: rates as exact text, money as yuan text, days as `YYYY-MM-DD`."""
    if isinstance(data, Mapping):
        return {key: _entry(parameter.entries, one) for key, one in data.items()}
    if isinstance(data, tuple):
        return list(data)
    if isinstance(data, date):
        return data.isoformat()
    return data if isinstance(data, bool | str) else _entry(parameter.type, data)


def _entry(kind: str, data: int | Decimal) -> Any:
    if isinstance(data, Decimal):
        return f"{data.normalize():f}"
    return yuan(data) if kind == "yuan" else data


def from_written(parameter: Parameter, content: object) -> PolicyData:
    """The value of plain JSON; Invalid at the field `value` when the parameter cannot take it."""
    if parameter.type == "date" and isinstance(content, str):
        content = _day(content)
    problems: list[PolicyProblem] = []
    data = read_data(Reader("", "", {"value": content}, problems), parameter)
    if problems:
        raise _refusal(problems[0].text)
    return data


def from_text(parameter: Parameter, text: str) -> PolicyData:
    """The value of a text as people write it: `2%`, `1,000,000.00`, `是`, `small,micro`, `province=20000.00`."""
    return from_written(parameter, _typed(parameter, text.strip()))


def _typed(parameter: Parameter, text: str) -> object:
    kind = parameter.type
    if kind == "integer":
        return _whole(text)
    if kind == "flag":
        return True if text.lower() in _YES else False if text.lower() in _NO else text
    if kind == "list":
        return [code.strip() for code in text.replace("、", ",").replace("，", ",").split(",") if code.strip()]
    if kind == "table":
        return _pairs(parameter, text)
    return _plain(kind, text)


def _plain(kind: str, text: str) -> str:
    if kind == "rate":
        return _rate(text)
    return text.replace(",", "") if kind == "yuan" else text


def _pairs(parameter: Parameter, text: str) -> dict[str, object]:
    lines = [line for line in text.replace("；", "\n").replace(";", "\n").splitlines() if line.strip()]
    pairs = [line.partition("=") for line in lines]
    kind = parameter.entries
    return {
        key.strip(): _whole(entry.strip()) if kind == "integer" else _plain(kind, entry.strip())
        for key, _, entry in pairs
    }


def _whole(text: str) -> object:
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 19 else text


def _rate(text: str) -> str:
    """`2%` is 0.02; anything else is left to the reader of rates."""
    number = text.removesuffix("%").strip()
    if number == text or not number.replace(".", "", 1).isdecimal() or not number.isascii() or len(number) > 12:
        return text
    return f"{(Decimal(number) / _HUNDRED).normalize():f}"


def _day(text: str) -> object:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _refusal(text: Text) -> Invalid:
    return Invalid((FieldError("value", "not_a_value", text),))
