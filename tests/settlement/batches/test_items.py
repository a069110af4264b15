"""What belongs into a batch, and one formula for what it asks: due under present facts less awarded already."""

from datetime import timedelta

import pytest
from sqlmodel import select

from kernel.errors import Conflict, Invalid, Refused
from settlement.batches import reading, service
from settlement.batches.items import items_of, shares_by_item
from settlement.batches.models import Batch
from settlement.batches.workflow import INCLUDED
from settlement.statements.models import Statement
from tests.settlement.batches.batch_floor import Q3, Bureau
from tests.settlement.filing_floor import loan

Q4 = Q3.next


def told(bureau: Bureau, batch: Batch) -> list[tuple[str, int, str, int, int]]:
    found = reading.batch_by_number(bureau.db, batch.number)
    return [
        (one.statement_number, one.revision, one.kind, one.awarded, one.amount)
        for one in items_of(bureau.db, found, (INCLUDED,))
    ]


def test_a_batch_holds_every_statement_that_is_not_held(bureau: Bureau) -> None:
    bureau.floor.another_bank("龙泉村镇银行")
    bureau.draft()
    batch = bureau.open()
    assert [(kind, awarded, amount) for _, _, kind, awarded, amount in told(bureau, batch)] == [
        ("award", 0, 1_000_00),
        ("award", 0, 500_00),
    ]
    (first, _) = items_of(bureau.db, batch)
    assert dict(shares_by_item(bureau.db, [first])[first.id or 0]) == {"city": 500_00, "410411": 500_00}


def test_only_one_batch_of_a_quarter_is_under_way(bureau: Bureau) -> None:
    bureau.open()
    with pytest.raises(Conflict, match="batch_under_way"):
        bureau.open()


def test_no_batch_opens_before_its_quarter_is_over_or_after_the_last_one_closed(bureau: Bureau) -> None:
    with pytest.raises(Refused, match="quarter_not_over"):
        bureau.open(Q4)
    bureau.today = bureau.today.replace(year=2023, month=10, day=1)
    with pytest.raises(Refused, match="last_batch_closed"):
        bureau.open()


def test_a_late_filer_joins_the_batch_that_is_open_next(bureau: Bureau) -> None:
    late = bureau.floor.another_bank("龙泉村镇银行")
    bureau.draft()
    bureau.release(bureau.open())
    bureau.settle(late, 10_000, 20_000)
    bureau.draft()
    second = bureau.open()
    assert second.number == "B-2022Q3-02"
    assert [(kind, amount) for _, _, kind, _, amount in told(bureau, second)] == [("award", 100_00)]


def test_an_award_of_nothing_asks_for_no_adjustment_of_nothing(bureau: Bureau) -> None:
    fallen = bureau.floor.another_bank("龙泉村镇银行")
    bureau.settle(fallen, 20_000, 10_000)
    bureau.draft()
    batch = bureau.release(bureau.open())
    assert [amount for _, _, _, _, amount in told(bureau, batch)] == [1_000_00, 500_00, 0]
    assert told(bureau, bureau.open()) == []


def test_a_correction_after_release_becomes_an_adjustment_of_the_difference(bureau: Bureau) -> None:
    bureau.release(bureau.open())
    bureau.floor.certify_balance(980_000_00, Q3, document="更正 11-01")
    bureau.floor.certify(bureau.floor.file([loan(1, balance="980000.00")], Q3))
    bureau.draft()
    batch = bureau.open()
    ((number, revision, kind, awarded, amount),) = told(bureau, batch)
    assert (revision > 1, kind, awarded, amount) == (True, "adjustment", 1_000_00, -200_00)
    item = items_of(bureau.db, batch)[0]
    assert dict(shares_by_item(bureau.db, [item])[item.id or 0]) == {"city": -100_00, "410411": -100_00}
    bureau.release(batch)
    bureau.floor.certify_balance(1_000_000_00, Q3, document="再更正")
    bureau.floor.certify(bureau.floor.file([loan(1, balance="1000000.00")], Q3))
    bureau.draft()
    ((again, _, kind, awarded, amount),) = told(bureau, bureau.open())
    assert (again, kind, awarded, amount) == (number, "adjustment", 800_00, 200_00)


def test_a_draft_that_changes_while_the_batch_is_open_takes_its_old_items_place(bureau: Bureau) -> None:
    batch = bureau.open()
    before = reading.batch_by_number(bureau.db, batch.number).digest
    bureau.floor.certify_balance(1_000_100_00, Q3, document="更正")
    bureau.draft()
    assert bureau.write(lambda db: service.refresh(db, batch, at=bureau.desk.at))
    assert [amount for _, _, _, _, amount in told(bureau, batch)] == [1_001_00, 500_00]
    after = reading.batch_by_number(bureau.db, batch.number)
    assert after.digest != before
    assert not bureau.write(lambda db: service.refresh(db, batch, at=bureau.desk.at))


def test_facts_that_move_on_stop_every_hand_until_the_batch_is_returned(bureau: Bureau) -> None:
    batch = bureau.move(bureau.open(), "submit", bureau.hands["operator"])
    bureau.floor.certify_balance(1_000_100_00, Q3, document="更正")
    with pytest.raises(Conflict, match="statements_outdated"):
        bureau.move(batch, "review", bureau.hands["reviewer"])
    bureau.draft()
    with pytest.raises(Conflict, match="statements_outdated"):
        bureau.move(batch, "review", bureau.hands["reviewer"])
    batch = bureau.move(batch, "return", bureau.hands["reviewer"], reason="核定数更正了")
    bureau.write(lambda db: service.refresh(db, batch, at=bureau.desk.at))
    assert bureau.release(batch).state == "ordered"


def test_an_item_is_set_aside_with_a_reason_and_kept(bureau: Bureau) -> None:
    batch = bureau.open()
    number = told(bureau, batch)[0][0]
    operator = bureau.hands["operator"]
    with pytest.raises(Invalid):
        bureau.write(lambda db: service.set_aside(db, operator, batch, number, reason=" ", desk=bureau.desk))
    kept = bureau.write(lambda db: service.set_aside(db, operator, batch, number, reason="等说明", desk=bureau.desk))
    assert (kept.state, kept.left_reason) == ("set_aside", "等说明")
    assert [amount for _, _, _, _, amount in told(bureau, batch)] == [500_00]
    assert not bureau.write(lambda db: service.refresh(db, batch, at=bureau.desk.at))
    bureau.release(batch)
    bureau.today += timedelta(days=1)
    assert [amount for _, _, _, _, amount in told(bureau, bureau.open())] == [1_000_00]


def withdraw(bureau: Bureau, fen: int) -> None:
    """Nothing is due any more of the standing statement of so much."""
    query = select(Statement).where(Statement.amount == fen, Statement.state == "draft")
    statement = bureau.db.exec(query).one()
    bureau.write(lambda db: db.merge(Statement(**{**statement.model_dump(), "state": "withdrawn"})) and None)


def test_a_withdrawn_statement_is_taken_back_in_full(bureau: Bureau) -> None:
    bureau.release(bureau.open())
    withdraw(bureau, 500_00)
    ((_, _, kind, awarded, amount),) = told(bureau, bureau.open())
    assert (kind, awarded, amount) == ("withdrawal", 500_00, -500_00)


def test_a_revision_that_adjusted_an_award_can_be_taken_back_itself(bureau: Bureau) -> None:
    bureau.release(bureau.open())
    bureau.floor.certify_balance(999_000_00, Q3, document="更正 11-01")
    bureau.draft()
    bureau.release(bureau.open())
    withdraw(bureau, 990_00)
    ((_, revision, kind, awarded, amount),) = told(bureau, bureau.open())
    assert (revision, kind, awarded, amount) == (2, "withdrawal", 990_00, -990_00)
