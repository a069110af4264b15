"""One `value` of a policy file, read by the declared type of its parameter. Money and rates are texts, never floats."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from kernel.money import parse_yuan
from kernel.policies.declared import fault
from kernel.policies.reader import Reader
from kernel.policies.values import Parameter, PolicyData

_RATE = re.compile(r"-?\d{1,9}(\.\d{1,12})?", re.ASCII)
_YUAN = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)


def read_data(reader: Reader, parameter: Parameter) -> PolicyData:
    """The value in its Python form; a stand-in after a problem."""
    if "value" not in reader.table:
        reader.fail("value", "缺这一项", "is missing")
        return 0
    content = reader.table["value"]
    if _has_float(content):
        reader.fail(
            "value",
            '不能用浮点数；金额和比例写成带引号的文字，例如 "0.01"',
            'floats are forbidden: write money and rates as texts such as "0.01"',
        )
        return 0
    before = len(reader.problems)
    data = _BY_TYPE[parameter.type](reader, content, parameter)
    impossible = fault(parameter.declared, data) if parameter.declared and len(reader.problems) == before else None
    if impossible is not None:
        reader.fail("value", impossible.zh, impossible.en)
    return data


def _has_float(content: object) -> bool:
    if isinstance(content, list):
        return any(_has_float(one) for one in content)
    if isinstance(content, dict):
        return any(_has_float(one) for one in content.values())
    return isinstance(content, float)


def _rate(reader: Reader, content: object, _parameter: Parameter) -> Decimal:
    if isinstance(content, str) and _RATE.fullmatch(content):
        return Decimal(content)
    reader.fail("value", '比例写成带引号的小数，例如 "0.01"', 'a rate is a decimal in quotes, such as "0.01"')
    return Decimal(0)


def _yuan(reader: Reader, content: object, _parameter: Parameter) -> int:
    if isinstance(content, str) and _YUAN.fullmatch(content):
        return parse_yuan(content)
    reader.fail("value", '金额写成带引号的元，例如 "200000.00"', 'an amount is yuan in quotes, such as "200000.00"')
    return 0


def _integer(reader: Reader, content: object, _parameter: Parameter) -> int:
    if type(content) is int:
        return content
    reader.fail("value", "应当是整数，不加引号", "must be a whole number, unquoted")
    return 0


def _flag(reader: Reader, content: object, _parameter: Parameter) -> bool:
    if not isinstance(content, bool):
        reader.fail("value", "应当是 true 或 false", "must be true or false")
    return content is True


def _choice(reader: Reader, _content: object, parameter: Parameter) -> str:
    return reader.one_of("value", parameter.choices) if parameter.choices else ""


def _text(reader: Reader, _content: object, _parameter: Parameter) -> str:
    return reader.string("value")


def _day(reader: Reader, _content: object, _parameter: Parameter) -> date:
    return reader.day("value")


def _list(reader: Reader, _content: object, parameter: Parameter) -> tuple[str, ...]:
    codes = reader.codes("value")
    _known(reader, codes, parameter)
    return codes


def _table(reader: Reader, content: object, parameter: Parameter) -> dict[str, int | Decimal]:
    if not isinstance(content, dict) or not content:
        reader.fail("value", "应当是一张不空的表", "must be a table, not empty")
        return {}
    _known(reader, tuple(content), parameter)
    entry = _ENTRIES[parameter.entries]
    inner = {key: Reader(reader.file, reader.key(f"value.{key}"), {}, reader.problems) for key in content}
    return {key: entry(inner[key], one, parameter) for key, one in content.items()}


def _known(reader: Reader, codes: tuple[str, ...], parameter: Parameter) -> None:
    unknown = [code for code in codes if parameter.choices and code not in parameter.choices]
    if unknown:
        reader.fail("value", f"不在可选项里：{', '.join(unknown)}", f"not among the choices: {', '.join(unknown)}")


_ENTRIES: dict[str, Callable[[Reader, object, Parameter], int | Decimal]] = {
    "integer": _integer,
    "rate": _rate,
    "yuan": _yuan,
}
_BY_TYPE: dict[str, Callable[[Reader, object, Parameter], PolicyData]] = {
    "rate": _rate,
    "yuan": _yuan,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
    "list": _list,
    "text": _text,
    "date": _day,
    "table": _table,
}
