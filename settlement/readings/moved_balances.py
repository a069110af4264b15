"""Certified balances under another definition of what counts.

The central bank certifies balances by the definition in force. Where a copy of the book counts other loans, the certified figure is
moved by exactly what the institution's own return moves, so that only the reading makes a difference and not the return's distance
from the certified figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.certified_balances.models import CertifiedBalance
from settlement.engine.balances import Tape, reconciliations
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import DuckDB, Machine
from settlement.statements.drafter import ComputedStatement, Due, QuarterInputs
from settlement.statements.growth.facts import Key
from settlement.statements.schemes.growth_reward import GrowthInputs


def with_moved_balances(inputs: QuarterInputs, present: PolicyBook, quarter: Quarter) -> QuarterInputs:
    """The inputs as they are, unless they are the growth reward's and count other loans than the book in force."""
    if not isinstance(inputs, GrowthInputs):
        return inputs
    definition = definition_in_force(present, quarter.last_day)
    return inputs if inputs.rules.definition == definition else MovedInputs(inputs, definition)


@dataclass(frozen=True)
class MovedInputs:
    """The growth reward's inputs with balances moved from the definition in force to the one asked for."""

    inputs: GrowthInputs
    certified_by: Definition

    @property
    def dues(self) -> Sequence[Due]:
        return self.inputs.dues

    def compute(self, due: Due) -> ComputedStatement:
        facts, rules = self.inputs.facts, self.inputs.rules
        members = facts.members(due.beneficiary.code, rules.growth.quarter.last_day)
        moved = self._moves({one.code for one in members})
        shifted = replace(facts, balances={key: _moved(one, moved.get(key, 0)) for key, one in facts.balances.items()})
        return replace(self.inputs, facts=shifted).compute(due)

    @cached_property
    def _machine(self) -> Machine:
        return DuckDB()

    def _moves(self, codes: set[str]) -> Mapping[Key, int]:
        """By how much each return's eligible balance changes with the definition, in fen."""
        premises, after = self.inputs.premises, self.inputs.rules.definition
        tapes = {
            key: Tape(premises.keeping.tape(filed.row_digest), filed.row_digest)
            for key, filed in self.inputs.facts.returns.items()
            if key[0] in codes and filed.row_digest is not None
        }
        was = reconciliations(tapes.values(), self.certified_by, self._machine, premises.cache)
        would = reconciliations(tapes.values(), after, self._machine, premises.cache)
        return {key: would[tape.digest].eligible - was[tape.digest].eligible for key, tape in tapes.items()}


def _moved(balance: CertifiedBalance, by: int) -> CertifiedBalance:
    """A figure of its own, which no session knows."""
    said = {name: getattr(balance, name) for name in CertifiedBalance.model_fields}
    return CertifiedBalance(**{**said, "balance": max(0, balance.balance + by)})
