"""The rules of a loan return that need more than one of its rows, or the last return."""

from collections.abc import Iterator

from settlement.returns.cases import CHECK_DIGIT, NO_ROWS, REPEATED, UNEQUAL, Case, CaseSetting
from settlement.returns.rules import GROUP

LOAN_BORROWERS = """
    CREATE OR REPLACE TEMP TABLE borrowers AS
    SELECT borrower_code, min(row) AS row, sum(balance)::DECIMAL(38, 0) AS balances,
           min(credit_line) AS credit_line_least, max(credit_line) AS credit_line_most,
           min(borrower_kind) AS borrower_kind_least, max(borrower_kind) AS borrower_kind_most
    FROM checked WHERE borrower_code IS NOT NULL GROUP BY borrower_code"""

_OVER_LINE = """
    SELECT row, balances::VARCHAR AS beside FROM borrowers
    WHERE balances > credit_line_most AND credit_line_least = credit_line_most"""

_JUMP = """
    SELECT now.row, before.balance::VARCHAR AS beside
    FROM checked AS now JOIN previous AS before USING (loan_id)
    WHERE before.balance > 0 AND now.balance::HUGEINT > before.balance::HUGEINT * 10"""


def loan_cases(setting: CaseSetting) -> Iterator[Case]:
    """Every such rule with its query over `checked`, `borrowers` and `previous`."""
    yield Case(GROUP["duplicate_loan"], REPEATED.format("loan_id"))
    yield Case(GROUP["unequal_credit_line"], UNEQUAL.format("credit_line"))
    yield Case(GROUP["unequal_borrower_kind"], UNEQUAL.format("borrower_kind"))
    yield Case(GROUP["check_digit"], CHECK_DIGIT)
    yield Case(GROUP["balances_over_line"], _OVER_LINE, beside_fen=True)
    yield Case(GROUP["no_rows"], NO_ROWS)
    if setting.has_previous:
        yield Case(GROUP["tenfold_jump"], _JUMP, beside_fen=True)
