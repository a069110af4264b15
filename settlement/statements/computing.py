"""Compute statements outside any transaction, with the functions of file mode, so that both give the same figures to the fen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement import growth_reward
from settlement.engine.balances import Tape, reconciliations
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import Machine
from settlement.engine.statement import statement
from settlement.engine.sums import Reconciliation
from settlement.fiscal_shares import Share, ShareRule, share_rule_in_force, split
from settlement.growth_reward import Assessment, GrowthRule, assess, rule_in_force
from settlement.returns.filing import Premises
from settlement.statements.facts import Facts, Key, due, inputs_digest
from settlement.statements.models import Statement


@dataclass(frozen=True)
class Rules:
    """Everything a quarter is settled by, read on its last day."""

    growth: GrowthRule
    definition: Definition
    shares: ShareRule

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
    return Rules(rule_in_force(book, quarter), definition_in_force(book, day), share_rule_in_force(book, day))


def outdated(facts: Facts, rules: Rules, statements: Iterable[Statement]) -> list[Statement]:
    """The standing statements of due institutions that no longer rest on the present facts."""
    codes = {person.code for person in due(facts, rules.growth)}
    return [
        one
        for one in statements
        if one.institution_code in codes
        and one.inputs_digest != inputs_digest(facts, one.institution_code, rules.growth, rules.digests)
    ]


@dataclass(frozen=True)
class Computed:
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


def compute(facts: Facts, code: str, rules: Rules, premises: Premises, machine: Machine) -> Computed:
    """One institution: its family's returns added up, the rule applied, the award shared out."""
    members = facts.members(code, rules.growth.quarter.last_day)
    tapes = _tapes(facts, {member.code for member in members}, premises)
    by_digest = reconciliations(tapes.values(), rules.definition, machine, premises.cache)
    reconciled = {key: by_digest[tape.digest] for key, tape in tapes.items()}
    returned = {key: growth_reward.ReturnedBalance(one.eligible, tapes[key].digest) for key, one in reconciled.items()}
    certified = {key: growth_reward.CertifiedFigure(one.balance, one.document) for key, one in facts.balances.items()}
    assessment = assess(members, returned, certified, rules.growth)
    amount, region = assessment.amount, assessment.person.region
    return Computed(
        assessment=assessment,
        shares=() if amount is None else split(amount, region, rules.shares),
        reconciliation=reconciled.get((code, rules.growth.quarter)),
        inputs_digest=inputs_digest(facts, code, rules.growth, rules.digests),
    )
