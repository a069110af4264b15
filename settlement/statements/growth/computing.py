"""Compute statements outside any transaction, with the functions of file mode, so that both give the same figures to the fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.policies.canonical import digest
from settlement import fiscal_shares, growth_reward
from settlement.engine.balances import Tape, reconciliations
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import Machine
from settlement.engine.statement import statement
from settlement.engine.sums import Reconciliation
from settlement.fiscal_shares import Share, ShareRule, share_rule_in_force, split
from settlement.growth_reward import Assessment, GrowthRule, assess, rule_in_force
from settlement.returns.filing import Premises
from settlement.statements.drafter import deciding
from settlement.statements.growth.facts import Facts, Key, inputs_digest


@dataclass(frozen=True)
class Rules:
    """Everything a quarter is settled by, read on its last day."""

    growth: GrowthRule
    definition: Definition
    shares: ShareRule
    inputs: Mapping[str, str]

    @property
    def rule_digest(self) -> str:
        """The digest of the engine's statement, which says which loans count."""
        return statement(self.definition).digest

    @property
    def digests(self) -> Mapping[str, str]:
        return {
            "growth_reward": self.growth.policy_digest,
            "fiscal_shares": self.shares.policy_digest,
            "statement": self.rule_digest,
        }


def rules_of(book: PolicyBook, quarter: Quarter) -> Rules:
    """The rules of a quarter; raises `PolicySilent` outside the window."""
    day = quarter.last_day
    growth, shares = rule_in_force(book, quarter), share_rule_in_force(book, day)
    definition = definition_in_force(book, day)
    return Rules(growth, definition, shares, _inputs(book, growth, definition, day))


def _inputs(book: PolicyBook, growth: GrowthRule, definition: Definition, day: date) -> Mapping[str, str]:
    """What of the policies decides the figures: a document that only settles who pays makes no statement outdated."""
    decided = [growth.is_paid_by_central_bank, growth.central_bank_rate, [str(one) for one in sorted(growth.rewarded)]]
    return {
        "growth_reward": digest([deciding(book.scheme(growth_reward.SCHEME), day), decided]),
        "fiscal_shares": digest(deciding(book.scheme(fiscal_shares.SCHEME), day)),
        "statement": statement(definition).digest,
    }


@dataclass(frozen=True)
class GrowthComputed:
    """One institution's statement as computed, with the digest of what it was computed from."""

    assessment: Assessment
    shares: tuple[Share, ...]
    reconciliation: Reconciliation | None
    inputs_digest: str

    @property
    def code(self) -> str:
        return self.assessment.person.code


def _tapes(facts: Facts, codes: set[str], premises: Premises) -> dict[Key, Tape]:
    return {
        key: Tape(premises.keeping.tape(filed.row_digest), filed.row_digest)
        for key, filed in facts.returns.items()
        if key[0] in codes and filed.row_digest is not None
    }


def compute(facts: Facts, code: str, rules: Rules, premises: Premises, machine: Machine) -> GrowthComputed:
    """One institution: its family's returns added up, the rule applied, the award shared out."""
    members = facts.members(code, rules.growth.quarter.last_day)
    tapes = _tapes(facts, {member.code for member in members}, premises)
    by_digest = reconciliations(tapes.values(), rules.definition, machine, premises.cache)
    reconciled = {key: by_digest[tape.digest] for key, tape in tapes.items()}
    returned = {key: growth_reward.ReturnedBalance(one.eligible, tapes[key].digest) for key, one in reconciled.items()}
    certified = {key: growth_reward.CertifiedFigure(one.balance, one.document) for key, one in facts.balances.items()}
    assessment = assess(members, returned, certified, rules.growth)
    amount, region = assessment.amount, assessment.person.region
    return GrowthComputed(
        assessment=assessment,
        shares=() if amount is None else split(amount, region, rules.shares, rules.growth.split),
        reconciliation=reconciled.get((code, rules.growth.quarter)),
        inputs_digest=inputs_digest(facts, code, rules.growth, rules.inputs),
    )
