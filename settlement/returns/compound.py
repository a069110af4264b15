"""A look inside an old XLS (an OLE compound file, MS-CFB and MS-XLS) before any parser sees it.

Refuses encryption, macros, links to other files and formulas, and a sheet that reaches so far that laying it out would
fill the memory. Reads only what that needs: the directory, and the headings of the records of the workbook stream.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file
from settlement.returns.archives import damaged, spans_too_much, too_big, unsafe
from settlement.returns.limits import Limits

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_NO_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_MINI_SECTOR = 64
_HEAD = 64
_FORMULA, _FILEPASS, _SUPBOOK, _FORMAT, _STYLE, _BOOLEAN_OR_ERROR = 0x0006, 0x002F, 0x01AE, 0x041E, 0x00E0, 0x0205
_MANY_NUMBERS = 0x00BD
_NUMBERS = frozenset({0x0203, 0x027E, 0x00BD})
_VALUE_CELLS = frozenset({0x00FD, 0x0203, 0x027E, 0x00BD, 0x0204, 0x0205, 0x0006, 0x00D6})
_OWN_BOOK = b"\x01\x04"


class _Broken(Exception):
    """The file is not built as a compound file has to be."""


class CompoundFile:
    """The streams of a compound file, read with every chain bounded by the file's own size."""

    def __init__(self, content: bytes) -> None:
        if len(content) < 512 or not content.startswith(SIGNATURE):
            raise _Broken
        self.content = content
        self.sector = 1 << struct.unpack_from("<H", content, 30)[0]
        if self.sector not in (512, 4096):
            raise _Broken
        self.table = self._table()
        self.directory = self._chain(self._number(48))
        self.entries = dict(self._entries())

    def _number(self, place: int) -> int:
        return int(struct.unpack_from("<I", self.content, place)[0])

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        piece = self.content[start : start + self.sector]
        if not piece:
            raise _Broken
        return piece

    def _table(self) -> list[int]:
        """The allocation table: for every sector the next one."""
        places = list(struct.unpack_from("<109I", self.content, 76))
        further, seen = self._number(68), 0
        while further < _NO_SECTOR:
            numbers = struct.unpack(f"<{self.sector // 4}I", self._sector(further).ljust(self.sector, b"\xff"))
            places += numbers[:-1]
            further, seen = numbers[-1], seen + 1
            if seen * self.sector > len(self.content):
                raise _Broken
        table: list[int] = []
        for place in places:
            if place < _NO_SECTOR:
                table += struct.unpack(f"<{self.sector // 4}I", self._sector(place).ljust(self.sector, b"\xff"))
        return table

    def _chain(self, first: int) -> bytes:
        pieces: list[bytes] = []
        number = first
        while number < _NO_SECTOR:
            if number >= len(self.table) or len(pieces) * self.sector > len(self.content):
                raise _Broken
            pieces.append(self._sector(number))
            number = self.table[number]
        return b"".join(pieces)

    def _entries(self) -> Iterator[tuple[str, tuple[int, int]]]:
        for place in range(0, len(self.directory) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", self.directory, place + 64)[0]
            if 2 <= length <= 64:
                name = self.directory[place : place + length - 2].decode("utf-16-le", "replace")
                first, size = struct.unpack_from("<II", self.directory, place + 116)
                yield name.lower(), (first, size)

    def stream(self, name: str) -> bytes:
        """A stream's bytes; small ones live in the root entry's own stream, in sectors of 64 bytes."""
        first, size = self.entries[name]
        if size >= self._number(56):
            return self._chain(first)[:size]
        return self._small(first, size)

    def _small(self, first: int, size: int) -> bytes:
        root = self._chain(self.entries["root entry"][0])
        table = self._chain(self._number(60))
        pieces: list[bytes] = []
        number = first
        while number < _NO_SECTOR and len(pieces) * _MINI_SECTOR < size:
            pieces.append(root[number * _MINI_SECTOR : (number + 1) * _MINI_SECTOR])
            if (number + 1) * 4 > len(table):
                raise _Broken
            number = struct.unpack_from("<I", table, number * 4)[0]
        return b"".join(pieces)[:size]


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The records of a workbook stream: kind, length and first bytes."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, length, stream[place + 4 : place + 4 + min(length, _HEAD)]
        place += 4 + length


def _check_entries(file: str, found: CompoundFile) -> str:
    """Refuse by the names in the directory; gives the name of the workbook stream."""
    names = found.entries
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise unsafe(file, "工作簿已加密", "The workbook is encrypted")
    if any("vba" in name or name == "macros" for name in names):
        raise unsafe(file, "工作簿带有宏", "The workbook carries a macro")
    for name in ("workbook", "book"):
        if name in names:
            return name
    raise unsafe(file, "这不是 XLS 工作簿", "This is not an XLS workbook")


class _WorkbookCheck:
    """Looks at one record after another; refuses what a reader of values would pass over or be harmed by."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.last_row = self.last_column = self.filled = 0
        self._styles: list[int] = []
        self._percent = {9, 10}

    def take(self, kind: int, length: int, head: bytes) -> None:
        if kind == _FILEPASS:
            raise unsafe(self.file, "工作簿已加密", "The workbook is encrypted")
        if kind == _SUPBOOK and head[2:4] != _OWN_BOOK:
            raise unsafe(self.file, "工作簿带有外部链接", "The workbook links to other files")
        if kind == _FORMAT and b"%" in head[4:]:
            self._percent.add(_short(head, 0))
        if kind == _STYLE:
            self._styles.append(_short(head, 2))
        if kind in _VALUE_CELLS:
            self.filled += max(1, (length - 6) // 6) if kind == _MANY_NUMBERS else 1
            self._take_cell(kind, head)

    def _take_cell(self, kind: int, head: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", head)
        place = f"{_letters(column)}{row + 1}"
        self.last_row, self.last_column = max(self.last_row, row + 1), max(self.last_column, column + 1)
        if kind == _FORMULA:
            raise formulas(self.file, place)
        if kind == _BOOLEAN_OR_ERROR and head[7:8] == b"\x01":
            raise error_cell(self.file, place)
        if kind in _NUMBERS and style < len(self._styles) and self._styles[style] in self._percent:
            raise percent_cell(self.file, place)


def _short(head: bytes, place: int) -> int:
    return int(struct.unpack_from("<H", head, place)[0])


def _letters(column: int) -> str:
    return chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)


def _check_records(file: str, stream: bytes, limits: Limits) -> None:
    check = _WorkbookCheck(file)
    for kind, length, head in records(stream):
        check.take(kind, length, head)
    if spans_too_much(check.last_row * check.last_column, check.filled, limits):
        raise too_big(file)


def formulas(file: str, place: str) -> FileRefused:
    """The refusal of formulas: their stored results may be stale or missing, so they are not evidence."""
    return whole_file(
        file,
        "workbook_formula",
        Text(
            f"{place} 是公式，公式的结果可能没有更新；请全选、复制，再“选择性粘贴”选“数值”，合计行删掉，保存以后再上传",
            f"{place} is a formula, whose stored result may be stale; select all, copy, “Paste Special” as “Values”,"
            " delete rows of totals, save, and file again",
        ),
        place,
    )


def error_cell(file: str, place: str) -> FileRefused:
    """The refusal of an error value, which a reader of values takes for a blank."""
    return unsafe(
        file, f"{place} 是错误值（例如 #N/A）", f"{place} holds an error value such as #N/A", "workbook_error_cell"
    )


def percent_cell(file: str, place: str) -> FileRefused:
    """The refusal of a number shown as a percentage: it stores 0.05 for 5 %."""
    return unsafe(
        file,
        f"{place} 是百分比格式，存的是 0.05 而不是 5；请把该列改成数值格式，填 5",
        f"{place} is formatted as a percentage and stores 0.05 for 5; format the column as a number and write 5",
        "workbook_percent_cell",
    )


def look_inside(file: str, path: Path, limits: Limits) -> None:
    """Refuse an XLS that must not be parsed."""
    try:
        found = CompoundFile(path.read_bytes())
        _check_records(file, found.stream(_check_entries(file, found)), limits)
    except (_Broken, struct.error, KeyError, IndexError):
        raise damaged(file) from None
