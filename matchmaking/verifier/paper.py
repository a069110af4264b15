"""The certificate read strictly into plain values; anything of another shape is malformed."""

import json
from dataclasses import dataclass
from typing import Any

FORMATS = ("yinqi-session-certificate/1", "yinqi-session-certificate/2")  # the first one knows no reserves


class Malformed(Exception):
    """The file is not a certificate; the text says where."""


@dataclass(frozen=True)
class Firm:
    name: str
    tier: int
    wants: int
    county: str
    size: str
    first_loan: bool
    pool: bool
    groups: int


@dataclass(frozen=True)
class House:
    name: str
    desks: int
    seats: int
    reserved: list[int]


@dataclass(frozen=True)
class Reserved:
    """A reserve as published: whose seats, and what share of each bank's in basis points."""

    tags: list[str]
    share: int


@dataclass(frozen=True)
class Edge:
    firm: int
    house: int
    firm_rank: int
    house_rank: int
    fit: int


@dataclass(frozen=True)
class Sitting:
    """One round as stated."""

    number: int
    seats: list[int]
    pairs: list[tuple[int, ...]]
    levels: dict[int, int]
    levels_used: int
    blocking: int
    blocking_promoted: int


@dataclass(frozen=True)
class Paper:
    slots: int
    rooms: int | None
    levels_allowed: int | None
    seed: bytes
    commitment: str
    digest: str
    reserves: list[Reserved]
    small_desks: int
    houses: list[House]
    firms: list[Firm]
    edges: list[Edge]
    sittings: list[Sitting]
    coverage: dict[str, int]
    bound: int
    used: int
    witness: dict[str, Any]
    meetings: list[tuple[int, ...]]
    counts: dict[str, dict[str, dict[str, int]]]
    body: dict[str, Any]  # everything but the digest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("a key stands twice")
    return found


def _no_float(text: str) -> Any:
    raise Malformed(f"{text} is not a whole number")


def load(content: bytes) -> dict[str, Any]:
    """The JSON object; keys unique, whole numbers only."""
    try:
        found = json.loads(content, object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("not an object")
    return found


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise Malformed(f"{value!r} is not a whole number")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Malformed(f"{value!r} is not a text")
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise Malformed(f"{value!r} is not true or false")
    return value


def _maybe(value: Any) -> int | None:
    return None if value is None else _whole(value)


def _table(rows: Any, width: int) -> list[tuple[int, ...]]:
    if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) != width for row in rows):
        raise Malformed(f"a table is not {width} wide")
    return [tuple(_whole(cell) for cell in row) for row in rows]


def _hex(value: Any) -> bytes:
    try:
        return bytes.fromhex(_text(value))
    except ValueError:
        raise Malformed("the seed is not hex") from None


def _sitting(row: dict[str, Any]) -> Sitting:
    return Sitting(
        _whole(row["number"]),
        [_whole(one) for one in row["seats"]],
        _table(row["pairs"], 2),
        {row[0]: row[1] for row in _table(row["levels"], 2)},
        _whole(row["levels_used"]),
        _whole(row["blocking_pairs"]),
        _whole(row["blocking_pairs_promoted"]),
    )


def _firm(row: dict[str, Any]) -> Firm:
    return Firm(
        _text(row["name"]),
        _whole(row["tier"]),
        _whole(row["wants"]),
        _text(row["county"]),
        _text(row["size"]),
        _flag(row["first_loan"]),
        _flag(row["pool"]),
        _whole(row.get("groups", 0)),
    )


def _house(row: dict[str, Any]) -> House:
    reserved = [_whole(one) for one in row.get("reserved", [])]
    return House(_text(row["name"]), _whole(row["desks"]), _whole(row["seats"]), reserved)


def _reserved(row: dict[str, Any]) -> Reserved:
    return Reserved([_text(tag) for tag in row["tags"]], _whole(row["share"]))


def _read(document: dict[str, Any]) -> Paper:
    table = document["timetable"]
    witness = table["witness"]
    return Paper(
        slots=_whole(document["slots"]),
        rooms=_maybe(document["rooms"]),
        levels_allowed=_maybe(document["levels_allowed"]),
        seed=_hex(document["lottery"]["seed"]),
        commitment=_text(document["lottery"]["commitment"]),
        digest=_text(document["digest"]),
        reserves=[_reserved(row) for row in document["policy"].get("reserves", [])],
        small_desks=_whole(document["policy"].get("small_desks", 0)),
        houses=[_house(row) for row in document["banks"]],
        firms=[_firm(row) for row in document["enterprises"]],
        edges=[Edge(*row) for row in _table(document["edges"], 5)],
        sittings=[_sitting(row) for row in document["rounds"]],
        coverage={name: _whole(document["coverage"][name]) for name in ("could_meet", "bound", "met")},
        bound=_whole(table["bound"]),
        used=_whole(table["used"]),
        witness={"kind": _text(witness["kind"])}
        | {name: _whole(witness[name]) for name in ("place", "meetings", "at_once")},
        meetings=_table(table["meetings"], 6),
        counts=document["counts"],
        body={name: value for name, value in document.items() if name != "digest"},
    )


def _inside(name: str, rows: list[tuple[int, ...]], paper: Paper) -> None:
    for firm, house, *_ in rows:
        if not (0 <= firm < len(paper.firms) and 0 <= house < len(paper.houses)):
            raise Malformed(f"{name} name someone who is not listed")


def read(document: dict[str, Any]) -> Paper:
    """The certificate's values; every place points at someone listed."""
    try:
        paper = _read(document)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise Malformed(f"{type(error).__name__} {error}") from None
    _inside("edges", [(edge.firm, edge.house) for edge in paper.edges], paper)
    _inside("meetings", paper.meetings, paper)
    for sitting in paper.sittings:
        _inside("pairs", sitting.pairs, paper)
        if len(sitting.seats) != len(paper.houses) or any(
            firm >= len(paper.firms) or firm < 0 for firm in sitting.levels
        ):
            raise Malformed(f"round {sitting.number} does not fit the parties")
    return paper
