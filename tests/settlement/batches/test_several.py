"""Several statements of a batch at once: one page lists them all, each is an act of its own, and what fails says why."""

import re
from datetime import datetime

import pytest
from flask import Flask

from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.clock import SHANGHAI, Clock
from settlement.batches import bulk
from settlement.batches.items import items_of
from settlement.batches.models import Batch
from settlement.batches.workflow import SET_ASIDE
from settlement.statements.queries.service import threads_of
from settlement.statements.service import statement_by_number
from tests.factories import Visitor, username_of
from tests.settlement.batches.batch_floor import Bureau

WHY = "核定余额要再核"


@pytest.fixture
def batch(app: Flask, bureau: Bureau) -> Batch:
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    return bureau.open()


def numbers_of(bureau: Bureau, batch: Batch) -> list[str]:
    return [one.statement_number for one in items_of(bureau.db, batch)]


def done(bureau: Bureau, batch: Batch, by: Caller, act: str, numbers: list[str]) -> list[bulk.BulkOutcome]:
    return bureau.write(lambda db: bulk.act_on_all(db, by, batch, act, numbers, reason=WHY, desk=bureau.desk))


def test_the_operator_sets_two_aside_on_one_page_with_an_entry_for_each(
    app: Flask, bureau: Bureau, batch: Batch
) -> None:
    operator = Visitor(app, username_of(bureau.db, bureau.hands["operator"]))
    ticked = re.findall(r'form="several"[^>]*value="([^"]+)"', operator.get(f"/batches/{batch.number}").text)
    assert ticked == numbers_of(bureau, batch)
    assert len(ticked) == 2
    asked = "&".join(f"statement={number}" for number in ticked)
    page = operator.get(f"/batches/{batch.number}/several?act=set_aside&{asked}").text
    amounts = [one.amount for one in items_of(bureau.db, batch)]
    assert all(number in page for number in ticked)
    assert f"{sum(amounts) / 100:,.2f}" in re.sub(r"<[^>]+>", "", page)
    path = f"/batches/{batch.number}/several"
    assert operator.post(path, act="set_aside", statement=ticked, reason="").status_code == 422
    assert "办好 2 项" in operator.post(path, act="set_aside", statement=ticked, reason=WHY).text
    bureau.db.commit()  # ends the read that this test began
    acts = [one.act for one in entries_about(bureau.db, ("batch", batch.number))]
    assert acts.count("batch.set_aside") == 2
    assert [one.left_reason for one in items_of(bureau.db, batch, (SET_ASIDE,))] == [WHY, WHY]


def test_a_reviewer_asks_about_two_statements_and_each_bank_has_its_own_question(bureau: Bureau, batch: Batch) -> None:
    bureau.move(batch, "submit", bureau.hands["operator"])
    reviewer, numbers = bureau.hands["reviewer"], numbers_of(bureau, batch)
    assert bulk.offered(bureau.db, reviewer, batch, bureau.desk) == ["ask"]
    assert [one.refused for one in done(bureau, batch, reviewer, "ask", numbers)] == [None, None]
    for number in numbers:
        threads = threads_of(bureau.db, statement_by_number(bureau.db, reviewer, number))
        assert [one.messages[0].content for one in threads] == [WHY]


def test_what_cannot_be_done_says_why_and_the_rest_is_done(bureau: Bureau, batch: Batch) -> None:
    operator, (first, second) = bureau.hands["operator"], numbers_of(bureau, batch)
    done(bureau, batch, operator, "set_aside", [first])
    again = done(bureau, batch, operator, "set_aside", [first, second])
    assert [(one.statement_number, one.refused) for one in again] == [(first, bulk.GONE), (second, None)]


def test_nothing_is_set_aside_by_a_reviewer_or_after_the_batch_has_moved_on(bureau: Bureau, batch: Batch) -> None:
    numbers = numbers_of(bureau, batch)
    refused = [one.refused for one in done(bureau, batch, bureau.hands["reviewer"], "set_aside", numbers)]
    bureau.move(batch, "submit", bureau.hands["operator"])
    refused += [one.refused for one in done(bureau, batch, bureau.hands["operator"], "set_aside", numbers)]
    assert [one.zh for one in refused if one] == ["批次不在编，或不归你办"] * 4
    assert numbers_of(bureau, batch) == numbers
    acts = [one.act for one in entries_about(bureau.db, ("batch", batch.number))]
    assert "batch.set_aside" not in acts
