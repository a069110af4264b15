"""Which format a filed file has, told by its first bytes and its name together, and the way to open it."""

from pathlib import Path, PurePath

import duckdb

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file
from settlement.returns import compound
from settlement.returns.csv_files import open_csv
from settlement.returns.filed import FiledTable
from settlement.returns.limits import MEBIBYTE, Limits
from settlement.returns.parquet_files import MAGIC, open_parquet
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet
from settlement.returns.workbooks import open_workbook


def _unknown(file: str) -> FileRefused:
    return whole_file(
        file,
        "format_unknown",
        Text("只接受 CSV、XLSX、XLS、Parquet 文件", "Only CSV, XLSX, XLS and Parquet files are accepted"),
        PurePath(file).suffix,
    )


_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


def _not_as_named(file: str) -> FileRefused:
    """The refusal of a file whose ending is one of those accepted and whose content is not."""
    suffix = PurePath(file).suffix.lower()
    if suffix in _WORKBOOKS:
        return whole_file(
            file,
            "workbook_broken",
            Text(
                f"文件名是 {suffix}，内容却不是完好的工作簿：可能没有下载完，或只改了扩展名；"
                "请用 Excel 或 WPS 打开原文件，另存为 XLSX 再上传",
                f"The file is called {suffix} but is no whole workbook: it may be cut short or only renamed;"
                " open the original in Excel or WPS, save it as XLSX and file that",
            ),
            suffix,
        )
    return whole_file(
        file,
        "format_differs",
        Text(
            f"文件名是 {suffix}，内容却不是；请从表格软件里另存为 {suffix[1:].upper()}，或把扩展名改回原来的再上传",
            f"The file is called {suffix} but holds something else; save it as {suffix[1:].upper()} from the spreadsheet,"
            " or give it its own ending back, and file that",
        ),
        suffix,
    )


def _check_size(file: str, source: Path, limits: Limits) -> None:
    size = source.stat().st_size
    if size > limits.file_size:
        most = limits.file_size // MEBIBYTE
        raise whole_file(
            file,
            "file_too_big",
            Text(f"文件超过 {most} MB；请用 Parquet 报送", f"The file is over {most} MB; file it as Parquet"),
            str(size),
        )
    if size == 0:
        raise whole_file(file, "empty", Text("文件是空的", "The file is empty"))


def open_filed(
    file: str,
    source: Path,
    scratch: Path,
    connection: duckdb.DuckDBPyConnection,
    limits: Limits,
    sheet: ReturnSheet = LOAN_SHEET,
) -> FiledTable:
    """Open a filed table of any accepted format as one of the sheets; raises `FileRefused`."""
    _check_size(file, source, limits)
    with source.open("rb") as stream:
        start = stream.read(8)
    suffix = PurePath(file).suffix.lower()
    if start.startswith(b"PK") and suffix in (".xlsx", ".xlsm", ".xls"):
        return open_workbook(file, source, scratch, limits, sheet)
    if start == compound.SIGNATURE and suffix in (".xls", ".xlsx"):
        return open_workbook(file, source, scratch, limits, sheet)
    if start.startswith(MAGIC) and suffix == ".parquet":
        return open_parquet(file, source, connection, limits, sheet)
    if suffix == ".csv" and not start.startswith((b"PK\x03\x04", compound.SIGNATURE, MAGIC)):
        return open_csv(file, source, scratch, sheet)
    if suffix in (*_WORKBOOKS, ".parquet", ".csv"):
        raise _not_as_named(file)
    raise _unknown(file)
