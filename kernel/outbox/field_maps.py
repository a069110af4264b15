"""How a record of ours becomes one of a platform's and back, field by field, as a connector's file says. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import DomainError
from kernel.money import FEN_PER_YUAN, NotMoney, parse_yuan, yuan

Plain = str | int | None


class FieldUnreadable(DomainError):
    """A platform's record cannot be read by the map; the text names the field."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "field_unreadable", f"平台数据的“{name}”读不懂", f"The platform's field “{name}” cannot be read"
        )


def _fen(value: Any) -> int:
    return parse_yuan(str(value))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isascii():
        raise ValueError(value)
    return int(str(value))


def _whole_wan(fen: int) -> Plain:
    """万元 as a plain decimal text without trailing zeros: 3000000 yuan is `300`."""
    whole, rest = divmod(fen, 10_000 * FEN_PER_YUAN)
    return str(whole) if not rest else f"{whole}.{rest:06d}".rstrip("0")


def _fen_of_wan(value: Any) -> int:
    whole, _, rest = str(value).partition(".")
    if not (whole.isascii() and whole.isdigit() and len(rest) <= 6 and (not rest or rest.isdigit())):
        raise ValueError(value)
    return int(whole) * 10_000 * FEN_PER_YUAN + int(rest.ljust(6, "0") if rest else 0)


# how a value is written for the platform, and how it is read from there
KINDS: Mapping[str, tuple[Callable[[Any], Plain], Callable[[Any], Plain]]] = {
    "text": (str, str),
    "whole": (int, _whole),
    "yuan": (yuan, _fen),
    "wan": (_whole_wan, _fen_of_wan),
}


@dataclass(frozen=True)
class MappedField:
    """One field: its name there (`a.b` for one inside another) and here, its kind, and what codes are called there.

    A list of codes stands here as one text with spaces between; `many` makes it a list there.
    """

    theirs: str
    ours: str
    kind: str = "text"
    codes: Mapping[str, str] = field(default_factory=dict)
    many: bool = False
    required: bool = True

    def written(self, value: Plain) -> Any:
        """Our value as the platform writes it."""
        if self.many:
            return [self._code(one) for one in str(value or "").split()]
        return None if value is None else self._code(KINDS[self.kind][0](value))

    def _code(self, value: Plain) -> Plain:
        return self.codes[str(value)] if self.codes else value

    def read(self, value: Any) -> Plain:
        """Their value as we keep it; FieldUnreadable for anything else than the map says."""
        back = {theirs: ours for ours, theirs in self.codes.items()}
        try:
            if value is None:
                self._absent()
                return None
            if self.many:
                return " ".join(back.get(str(one), str(one)) if not back else back[str(one)] for one in value)
            read = KINDS[self.kind][1](value)
            return back[str(read)] if back else read
        except (KeyError, TypeError, ValueError, NotMoney):
            raise FieldUnreadable(self.theirs) from None

    def _absent(self) -> None:
        if self.required:
            raise FieldUnreadable(self.theirs)


@dataclass(frozen=True)
class FieldMap:
    """Every field of one kind of record, and what is always the same there."""

    fields: tuple[MappedField, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)

    def written(self, record: Mapping[str, Plain]) -> dict[str, Any]:
        """Our record as theirs."""
        made: dict[str, Any] = {}
        for name, value in self.constants.items():
            _put(made, name, value)
        for one in self.fields:
            _put(made, one.theirs, one.written(record.get(one.ours)))
        return made

    def read(self, record: Mapping[str, Any]) -> dict[str, Plain]:
        """Their record as ours."""
        return {one.ours: one.read(found_in(record, one.theirs)) for one in self.fields}


def _put(record: dict[str, Any], name: str, value: Any) -> None:
    *outer, last = name.split(".")
    for one in outer:
        record = record.setdefault(one, {})
    record[last] = value


def found_in(record: Any, name: str) -> Any:
    """The value at `a.b.c` of nested mappings; None where there is none."""
    for one in name.split("."):
        record = record.get(one) if isinstance(record, Mapping) else None
    return record
