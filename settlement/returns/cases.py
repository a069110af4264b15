"""A rule of a whole return and the query that finds what breaks it, and what such rules may look at."""

from dataclasses import dataclass

from kernel.periods import Quarter
from settlement.returns.cells import CREDIT_CODE, failing_check_digit, matches
from settlement.returns.column_rules import Rule


@dataclass(frozen=True)
class CaseSetting:
    """What a return is held against: its quarter, whether the last one is there, and the lenders that are known (None: not asked)."""

    quarter: Quarter
    has_previous: bool = False
    lenders: frozenset[str] | None = None


@dataclass(frozen=True)
class Case:
    """A rule and the query for what breaks it, with the columns `row` and `beside`; `beside` in fen where `beside_fen`.

    Where `names` holds, the query also gives `value`, `named` and `borrower`: it speaks of what is not in the file, at row 0.
    """

    rule: Rule
    query: str
    beside_fen: bool = False
    names: bool = False


NO_ROWS = "SELECT 0 AS row, '' AS beside WHERE NOT EXISTS (FROM checked)"

UNEQUAL = """
    SELECT row, '' AS beside FROM checked
    WHERE borrower_code IN (SELECT borrower_code FROM borrowers WHERE {0}_least <> {0}_most)"""

REPEATED = """
    SELECT row, '' AS beside FROM checked
    WHERE {0} IN (SELECT {0} FROM checked WHERE {0} IS NOT NULL GROUP BY {0} HAVING count(*) > 1)"""

_BAD_DIGIT = f"CASE WHEN {matches('borrower_code', CREDIT_CODE)} THEN {failing_check_digit('borrower_code')} ELSE 0 END"
CHECK_DIGIT = f"SELECT row, '' AS beside FROM borrowers WHERE {_BAD_DIGIT} <> 0"  # noqa: S608
