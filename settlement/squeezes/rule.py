"""抽贷、压贷: what two successive returns of a bank say of one borrower. Pure. An alert asks a question; it is no verdict.

A borrower who repaid early of its own will looks the same in a return; the bank is asked, and may say so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.bilingual import Text
from kernel.policies import PolicyBook

SCHEME = "loan-squeezes"
KINDS = {
    "called_in": Text("抽贷：没到期的贷款收回了", "called in: a loan was taken back before it was due"),
    "squeezed": Text("压贷：没到期的余额压降了", "squeezed: a balance was cut before it was due"),
    "line_cut": Text("压授信：授信额度压降了", "line cut: the credit line was cut while a loan runs"),
}


@dataclass(frozen=True)
class SqueezeRule:
    """Which classes count as performing, and from which share of the former amount a cut is told."""

    performing: frozenset[str]
    smallest_cut: Decimal

    @classmethod
    def on(cls, book: PolicyBook, day: date) -> "SqueezeRule":
        """The dated choices; raises `PolicySilent`."""
        scheme = book.scheme(SCHEME)
        performing = frozenset(scheme.value("performing_classes", day).codes)
        return cls(performing, scheme.value("smallest_cut", day).rate)

    def tells(self, before: int, after: int) -> bool:
        """Whether a fall is as large as told, the bound included; exact."""
        return before > 0 and before - after > 0 and Decimal(before - after) >= self.smallest_cut * before


@dataclass(frozen=True)
class LoanAtQuarterEnd:
    """One loan of a return; amounts in fen."""

    loan_id: str
    borrower_code: str
    borrower_name: str
    credit_line: int
    balance: int
    maturity: date
    classification: str
    renews: str | None = None


@dataclass(frozen=True)
class Squeeze:
    """One thing to ask a bank about: which borrower and loan (none for a line), how much before and after, in fen."""

    kind: str
    borrower_code: str
    borrower_name: str
    loan_id: str | None
    maturity: date | None
    before: int
    after: int

    @property
    def cut(self) -> int:
        return self.before - self.after


def _by_borrower(loans: Iterable[LoanAtQuarterEnd]) -> dict[str, list[LoanAtQuarterEnd]]:
    found: dict[str, list[LoanAtQuarterEnd]] = {}
    for loan in sorted(loans, key=lambda one: one.loan_id):
        found.setdefault(loan.borrower_code, []).append(loan)
    return found


def squeezes(
    former: Iterable[LoanAtQuarterEnd], later: Iterable[LoanAtQuarterEnd], *, later_day: date, rule: SqueezeRule
) -> tuple[Squeeze, ...]:
    """Cuts between two quarter ends of one bank, the largest first.

    Only borrowers all of whose loans performed at both ends. A loan counts while its maturity lies after `later_day`;
    one that another loan renews was not called in; money that moved to another loan of the same borrower is no cut.
    """
    now = _by_borrower(later)
    found = [
        one
        for code, loans in _by_borrower(former).items()
        for one in _of_borrower(loans, now.get(code, []), later_day, rule)
    ]
    return tuple(sorted(found, key=lambda one: (-one.cut, one.borrower_code, one.loan_id or "")))


def _of_borrower(
    before: list[LoanAtQuarterEnd], after: list[LoanAtQuarterEnd], later_day: date, rule: SqueezeRule
) -> Iterator[Squeeze]:
    if any(loan.classification not in rule.performing for loan in (*before, *after) if loan.balance):
        return
    running = [loan for loan in before if loan.balance and loan.maturity > later_day]
    if not running:
        return
    yield from _line_cut(before, after, rule)
    fresh = sum(loan.balance for loan in after if loan.loan_id not in {one.loan_id for one in before})
    yield from _loans_cut(running, {loan.loan_id: loan for loan in after}, fresh, after, rule)


def _line_cut(before: list[LoanAtQuarterEnd], after: list[LoanAtQuarterEnd], rule: SqueezeRule) -> Iterator[Squeeze]:
    """The borrower's line in the bank; a borrower that is gone altogether is told by its loans."""
    former, later = (max((loan.credit_line for loan in loans), default=0) for loans in (before, after))
    if after and rule.tells(former, later):
        yield Squeeze("line_cut", before[0].borrower_code, before[0].borrower_name, None, None, former, later)


def _loans_cut(
    running: list[LoanAtQuarterEnd],
    now: Mapping[str, LoanAtQuarterEnd],
    fresh: int,
    after: list[LoanAtQuarterEnd],
    rule: SqueezeRule,
) -> Iterator[Squeeze]:
    renewed = {loan.renews for loan in after if loan.renews}
    for loan in running:
        kept = now[loan.loan_id].balance if loan.loan_id in now else 0
        moved = min(fresh, loan.balance - kept) if kept < loan.balance else 0
        fresh -= moved
        if loan.loan_id not in renewed and rule.tells(loan.balance, kept + moved):
            kind = "called_in" if kept == 0 else "squeezed"
            yield Squeeze(
                kind, loan.borrower_code, loan.borrower_name, loan.loan_id, loan.maturity, loan.balance, kept + moved
            )
