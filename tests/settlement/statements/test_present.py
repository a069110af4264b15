"""The facts of a quarter are read again when something else was written to the books since, and only then."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlmodel import Session

from kernel.periods import Quarter
from settlement.returns.filing import Premises
from settlement.statements.drafter import QuarterInputs
from settlement.statements.drafting import draft_quarter
from settlement.statements.present import PresentDues
from settlement.statements.schemes.growth_reward import DRAFTER
from tests.factories import NOW
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


@dataclass
class CountingDrafter:
    """The growth reward's drafter, which counts how often a quarter is read."""

    reads: list[Quarter] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(DRAFTER, name)

    def read(self, db: Session, quarter: Quarter, premises: Premises) -> QuarterInputs:
        self.reads.append(quarter)
        return DRAFTER.read(db, quarter, premises)


@pytest.fixture
def city(floor: Floor) -> Floor:
    """Two banks, of which one has filed."""
    floor.another_bank()
    floor.certify(floor.file([loan(1, balance="900000.00")], Q2))
    floor.certify(floor.file([loan(1)], Q3))
    floor.certify_balance(900_000_00, Q2)
    floor.certify_balance(1_000_000_00, Q3)
    return floor


def digest_of(city: Floor) -> str:
    (found,) = (
        due.inputs_digest
        for due in DRAFTER.read(city.db, Q3, city.premises).dues
        if due.beneficiary.party_id == city.bank.party.id
    )
    return found


def test_drafting_itself_makes_nothing_read_again(city: Floor) -> None:
    drafter = CountingDrafter()
    present = PresentDues(city.db, drafter, Q3, city.premises)
    assert len(draft_quarter(city.db, Q3, premises=city.premises, at=NOW).written) == 2
    assert present.digest_of(city.db, city.bank.party.id or 0) == digest_of(city)
    assert drafter.reads == [Q3]


def test_a_change_by_anybody_else_is_seen_at_the_next_asking_and_read_once(city: Floor) -> None:
    drafter = CountingDrafter()
    present = PresentDues(city.db, drafter, Q3, city.premises)
    before = present.digest_of(city.db, city.bank.party.id or 0)
    city.certify_balance(1_100_000_00, Q3, document="更正")
    after = [present.digest_of(city.db, city.bank.party.id or 0) for _ in range(3)]
    assert after == [digest_of(city)] * 3
    assert after[0] != before
    assert drafter.reads == [Q3, Q3]


def test_nothing_is_due_to_a_party_that_the_scheme_does_not_know(city: Floor) -> None:
    assert PresentDues(city.db, DRAFTER, Q3, city.premises).digest_of(city.db, 999_999) is None
