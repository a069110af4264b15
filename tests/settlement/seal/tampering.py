"""Random tamperings with a sealed file: each changes one thing and says which member it changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import duckdb

from settlement.seal.verifier import canonical, pack

Members = dict[str, bytes]


@dataclass(frozen=True)
class Tampered:
    """The changed file, what was done, and the members of which one must be named; empty: the archive itself."""

    content: bytes
    what: str
    places: frozenset[str]


def members_of(content: bytes) -> Members:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: Members) -> bytes:
    target = BytesIO()
    pack(members.items(), target)
    return target.getvalue()


def _lists(members: Members, least: int = 1) -> list[str]:
    return [name for name in members if name.endswith(".jsonl") and members[name].count(b"\n") >= least]


def _tapes(members: Members) -> list[str]:
    return [name for name in members if name.endswith(".parquet")]


def flip_a_byte(content: bytes, random: Random) -> Tampered:
    """One byte anywhere in the file, headers and directory too."""
    at = random.randrange(len(content))
    changed = bytearray(content)
    changed[at] ^= random.randrange(1, 256)
    with ZipFile(BytesIO(content)) as archive:
        starts = {one.filename: one.header_offset + 30 + len(one.filename.encode()) for one in archive.infolist()}
        sizes = {one.filename: one.file_size for one in archive.infolist()}
    inside = [name for name, start in starts.items() if start <= at < start + sizes[name]]
    return Tampered(bytes(changed), f"byte {at}", frozenset(inside))


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, one in value.items() for leaf in _leaves(one, (*path, name))]
    if isinstance(value, list):
        return [leaf for at, one in enumerate(value) for leaf in _leaves(one, (*path, at))]
    return [path]


def _other(value: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + random.choice((-100, -1, 1, 100, 10**9))
    return random.choice(("", "别的", "2022Q9", f"{value}x", None))


def change_a_value(content: bytes, random: Random) -> Tampered:
    """One value, however deep, of one row."""
    members = members_of(content)
    name = random.choice(_lists(members))
    rows = [json.loads(line) for line in members[name].splitlines()]
    at = random.randrange(len(rows))
    path = random.choice(_leaves(rows[at]))
    place = rows[at]
    for step in path[:-1]:
        place = place[step]
    before = place[path[-1]]
    while place[path[-1]] == before and type(place[path[-1]]) is type(before):
        place[path[-1]] = _other(before, random)
    return _rewritten(members, name, rows, f"{name} row {at + 1} {path}")


def _rewritten(members: Members, name: str, rows: list[Any], what: str) -> Tampered:
    changed = "".join(f"{canonical(row)}\n" for row in rows).encode()
    return Tampered(zipped({**members, name: changed}), what, frozenset({name}))


def drop_a_row(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = random.choice(_lists(members))
    rows = [json.loads(line) for line in members[name].splitlines()]
    at = random.randrange(len(rows))
    return _rewritten(members, name, rows[:at] + rows[at + 1 :], f"{name} without row {at + 1}")


def double_a_row(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = random.choice(_lists(members))
    rows = [json.loads(line) for line in members[name].splitlines()]
    at = random.randrange(len(rows))
    return _rewritten(members, name, [*rows[: at + 1], *rows[at:]], f"{name} row {at + 1} twice")


def swap_two_rows(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = random.choice(_lists(members, 2))
    rows = [json.loads(line) for line in members[name].splitlines()]
    a, b = random.sample(range(len(rows)), 2)
    rows[a], rows[b] = rows[b], rows[a]
    return _rewritten(members, name, rows, f"{name} rows {a + 1} and {b + 1} exchanged")


def edited_tape(content: bytes, select: str) -> bytes:
    """A tape written again with other rows; `select` reads from `tape`."""
    with TemporaryDirectory() as folder, duckdb.connect() as db:
        source, target = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        source.write_bytes(content)
        db.execute("CREATE TABLE tape AS SELECT * FROM read_parquet(?)", [str(source)])
        db.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        return target.read_bytes()


def edited_count(content: bytes) -> int:
    with TemporaryDirectory() as folder, duckdb.connect() as db:
        (Path(folder) / "in.parquet").write_bytes(content)
        row = db.execute("SELECT count(*) FROM read_parquet(?)", [str(Path(folder) / "in.parquet")]).fetchone()
        assert row is not None
        return int(row[0])


CELLS = {
    "balance": "(balance + 1)::BIGINT",
    "credit_line": "(credit_line + 1)::BIGINT",
    "borrower_kind": "'large'",
    "product_kind": "'purchased'",
    "currency": "'HKD'",
    "purpose": "'consumer'",
    "region": "'outside'",
    "borrower_name": "'换了名字'",
    "start_date": "start_date + 1",
    "first_loan": "NOT first_loan",
}


def change_a_loan(content: bytes, random: Random) -> Tampered:
    """One cell of one loan."""
    members = members_of(content)
    name, column = random.choice(_tapes(members)), random.choice(sorted(CELLS))
    row = random.randrange(edited_count(members[name])) + 1
    select = f"SELECT * REPLACE (CASE WHEN bno = {row} THEN {CELLS[column]} ELSE {column} END AS {column}) FROM tape"
    changed = edited_tape(members[name], select)
    return Tampered(zipped({**members, name: changed}), f"{name} loan {row} {column}", frozenset({name}))


def drop_a_loan(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = random.choice(_tapes(members))
    row = random.randrange(edited_count(members[name])) + 1
    changed = edited_tape(members[name], f"SELECT * FROM tape WHERE bno <> {row}")
    return Tampered(zipped({**members, name: changed}), f"{name} without loan {row}", frozenset({name}))


def double_a_loan(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = random.choice(_tapes(members))
    row = random.randrange(edited_count(members[name])) + 1
    select = f"SELECT * FROM tape UNION ALL SELECT * FROM tape WHERE bno = {row} ORDER BY bno"
    return Tampered(
        zipped({**members, name: edited_tape(members[name], select)}), f"{name} loan {row} twice", frozenset({name})
    )


def exchange_two_files(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    a, b = random.sample(_tapes(members) if random.random() < 0.5 else _lists(members), 2)
    swapped = {**members, a: members[b], b: members[a]}
    return Tampered(zipped(swapped), f"{a} and {b} exchanged", frozenset({a, b}))


def drop_a_file(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = random.choice(sorted(set(members) - {"manifest.json"}))
    del members[name]
    return Tampered(zipped(members), f"{name} left out", frozenset({name, "manifest.json"}))


def add_a_file(content: bytes, random: Random) -> Tampered:
    members = members_of(content)
    name = f"extra-{random.randrange(100)}.jsonl"
    return Tampered(zipped({**members, name: b"{}\n"}), f"{name} added", frozenset({name, "manifest.json"}))


KINDS: tuple[Callable[[bytes, Random], Tampered], ...] = (
    flip_a_byte,
    change_a_value,
    drop_a_row,
    double_a_row,
    swap_two_rows,
    change_a_loan,
    drop_a_loan,
    double_a_loan,
    exchange_two_files,
    drop_a_file,
    add_a_file,
)
