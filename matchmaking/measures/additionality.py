"""Which loans came from a session: the loans of the certified returns, split by how they stand to the referrals. Pure.

A loan counts as a session's when the bank of a referral lent to its firm within so many days of delivery. It proves nothing about
what would have happened without the session; it says what followed it, and how much went to customers the bank had already.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.bilingual import Text
from matchmaking.referrals.filed_loans import LoanSeen

CLASSES = {
    "stated": Text("经推荐放款，三方可核", "drawn through a referral"),
    "new_customer": Text("见过面，新客户，没有报放款", "met, new customer, not stated"),
    "old_customer": Text("见过面，老客户", "met, old customer"),
    "other_bank": Text("见过面的企业，在别家贷的", "a firm that was met, at another bank"),
    "outside": Text("窗口以外", "outside of the window"),
}


@dataclass(frozen=True)
class MetPair:
    """A firm and a bank brought together: their codes, the day of delivery, the loan ids that the bank stated.

    `client_since`: the day from which the bank's own list of prior clients has the firm.
    """

    borrower: str
    institution: str
    delivered: date
    loan_ids: frozenset[str] = frozenset()
    client_since: date | None = None

    @property
    def was_client(self) -> bool:
        """Whether the bank's own list has the firm as its client since before the delivery."""
        return self.client_since is not None and self.client_since < self.delivered


@dataclass(frozen=True)
class LoansOfClass:
    """How many loans, and their balance in fen when a return first showed them."""

    loans: int = 0
    balance: int = 0


def class_of(loan: LoanSeen, pairs: Iterable[MetPair], earlier: date | None, days: int) -> str:
    """How one loan stands to the meetings of its firm. `earlier`: the first day of its bank's oldest loan to the firm."""
    window = timedelta(days=days)
    followed = [pair for pair in pairs if pair.delivered <= loan.started <= pair.delivered + window]
    here = [pair for pair in followed if pair.institution == loan.institution]
    if any(loan.loan_id in pair.loan_ids for pair in here):
        return "stated"
    if here:
        first = min(pair.delivered for pair in here)
        is_old = (earlier is not None and earlier < first) or any(pair.was_client for pair in here)
        return "old_customer" if is_old else "new_customer"
    return "other_bank" if followed else "outside"


def additionality(loans: Iterable[LoanSeen], pairs: Iterable[MetPair], days: int) -> Mapping[str, LoansOfClass]:
    """All loans of the met firms by class; the classes add up to all of them."""
    loans = list(loans)
    mine: dict[str, list[MetPair]] = {}
    for pair in pairs:
        mine.setdefault(pair.borrower, []).append(pair)
    oldest: dict[tuple[str, str], date] = {}
    for loan in loans:
        key = (loan.institution, loan.borrower)
        oldest[key] = min(loan.started, oldest.get(key, loan.started))
    found = dict.fromkeys(CLASSES, LoansOfClass())
    for loan in loans:
        name = class_of(loan, mine.get(loan.borrower, ()), oldest[(loan.institution, loan.borrower)], days)
        found[name] = LoansOfClass(found[name].loans + 1, found[name].balance + loan.balance)
    return found
