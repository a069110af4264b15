"""A look inside a zipped workbook before any parser sees it: how far it inflates, and what must not be in it.

Sizes in a zip's directory may lie, so every member is really inflated here, under a limit, a piece at a time.
Source: reliability rule 11.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file
from settlement.returns.limits import Limits

MAX_MEMBERS = 2000
_PIECE = 256 * 1024
_LONGEST_TAG = 400  # bytes of a cell's tag; what a spreadsheet writes stays far below
_OVERLAP = 512  # bytes kept from one piece to the next, longer than any mark looked for
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_LONGEST_STRING = 32_767  # Excel's own limit of one cell
_WIDE_STRINGS = 1 << 30  # bytes that the shared strings of one sheet may come to when every cell is filled

_SPARSE_CELLS, _SPARSE_RATIO = 1_000_000, 8

_FORBIDDEN_PARTS = (
    ("vbaproject", "工作簿带有宏", "The workbook carries a macro"),
    ("macrosheet", "工作簿带有宏", "The workbook carries a macro"),
    ("externallink", "工作簿带有外部链接", "The workbook links to other files"),
    ("connections.xml", "工作簿带有外部数据连接", "The workbook carries a data connection"),
    ("embeddings/", "工作簿里嵌有别的文件", "The workbook has other files embedded"),
    ("activex", "工作簿带有控件", "The workbook carries controls"),
)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Every pattern over a sheet stays within one tag and is bounded, so that no sheet takes longer than its length asks for.
_LONG_CELL = re.compile(rb"<(?:\w{1,40}:)?c\b[^<>]{%d}" % _LONGEST_TAG)
_FORMULA = re.compile(
    rb'<(?:\w{1,40}:)?c\b[^<>]{0,400}?\br="([A-Z]{1,9}\d{1,9})"(?:[^<>r]|r(?!=")){0,400}>\s{0,20}<(?:\w{1,40}:)?f\b'
)
_ANY_FORMULA = re.compile(rb"<(?:\w{1,40}:)?f[ >/]")
_ERROR_CELL = re.compile(rb"""<(?:\w{1,40}:)?c\b[^<>]{0,400}?\bt\s{0,20}=\s{0,20}["']e["'][^<>]{0,400}""")
_REFERENCE = re.compile(rb'\br="([A-Z]+\d+)"')
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,9})(\d+)["']""")
_STYLED_NUMBER = re.compile(rb'<(?:\w+:)?c r="([A-Z]+\d+)" s="(\d+)"(?: t="n")?><(?:\w+:)?v>')
_STRING_CELL = re.compile(rb'\bt="s"')


@dataclass
class SheetMarks:
    """What stands in one sheet's XML that a reader of values would pass over, and how far the sheet reaches."""

    formula: str = ""
    error: str = ""
    styled: dict[tuple[str, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0
    string_cells: int = 0
    filled: int = 0

    def is_too_wide(self, limits: Limits) -> bool:
        return spans_too_much(self.last_row * self.last_column, self.filled, limits)


@dataclass
class Inside:
    """What the look inside found: marks by sheet part, and the longest text that cells may share."""

    sheets: dict[str, SheetMarks] = field(default_factory=dict)
    longest_string: int = 0
    parts: dict[str, bytes] = field(default_factory=dict)


def unsafe(file: str, zh: str, en: str, rule: str = "workbook_unsafe") -> FileRefused:
    """The refusal of a workbook, with the way out."""
    return whole_file(
        file,
        rule,
        Text(f"{zh}；请用模板另存为普通的 XLSX 再上传", f"{en}; save it as a plain XLSX from the template"),
    )


def too_big(file: str) -> FileRefused:
    return unsafe(
        file,
        "工作簿解压后过大；行数很多时请改用 CSV 或 Parquet",
        "The workbook inflates beyond measure; use CSV or Parquet for many rows",
    )


def damaged(file: str) -> FileRefused:
    return unsafe(file, "工作簿已损坏，打不开", "The workbook is damaged and does not open", "workbook_broken")


def spans_too_much(cells: int, filled: int, limits: Limits) -> bool:
    """Whether a sheet reaches further than the limit, or far beyond what stands in it, as one stray cell makes it do."""
    return cells > limits.workbook_cells or cells > max(_SPARSE_CELLS, _SPARSE_RATIO * filled)


def _compressed(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes as stored, found by its own local header."""
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        header = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        if header[0] != b"PK\x03\x04":
            raise zipfile.BadZipFile("no local header")
        stream.seek(header[-2] + header[-1], 1)
        left = member.compress_size
        while left > 0 and (piece := stream.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


def inflated(file: str, path: Path, member: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The member's content in pieces; refuses more than `most` bytes or a size other than the directory's."""
    inflater = zlib.decompressobj(-15) if member.compress_type == _DEFLATED else None
    total = 0
    for stored in _compressed(path, member):
        rest = stored
        while rest:
            piece = inflater.decompress(rest, _PIECE) if inflater else rest
            rest = inflater.unconsumed_tail if inflater else b""
            total += len(piece)
            if total > most:
                raise too_big(file)
            yield piece
    if total != member.file_size:
        raise damaged(file)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _place(cell: bytes) -> str:
    found = _REFERENCE.search(cell)
    return found[1].decode() if found else "?"


def _mark_sheet(marks: SheetMarks, text: bytes) -> None:
    if not marks.formula and _ANY_FORMULA.search(text):
        found = _FORMULA.search(text)
        marks.formula = found[1].decode() if found else "?"
    if not marks.error and (error := _ERROR_CELL.search(text)):
        marks.error = _place(error[0])
    places = _PLACE.findall(text)
    marks.filled += len(places)
    marks.last_row = max([marks.last_row, *map(int, {row for _, row in places})])
    marks.last_column = max([marks.last_column, *map(_column_number, {letters for letters, _ in places})])
    marks.string_cells += len(_STRING_CELL.findall(text))
    for place, style in set(_STYLED_NUMBER.findall(text)):
        letters = place.rstrip(b"0123456789").decode()
        marks.styled.setdefault((letters, int(style)), place.decode())


class _StringLengths:
    """The longest run of text between tags, however the pieces cut it."""

    def __init__(self) -> None:
        self.longest = 0
        self._running = 0

    def take(self, piece: bytes) -> None:
        runs = [len(run) for run in re.split(rb"<[^>]*>?", piece)]
        self._running += runs[0]
        self.longest = max(self.longest, self._running, *runs)
        self._running = runs[-1] if len(runs) > 1 else self._running


def _look_at(file: str, path: Path, member: zipfile.ZipInfo, inside: Inside, most: int) -> int:
    """Inflate one member, mark what it holds; gives its size."""
    name, total, tail = member.filename.lower(), 0, b""
    is_xml = name.endswith((".xml", ".rels"))
    marks = inside.sheets.setdefault(member.filename, SheetMarks()) if _is_sheet(name) else None
    lengths = _StringLengths() if name.endswith("sharedstrings.xml") else None
    kept: list[bytes] = []
    for piece in inflated(file, path, member, most):
        total += len(piece)
        text = tail + piece
        if marks is not None and (_LONG_CELL.search(text) or (len(piece) >= _PIECE and b"<" not in piece)):
            raise damaged(file)
        if is_xml and (b"\0" in piece or _DOCTYPE.search(text)):
            raise unsafe(file, "工作簿带有文档类型声明", "The workbook carries a document type declaration")
        if marks is not None:
            _mark_sheet(marks, text)
        if lengths is not None:
            lengths.take(piece)
            _check_string(file, lengths.longest)
        if _is_kept(name):
            kept.append(piece)
        tail = text[-_OVERLAP:]
    if kept:
        inside.parts[name] = b"".join(kept)
    if lengths is not None:
        inside.longest_string = lengths.longest
    return total


def _check_string(file: str, longest: int) -> None:
    if longest > _LONGEST_STRING:
        raise unsafe(file, "工作簿里有一格超过 32767 个字", "A cell of the workbook is longer than 32,767 characters")


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _is_kept(name: str) -> bool:
    return name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")


def _check_members(file: str, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower() for member in members]
    if len(members) > MAX_MEMBERS or len(set(names)) != len(names):
        raise damaged(file)
    for part, zh, en in _FORBIDDEN_PARTS:
        if any(part in name for name in names):
            raise unsafe(file, zh, en)
    if any(member.flag_bits & 1 for member in members):
        raise unsafe(file, "工作簿已加密", "The workbook is encrypted")
    if "xl/workbook.xml" not in names or any(member.compress_type not in (_STORED, _DEFLATED) for member in members):
        raise unsafe(file, "这不是 XLSX 工作簿", "This is not an XLSX workbook")


def look_inside(file: str, path: Path, limits: Limits) -> Inside:
    """Inflate every member once under the limits; raises `FileRefused` for anything that must not be there."""
    inside, total = Inside(), 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        _check_members(file, members)
        for member in members:
            total += _look_at(file, path, member, inside, limits.inflated - total)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError, ValueError):
        raise damaged(file) from None
    _check_reach(file, inside, limits)
    return inside


def _check_reach(file: str, inside: Inside, limits: Limits) -> None:
    """A reader lays a sheet out densely: one cell far off, or one long text in every cell, would fill the memory."""
    for marks in inside.sheets.values():
        if marks.is_too_wide(limits) or marks.string_cells * inside.longest_string > _WIDE_STRINGS:
            raise too_big(file)
