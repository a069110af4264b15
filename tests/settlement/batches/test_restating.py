"""A correction of what was signed is shown whole before anyone confirms, and then adjusts by one formula."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, select

from kernel import database
from kernel.audit.remembering import Remembering
from kernel.errors import Conflict
from kernel.parties.models import Party
from kernel.periods import Quarter
from settlement.batches import reading
from settlement.batches.items import items_of
from settlement.batches.restating import preview, preview_shown, restate
from settlement.batches.workflow import INCLUDED
from settlement.statements.drafting import draft_quarter
from settlement.statements.models import Statement
from settlement.statements.schemes import DRAFTERS
from tests.settlement.batches.batch_floor import Q2, Q3, Bureau
from tests.settlement.filing_floor import loan


def correct(bureau: Bureau, yuan: int) -> None:
    """The first bank's third quarter was something else."""
    bureau.floor.certify(bureau.floor.file([loan(1, balance=f"{yuan}.00")], Q3))
    bureau.floor.certify_balance(yuan * 100, Q3, document=f"更正 {yuan}")


def redraft_as_the_job_does(bureau: Bureau) -> list[str]:
    signed = reading.statement_ids_signed(bureau.db)
    return draft_quarter(bureau.db, Q3, premises=bureau.floor.premises, at=bureau.desk.at, signed=signed).waiting


def test_a_correction_of_a_signed_statement_waits_for_a_confirmation(bureau: Bureau) -> None:
    batch = bureau.approve(bureau.open())
    correct(bureau, 980_000)
    assert len(redraft_as_the_job_does(bureau)) == 1
    shown = preview(bureau.db, desk=bureau.desk)
    (delta,) = shown.deltas
    assert (delta.before, delta.after, delta.change, delta.awarded) == (1_000_00, 800_00, -200_00, 0)
    assert [one.number for one in shown.reopened] == [batch.number]
    assert reading.batch_by_number(bureau.db, batch.number).state == "approved"


def test_the_page_that_remembers_shows_what_the_books_say(bureau: Bureau) -> None:
    remembering, batch = Remembering(), bureau.approve(bureau.open())

    def shown() -> str:
        found = preview_shown(bureau.db, desk=bureau.desk, remembering=remembering)
        assert found.digest == preview(bureau.db, desk=bureau.desk).digest
        return found.digest

    before = shown()
    assert shown() == before
    correct(bureau, 980_000)
    corrected = shown()
    assert corrected != before
    restate(bureau.db, bureau.hands["operator"], digest=corrected, desk=bureau.desk)
    assert shown() == before
    assert reading.batch_by_number(bureau.db, batch.number).state == "open"


def test_confirming_returns_the_approved_batch_and_renews_its_item(bureau: Bureau) -> None:
    batch = bureau.approve(bureau.open())
    correct(bureau, 980_000)
    shown = preview(bureau.db, desk=bureau.desk)
    with pytest.raises(Conflict, match="digest_changed"):
        restate(bureau.db, bureau.hands["operator"], digest="0" * 64, desk=bureau.desk)
    done = restate(bureau.db, bureau.hands["operator"], digest=shown.digest, desk=bureau.desk)
    assert (len(done.written), done.withdrawn, done.failed) == (1, [], [])
    found = reading.batch_by_number(bureau.db, batch.number)
    assert (found.state, reading.signatures_of(bureau.db, found)) == ("open", [])
    assert [item.amount for item in items_of(bureau.db, found, (INCLUDED,))] == [800_00, 500_00]
    assert preview(bureau.db, desk=bureau.desk).deltas == ()
    assert bureau.release(found).state == "ordered"


def test_a_signed_statement_that_nobody_was_shown_gets_no_new_revision(app: Flask, bureau: Bureau) -> None:
    batch = bureau.approve(bureau.open())
    correct(bureau, 980_000)
    first, second = items_of(bureau.db, batch, (INCLUDED,))
    numbers, beneficiary = (first.statement_number, second.statement_number), second.beneficiary_id

    def certify() -> None:
        with app.app_context():
            db = database.current()
            other = replace(bureau.floor.bank, party=db.get_one(Party, beneficiary))
            replace(bureau.floor, db=db).certify_balance(140_000_00, Q3, other, document="更正")

    shown = preview(bureau.db, desk=bureau.desk)
    bureau.db.rollback()

    def meanwhile(_db: Session) -> None:
        correcting = threading.Thread(target=certify)
        correcting.start()
        correcting.join()

    event.listen(bureau.db, "after_commit", meanwhile, once=True)
    done = restate(bureau.db, bureau.hands["operator"], digest=shown.digest, desk=bureau.desk)
    assert (*done.written, *done.waiting) == numbers


def test_a_correction_of_a_paid_quarter_adjusts_this_and_every_later_quarter(bureau: Bureau) -> None:
    q2 = bureau.draft(Q2)
    assert q2.failed == []
    bureau.release(bureau.open())
    paid = {one.number: one.amount for one in bureau.db.exec(select(Statement).where(Statement.state == "draft"))}
    bureau.floor.certify(bureau.floor.file([loan(1, balance="950000.00")], Q2))
    bureau.floor.certify_balance(950_000_00, Q2, document="更正")
    shown = preview(bureau.db, desk=bureau.desk)
    assert {(one.statement.quarter, one.awarded, one.adjustment) for one in shown.deltas} == {
        ("2022Q3", 1_000_00, -500_00)
    }
    restate(bureau.db, bureau.hands["operator"], digest=shown.digest, desk=bureau.desk)
    batch = bureau.open()
    items = [item for item in items_of(bureau.db, batch, (INCLUDED,)) if item.quarter == "2022Q3"]
    assert [(item.kind, item.due, item.awarded, item.amount) for item in items] == [
        ("adjustment", 500_00, 1_000_00, -500_00)
    ]
    assert paid


def computed_one_by_one(bureau: Bureau) -> dict[str, tuple[int | None, int | None]]:
    """Every present revision of what was signed, computed anew without asking first whether it moved: before and after, fen."""
    signed = {bureau.db.get_one(Statement, number).number for number in reading.statement_ids_signed(bureau.db)}
    found: dict[str, tuple[int | None, int | None]] = {}
    for one in bureau.db.exec(select(Statement).where(Statement.state != "replaced")).all():
        if one.number in signed:
            inputs = DRAFTERS[one.scheme].read(bureau.db, Quarter.parse(one.quarter), bureau.desk.premises)
            due = next(due for due in inputs.dues if due.beneficiary.party_id == one.beneficiary_id)
            found[one.number] = one.amount, inputs.compute(due).amount
    return found


def test_looking_at_digests_first_finds_just_what_computing_everything_finds(bureau: Bureau) -> None:
    bureau.draft(Q2)
    bureau.release(bureau.open())
    assert preview(bureau.db, desk=bureau.desk).deltas == ()
    assert all(before == after for before, after in computed_one_by_one(bureau).values())
    correct(bureau, 980_000)
    shown = {one.statement.number: (one.before, one.after) for one in preview(bureau.db, desk=bureau.desk).deltas}
    everything = computed_one_by_one(bureau)
    assert len(everything) > len(shown) == 1
    assert shown == {number: both for number, both in everything.items() if both[0] != both[1]}
