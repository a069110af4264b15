"""A parameter of a policy: a title, a type, and values that each hold from a day to a day by a document."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar, cast

from kernel.bilingual import Text
from kernel.money import FEN_PER_WAN, grouped
from kernel.policies.declared import Declared

Origin: TypeAlias = Literal["notice", "rule", "default", "decision", "what_if"]
ORIGINS: tuple[Origin, ...] = ("notice", "rule", "default")  # of policy files; the others are laid over them
ORIGIN_TITLES = {
    "notice": Text("文件", "Notice"),
    "rule": Text("规定", "Public rule"),
    "default": Text("默认", "Default"),
    "decision": Text("决定", "Decision"),
    "what_if": Text("试算", "What-if"),
}
TYPES = ("rate", "yuan", "integer", "flag", "choice", "list", "text", "date", "table")
ENTRY_TYPES = ("integer", "rate", "yuan")

PolicyData: TypeAlias = Decimal | int | bool | str | date | tuple[str, ...] | Mapping[str, int | Decimal]
T = TypeVar("T")


@dataclass(frozen=True)
class Value:
    """What a parameter is from `since` to `until` (both included, `None` = open), and the document that says so.

    `decision` is the number under which a recorded decision set it; None for a value of the policy files.
    """

    name: str
    value: PolicyData
    since: date
    until: date | None
    reference: str
    origin: Origin
    note: Text | None = None
    quote: str | None = None
    decision: str | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def _as(self, kind: type[T]) -> T:
        if type(self.value) is not kind:
            raise TypeError(f"{self.name} is {type(self.value).__name__}, not {kind.__name__}")
        return self.value

    @property
    def rate(self) -> Decimal:
        """The value of a `rate`, exact: 1 % is `Decimal("0.01")`."""
        return self._as(Decimal)

    @property
    def fen(self) -> int:
        """The value of a `yuan`, in fen."""
        return self._as(int)

    @property
    def integer(self) -> int:
        return self._as(int)

    @property
    def flag(self) -> bool:
        return self._as(bool)

    @property
    def code(self) -> str:
        """The code of a `choice`."""
        return self._as(str)

    @property
    def text(self) -> str:
        return self._as(str)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of a `list`, in the order of the file."""
        return cast(tuple[str, ...], self._as(tuple))

    @property
    def day(self) -> date:
        return self._as(date)

    @property
    def numbers(self) -> Mapping[str, int]:
        """A `table` of integers or of yuan (in fen)."""
        return cast(Mapping[str, int], self._as(dict))

    @property
    def rates(self) -> Mapping[str, Decimal]:
        """A `table` of rates."""
        return cast(Mapping[str, Decimal], self._as(dict))


@dataclass(frozen=True)
class Parameter:
    """One dated parameter. `missing` says what a document must set; `choices` are codes with titles.

    `declared` is what the code reads of it, None where nothing does; it is no part of what the policy says.
    """

    name: str
    title: Text
    type: str
    values: tuple[Value, ...]  # rising by `since`, never overlapping
    unit: Text | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)
    entries: str = "integer"
    missing: Text | None = None
    declared: Declared | None = field(default=None, compare=False, repr=False)

    def on(self, day: date) -> Value | None:
        """The value that holds on the day, if any."""
        index = bisect_right(self.values, day, key=lambda value: value.since)
        value = self.values[index - 1] if index else None
        return value if value is not None and value.holds_on(day) else None

    def said_by(self, day: date) -> list[dict[str, PolicyData | date]]:
        """The values that have begun by the day, with their documents; an end is told only where it lies before the day."""
        begun = [value for value in self.values if value.since <= day]
        ends = [{} if one.until is None or one.until >= day else {"until": one.until} for one in begun]
        return [
            {"value": one.value, "since": one.since, "reference": one.reference, **end}
            for one, end in zip(begun, ends, strict=True)
        ]

    def nearest(self, day: date) -> Text:
        """Which values lie before and after a day that has none, in words."""
        before = [value for value in self.values if value.since <= day][-1:]
        after = [value for value in self.values if value.since > day][:1]
        said = [self._said(value) for value in before + after]
        if not said:
            return Text("还没有任何有日期的值", "there is no dated value at all")
        return Text(
            "最近的值：" + "；".join(text.zh for text in said), "nearest: " + "; ".join(text.en for text in said)
        )

    def _said(self, value: Value) -> Text:
        shown, until = self.shown(value.value), value.until
        return Text(
            f"{shown.zh}（{value.since} 至 {until or '另行通知'}）",
            f"{shown.en} ({value.since} to {until or 'further notice'})",
        )

    def shown(self, data: PolicyData) -> Text:
        """A value as people read it: 1%, 1,000 万元, 上季末余额."""
        text = _shown(self, data)
        return text if self.unit is None else Text(f"{text.zh} {self.unit.zh}", f"{text.en} {self.unit.en}")


def _same(text: str) -> Text:
    return Text(text, text)


def percent(rate: Decimal) -> str:
    """`1%`, `0.02%`: a rate without trailing zeros."""
    return f"{(rate * 100).normalize():f}%"


def _money(fen: int) -> Text:
    if fen and fen % FEN_PER_WAN == 0:
        return Text(f"{fen // FEN_PER_WAN:,} 万元", f"{grouped(fen)} yuan")
    return Text(f"{grouped(fen)} 元", f"{grouped(fen)} yuan")


def _entry(kind: str, data: object) -> Text:
    if kind == "rate":
        return _same(percent(cast(Decimal, data)))
    return _money(cast(int, data)) if kind == "yuan" else _same(f"{data:,}")


def _shown(parameter: Parameter, data: PolicyData) -> Text:
    kind, titles = parameter.type, parameter.choices
    if kind in ENTRY_TYPES:
        return _entry(kind, data)
    if kind == "flag":
        return Text("是", "yes") if data else Text("否", "no")
    if isinstance(data, tuple):
        each = [titles.get(code, _same(code)) for code in data]
        return Text("、".join(text.zh for text in each), ", ".join(text.en for text in each))
    if isinstance(data, dict):
        pairs = [(titles.get(key, _same(key)), _entry(parameter.entries, one)) for key, one in data.items()]
        return Text("；".join(f"{k.zh} {v.zh}" for k, v in pairs), "; ".join(f"{k.en} {v.en}" for k, v in pairs))
    return titles.get(str(data), _same(str(data)))
