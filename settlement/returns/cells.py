"""How the text of one cell becomes a value, as DuckDB expressions over one column's text.

A pattern has to match the text in full before it is cast: DuckDB's casts alone would read `12.5` as the integer 13. Most
cells are `is_plain` and are cast as they stand; the others are tidied first (full-width signs, spaces, thousands commas)
and then matched and cast, so that tidying costs nothing where there is nothing to tidy.
"""

from kernel.money import MAX_FEN
from settlement.returns.codes import CURRENCIES
from settlement.returns.columns import KEPT_AS_TEXT, CellKind, ReturnColumn

LONG_NUMBER = "\ufdd0"  # put before a number that a spreadsheet has already shortened; no text may hold it
MILLIONTHS_PER_PERCENT = 10_000

_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF_WIDTH = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
_SPACES = r"[\s\x{00a0}\x{3000}]+"
_MONEY = r"[+-]?\d{1,15}(?:\.\d{1,2})?"
_PERCENT = r"[+-]?\d{1,9}(?:\.\d{1,4})?"
_GROUPED = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_PLAIN_SIGNS = r"!-~\x{4e00}-\x{9fff}（）·"
_ISO_DATE = r"(?:19|20|21)\d\d-\d\d-\d\d"
_INVISIBLE = r"[\p{C}\p{Zl}\p{Zp}\x{fffd}]"
_BIRTHDAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_SHORT_BIRTHDAY = r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"

CREDIT_CODE = "[0-9A-HJ-NP-RTUWXY]{18}"
OWN_NUMBER = r"ID:[0-9A-Za-z][0-9A-Za-z._/-]{0,60}"
IDENTITY_NUMBER = rf"ID:\d{{17}}[\dXx]|ID:\d{{6}}{_SHORT_BIRTHDAY}\d{{3}}|[1-8]\d{{5}}{_BIRTHDAY}\d{{3}}[\dX]"
INDUSTRY = r"[A-T](?:\d{2,4})?"


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {quoted(pattern)})"


def _half(text: str) -> str:
    """Half-width signs for full-width ones; `translate` builds its table anew for each cell, so only where it must."""
    translated = f"translate({text}, {quoted(_FULL_WIDTH)}, {quoted(_HALF_WIDTH)})"
    return f"CASE WHEN regexp_matches({text}, '[！-～]') THEN {translated} ELSE {text} END"


def _squeezed(text: str) -> str:
    return f"regexp_replace({_half(text)}, {quoted(_SPACES)}, '', 'g')"


def _trimmed(text: str) -> str:
    return f"regexp_replace({text}, '^{_SPACES}|{_SPACES}$', '', 'g')"


def _plain_date(text: str) -> str:
    plain = _squeezed(text)
    return f"""regexp_replace(regexp_replace(regexp_replace({plain},
        '^(\\d{{4}})[-/年](\\d)([-/月])', '\\1-0\\2\\3'),
        '^(\\d{{4}})[-/年](\\d\\d)[-/月](\\d)日?$', '\\1-\\2-0\\3'),
        '^(\\d{{4}})[-/年]?(\\d\\d)[-/月]?(\\d\\d)日?$', '\\1-\\2-\\3')"""


def is_plain(column: ReturnColumn, text: str) -> str:
    """Whether a cell is written as the templates ask, so that only its range is left to check."""
    match column.kind:
        case CellKind.TEXT:
            plain = matches(text, rf"[{_PLAIN_SIGNS}](?:[ {_PLAIN_SIGNS}]{{0,{column.longest - 2}}}[{_PLAIN_SIGNS}])?")
        case CellKind.BORROWER_CODE:
            plain = f"{matches(text, CREDIT_CODE)} AND substr({text}, 7, 1) NOT IN ('1', '2')"
        case CellKind.INSTITUTION_CODE:
            plain = matches(text, CREDIT_CODE)
        case CellKind.CHOICE:
            plain = _is_spelt(column, text)
        case CellKind.YES_NO:
            plain = f"{text} IN ('Y', 'N')"
        case CellKind.CURRENCY:
            plain = f"{text} = 'CNY'"
        case CellKind.INDUSTRY:
            plain = matches(text, INDUSTRY)
        case CellKind.MONEY:
            plain = matches(text, r"\d{1,15}(?:\.\d{1,2})?")
        case CellKind.PERCENT:
            plain = matches(text, r"\d{1,3}(?:\.\d{1,4})?")
        case CellKind.DATE:
            plain = matches(text, _ISO_DATE)
    return plain if column.required else f"CASE WHEN {text} = '' THEN true ELSE {plain} END"


def plain_value(column: ReturnColumn, text: str) -> str:
    """The value of a plain cell; NULL for a date that is in no calendar."""
    match column.kind:
        case CellKind.MONEY:
            found = _fen(text)
        case CellKind.PERCENT:
            found = _millionths(text)
        case CellKind.DATE:
            found = f"TRY_CAST({text} AS DATE)"
        case CellKind.CHOICE:
            found = _chosen(column, text)
        case CellKind.YES_NO:
            found = f"{text} = 'Y'"
        case _:
            found = text
    return found if column.required else f"CASE WHEN {text} = '' THEN {_default(column)} ELSE {found} END"


def _default(column: ReturnColumn) -> str:
    return tidied_value(column, quoted(column.default)) if column.default else "NULL"


def tidied(column: ReturnColumn, text: str) -> str:
    """The cell with what may be tidied tidied, and blank where nothing is left."""
    match column.kind:
        case CellKind.TEXT if column.name == "borrower_name":
            tidy = f"nfc_normalize({_trimmed(text)})"
        case CellKind.TEXT:
            tidy = f"nfc_normalize({_trimmed(_half(text))})"
        case CellKind.MONEY:
            tidy = _ungrouped(_without_currency(_squeezed(text)))
        case CellKind.PERCENT:
            tidy = f"regexp_replace({_ungrouped(_squeezed(text))}, '%$', '')"
        case CellKind.DATE:
            tidy = _plain_date(text)
        case CellKind.BORROWER_CODE:
            tidy = _squeezed(text)
        case _:
            tidy = _squeezed(text)
    return f"coalesce(nullif({tidy}, ''), {quoted(column.default)})" if column.default else tidy


def _without_currency(text: str) -> str:
    """An amount without the sign of the yuan before it or the word behind it; 万元 keeps its 万 and stays unreadable."""
    return f"regexp_replace(regexp_replace({text}, '^([+-]?)[¥￥]([+-]?\\d)', '\\1\\2'), '(\\d)元$', '\\1')"


def _ungrouped(text: str) -> str:
    return f"CASE WHEN {matches(text, _GROUPED)} THEN replace({text}, ',', '') ELSE {text} END"


def _is_spelt(column: ReturnColumn, text: str) -> str:
    return f"{text} IN ({', '.join(quoted(spelling) for choice in column.choices for spelling in choice.spellings)})"


def _chosen(column: ReturnColumn, text: str) -> str:
    codes = ", ".join(quoted(choice.code) for choice in column.choices)
    whens = " ".join(
        f"WHEN {quoted(spelling)} THEN {quoted(choice.code)}"
        for choice in column.choices
        for spelling in choice.spellings
    )
    return f"CASE WHEN {text} IN ({codes}) THEN {text} ELSE CASE lower({text}) {whens} END END"


def _fen(text: str) -> str:
    return f"(CAST({text} AS DECIMAL(38, 2)) * 100)::BIGINT"


def _millionths(text: str) -> str:
    return f"(CAST({text} AS DECIMAL(13, 4)) * {MILLIONTHS_PER_PERCENT})::BIGINT"


def tidied_value(column: ReturnColumn, text: str) -> str:
    """The value of a tidied text, NULL where no pattern matches; amounts in fen, percentages in millionths."""
    match column.kind:
        case CellKind.MONEY:
            return f"CASE WHEN {matches(text, _MONEY)} THEN {_fen(text)} END"
        case CellKind.PERCENT:
            return f"CASE WHEN {matches(text, _PERCENT)} THEN {_millionths(text)} END"
        case CellKind.DATE:
            return f"CASE WHEN {matches(text, _ISO_DATE)} THEN TRY_CAST({text} AS DATE) END"
        case CellKind.CHOICE:
            return _chosen(column, text)
        case CellKind.YES_NO:
            return f"({_chosen(column, text)}) = '1'"
        case CellKind.INDUSTRY:
            return f"CASE WHEN {matches(text, INDUSTRY)} THEN {text} END"
        case CellKind.CURRENCY:
            return f"CASE WHEN {text} IN ({', '.join(map(quoted, CURRENCIES))}) THEN {text} END"
        case CellKind.BORROWER_CODE:
            return f"CASE WHEN {matches(text, f'{CREDIT_CODE}|{OWN_NUMBER}')} THEN {text} END"
        case CellKind.INSTITUTION_CODE:
            return f"CASE WHEN {matches(text, CREDIT_CODE)} THEN {text} END"
        case CellKind.TEXT:
            return f"nullif({text}, '')"


def holds(column: ReturnColumn, plain: str, text: str, found: str) -> str:
    """The quick test that a plain cell breaks no rule; where it fails, `breaks` tells which, if any."""
    match column.kind:
        case CellKind.MONEY if column.least:
            return f"{plain} AND {found} >= {column.least}"
        case CellKind.PERCENT:
            return f"{plain} AND {found} <= {column.most * MILLIONTHS_PER_PERCENT}"
        case CellKind.DATE:
            blank = "" if column.required else f" OR {text} = ''"
            return f"{plain} AND ({found} IS NOT NULL{blank})"
        case _:
            return plain


def breaks(column: ReturnColumn, text: str, found: str) -> dict[str, str]:
    """Where `holds` does not, the condition of each rule code of the column; the first that is met is the one broken."""
    broken: dict[str, str] = {}
    if column.required:
        broken["missing"] = f"{text} = ''"
    if column.kind in KEPT_AS_TEXT:
        broken["number_cell"] = f"starts_with({text}, {quoted(LONG_NUMBER)})"
    return broken | _unreadable(column, text, found)


def _unreadable(column: ReturnColumn, text: str, found: str) -> dict[str, str]:
    """The conditions that belong to the kind of column, for a text that is not missing."""
    unread = f"{text} <> '' AND {found} IS NULL"
    match column.kind:
        case CellKind.TEXT:
            return {
                "bad_character": f"regexp_matches({text}, {quoted(_INVISIBLE)}) OR contains({text}, {quoted(LONG_NUMBER)})",
                "text_too_long": f"length({text}) > {column.longest}",
            }
        case CellKind.BORROWER_CODE:
            return {"identity_number": _is_identity_number(text), "malformed_code": unread}
        case CellKind.INSTITUTION_CODE:
            return {"malformed_code": unread}
        case CellKind.MONEY:
            outside = _is_out_of_range(text, found, (column.least, MAX_FEN), 2)
            return {"out_of_range": outside, "not_money": unread}
        case CellKind.PERCENT:
            most = column.most * MILLIONTHS_PER_PERCENT
            return {"out_of_range": _is_out_of_range(text, found, (0, most), 4), "not_percent": unread}
        case CellKind.DATE:
            return {"not_date": unread}
        case _:
            return {"unknown_code": unread}


def _is_out_of_range(text: str, found: str, within: tuple[int, int], decimals: int) -> str:
    return f"coalesce({found} NOT BETWEEN {within[0]} AND {within[1]}, {matches(text, _too_long(decimals))})"


def _too_long(decimals: int) -> str:
    return rf"[+-]?\d{{10,}}(?:\.\d{{1,{decimals}}})?"


def _is_identity_number(text: str) -> str:
    """An identity number after `ID:` by its form; bare, where it is one by its own check digit or no credit code by its."""
    bare = f"NOT starts_with({text}, 'ID:')"
    is_credit_code = f"{failing_check_digit(text)} = 0"
    excused = f"{bare} AND {is_credit_code} AND NOT {_own_check_digit(text)}"
    return f"CASE WHEN {matches(text, IDENTITY_NUMBER)} THEN NOT ({excused}) ELSE false END"


def _own_check_digit(text: str) -> str:
    """ISO 7064 MOD 11-2 as on identity cards (GB 11643)."""
    terms = " + ".join(f"TRY_CAST(substr({text}, {i + 1}, 1) AS INTEGER) * {pow(2, 17 - i, 11)}" for i in range(17))
    return f"substr('10X98765432', (({terms}) % 11) + 1, 1) = substr({text}, 18, 1)"


def failing_check_digit(text: str) -> str:
    """0 where the check digit of a well-formed credit code holds (GB 32100-2015), another number where it does not."""
    alphabet = quoted("0123456789ABCDEFGHJKLMNPQRTUWXY")
    terms = " + ".join(f"(strpos({alphabet}, substr({text}, {i + 1}, 1)) - 1) * {pow(3, i, 31)}" for i in range(17))
    return f"(({terms}) + strpos({alphabet}, substr({text}, 18, 1)) - 1) % 31"


def yuan(fen: str) -> str:
    """Whole fen, not negative, as yuan with two decimals; exact, where a division would go through a binary number."""
    return f"({fen} // 100)::VARCHAR || '.' || lpad(({fen} % 100)::VARCHAR, 2, '0')"


def written(column: ReturnColumn, found: str) -> str:
    """A value as text in one spelling, whatever the spelling it was filed in."""
    match column.kind:
        case CellKind.MONEY:
            return f"CASE WHEN {found} >= 0 THEN {yuan(found)} END"
        case CellKind.PERCENT:
            decimals = f"lpad(({found} % {MILLIONTHS_PER_PERCENT})::VARCHAR, 4, '0')"
            return f"rtrim(rtrim(({found} // {MILLIONTHS_PER_PERCENT})::VARCHAR || '.' || {decimals}, '0'), '.')"
        case CellKind.YES_NO:
            return f"CASE {found} WHEN true THEN 'Y' WHEN false THEN 'N' END"
        case _:
            return f"{found}::VARCHAR"
