"""A typed cell of a workbook or a Parquet file as the text that a person would have written."""

from datetime import date, datetime, time
from decimal import Decimal

from kernel.bilingual import Text
from kernel.tables.faults import whole_file

LONGEST_NUMBER = 10**15  # a spreadsheet keeps 15 digits; a longer code stored as a number has lost some


def _number_text(file: str, value: float) -> str:
    if value != value or abs(value) == float("inf"):
        return str(value)
    if abs(value) >= LONGEST_NUMBER:
        raise whole_file(
            file,
            "number_too_long",
            Text(
                f"有一格 {value:.15g} 以数字存放，超过 15 位的代码会丢数字；请把该列设为文本再填",
                f"A cell {value:.15g} is stored as a number and codes over 15 digits lose digits: "
                "format the column as text and enter it again",
            ),
            f"{value:.15g}",
        )
    return format(Decimal(format(value, ".15g")).normalize(), "f")


def cell_text(file: str, value: object) -> str:
    """Text of one cell: numbers without exponent, dates as ISO, booleans as Y and N, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(file, value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
