"""The growth reward's statements: one an institution that is a local legal person on the quarter's last day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlmodel import Session, SQLModel

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.calendar import rewarded_quarters
from settlement.engine.definition import Reason
from settlement.engine.machines import DuckDB, Machine
from settlement.growth_reward import HOLD_TITLES, SCHEME, Hold, LegalPerson
from settlement.returns.filing import Premises
from settlement.statements.drafter import AwardLine, Beneficiary, ComputedStatement, Due
from settlement.statements.growth.computing import GrowthComputed, Rules, compute, rules_of
from settlement.statements.growth.explanation import explain, reference_digest
from settlement.statements.growth.facts import Facts, due, gather, inputs_digest
from settlement.statements.growth.models import GrowthFigures, GrowthReconciliation
from settlement.statements.models import Statement

SHORT_HOLDS = {
    Hold.RETURN_MISSING: Text("未报", "No return"),
    Hold.NO_BASE: Text("没有基数", "No base"),
    Hold.UNCERTIFIED: Text("无核定数", "Not certified"),
    Hold.DIFFERENCE: Text("与核定数不符", "Differs"),
    Hold.REFERENCE_UNCERTIFIED: Text("基数没有核定", "Base not certified"),
}
INCREMENT = Text("普惠小微贷款余额增量", "Growth of inclusive small and micro loans")
TITLE = Text("普惠小微贷款余额增量奖励", "Growth reward for inclusive small and micro loans")
READ = ("rate", "basis", "first_base_date", "credit_line_limit", "rounding")


@dataclass(frozen=True)
class GrowthInputs:
    """The facts of one quarter and the rules they are judged by."""

    facts: Facts
    rules: Rules
    premises: Premises

    @cached_property
    def dues(self) -> Sequence[Due]:
        return [self._due(person) for person in due(self.facts.persons.values(), self.rules.growth)]

    def _due(self, person: LegalPerson) -> Due:
        party = Beneficiary(self.facts.party_ids[person.code], person.code, person.name, person.region)
        return Due(party, inputs_digest(self.facts, person.code, self.rules.growth, self.rules.inputs))

    @cached_property
    def _machine(self) -> Machine:
        return DuckDB()

    def compute(self, due: Due) -> ComputedStatement:
        computed = compute(self.facts, due.beneficiary.code, self.rules, self.premises, self._machine)
        explanation = explain(computed, self.facts, self.rules, self.premises.book)
        reference = reference_digest(explanation)
        return ComputedStatement(
            due=due,
            amount=computed.assessment.amount,
            holds=tuple(computed.assessment.holds),
            shares=computed.shares,
            lines=(_line(computed, explanation["clauses"][0]["number"]),),
            explanation=explanation,
            policy_digest=self.rules.growth.policy_digest,
            shares_digest=self.rules.shares.policy_digest,
            beside=lambda written: self._beside(written, computed, reference),
        )

    def _beside(self, written: Statement, computed: GrowthComputed, reference: str) -> Iterable[SQLModel]:
        yield self._figures(written, computed, reference)
        lines = computed.reconciliation.lines if computed.reconciliation else ()
        eligible_first = sorted(lines, key=lambda line: line.reason is not Reason.ELIGIBLE)
        for place, line in enumerate(eligible_first):
            yield GrowthReconciliation(
                statement_id=written.id or 0,
                beneficiary_id=written.beneficiary_id,
                place=place,
                reason=str(line.reason),
                detail=line.detail,
                loans=line.loans,
                balance=line.balance,
            )

    def _figures(self, written: Statement, computed: GrowthComputed, reference: str) -> GrowthFigures:
        assessment = computed.assessment
        paid, other = assessment.paid, assessment.alternative
        own = self.facts.returns.get((computed.code, self.rules.growth.quarter))
        return GrowthFigures(
            statement_id=written.id or 0,
            beneficiary_id=written.beneficiary_id,
            basis=str(paid.basis),
            rate=f"{paid.rate:f}",
            balance=assessment.balance,
            reference_balance=paid.reference_balance,
            increment=paid.increment,
            alternative_basis=str(other.basis),
            alternative_reference_balance=other.reference_balance,
            alternative_increment=other.increment,
            alternative_amount=other.amount,
            returned_balance=assessment.history[-1].returned,
            certified_balance=assessment.history[-1].certified,
            dip_rebound=assessment.dip_rebound,
            return_id=own.id if own else None,
            rule_digest=self.rules.rule_digest,
            return_digest=assessment.return_digest,
            reference_digest=reference,
        )


def _line(computed: GrowthComputed, clause: int) -> AwardLine:
    paid = computed.assessment.paid
    return AwardLine(INCREMENT, clause, paid.increment, f"{paid.rate:f}", paid.amount, parameters=READ)


@dataclass(frozen=True)
class GrowthDrafter:
    """普惠小微贷款余额增量奖励 (notice 三; domain §2)."""

    scheme: str = SCHEME
    prefix: str = "GR"
    title: Text = TITLE

    @property
    def hold_titles(self) -> Mapping[str, Text]:
        return {str(hold): text for hold, text in HOLD_TITLES.items()}

    @property
    def short_holds(self) -> Mapping[str, Text]:
        return {str(hold): text for hold, text in SHORT_HOLDS.items()}

    def quarters(self, book: PolicyBook, before: date) -> tuple[Quarter, ...]:
        return tuple(quarter for quarter in rewarded_quarters(book) if quarter.last_day < before)

    def read(self, db: Session, quarter: Quarter, premises: Premises) -> GrowthInputs:
        rules = rules_of(premises.book, quarter)
        return GrowthInputs(gather(db, rules.growth), rules, premises)


DRAFTER = GrowthDrafter()
