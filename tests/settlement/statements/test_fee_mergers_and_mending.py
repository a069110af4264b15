"""Fee subsidies when guarantors merge, and when a wrong release, compensation or refund is taken back by a later version.

T5's contract earns 3,150.68 in 2022Q2 (46 days) and 6,301.37 in each of the two quarters after it.
"""

from datetime import date

import pytest

from kernel import database
from kernel.parties.service import party_by_id
from settlement.mergers.service import Merger, check_merger, propose_merger
from settlement.statements import service
from settlement.statements.standing import outdated
from tests.factories import make_institution, make_person
from tests.settlement.filing_floor import Bank, Floor
from tests.settlement.statements.test_fee_statements import FEES, LATER, Q2, Q3, Q4, TODAY, Desk
from tests.settlement.statements.test_fee_statements import desk as desk

WRONG = {  # what was wrongly said of 2022Q3, and what 2022Q3 then earned
    "a compensation on 15 August that never was": ({"compensated_on": "2022-08-15"}, [], 3_082_20),
    "a release on 15 August that never was": ({"released_on": "2022-08-15"}, [], 3_082_20),
    "a refund of 10,000 yuan that never was": ({}, [("C1", "2022-08-15", "fee_refund", "10000.00")], 10_082_20),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_event_taken_back_by_a_new_version_restates_its_quarter_and_the_next(desk: Desk, what: str) -> None:
    said, events, earned = WRONG[what]
    gone = {"outstanding": "0.00"} if said else {}
    desk.certified(Q2, [desk.contract()])
    desk.certified(Q3, [desk.contract(**said, **gone)], events)
    for quarter in (Q2, Q3):
        desk.draft(quarter)
    assert [desk.statement(quarter).amount for quarter in (Q2, Q3)] == [3_150_68, earned]
    desk.certified(Q3, [desk.contract()])
    desk.certified(Q4, [desk.contract()])
    standing = [desk.statement(quarter) for quarter in (Q2, Q3)]
    assert outdated(desk.floor.db, standing, desk.floor.premises) == {standing[1].id}
    for quarter in (Q2, Q3, Q4):
        desk.draft(quarter)
    found = [desk.statement(quarter) for quarter in (Q2, Q3, Q4)]
    assert [(one.revision, one.amount) for one in found] == [(1, 3_150_68), (2, 6_301_37), (1, 6_301_37)]


@pytest.mark.parametrize("what", [what for what, (said, _, _) in WRONG.items() if said])
def test_one_that_only_the_next_return_takes_back_is_adjusted_there(desk: Desk, what: str) -> None:
    """A refund stands in the return of its own quarter alone, so there only a new version takes it back."""
    said, _, earned = WRONG[what]
    desk.certified(Q2, [desk.contract()])
    desk.certified(Q3, [desk.contract(**said, outstanding="0.00")])
    desk.certified(Q4, [desk.contract()])
    for quarter in (Q2, Q3, Q4):
        desk.draft(quarter)
    one = desk.statement(Q4)
    lines = [line.amount for line in service.lines_of(desk.floor.db, [one])[one.id or 0]]
    assert lines == [6_301_37, 6_301_37 - earned]


def heir_of(floor: Floor) -> Bank:
    party = make_institution(floor.db, "市鹰城融资担保有限公司", region="410402", kind="guarantor", local_from=None)
    return Bank(party, make_person(floor.db, party, "maker"), make_person(floor.db, party, "checker", name="周立"))


def merge(floor: Floor, absorbed: Bank, into: Bank, on: date) -> None:
    bureau = party_by_id(floor.db, floor.operator.organisation_id)
    reviewer = make_person(floor.db, bureau, "reviewer")
    merger = Merger(absorbed.party.code, into.party.code, on, "豫金监〔2022〕7号")
    row = database.write(floor.db, lambda db: propose_merger(db, floor.operator, merger, at=LATER, today=TODAY))
    database.write(floor.db, lambda db: check_merger(db, reviewer, row, accept=True, at=LATER, today=TODAY))


def test_contracts_of_a_merged_guarantor_go_on_with_its_heir_slice_for_slice(desk: Desk) -> None:
    """Both use number C1 for different contracts; from the merger on the heir files the other one with its guarantor's code."""
    floor, heir = desk.floor, Desk(desk.floor, heir_of(desk.floor))
    own, other = {"borrower_code": "ID:H"}, desk.guarantor.party.code
    for quarter in (Q2, Q3):
        desk.certified(quarter, [desk.contract()])
        heir.certified(quarter, [heir.contract(**own)])
        desk.draft(quarter)
    merge(floor, desk.guarantor, heir.guarantor, date(2022, 11, 1))
    heir.certified(Q4, [heir.contract(**own), heir.contract(contract_id=f"C1@{other}")])
    desk.draft(Q4)
    known = [service.statements_of(floor.db, floor.operator, quarter=q, scheme=FEES) for q in (Q2, Q3, Q4)]
    amounts = [{one.beneficiary_code: one.amount for one in found} for found in known]
    both = (other, heir.guarantor.party.code)
    assert amounts == [dict.fromkeys(both, 3_150_68), dict.fromkeys(both, 6_301_37), {both[1]: 2 * 6_301_37}]
    assert "contract_missing" not in known[2][0].reasons
    (adjusted,) = service.lines_of(floor.db, known[2]).values()
    assert [line.amount for line in adjusted] == [2 * 6_301_37]
    assert outdated(floor.db, [*known[0], *known[1]], floor.premises) == set()
