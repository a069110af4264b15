"""Filed XLSX and XLS workbooks: the first data sheet as rows of text, numbers without harm to money or codes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite, ulp
from pathlib import Path

import duckdb
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from kernel.bilingual import Text
from kernel.tables.faults import whole_file
from settlement.returns import archives, compound
from settlement.returns.archive import digest_of
from settlement.returns.archives import Inside, SheetMarks, damaged
from settlement.returns.cells import LONG_NUMBER
from settlement.returns.columns import CellKind
from settlement.returns.csv_files import lay_rows
from settlement.returns.filed import FiledTable, Row
from settlement.returns.headers import Header, found_header
from settlement.returns.limits import Limits
from settlement.returns.sheets import ReturnSheet

INSTRUCTIONS = "填报说明"
_KEPT_DIGITS = 15  # a spreadsheet keeps 15 significant digits; what it stores beyond them is noise or harm
_LONGEST_CODE = 10**_KEPT_DIGITS
_LARGEST_MONEY = 10 ** (_KEPT_DIGITS - 2)
_NUMBER_FORMAT = re.compile(r'<(?:\w+:)?numFmt\b[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_CELL_FORMATS = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(r'<(?:\w+:)?xf\b[^>]*?numFmtId="(\d+)"')
_SHEET = re.compile(r'<(?:\w+:)?sheet\b[^>]*?name="([^"]*)"[^>]*?\w+:id="([^"]*)"')
_LINK = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_BUILT_IN_PERCENT = {9, 10}


def number_text(value: float, *, is_money: bool) -> str:
    """A number cell as its author sees it: 15 significant digits, unless the sheet may have changed what was typed.

    0.1 + 0.2 is stored as 0.30000000000000004 and shown as 0.3: that is noise and goes. A longer code, or an amount whose
    fen lie beyond the 15th digit, has been harmed and is marked for the rule that says so.
    """
    if not isfinite(value):
        return str(value)
    if abs(value) >= (_LARGEST_MONEY if is_money else _LONGEST_CODE):
        return f"{LONG_NUMBER}{value:.17g}"
    rounded = f"{value:.{_KEPT_DIGITS}g}"
    digits = rounded if abs(float(rounded) - value) <= 2 * ulp(value) else repr(value)
    plain = format(Decimal(digits).normalize(), "f")
    return _with_fen(plain) if is_money else plain


def _with_fen(amount: str) -> str:
    """An amount of at most two decimals with both, as templates show it."""
    whole, _, decimals = amount.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if len(decimals) <= 2 else amount


def cell_text(value: object, *, is_money: bool = False) -> str:
    """One cell as text: real dates as ISO, a day with an hour kept as written so that it is refused, booleans as Y and N."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int | float):
        return number_text(float(value), is_money=is_money)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _first_data_sheet(workbook: CalamineWorkbook) -> CalamineSheet | None:
    """The first visible sheet with something in it that is not the instructions."""
    for meta in workbook.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible or meta.name.strip() == INSTRUCTIONS:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.height:
            return sheet
    return None


def _open_sheet(file: str, source: Path) -> CalamineSheet:
    try:
        with source.open("rb") as stream:
            sheet = _first_data_sheet(CalamineWorkbook.from_filelike(stream))
    except (CalamineError, OSError, ValueError, OverflowError):
        raise damaged(file) from None
    except BaseException as error:
        if (
            type(error).__name__ != "PanicException"
        ):  # how a panic of the Rust reader arrives; it has no importable name
            raise
        raise damaged(file) from None
    if sheet is None:
        raise whole_file(file, "empty", Text("工作簿里没有数据表", "The workbook has no sheet with data"))
    return sheet


def _cells(sheet: CalamineSheet) -> Iterator[tuple[int, list[object]]]:
    """Rows with their numbers in the sheet; cells from the sheet's first column on."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield number, [*left, *values]


def _sheet_header(file: str, found: CalamineSheet, sheet: ReturnSheet) -> tuple[int, Header]:
    return found_header(file, ((number, list(map(cell_text, values))) for number, values in _cells(found)), sheet)


def _rows(sheet: CalamineSheet, header_row: int, header: Header) -> Iterator[Row]:
    money = {place for name, place in header.places.items() if header.sheet.column[name].kind is CellKind.MONEY}
    for number, values in _cells(sheet):
        if number > header_row:
            yield number, [cell_text(value, is_money=place in money) for place, value in enumerate(values)]


def _part_of(inside: Inside, sheet_name: str) -> str:
    """The part of the zip that holds a sheet, by the workbook's own list."""
    links: dict[str, str] = {}
    for link in _LINK.findall(inside.parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")):
        names = dict(re.findall(r'(\w+)="([^"]*)"', link))
        links[names.get("Id", "")] = names.get("Target", "")
    for name, link in _SHEET.findall(inside.parts["xl/workbook.xml"].decode("utf-8", "replace")):
        if _unescaped(name) == sheet_name:
            target = links.get(link, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _unescaped(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def _percent_styles(inside: Inside) -> set[int]:
    """The cell styles that show a number as a percentage: 0.05 would then stand for 5 %."""
    styles = inside.parts.get("xl/styles.xml", b"").decode("utf-8", "replace")
    formats = {int(number) for number, code in _NUMBER_FORMAT.findall(styles) if "%" in code} | _BUILT_IN_PERCENT
    cells = _CELL_FORMATS.search(styles)
    used = _CELL_FORMAT.findall(cells[0]) if cells else []
    return {place for place, number in enumerate(used) if int(number) in formats}


def _check_marks(file: str, marks: SheetMarks, percent: set[int]) -> None:
    if marks.formula:
        raise compound.formulas(file, marks.formula)
    if marks.error:
        raise compound.error_cell(file, marks.error)
    shown = [place for (_, style), place in marks.styled.items() if style in percent]
    if shown:
        raise compound.percent_cell(file, min(shown))


def _looked_into(file: str, source: Path, limits: Limits) -> Inside | None:
    with source.open("rb") as stream:
        if stream.read(len(compound.SIGNATURE)) == compound.SIGNATURE:
            compound.look_inside(file, source, limits)
            return None
    return archives.look_inside(file, source, limits)


def open_workbook(file: str, source: Path, scratch: Path, limits: Limits, sheet: ReturnSheet) -> FiledTable:
    """A filed workbook; raises `FileRefused` for one that is unsafe, damaged, or without a readable header."""
    inside = _looked_into(file, source, limits)
    found = _open_sheet(file, source)
    if inside is not None:
        part = _part_of(inside, found.name)
        if part not in inside.sheets:
            raise damaged(file)
        _check_marks(file, inside.sheets[part], _percent_styles(inside))
    header_row, header = _sheet_header(file, found, sheet)

    @contextmanager
    def rows() -> Iterator[Iterator[Row]]:
        yield _rows(found, header_row, header)

    def lay(connection: duckdb.DuckDBPyConnection) -> bool:
        return lay_rows(connection, _rows(found, header_row, header), header, scratch)

    return FiledTable(
        name=file,
        format="XLS" if inside is None else "XLSX",
        encoding="",
        sheet=found.name,
        filed_digest=digest_of(source),
        header=header,
        rows=rows,
        lay=lay,
        broken=lambda _: damaged(file),
        header_row=header_row,
    )
