"""The settled quarter's returns held against each other: what to confirm before paying two institutions for one loan."""

from collections.abc import Iterable, Iterator

from kernel.periods import Quarter
from kernel.tables.faults import Fault
from settlement.filed.intake import FileTaken
from settlement.returns.across import DoubleClaim, SplitBorrower, across
from settlement.returns.column_rules import Rule


def _fault(file: str, row: int, value: str, rule: Rule) -> Fault:
    return Fault(file, row, rule.column, value, rule.code, rule.severity.value, rule.said())


def _split(found: Iterable[SplitBorrower], files: dict[str, str]) -> Iterator[Fault]:
    """One line for each institution that gives the borrower a line."""
    return (_fault(files[code], 0, one.borrower_code, one.rule) for one in found for code, _ in one.lines)


def _claimed(found: Iterable[DoubleClaim], files: dict[str, str]) -> Iterator[Fault]:
    return (
        _fault(files[claim.institution_code], claim.row, claim.loan_id, one.rule)
        for one in found
        for claim in one.claims
    )


def neighbours(taken: FileTaken, quarter: Quarter, limit: int) -> tuple[Fault, ...]:
    """Warnings over all institutions of a quarter; `limit` is the credit-line limit in fen."""
    filed = {code: intake for (code, of), intake in taken.intakes.items() if of == quarter}
    files = {code: intake.file for code, intake in filed.items()}
    found = across({code: intake.tape for code, intake in filed.items() if intake.tape}, limit=limit)
    claims = (*found.claimed_twice, *found.near_twins)
    return (*_split(found.split_borrowers, files), *_claimed(claims, files))
