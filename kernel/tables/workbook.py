"""XLSX and XLS into rows of text, after a look inside for what must not be there.

A zip that inflates beyond measure, a document type declaration, a macro, an external link or encryption is refused
before a parser sees the file.
"""

import io
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file
from kernel.tables.values import cell_text

MAX_INFLATED = 256 * 1024 * 1024
MAX_RATIO = 200
INSTRUCTIONS = "填报说明"
_HEAD = 4096


def _refused(file: str, what_zh: str, what_en: str, rule: str = "workbook_unsafe") -> FileRefused:
    return whole_file(
        file,
        rule,
        Text(f"{what_zh}；请用模板另存为普通的 XLSX 再上传", f"{what_en}; save it as a plain XLSX from the template"),
    )


def _check_member(file: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.lower()
    if "vbaproject" in name or "macrosheet" in name:
        raise _refused(file, "工作簿带有宏", "The workbook carries a macro")
    if "externallink" in name:
        raise _refused(file, "工作簿带有外部链接", "The workbook links to other files")
    if member.flag_bits & 1:
        raise _refused(file, "工作簿已加密", "The workbook is encrypted")
    if member.file_size > MAX_RATIO * max(member.compress_size, 1) and member.file_size > 10 * 1024 * 1024:
        raise _refused(file, "工作簿解压后过大", "The workbook inflates beyond measure")
    if name.endswith((".xml", ".rels")):
        with archive.open(member) as stream:
            if b"<!DOCTYPE" in stream.read(_HEAD).upper():
                raise _refused(file, "工作簿带有文档类型声明", "The workbook carries a document type declaration")


def preflight(file: str, content: bytes) -> None:
    """Refuse an XLSX that is unsafe to parse; an XLS (no zip) passes."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_INFLATED or len(members) > 2000:
                raise _refused(file, "工作簿解压后过大", "The workbook inflates beyond measure")
            for member in members:
                _check_member(file, archive, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        raise _refused(file, "工作簿已损坏", "The workbook is damaged", "workbook_broken") from None


def _data_sheet(workbook: CalamineWorkbook) -> CalamineSheet | None:
    """The first visible sheet with something in it that is not the instructions."""
    for meta in workbook.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible or meta.name.strip() == INSTRUCTIONS:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.height:
            return sheet
    return None


def _sheet_rows(file: str, sheet: CalamineSheet) -> Iterator[list[str]]:
    """Rows from the sheet's first row and column on; what `iter_rows` gives starts in the first column that holds something."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield left + [cell_text(file, value) for value in row]


def workbook_rows(file: str, content: bytes) -> Iterator[list[str]]:
    """The rows of the first data sheet as text."""
    preflight(file, content)
    try:
        sheet = _data_sheet(CalamineWorkbook.from_filelike(io.BytesIO(content)))
        yield from _sheet_rows(file, sheet) if sheet else ()
    except (CalamineError, OSError, ValueError) as error:
        raise _refused(file, "工作簿打不开", f"The workbook cannot be opened ({error})", "workbook_broken") from None
