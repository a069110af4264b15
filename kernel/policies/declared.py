"""What the code reads of policies: each scheme lists its parameters with their form, bounds and closed vocabulary.

A policy file may say nothing else: an unread parameter, a code that nothing computes or an impossible figure is refused when
the files are loaded, and the same bounds hold for recorded decisions and what-ifs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from kernel.bilingual import Text

Bound: TypeAlias = Decimal | int
Agreement: TypeAlias = Callable[[Mapping[str, object]], tuple[str, Text] | None]


@dataclass(frozen=True)
class Declared:
    """One parameter that the code reads.

    `least` and `most` are included, in the unit of the type: rates as fractions of one, money in fen, numbers as such.
    `codes` closes the vocabulary of a choice, a list or the keys of a table. `waits`: it may be without a value.
    """

    name: str
    type: str
    entries: str = "integer"
    least: Bound | None = None
    most: Bound | None = None
    codes: frozenset[str] = frozenset()
    every_key: bool = False
    may_be_empty: bool = False
    steps_from: Decimal | None = None
    rising: bool = False
    ends_quarter: bool = False
    waits: bool = False


def rate(name: str, most: str = "1", *, least: str = "0", waits: bool = False) -> Declared:
    """A share or rate between two bounds, both included; 1 % is written "0.01"."""
    return Declared(name, "rate", least=Decimal(least), most=Decimal(most), waits=waits)


def money(name: str, *, waits: bool = False) -> Declared:
    """An amount of more than nothing, in fen."""
    return Declared(name, "yuan", least=1, waits=waits)


def number(name: str, least: int, most: int, *, waits: bool = False) -> Declared:
    """A whole number between two bounds, both included."""
    return Declared(name, "integer", least=least, most=most, waits=waits)


def flag(name: str, *, waits: bool = False) -> Declared:
    return Declared(name, "flag", waits=waits)


def choice(name: str, *codes: str, waits: bool = False) -> Declared:
    """One of the codes that the rule computes."""
    return Declared(name, "choice", codes=frozenset(codes), waits=waits)


def listed(name: str, *codes: str, may_be_empty: bool = False, waits: bool = False) -> Declared:
    """A list of codes out of a closed vocabulary."""
    return Declared(name, "list", codes=frozenset(codes), may_be_empty=may_be_empty, waits=waits)


def day(name: str, *, ends_quarter: bool = False, waits: bool = False) -> Declared:
    return Declared(name, "date", ends_quarter=ends_quarter, waits=waits)


def words(name: str, *codes: str, waits: bool = False) -> Declared:
    """A text; with codes, one of them."""
    return Declared(name, "text", codes=frozenset(codes), waits=waits)


def amounts(name: str, *keys: str, rising: bool = False, waits: bool = False) -> Declared:
    """Amounts in fen by every one of the keys; `rising`: in the order of the file each is more than the one before."""
    return Declared(
        name, "table", "yuan", least=1, codes=frozenset(keys), every_key=bool(keys), rising=rising, waits=waits
    )


def numbers(
    name: str, *keys: str, least: int = 0, most: int, every_key: bool = True, rising: bool = False, waits: bool = False
) -> Declared:
    """Whole numbers by key."""
    return Declared(
        name, "table", "integer", least, most, frozenset(keys), every_key=every_key, rising=rising, waits=waits
    )


def steps(name: str, most: str, *, start: str | None, rising: bool = False, waits: bool = False) -> Declared:
    """Rates by the bound at which each step begins: bounds are decimals from 0 to 1, none twice; the first is `start`, if given."""
    begins = Decimal(-1) if start is None else Decimal(start)
    return Declared(
        name,
        "table",
        "rate",
        Decimal(0),
        Decimal(most),
        steps_from=begins,
        rising=rising,
        waits=waits,
    )


@dataclass(frozen=True)
class Reads:
    """All that is read of one scheme.

    On each day on which `lead` has a value, every other parameter that may not wait must have one too. The `agreements` look at
    the values of one day together and name the parameter that does not fit.
    """

    scheme: str
    parameters: tuple[Declared, ...]
    lead: str | None = None
    agreements: tuple[Agreement, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Declared]:
        return {one.name: one for one in self.parameters}


@dataclass(frozen=True)
class Declarations:
    """The reads of all schemes, and the texts of the documents that values quote, without white space."""

    schemes: tuple[Reads, ...]
    documents: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def by_scheme(self) -> Mapping[str, Reads]:
        return {one.scheme: one for one in self.schemes}

    def quotes(self, quote: str) -> bool:
        """Whether one of the documents contains the quote word for word, white space aside."""
        return any(squeezed(quote) in document for document in self.documents)


def squeezed(text: str) -> str:
    """A text without white space: quotes are compared so, because lines break elsewhere in each edition."""
    return re.sub(r"\s", "", text)


def fault(declared: Declared, data: object) -> Text | None:
    """What is impossible about a value of the right type, and what to write; None for one that can be taken."""
    if isinstance(data, dict):
        return _table_fault(declared, data)
    if isinstance(data, tuple):
        return _codes_fault(declared, data)
    if isinstance(data, date):
        return _day_fault(declared, data)
    if isinstance(data, str):
        return _unknown(declared, (data,)) if declared.codes else None
    return None if isinstance(data, bool) else _bound_fault(declared, declared.type, data)


def _bound_fault(declared: Declared, kind: str, data: object) -> Text | None:
    least, most = declared.least, declared.most
    if not isinstance(data, int | Decimal):
        return None
    if least is not None and data < least:
        return _outside(kind, data, least, Text("不能小于", "must be at least"))
    if most is not None and data > most:
        return _outside(kind, data, most, Text("不能大于", "must be at most"))
    return None


def _outside(kind: str, data: Bound, bound: Bound, rule: Text) -> Text:
    said = f"{rule.zh} {_said(kind, bound)}，现在是 {_said(kind, data)}"
    english = f"{rule.en} {_said(kind, bound)}, is {_said(kind, data)}"
    if kind == "rate":
        return Text(f'{said}；百分之一写成 "0.01"', f'{english}; write one per cent as "0.01"')
    return Text(said, english)


def _said(kind: str, data: Bound) -> str:
    if kind == "rate":
        return f"{(Decimal(data) * 100).normalize():f}%"
    return f"{Decimal(data) / 100:.2f}" if kind == "yuan" else str(data)


def _unknown(declared: Declared, codes: tuple[str, ...]) -> Text | None:
    unknown = [code for code in codes if code not in declared.codes]
    if not unknown:
        return None
    names, known = ", ".join(unknown), ", ".join(sorted(declared.codes))
    return Text(f"程序不会算“{names}”；会算的：{known}", f"nothing computes “{names}”; what is computed: {known}")


def _codes_fault(declared: Declared, codes: tuple[str, ...]) -> Text | None:
    if not codes and not declared.may_be_empty:
        return Text("不能是空的，至少写一项", "must not be empty: write at least one")
    return _unknown(declared, codes) if declared.codes else None


def _day_fault(declared: Declared, data: date) -> Text | None:
    if not declared.ends_quarter or (data.month, data.day) in ((3, 31), (6, 30), (9, 30), (12, 31)):
        return None
    return Text(
        f"{data} 不是季末；请写 03-31、06-30、09-30 或 12-31",
        f"{data} is no quarter end; write a 03-31, 06-30, 09-30 or 12-31",
    )


def _table_fault(declared: Declared, table: Mapping[str, object]) -> Text | None:
    found = _keys_fault(declared, table)
    if found is not None:
        return found
    for key, entry in table.items():
        wrong = _bound_fault(declared, declared.entries, entry)
        if wrong is not None:
            return Text(f"“{key}”{wrong.zh}", f"“{key}” {wrong.en}")
    entries = [entry for entry in _in_order(declared, table) if isinstance(entry, int | Decimal)]
    if declared.rising and any(later <= earlier for earlier, later in pairwise(entries)):
        return Text("各档要一档比一档高，不能重复", "each step must be higher than the one before")
    return None


def _in_order(declared: Declared, table: Mapping[str, object]) -> list[object]:
    if declared.steps_from is None:
        return list(table.values())
    return [entry for _, entry in sorted(table.items(), key=lambda pair: Decimal(pair[0]))]


def _keys_fault(declared: Declared, table: Mapping[str, object]) -> Text | None:
    if declared.steps_from is not None:
        return _steps_fault(table, declared.steps_from)
    unknown = _unknown(declared, tuple(table)) if declared.codes else None
    lacking = sorted(declared.codes - table.keys()) if declared.every_key else []
    if unknown is None and lacking:
        return Text(f"还缺：{', '.join(lacking)}", f"lacks: {', '.join(lacking)}")
    return unknown


def _steps_fault(table: Mapping[str, object], first: Decimal) -> Text | None:
    wrong = [key for key in table if not re.fullmatch(r"[01](\.\d{1,6})?", key) or Decimal(key) > 1]
    if wrong:
        return Text(
            f'“{wrong[0]}”不是档位；档位写 0 到 1 的小数，例如 "0.8"',
            f'“{wrong[0]}” is no step; write a decimal from 0 to 1, such as "0.8"',
        )
    bounds = sorted(Decimal(key) for key in table)
    twice = [one for one, following in pairwise(bounds) if one == following]
    if twice:
        return Text(f"档位 {twice[0]} 写了两次", f"the step {twice[0]} is written twice")
    if first >= 0 and bounds[0] != first:
        return Text(
            f'缺最低一档 "{first}"：低于 {bounds[0]} 的没有比例',
            f'lacks the lowest step "{first}": none below {bounds[0]}',
        )
    return None
