"""Adjustments, set-off and shortage against a second opinion in fractions, over random histories of corrections in many quarters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.periods import Quarter
from settlement.batches.items import NOTHING_YET, Awarded, Proposal, proposal
from settlement.batches.workflow import ADJUSTMENT, AWARD
from settlement.fiscal_shares import share_rule_in_force, split
from settlement.growth_reward import CertifiedFigure, LegalPerson, ReturnedBalance, assess, rule_in_force
from settlement.payments.planning import OpenAmount, OrderPlan, plan
from settlement.statements.models import Statement, StatementShare
from settlement.statements.phase import phase_by_itself
from settlement.statements.service import StatementWhole
from tests.seeds import is_full, seeded
from tests.settlement import adjustment_oracle as oracle
from tests.settlement.adjustment_oracle import Ledger, Name
from tests.settlement.worked_examples import book

HISTORIES = 10_000 if is_full() else 250
QUARTERS = list(Quarter(2021, 4).through(Quarter(2023, 2)))
POLICIES = book()
GROWTH, OTHER = "growth-reward", "first-entry-award"
SHARES = share_rule_in_force(POLICIES, date(2022, 3, 31))
RULES = {quarter: rule_in_force(POLICIES, quarter) for quarter in QUARTERS[1:]}


@dataclass
class Taken:
    """What has become of one payer's part, as the service's plans say."""

    open: OpenAmount
    left: int


@dataclass
class Service:
    """The service's own functions, one after the other, on rows that are in no database."""

    places: Sequence[str]
    awarded: dict[Name, Awarded] = field(default_factory=dict)
    taken: dict[str, list[tuple[bool, Taken]]] = field(default_factory=dict)

    def reward(self, one: int, balances: Sequence[int], quarter: int) -> int:
        person = LegalPerson(
            str(one), "某银行", "rural_commercial_bank", self.places[one], date(2009, 1, 1), None, None
        )
        ends = {(person.code, at): fen for at, fen in zip(QUARTERS, balances, strict=True)}
        returned = {key: ReturnedBalance(fen) for key, fen in ends.items()}
        certified = {key: CertifiedFigure(fen) for key, fen in ends.items()}
        assessed = assess((person,), returned, certified, RULES[QUARTERS[quarter]])
        assert assessed.amount is not None
        return assessed.amount

    def settle(self, number: int, dues: Mapping[Name, int]) -> dict[Name, Proposal]:
        found = {}
        for name, due in sorted(dues.items()):
            asked = proposal(self._whole(name, due), self.awarded.get(name, NOTHING_YET))
            if asked is not None:
                found[name] = asked
                self._award(number, name, asked)
        return found

    def _whole(self, name: Name, due: int) -> StatementWhole:
        statement = Statement(number=str(name), revision=1, state="draft", amount=due, held=False)
        shared = split(due, self.places[name[0]], SHARES)
        rows = [StatementShare(place=at, payer=one.payer, amount=one.amount) for at, one in enumerate(shared)]
        return StatementWhole(
            statement, None, False, phase_by_itself(statement), lines=[], shares=rows, reconciliation=[], explanation={}
        )

    def _award(self, number: int, name: Name, asked: Proposal) -> None:
        before = dict(self.awarded.get(name, NOTHING_YET).by_payer)
        for payer, fen in asked.shares:
            before[payer] = before.get(payer, 0) + fen
            made = OpenAmount(0, name[0], name[1], str(QUARTERS[name[2]]), f"{name[2]}{name[1]}", number, abs(fen))
            self.taken.setdefault(payer, []).append((fen > 0, Taken(made, abs(fen))))
        self.awarded[name] = Awarded(before, True)

    def order(self, payer: str, budget: int, way: str) -> dict[tuple[Name, int], tuple[int, int, int, int]]:
        rows = {at: one for at, (_, one) in enumerate(self.taken.get(payer, []), start=1) if one.left}
        is_due = {at: due for at, (due, _) in enumerate(self.taken.get(payer, []), start=1)}
        dues = self._open(rows, [at for at in rows if is_due[at]])
        planned = plan(dues, self._open(rows, [at for at in rows if not is_due[at]]), available=budget, shortage=way)
        self._apply(planned, rows)
        return {_told(line.due): (line.set_off, line.pay, line.carry, line.cut) for line in planned.lines}

    def _open(self, rows: Mapping[int, Taken], wanted: Iterable[int]) -> list[OpenAmount]:
        return [OpenAmount(at, *_rest(rows[at].open), amount=rows[at].left) for at in wanted]

    def _apply(self, planned: OrderPlan, rows: Mapping[int, Taken]) -> None:
        for line in planned.lines:
            rows[line.due.claim_id].left = line.carry
        for one in planned.set_offs:
            rows[one.recovery_id].left -= one.amount


def _rest(one: OpenAmount) -> tuple[int, str, str, str, int]:
    return one.beneficiary_id, one.scheme, one.quarter, one.number, one.revision


def _told(one: OpenAmount) -> tuple[Name, int]:
    quarter = QUARTERS.index(Quarter.parse(one.quarter))
    return (one.beneficiary_id, one.scheme, quarter), one.revision


def _dues(tape: Mapping[str, Any], until: int, reward: Any) -> dict[Name, int]:
    found = {
        (one, GROWTH, quarter): reward(one, balances, quarter)
        for one, balances in enumerate(tape["balances"])
        for quarter in range(1, until + 1)
    }
    return found | {(one, OTHER, quarter): fen for (one, quarter), fen in tape["awards"].items() if quarter <= until}


def _play(tape: dict[str, Any]) -> int:
    """Round by round the same items and the same orders, to the fen; how many adjustments there were."""
    second, service, adjustments, until = Ledger(tape["places"]), Service(tape["places"]), 0, 0
    for number, one in enumerate(tape["rounds"], start=1):
        for bank, quarter, step in one["corrections"]:
            tape["balances"][bank][quarter] = max(0, tape["balances"][bank][quarter] + step)
        for bank, quarter, fen in one["awards"]:
            tape["awards"][bank, quarter] = fen
        until = max(until, one["until"])
        known = set(second.awarded)
        expected = second.settle(
            number, _dues(tape, until, lambda _, balances, quarter: oracle.rewarded(balances, quarter))
        )
        found = service.settle(number, _dues(tape, until, service.reward))
        assert {name: (item.due, item.awarded, dict(item.shares)) for name, item in found.items()} == expected
        assert all(item.amount == item.due - item.awarded for item in found.values())
        assert {name: item.kind for name, item in found.items()} == {
            name: ADJUSTMENT if name in known else AWARD for name in expected
        }
        adjustments += sum(item.kind == ADJUSTMENT for item in found.values())
        for payer, budget in one["budgets"].items():
            assert service.order(payer, budget, one["way"]) == second.order(payer, budget, one["way"])
    assert all(second.balances(name) for name in second.awarded)
    return adjustments


def test_random_histories_of_corrections_agree_to_the_fen() -> None:
    pick = seeded()
    adjustments = sum(_play(oracle.random_tape(pick)) for _ in range(HISTORIES))
    assert adjustments > HISTORIES
    print(f"{HISTORIES} histories, {adjustments} adjustments, 0 fen")
