"""CSV as the house writes it: UTF-8 with BOM, comma, LF, English header, and no cell that a spreadsheet would run.

A cell that opens with a formula sign gets one apostrophe in front; `disarmed` and `rearmed` undo each other, so a file
that is read back is the same.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
_LEADS = "=+-@\t\r\n＝＋－＠"
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?%?")


def disarmed(cell: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet could take it for a formula; numbers stay as they are."""
    runs = cell[:1] in _LEADS and not _NUMBER.fullmatch(cell)
    quoted = cell[:1] == "'" and cell.lstrip("'")[:1] in _LEADS
    return f"'{cell}" if cell and (runs or quoted) else cell


def rearmed(cell: str) -> str:
    """The cell as it was before `disarmed`."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in _LEADS and len(cell) > 1 else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The table as CSV text without a BOM."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table as the bytes of a CSV file."""
    return (BOM + csv_text(header, rows)).encode()
