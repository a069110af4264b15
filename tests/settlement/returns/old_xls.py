"""A small writer of old XLS files (BIFF8 in a compound file), for tests only: text, numbers and one odd record."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _label(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def _book(cells: bytes, extra: bytes) -> bytes:
    begin = lambda kind: record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))  # noqa: E731
    styles = record(0x00E0, struct.pack("<HH16x", 0, 0)) + record(0x00E0, struct.pack("<HH16x", 0, 10))
    name = "Sheet1".encode("utf-16-le")
    bound = record(0x0085, struct.pack("<IBBBB", 0, 0, 0, 6, 1) + name)
    front = begin(0x0005) + styles + extra
    start = len(front) + len(bound) + 4
    bound = record(0x0085, struct.pack("<IBBBB", start, 0, 0, 6, 1) + name)
    return front + bound + record(0x000A) + begin(0x0010) + cells + record(0x000A)


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text) if name else 0, kind, 1, none, none, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


def _compound(stream: bytes, more: Sequence[str]) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    tables = -(-(count + 1 + 32) // 128)
    names = [_entry("Root Entry", 5, 1, _END, 0), _entry("Workbook", 2, 0xFFFFFFFF, tables + 1, len(stream))]
    names += [_entry(name, 1, 0xFFFFFFFF, 0, 0) for name in more]
    directory = b"".join(names).ljust(_SECTOR, b"\0")[:_SECTOR]
    chain = [_TABLE] * tables + [_END] + [tables + 2 + place for place in range(count - 1)] + [_END]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    return header + struct.pack(f"<{len(chain)}I", *chain) + directory + stream


def write_xls(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    name: str = "loans.xls",
    *,
    cells: bytes = b"",
    extra: bytes = b"",
    streams: Sequence[str] = (),
) -> Path:
    """The rows with their header; amounts as numbers, all else as text; `cells` and `extra` are records put in."""
    body = [_label(0, place, column) for place, column in enumerate(columns)]
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            text = row.get(column, "")
            is_number = column in ("balance", "credit_line") and text.replace(".", "").isdigit()
            if text:
                body.append(number(line, place, float(text)) if is_number else _label(line, place, text))
    path = folder / name
    path.write_bytes(_compound(_book(b"".join(body) + cells, extra), streams))
    return path
