"""What the matchmaking asks of the loan returns: the composition root hands the answer over (`config/filed_loans.py`). Pure."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple


class LoanSeen(NamedTuple):
    """A loan in a certified return: codes of lender and borrower, its id, first day, balance in fen, first quarter that lists it."""

    institution: str
    borrower: str
    loan_id: str
    started: date
    balance: int
    quarter: str


FiledLoans = Callable[[Any, Iterable[str]], list[LoanSeen]]  # takes the open session and credit codes of borrowers
