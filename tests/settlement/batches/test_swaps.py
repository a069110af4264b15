"""Approve, then swap: whatever is changed in the rows between approval and payment, the item is no longer what was approved."""

import pytest
from sqlalchemy import text

from settlement.payments.from_batches import approved_items
from tests.settlement.batches.batch_floor import Bureau

SWAPS = [
    ("settlement_statement", "amount = amount + 1"),
    ("settlement_statement", "beneficiary_name = '别家银行'"),
    ("settlement_statement", "beneficiary_code = '91410402MA0000015P'"),
    ("settlement_statement", "region = '410402'"),
    ("settlement_statement", "policy_digest = 'x'"),
    ("settlement_statement", "shares_digest = 'x'"),
    ("settlement_statement", "inputs_digest = 'x'"),
    ("settlement_statement", "explanation = replace(explanation, '0.01', '0.02')"),
    ("settlement_statement", "hold_reasons = 'uncertified', held = true"),
    ("settlement_statement_line", "base = base + 1"),
    ("settlement_statement_line", "rate = '0.02'"),
    ("settlement_statement_line", "clause = 9"),
    ("settlement_statement_share", "amount = amount + 1"),
    ("settlement_statement_share", "payer = '410402'"),
    ("settlement_growth_figures", "increment = increment + 1"),
    ("settlement_growth_figures", "certified_balance = certified_balance - 1"),
    ("settlement_growth_figures", "return_digest = 'x'"),
    ("settlement_growth_reconciliation", "balance = balance + 1"),
    ("settlement_batch_item", "due = due + 1, amount = amount + 1"),
    ("settlement_batch_item", "digest = 'x'"),
    ("settlement_batch_item", "revision = revision + 1"),
    ("settlement_batch_item_share", "amount = amount + 1"),
    ("settlement_batch_item_share", "payer = 'province'"),
    ("settlement_batch_signature", "digest = 'x'"),
    ("settlement_batch_signature", "voided_at = signed_at, voided_by = signed_by"),
    ("settlement_batch", "state = 'on_notice'"),
]


def may_be_paid(bureau: Bureau, number: str) -> list[bool]:
    bureau.db.expire_all()
    return [
        one.is_approved and one.approved_digest == one.present_digest and len(one.hands) == 3 and not one.held
        for one in approved_items(bureau.db, number)
    ]


def test_every_swap_between_approval_and_payment_is_seen(bureau: Bureau) -> None:
    number = bureau.release(bureau.open()).number
    assert may_be_paid(bureau, number) == [True, True]
    unseen = []
    for table, change in SWAPS:
        one = (
            "(SELECT min(id) FROM {0})"
            if table != "settlement_growth_figures"
            else "(SELECT min(statement_id) FROM {0})"
        )
        key = "id" if table != "settlement_growth_figures" else "statement_id"
        where = "1 = 1" if table.endswith("signature") else f"{key} = {one.format(table)}"
        bureau.db.execute(text(f"UPDATE {table} SET {change} WHERE {where}"))
        if all(may_be_paid(bureau, number)):
            unseen.append((table, change))
        bureau.db.rollback()
    assert unseen == []
    assert len(SWAPS) >= 20
    assert may_be_paid(bureau, number) == [True, True]


def test_a_batch_that_is_not_released_pays_nothing(bureau: Bureau) -> None:
    batch = bureau.approve(bureau.open())
    assert may_be_paid(bureau, batch.number) == [False, False]
    with pytest.raises(Exception, match="batch_not_found"):
        approved_items(bureau.db, "B-2022Q3-99")
