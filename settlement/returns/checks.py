"""The rules as SQL: every filed row read once, as text, into values and one bitmap of all the rules it breaks."""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from datetime import date

from settlement.returns.cells import LONG_NUMBER, breaks, holds, plain_text, quoted, value
from settlement.returns.columns import LOAN_COLUMNS, Column, Kind
from settlement.returns.rules import BIT

_NUMERIC = (Kind.MONEY, Kind.PERCENT, Kind.DATE)


def raw(column: Column) -> str:
    """The name under which a column's filed text travels in the `filed` view."""
    return f"raw_{column.name}"


def _tidied(column: Column) -> str:
    return f"tidy_{column.name}"


def _bit(code: str, column: str) -> str:
    return str(1 << BIT[(code, column)])


def _column_bits(column: Column) -> str:
    text, found = _tidied(column), column.name
    whens = " ".join(
        f"WHEN {condition} THEN {_bit(code, column.name)}" for code, condition in breaks(column, text, found).items()
    )
    return f"(CASE WHEN {holds(column, text, found)} THEN 0 {whens} ELSE 0 END)"


def _row_bits(quarter_end: date) -> str:
    late = f"WHEN start_date > DATE {quoted(quarter_end.isoformat())} THEN {_bit('start_after_quarter', 'start_date')}"
    short = f"WHEN maturity_date <= start_date THEN {_bit('maturity_not_after_start', 'maturity_date')}"
    columns = " + ".join(_column_bits(column) for column in LOAN_COLUMNS)
    return f"CASE WHEN NOT fits THEN {_bit('row_width', '')} ELSE {columns} + (CASE {late} ELSE 0 END) + (CASE {short} ELSE 0 END) END"


def _changed(column: Column, condition: str) -> str:
    return f"(CASE WHEN {raw(column)} = {_tidied(column)} THEN 0 WHEN {condition} THEN 1 ELSE 0 END)"


def _conversions() -> str:
    """How many cells of the row were tidied, by kind: full-width signs, thousands commas, spaces."""
    wide, commas, spaces = [], [], []
    for column in LOAN_COLUMNS:
        if column.name != "borrower_name":
            wide.append(_changed(column, f"regexp_matches({raw(column)}, '[！-～]')"))
        if column.kind in _NUMERIC:
            commas.append(
                _changed(column, f"regexp_matches({raw(column)}, '[,，]') AND NOT contains({_tidied(column)}, ',')")
            )
        spaces.append(_changed(column, f"regexp_matches({raw(column)}, '\\S.*\\s|\\s.*\\S|[\\x{{3000}}\\x{{00a0}}]')"))
    kinds = (("full_width", wide), ("thousands", commas), ("spaces", spaces))
    return ", ".join(f"{' + '.join(terms)} AS {name}" for name, terms in kinds)


def checked_rows(quarter_end: date) -> str:
    """SELECT over the `filed` view: row, values (NULL where unreadable), `broken` bitmap, conversions; blank rows left out."""
    raws = ", ".join(raw(column) for column in LOAN_COLUMNS)
    tidy = ", ".join(f"{plain_text(column, raw(column))} AS {_tidied(column)}" for column in LOAN_COLUMNS)
    tidied = ", ".join(_tidied(column) for column in LOAN_COLUMNS)
    values = ", ".join(f"{value(column, _tidied(column))} AS {column.name}" for column in LOAN_COLUMNS)
    names = ", ".join(column.name for column in LOAN_COLUMNS)
    blank = " AND ".join(f"trim({raw(column)}) = ''" for column in LOAN_COLUMNS)
    return f"""
        SELECT row, {names}, {_row_bits(quarter_end)} AS broken, {_conversions()}
        FROM (SELECT row, fits, {raws}, {tidied}, {values}
              FROM (SELECT row, fits, {raws}, {tidy} FROM filed WHERE NOT (fits AND {blank})))"""


def shown(column: Column) -> str:
    """The filed text of a cell as errors show it: shortened, without the mark of a shortened number."""
    return f"left(replace({raw(column)}, {quoted(LONG_NUMBER)}, ''), 200)"
