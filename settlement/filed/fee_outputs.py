"""The files of a fee-subsidy settlement: its statements, and one line a contract that says how it came to its amount."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from kernel.money import half_up, yuan
from kernel.policies import PolicyData, Value
from kernel.tables.writing import csv_bytes
from settlement.fee_subsidy import (
    SCHEME,
    ContractLine,
    Exclusion,
    FeeAssessment,
    FeeRule,
    SumLine,
    beside_lines,
    exact_rate,
    parameters_of,
    percentage,
    told,
)
from settlement.filed.outputs import ReconciliationRow, StatementRow, money, yes

ELIGIBLE = "eligible"


def fee_statement_row(one: FeeAssessment) -> StatementRow:
    """The fee subsidy's line of `statements.csv`: `basis` names the formula, the amount is the quarter's slice."""
    return StatementRow(
        institution_code=one.company.code,
        name=one.company.name,
        region=one.company.region,
        scheme=SCHEME,
        quarter=str(one.quarter),
        basis=one.formula,
        reference_balance="",
        balance="",
        increment="",
        rate="",
        amount=money(one.amount),
        alternative_basis="",
        alternative_amount="",
        dip_rebound=yes(False),
        held=yes(one.held),
        hold_reason=one.hold_reason or "",
        policy_digest=one.rule.policy_digest,
        return_digest=one.return_digest,
    )


@dataclass(frozen=True)
class GuaranteeRow:
    """One line of `contracts.csv`, as text: money in yuan, rates in percent, beside them exact fractions.

    A line without a contract is a cap, a year's formula or a rounding: the slices of a guarantor add up to its amount.
    """

    institution_code: str
    quarter: str
    contract_id: str = ""
    borrower_code: str = ""
    borrower_name: str = ""
    start_date: str = ""
    end_date: str = ""
    amount: str = ""
    days: str = ""
    annualised_amount: str = ""
    net_fee: str = ""
    fee_rate: str = ""
    fee_rate_exact: str = ""
    fee_ceiling: str = ""
    gap: str = ""
    gap_exact: str = ""
    days_in_force: str = ""
    accrued: str = ""
    before: str = ""
    slice: str = ""
    adjustment: str = ""
    exclusions: str = ""
    explanation_zh: str = ""
    explanation_en: str = ""
    parameters: str = ""
    references: str = ""


def _plain(data: PolicyData, kind: str) -> str:
    if isinstance(data, tuple):
        return "+".join(data)
    if kind == "yuan" and isinstance(data, int):
        return yuan(data)
    return str(data).lower() if isinstance(data, bool) else str(data)


def _named(value: Value, rule: FeeRule) -> str:
    """`benchmark_rate=0.015@2022-01-01`: the value and the day it holds from."""
    return f"{value.name}={_plain(value.value, rule.scheme.parameter(value.name).type)}@{value.since}"


def _days_in_force(line: ContractLine, rule: FeeRule) -> int:
    return sum(each.days for each in line.known.stretches(rule.quarter.next.first_day))


def guarantee_row(line: ContractLine, one: FeeAssessment) -> GuaranteeRow:
    """Everything that made a contract's amount, or that left it out."""
    weighed, filed, said = line.weighed, line.known.filed, told(line, one.rule)
    decided = parameters_of(line, one.rule)
    gap = line.points if weighed.counts else None
    return GuaranteeRow(
        institution_code=one.company.code,
        quarter=str(one.quarter),
        contract_id=filed.contract_id,
        borrower_code=filed.borrower_code,
        borrower_name=filed.borrower_name,
        start_date=filed.start.isoformat(),
        end_date=filed.end.isoformat(),
        amount=yuan(filed.amount),
        days=str(line.known.days),
        annualised_amount=yuan(half_up(weighed.annualised)),
        net_fee=yuan(line.known.fee),
        fee_rate=percentage(weighed.fee_rate).removesuffix("%"),
        fee_rate_exact=exact_rate(weighed.fee_rate),
        fee_ceiling="" if weighed.ceiling is None else percentage(weighed.ceiling).removesuffix("%"),
        gap="" if gap is None else percentage(gap).removesuffix("%"),
        gap_exact="" if gap is None else exact_rate(gap),
        days_in_force=str(_days_in_force(line, one.rule)),
        accrued=yuan(line.accrued),
        before=yuan(line.before),
        slice=yuan(line.slice),
        adjustment=yuan(line.adjustment),
        exclusions=";".join(weighed.exclusions),
        explanation_zh=said.zh,
        explanation_en=said.en,
        parameters=";".join(_named(value, one.rule) for value in decided),
        references=";".join(dict.fromkeys(value.reference for value in decided)),
    )


def _beside_row(line: SumLine, one: FeeAssessment) -> GuaranteeRow:
    value = one.rule.of_year(line.parameter, one.quarter.year)
    return GuaranteeRow(
        institution_code=one.company.code,
        quarter=str(one.quarter),
        slice=yuan(line.amount),
        explanation_zh=line.text.zh,
        explanation_en=line.text.en,
        parameters=_named(value, one.rule),
        references=value.reference,
    )


def contracts_csv(assessments: Iterable[FeeAssessment]) -> bytes:
    """`contracts.csv`, by guarantor, then contract, then what stands beside the contracts."""
    names = [field.name for field in fields(GuaranteeRow)]
    rows = (row for one in assessments for row in _rows_of(one))
    return csv_bytes(names, ([str(getattr(row, name)) for name in names] for row in rows))


def _rows_of(one: FeeAssessment) -> list[GuaranteeRow]:
    return [
        *(guarantee_row(line, one) for line in one.lines),
        *(_beside_row(line, one) for line in beside_lines(one)),
    ]


def fee_reconciliation_rows(one: FeeAssessment) -> list[ReconciliationRow]:
    """The outstanding amount of the quarter's return, split into what counts and each first reason why not."""
    own = [line for line in one.lines if line.known.last_filed == one.quarter]
    return [_reconciled(one, reason, own) for reason in (ELIGIBLE, *Exclusion)]


def _reconciled(one: FeeAssessment, reason: str, lines: Sequence[ContractLine]) -> ReconciliationRow:
    went = [line for line in lines if (line.weighed.exclusions or (ELIGIBLE,))[0] == reason]
    balance = sum(line.known.filed.outstanding for line in went)
    return ReconciliationRow(one.company.code, str(one.quarter), str(reason), str(len(went)), yuan(balance))
