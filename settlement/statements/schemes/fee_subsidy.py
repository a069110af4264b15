"""The fee subsidy's statements: one a guarantor of a kind that the policy names, from its certified guarantee returns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from sqlmodel import Session, SQLModel

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.money import half_up
from kernel.periods import Quarter
from kernel.policies import PolicyBook, PolicySilent
from settlement.fee_subsidy import (
    FEE_HOLD_TITLES,
    SCHEME,
    FeeAssessment,
    FeeHold,
    Formula,
    assess_guarantors,
    beside_lines,
    exact_rate,
    fee_rule_in_force,
)
from settlement.fiscal_shares import Share, split
from settlement.returns.filing import Premises
from settlement.statements.drafter import AwardLine, Beneficiary, ComputedStatement, Due
from settlement.statements.fees.explanation import contract_rows, explain
from settlement.statements.fees.facts import FeeFacts, FeeRules, fee_rules_of, filed_rows, gather, inputs_digest
from settlement.statements.fees.models import FeeContract
from settlement.statements.models import Statement

TITLE = Text("融资担保降费奖补", "Guarantee-fee subsidy")
SHORT_FEE_HOLDS = {
    FeeHold.RETURN_MISSING: Text("未报", "No return"),
    FeeHold.CONTRACT_MISSING: Text("有合同漏报", "Contract missing"),
    FeeHold.NOT_ADOPTED: Text("办法未定", "Not adopted"),
}
OWN = Text("本期 {many} 笔合同计提", "Accrued on {many} contracts this period")
ADJUSTED = Text("此前各期调整，{many} 笔", "Adjustment of earlier periods, {many} contracts")
PAST_YEARS = Text("以前年度调整", "Adjustment of earlier years")
BESIDE = {
    "annual_cap": Text("超过年度上限的部分", "What is over the yearly cap"),
    "rounding": Text("全单一次取整与逐笔取整之差", "The whole claim rounded once, against each contract rounded"),
}
READ = {
    Formula.FEE_GAP: ("formula", "benchmark_rate", "max_points", "rounding"),
    Formula.FLAT_PRORATA: ("formula", "flat_rate", "rounding"),
}


@dataclass(frozen=True)
class FeeInputs:
    """The facts of one quarter and the rules they are judged by."""

    facts: FeeFacts
    rules: FeeRules
    premises: Premises

    @cached_property
    def dues(self) -> Sequence[Due]:
        return [self._due(code) for code in self.facts.standing]

    def _due(self, code: str) -> Due:
        company = self.facts.companies[code]
        party = Beneficiary(self.facts.party_ids[code], code, company.name, company.region)
        return Due(party, inputs_digest(self.facts, code, self.rules))

    def _assessed(self, code: str) -> FeeAssessment:
        """One guarantor; the others only where they share a pool with it."""
        codes = self.rules.rest_on(code, self.facts)
        filed = filed_rows(self.facts, codes, self.premises.keeping)
        companies = [self.facts.companies[each] for each in codes if each not in self.facts.heirs]
        assessed = assess_guarantors(companies, filed, self.rules.fee)
        return next(one for one in assessed if one.company.code == code)

    def compute(self, due: Due) -> ComputedStatement:
        one = self._assessed(due.beneficiary.code)
        rows = contract_rows(one)
        shares: tuple[Share, ...] = ()
        if one.amount is not None:
            shares = split(one.amount, due.beneficiary.region, self.rules.shares)
        explanation = explain(one, rows, shares, self.facts, self.rules, self.premises.book)
        return ComputedStatement(
            due=due,
            amount=one.amount,
            holds=tuple(one.holds),
            shares=shares,
            lines=award_lines(one, explanation["clauses"][0]["number"]),
            explanation=explanation,
            policy_digest=self.rules.fee.policy_digest,
            shares_digest=self.rules.shares.policy_digest,
            beside=lambda written: _beside(written, rows),
        )


def _beside(written: Statement, rows: Iterable[FeeContract]) -> Iterable[SQLModel]:
    for row in rows:
        row.statement_id, row.beneficiary_id = written.id or 0, written.beneficiary_id
        yield row


def award_lines(one: FeeAssessment, clause: int) -> tuple[AwardLine, ...]:
    """The amount in few lines: this period's days, earlier periods' differences, and the cap or formula over the whole.

    Without a return there is one line without an amount. The contracts themselves are rows of their own.
    """
    if one.amount is None:
        return (AwardLine(TITLE, clause, None, "", None, parameters=("formula",)),)
    beside = {each.code: each for each in beside_lines(one)}
    lines = [*_of_contracts(one, clause), *(_of_years(one, clause) if "year_formula" in beside else ())]
    for code, title in BESIDE.items():
        if code in beside:
            lines.append(AwardLine(title, clause, None, "", beside[code].amount, "", (beside[code].parameter,)))
    return tuple(lines)


def _of_contracts(one: FeeAssessment, clause: int) -> Iterator[AwardLine]:
    if not one.formula.is_daily and not any(line.slice for line in one.lines):
        return
    read, counted = READ.get(one.formula, ("formula",)), [line for line in one.lines if line.own]
    base = sum(line.known.filed.amount for line in counted)
    yield AwardLine(OWN.format(many=len(counted)), clause, base, "", sum(line.own for line in counted), "", read)
    adjusted = [line for line in one.lines if line.adjustment]
    if adjusted:
        total = sum(line.adjustment for line in adjusted)
        yield AwardLine(ADJUSTED.format(many=len(adjusted)), clause, None, "", total, "", read)


def _of_years(one: FeeAssessment, clause: int) -> Iterator[AwardLine]:
    """The steps of this year's sum, their running total rounded so that they add up, then what earlier years changed by."""
    steps = [step for year in one.now.years if year.year == one.quarter.year for step in year.parts]
    exact, told = Fraction(0), 0
    for step in steps:
        amount = half_up(exact + step.exact) - told
        exact, told = exact + step.exact, told + amount
        yield AwardLine(step.title, clause, half_up(step.base), exact_rate(step.rate), amount, "", (step.parameter,))
    if one.year_change != told:
        yield AwardLine(PAST_YEARS, clause, None, "", one.year_change - told, "", ("formula",))


@dataclass(frozen=True)
class FeeDrafter:
    """融资担保降费奖补 (notice 三, annex 2 四(四); domain §3)."""

    scheme: str = SCHEME
    prefix: str = "FS"
    title: Text = TITLE

    @property
    def hold_titles(self) -> Mapping[str, Text]:
        return {str(hold): text for hold, text in FEE_HOLD_TITLES.items()}

    @property
    def short_holds(self) -> Mapping[str, Text]:
        return {str(hold): text for hold, text in SHORT_FEE_HOLDS.items()}

    def quarters(self, book: PolicyBook, before: date) -> tuple[Quarter, ...]:
        """From the first quarter with a rule on, without an end: a contract may run on for years."""
        values = book.scheme(SCHEME).parameter("formula").values
        if not values:
            return ()
        ended = Quarter.containing(values[0].since).through(Quarter.containing(before))
        return tuple(one for one in ended if one.last_day < before and _has_rule(book, one))

    def read(self, db: Session, quarter: Quarter, premises: Premises) -> FeeInputs:
        rules = fee_rules_of(premises.book, quarter)
        return FeeInputs(gather(db, rules.fee), rules, premises)


def _has_rule(book: PolicyBook, quarter: Quarter) -> bool:
    """Whether the quarter is settled: within the policy's dates, and where the formula asks for whole years, their last."""
    try:
        fee_rule_in_force(book, quarter)
    except (PolicySilent, Refused):
        return False
    return True


DRAFTER = FeeDrafter()
