"""What a return says of renewals against what was recorded, both ways. Pure; amounts in fen.

A renewal never changes growth by itself: what is found here is shown and answered, never deducted.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text

KINDS = {
    "unrecorded": Text("报表说是续贷，没有续贷记录", "The return says renewed, no renewal is recorded"),
    "unmarked": Text("有续贷记录，报表没有填续贷原借据号", "A renewal is recorded, the return does not mark it"),
    "other_old_loan": Text("续贷原借据号与记录不同", "The return names another old loan than recorded"),
    "new_loan_missing": Text(
        "有续贷记录，报表里没有这笔新贷", "A renewal is recorded, its new loan is not in the return"
    ),
    "old_loan_open": Text(
        "旧贷已由新贷结清，报表里还有余额", "The old loan was settled, the return still holds a balance"
    ),
    "more_principal": Text("余额大于续贷本金", "The balance is more than was renewed"),
    "other_days": Text("发放日或到期日与合同不同", "The first or last day differs from the contract"),
    "other_borrower": Text("借款人与记录不同", "Another borrower than recorded"),
    "renewed_twice": Text("同一笔旧贷被续了两次", "One old loan is renewed twice"),
}


@dataclass(frozen=True)
class RenewedRow:
    """A row of a return that says something of a renewal."""

    row: int
    loan: str
    borrower_code: str
    balance: int
    starts_on: date
    due_on: date
    renews: str


@dataclass(frozen=True)
class RecordedRenewal:
    """A renewal as it was recorded: the old loan and the new, whose, how much, from when to when."""

    old_loan: str
    new_loan: str
    borrower_code: str
    principal: int
    starts_on: date
    due_on: date


@dataclass(frozen=True)
class RenewalMismatch:
    """One thing on which return and record differ: its kind, the new loan (or the old one that is open), what each says."""

    kind: str
    loan: str
    row: int | None
    returned: str
    recorded: str


def mismatches(
    rows: Sequence[RenewedRow], recorded: Sequence[RecordedRenewal], *, on: date, expected: Collection[str]
) -> list[RenewalMismatch]:
    """Everything on which the rows of a return (of `on`, a quarter's last day) and the renewals recorded by then differ.

    A record is `expected` for these loans alone: those of firms on the whitelist when the loan began. What a bank renews for
    others by itself nobody records here.
    """
    by_loan = {row.loan: row for row in rows}
    new_loans = {one.new_loan for one in recorded}
    followed = {one.old_loan for one in recorded}
    found: list[RenewalMismatch] = []
    for one in recorded:
        row = by_loan.get(one.new_loan)
        if row is not None:
            found += _of_pair(one, row)
        elif one.new_loan not in followed and one.due_on > on:
            found.append(RenewalMismatch("new_loan_missing", one.new_loan, None, "", one.old_loan))
        found += _old_open(one, by_loan.get(one.old_loan))
    found += [_unrecorded(row) for row in rows if row.renews and row.loan in expected and row.loan not in new_loans]
    found += _twice(rows)
    return sorted(found, key=lambda one: (one.loan, one.kind))


def _of_pair(one: RecordedRenewal, row: RenewedRow) -> Iterator[RenewalMismatch]:
    """A recorded renewal and the row of its new loan."""
    if not row.renews:
        yield RenewalMismatch("unmarked", row.loan, row.row, "", one.old_loan)
    elif row.renews != one.old_loan:
        yield RenewalMismatch("other_old_loan", row.loan, row.row, row.renews, one.old_loan)
    if row.balance > one.principal:
        yield RenewalMismatch("more_principal", row.loan, row.row, str(row.balance), str(one.principal))
    if (row.starts_on, row.due_on) != (one.starts_on, one.due_on):
        said = [f"{days[0]} – {days[1]}" for days in ((row.starts_on, row.due_on), (one.starts_on, one.due_on))]
        yield RenewalMismatch("other_days", row.loan, row.row, *said)
    if row.borrower_code != one.borrower_code:
        yield RenewalMismatch("other_borrower", row.loan, row.row, row.borrower_code, one.borrower_code)


def _old_open(one: RecordedRenewal, old: RenewedRow | None) -> list[RenewalMismatch]:
    if old is None or old.balance == 0:
        return []
    return [RenewalMismatch("old_loan_open", old.loan, old.row, str(old.balance), one.new_loan)]


def _unrecorded(row: RenewedRow) -> RenewalMismatch:
    return RenewalMismatch("unrecorded", row.loan, row.row, row.renews, "")


def _twice(rows: Iterable[RenewedRow]) -> list[RenewalMismatch]:
    """Rows after the first that renew the same old loan."""
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        if row.renews:
            seen[row.renews] += 1
            if seen[row.renews] > 1:
                found.append(RenewalMismatch("renewed_twice", row.loan, row.row, row.renews, ""))
    return found
