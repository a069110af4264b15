"""One quarter of the fee subsidy from files: guarantee returns with their events read, the rule applied, the amounts shared out."""

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.tables.faults import Fault
from settlement.fee_subsidy import (
    FeeAssessment,
    FeeRule,
    Filed,
    Guarantee,
    GuaranteeCompany,
    assess_guarantors,
    fee_rule_in_force,
)
from settlement.filed.folder import FiledReturn, read_guarantees_folder
from settlement.filed.institutions import read_companies
from settlement.filed.intake import FileTaken, take_in
from settlement.filed.settling import FiledInput, Progress, silent
from settlement.fiscal_shares import Share, share_rule_in_force, split
from settlement.returns.guarantee_rows import read_guarantees
from settlement.returns.kinds import GUARANTEES
from settlement.returns.sealing import events_beside

_WHOLE_SHARE = 1_000_000  # 100 %, in millionths
_NOT_USED = Text(
    "降费奖补不用核定余额，这个文件没有用到", "The fee subsidy needs no certified balances; the file is not used"
)
_CLAIMED = Text(
    "这笔担保另有机构也报了，分担比例合计超过 100%，请核对",
    "Another guarantor files the same guarantee, and their shares are over 100 % together; check",
)


@dataclass(frozen=True)
class FeeSettlement:
    """What came of a quarter, and on which documents and rows; `shares` by guarantor's code."""

    quarter: Quarter
    rule: FeeRule
    assessments: tuple[FeeAssessment, ...]
    shares: Mapping[str, tuple[Share, ...]]
    taken_in: FileTaken
    faults: tuple[Fault, ...]
    seconds: Mapping[str, float]


def _wanted(
    folder: Path, companies: Mapping[str, GuaranteeCompany], rule: FeeRule
) -> tuple[list[FiledReturn], list[Fault]]:
    """The returns of guarantors from the quarter end before the first day on which a contract counts."""
    quarters = set(Quarter.containing(rule.starts_from).previous.through(rule.quarter))
    found, passed_over = read_guarantees_folder(folder, quarters, companies)
    kinds = rule.institution_kinds
    return [one for one in found if companies[one.code].kind in kinds], passed_over


def _take_in(returns: list[FiledReturn], scratch: Path, progress: Progress) -> FileTaken:
    counted = itertools.count(1)
    progress("intake", 0, len(returns))
    done: Callable[[FiledReturn], None] = lambda _: progress("intake", next(counted), len(returns))  # noqa: E731
    return take_in(returns, scratch, done, GUARANTEES)


def _filed(taken: FileTaken) -> Filed:
    found = {}
    for (code, quarter), one in sorted(taken.intakes.items()):
        if one.tape is not None and one.row_digest is not None:
            found[code, quarter] = read_guarantees(quarter, one.tape, events_beside(one.tape), one.row_digest)
    return found


_Same = tuple[str, str, int, date, date]


def _claimed_twice(filed: Filed, taken: FileTaken, quarter: Quarter) -> Iterator[Fault]:
    """The settled quarter's guarantees that several guarantors file, with more than 100 % together."""
    claims: dict[_Same, list[tuple[str, Guarantee]]] = defaultdict(list)
    for (code, of), one in filed.items():
        for contract in one.contracts if of == quarter else ():
            claims[_same(contract)].append((code, contract))
    for each in claims.values():
        over = sum(contract.share for _, contract in each) > _WHOLE_SHARE
        if over and len({code for code, _ in each}) > 1:
            yield from _claims(each, taken, quarter)


def _same(one: Guarantee) -> _Same:
    return one.borrower_code, one.lender_code, one.amount, one.start, one.end


def _claims(each: Iterable[tuple[str, Guarantee]], taken: FileTaken, quarter: Quarter) -> Iterator[Fault]:
    for code, contract in each:
        file = taken.intakes[code, quarter].file
        yield Fault(file, 0, "contract_id", contract.contract_id, "guarantee_claimed_twice", "warning", _CLAIMED)


def settle_fees(
    files: FiledInput, quarter: Quarter, book: PolicyBook, scratch: Path, progress: Progress = silent
) -> FeeSettlement:
    """The quarter's statements of every guarantor. Warnings are taken as confirmed.

    Raises `PolicySilent`, `PolicyUndecided` or `Refused` where the policy gives no answer, and `FileRefused` for input that
    cannot be taken as filed.
    """
    rule, share_rule = fee_rule_in_force(book, quarter), share_rule_in_force(book, quarter.last_day)
    listed, doubts = read_companies(files.institutions.name, files.institutions.read_bytes())
    companies = {one.code: one for one in listed}
    returns, passed_over = _wanted(files.returns, companies, rule)
    began = time.perf_counter()
    taken = _take_in(returns, scratch, progress)
    read = time.perf_counter()
    filed = _filed(taken)
    progress("settle", 0, 1)
    assessments = assess_guarantors(listed, filed, rule)
    progress("settle", 1, 1)
    unused = [Fault(files.certified.name, 0, "", "", "not_used", "warning", _NOT_USED)] if files.certified else []
    return FeeSettlement(
        quarter=quarter,
        rule=rule,
        assessments=tuple(assessments),
        shares={
            one.company.code: split(one.amount, one.company.region, share_rule)
            for one in assessments
            if one.amount is not None
        },
        taken_in=taken,
        faults=(*doubts, *unused, *passed_over, *taken.faults, *_claimed_twice(filed, taken, quarter)),
        seconds={"intake": read - began, "settle": time.perf_counter() - read},
    )
