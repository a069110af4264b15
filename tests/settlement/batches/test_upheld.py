"""An objection that is upheld takes its item out of the payment, whoever else objects, and the batch still goes its way."""

import pytest

from settlement.batches.items import items_of
from settlement.batches.models import Batch, Objection
from settlement.batches.objections import answer_objection, raise_objection
from settlement.batches.workflow import SET_ASIDE, UPHELD
from tests.settlement.batches.batch_floor import Bureau


@pytest.fixture
def on_notice(bureau: Bureau) -> Batch:
    return bureau.move(bureau.approve(bureau.open()), "publish", bureau.hands["operator"])


def object_to(bureau: Bureau, batch: Batch, number: str, objector: str) -> int:
    operator, desk = bureau.hands["operator"], bureau.desk
    raised = bureau.write(
        lambda db: raise_objection(db, operator, batch, number, content="数不对", objector=objector, desk=desk)
    )
    return raised.id or 0


def uphold(bureau: Bureau, number: int) -> str | None:
    reviewer, at = bureau.hands["reviewer"], bureau.desk.at
    answered = bureau.write(
        lambda db: answer_objection(db, reviewer, db.get_one(Objection, number), outcome=UPHELD, answer="属实", at=at)
    )
    return answered.outcome


def test_a_batch_returned_after_upheld_objections_is_signed_through_again(bureau: Bureau, on_notice: Batch) -> None:
    number = items_of(bureau.db, on_notice)[0].statement_number
    both = [object_to(bureau, on_notice, number, who) for who in ("王敏", "李强")]
    assert [uphold(bureau, one) for one in both] == [UPHELD, UPHELD]
    batch = bureau.move(on_notice, "return", bureau.hands["cashier"], reason="异议成立")
    assert [one.statement_number for one in items_of(bureau.db, batch, (SET_ASIDE,))] == [number]
    assert bureau.release(batch).state == "ordered"
