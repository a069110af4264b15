"""The whole of a fee-subsidy statement as plain values: years, caps, what was left out and why, and a digest over its contracts."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from kernel.policies import PolicyBook
from kernel.policies.canonical import digest
from settlement import fiscal_shares
from settlement.fee_subsidy import SCHEME, FeeAssessment, YearSum, decides, exact_rate, parameters_of, told
from settlement.fiscal_shares import Share
from settlement.statements.explanation import clause_told, parameters_told, shares_told
from settlement.statements.fees.facts import FeeFacts, FeeRules
from settlement.statements.fees.models import FeeContract

_UNTOLD = ("id", "statement_id", "beneficiary_id", "place")


def contract_rows(one: FeeAssessment) -> list[FeeContract]:
    """A row a contract, those that earned something first, the largest part first; owner and statement come later."""
    in_order = sorted(one.lines, key=lambda line: (not line.weighed.counts, -line.slice, line.known.contract_id))
    return [
        FeeContract(
            statement_id=0,
            beneficiary_id=0,
            place=place,
            contract_id=line.known.contract_id,
            borrower_code=line.known.filed.borrower_code,
            borrower_name=line.known.filed.borrower_name,
            start_date=line.known.filed.start,
            end_date=line.known.filed.end,
            amount=line.known.filed.amount,
            days=line.known.days,
            days_in_force=sum(each.days for each in line.known.stretches(one.quarter.next.first_day)),
            net_fee=line.known.fee,
            fee_rate=exact_rate(line.weighed.fee_rate),
            ceiling="" if line.weighed.ceiling is None else exact_rate(line.weighed.ceiling),
            gap=exact_rate(line.points) if line.points is not None and line.weighed.counts else "",
            accrued=line.accrued,
            accrued_before=line.before,
            adjustment=line.adjustment,
            part=line.slice,
            exclusions=" ".join(line.weighed.exclusions),
            told_zh=told(line, one.rule).zh,
            told_en=told(line, one.rule).en,
            parameters=" ".join(value.name for value in parameters_of(line, one.rule)),
        )
        for place, line in enumerate(in_order)
    ]


def contracts_digest(rows: Iterable[FeeContract]) -> str:
    """One SHA-256 over all contract rows: with it in the explanation, the hands that sign a statement sign its contracts too."""
    return digest([{name: value for name, value in row.model_dump().items() if name not in _UNTOLD} for row in rows])


def explain(
    one: FeeAssessment,
    rows: list[FeeContract],
    shares: Iterable[Share],
    facts: FeeFacts,
    rules: FeeRules,
    book: PolicyBook,
) -> dict[str, Any]:
    """Everything there is to say about a computed statement but its contracts, which have rows of their own."""
    day, scheme = rules.fee.day, rules.fee.scheme
    formulas = {year.formula for year in one.now.years}
    return {
        "scheme": SCHEME,
        "quarter": str(one.quarter),
        "day": day.isoformat(),
        "institution": {
            "code": one.company.code,
            "name": one.company.name,
            "kind": one.company.kind,
            "region": one.company.region,
            "government_backed": one.company.government_backed,
        },
        "clauses": [clause_told(scheme.clauses[0])],
        "parameters": [kept for kept in parameters_told(scheme, day) if decides(kept["name"], formulas)],
        "share_parameters": parameters_told(book.scheme(fiscal_shares.SCHEME), day),
        "formula": str(one.formula),
        "years": [_year(year) for year in one.now.years],
        "accrued": one.now.total,
        "accrued_before": one.accrued_before,
        "holds": [str(hold) for hold in one.holds],
        "average_fee": None if one.average_fee is None else exact_rate(one.average_fee),
        "went": _went(one),
        "contracts": {"count": len(rows), "digest": contracts_digest(rows)},
        "returns": [
            {"owner": owner, "quarter": str(quarter), "id": filed.return_id, "version": filed.version, "digest": filed.row_digest}
            for (owner, quarter), filed in facts.of(rules.rest_on(one.company.code, facts)).items()
        ],
        "shares": shares_told(shares),
        "digests": {**rules.inputs, "return": one.return_digest},
    }  # fmt: skip


def _year(year: YearSum) -> dict[str, Any]:
    return {
        "year": year.year,
        "formula": str(year.formula),
        "earned": year.earned,
        "payable": year.payable,
        "cut": year.cut,
        "parts": [
            {
                "title": list(part.title),
                "base": exact_rate(part.base),
                "rate": exact_rate(part.rate),
                "parameter": part.parameter,
            }
            for part in year.parts
        ],
    }


def _went(one: FeeAssessment) -> list[dict[str, Any]]:
    """The contracts of the quarter by what became of them: counted, or the first reason why not; amounts outstanding in fen."""
    counts: Counter[str] = Counter()
    outstanding: dict[str, int] = defaultdict(int)
    for line in one.lines:
        if line.known.last_filed == one.quarter:
            reason = str(line.weighed.exclusions[0]) if line.weighed.exclusions else "eligible"
            counts[reason] += 1
            outstanding[reason] += line.known.filed.outstanding
    return [
        {"reason": reason, "contracts": counts[reason], "outstanding": outstanding[reason]} for reason in sorted(counts)
    ]
