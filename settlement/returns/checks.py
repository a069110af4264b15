"""The rules as SQL: every filed row read once, as text, into values and one bitmap of all the rules it breaks."""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from collections.abc import Callable
from datetime import date

from settlement.returns.cells import (
    LONG_NUMBER,
    breaks,
    holds,
    is_plain,
    plain_value,
    quoted,
    tidied,
    tidied_value,
    written,
)
from settlement.returns.columns import KEPT_AS_TEXT, CellKind, ReturnColumn
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet

BLANK = -1
_TOTALS = r"(?:本页|全部)?(?:合|总|小|共)\s*计(?:行|数)?[:：]?|(?:sub)?total:?"
_NUMERIC = (CellKind.MONEY, CellKind.PERCENT, CellKind.DATE)


def raw(column: ReturnColumn) -> str:
    """The name under which a column's filed text travels in the `filed` view."""
    return f"raw_{column.name}"


def _plain(column: ReturnColumn) -> str:
    return f"plain_{column.name}"


def _tidied(column: ReturnColumn) -> str:
    return f"tidy_{column.name}"


def _bit(sheet: ReturnSheet, code: str, column: str) -> str:
    return str(1 << sheet.bit[(code, column)])


def _column_bits(sheet: ReturnSheet, column: ReturnColumn) -> str:
    text, found = _tidied(column), column.name
    whens = " ".join(
        f"WHEN {condition} THEN {_bit(sheet, code, column.name)}"
        for code, condition in breaks(column, text, found).items()
    )
    return f"(CASE WHEN {_holds(column)} THEN 0 {whens} ELSE 0 END)"


def _holds(column: ReturnColumn) -> str:
    return holds(column, _plain(column), _tidied(column), column.name)


def _holds_all(sheet: ReturnSheet) -> str:
    """Whether the row's cells are all plain and in range: true of nearly every row, and all that such a row costs."""
    return " AND ".join(f"({_holds(column)})" for column in sheet.columns)


def _across_bits(sheet: ReturnSheet, quarter_end: date) -> str:
    """The bits of the rules that read more than one cell of the row."""
    found = sheet.across(quarter_end).items()
    return " + ".join(f"(CASE WHEN {condition} THEN {_bit(sheet, *place)} ELSE 0 END)" for place, condition in found)


def _row_bits(sheet: ReturnSheet, quarter_end: date, *, are_whole: bool) -> str:
    """The bitmap of a row; `BLANK` for a row without a cell."""
    across = _across_bits(sheet, quarter_end)
    columns = " + ".join(_column_bits(sheet, column) for column in sheet.columns)
    return f"""CASE WHEN fits AND {_holds_all(sheet)} THEN {across} WHEN fits AND {_is_blank(sheet)} THEN {BLANK}
        WHEN fits AND {_is_total(sheet) if are_whole else "false"} THEN {_bit(sheet, "total_row", "")}
        WHEN fits THEN {columns} + {across} ELSE {_bit(sheet, "row_width", "")} END"""


def _tidied_how(column: ReturnColumn) -> str:
    """How one cell was tidied, as a number that adds up over the row: each kind of conversion has a byte of its own."""
    text, tidy = raw(column), _tidied(column)
    wide = "false" if column.name == "borrower_name" else f"regexp_matches({text}, '[！-～]')"
    spaces = f"regexp_matches({text}, '^[\\s\\x{{3000}}\\x{{00a0}}]|[\\s\\x{{3000}}\\x{{00a0}}]$|\\d[\\s\\x{{3000}}\\x{{00a0}}]')"
    commas = f"regexp_matches({text}, '[,，]') AND NOT contains({tidy}, ',')" if column.kind in _NUMERIC else "false"
    currency = f"regexp_matches({text}, '[¥￥元]')" if column.kind is CellKind.MONEY else "false"
    kinds = " + ".join(
        f"CASE WHEN {condition} THEN {1 << 8 * place} ELSE 0 END"
        for place, condition in enumerate((wide, commas, spaces, currency))
    )
    return f"(CASE WHEN {_plain(column)} OR {text} = {tidy} OR {text} = '' THEN 0 ELSE {kinds} END)"


def _conversions(sheet: ReturnSheet) -> str:
    all_plain = " AND ".join(_plain(column) for column in sheet.columns)
    return f"CASE WHEN {all_plain} THEN 0 ELSE {' + '.join(_tidied_how(column) for column in sheet.columns)} END"


def _read_rows(sheet: ReturnSheet, condition: str = "true") -> str:
    """SELECT over the sheet's filed view: for each column raw text, whether it is plain, tidied text, value."""
    plain = _each(sheet, lambda column: f"{is_plain(column, raw(column))} AS {_plain(column)}")
    return f"""SELECT *, {_each(sheet, _value)} FROM (SELECT *, {_each(sheet, _tidy)} FROM (
        SELECT *, {plain} FROM {sheet.filed} WHERE {condition}))"""


def _is_blank(sheet: ReturnSheet) -> str:
    return " AND ".join(f"trim({raw(column)}) = ''" for column in sheet.columns)


def _is_total(sheet: ReturnSheet) -> str:
    """Whether a row that breaks rules is one of totals: it says so, or has amounts alone; most of what a row needs is blank."""
    needed = [column for column in sheet.columns if column.required]
    blank = " + ".join(f"(trim({raw(column)}) = '')::INTEGER" for column in needed)
    said = " OR ".join(
        f"regexp_full_match({_tidied(column)}, {quoted(_TOTALS)}, 'i')"
        for column in sheet.columns
        if column.kind in KEPT_AS_TEXT
    )
    bare = " AND ".join(f"trim({raw(column)}) = ''" for column in sheet.columns if column.kind is not CellKind.MONEY)
    return f"(({said} OR {bare}) AND ({blank}) * 2 >= {len(needed)})"


def read_rows(quarter_end: date, *, in_order: bool, sheet: ReturnSheet = LOAN_SHEET, are_whole: bool = True) -> str:
    """SELECT over the filed view: `number`, values (NULL where unreadable), `broken` bitmap, `tidied` counts.

    A blank row has the bitmap -1. Where the rows come `in_order` the number is left NULL, to be told from the order in
    which they are stored: asking the scan for it would keep it to one processor. Only rows that `are_whole` can be totals.
    """
    number = "NULL::BIGINT" if in_order else "row"
    names = _each(sheet, lambda column: column.name)
    bits, tidied_cells = _row_bits(sheet, quarter_end, are_whole=are_whole), _conversions(sheet)
    return f"SELECT {number} AS number, {names}, {bits} AS broken, {tidied_cells} AS tidied FROM ({_read_rows(sheet)})"


def checked(sheet: ReturnSheet) -> str:
    """SELECT over the rows that were read: every row that is not blank, with its number in the filed sheet."""
    return f"SELECT coalesce(number, rowid + 2) AS row, * EXCLUDE (number) FROM {sheet.read} WHERE broken <> {BLANK}"


def comparable_rows(sheet: ReturnSheet = LOAN_SHEET) -> str:
    """SELECT over the filed view: row, and every cell as text in one spelling if readable, else as tidied."""
    cells = _each(sheet, lambda column: f"coalesce({written(column, column.name)}, {_tidied(column)}) AS {column.name}")
    return f"SELECT row, {cells} FROM ({_read_rows(sheet, f'NOT (fits AND {_is_blank(sheet)})')})"


def _each(sheet: ReturnSheet, expression: Callable[[ReturnColumn], str]) -> str:
    return ", ".join(expression(column) for column in sheet.columns)


def _tidy(column: ReturnColumn) -> str:
    text = raw(column)
    return f"CASE WHEN {_plain(column)} THEN {text} ELSE {tidied(column, text)} END AS {_tidied(column)}"


def _value(column: ReturnColumn) -> str:
    plain, tidy = plain_value(column, raw(column)), tidied_value(column, _tidied(column))
    return f"CASE WHEN {_plain(column)} THEN {plain} ELSE {tidy} END AS {column.name}"


def shown(column: ReturnColumn) -> str:
    """The filed text of a cell as errors show it: shortened, without the mark of a shortened number."""
    return f"left(replace({raw(column)}, {quoted(LONG_NUMBER)}, ''), 200)"
