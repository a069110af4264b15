"""What the pages of receipts and recoveries show: every line and what came of it, a file's own lines, and which notices are open."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kernel.parties.models import Party
from settlement.payments.models import PaymentOrder
from settlement.payments.orders import payments_of
from settlement.payments.receipts.service import lines_of, resolve
from settlement.payments.recoveries.service import issue_notice, record_recovered
from settlement.payments.rules import payment_rules
from settlement.payments.settled import MoneyHad, money_had
from tests.factories import Visitor, username_of
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Counter


@pytest.fixture
def order(counter: Counter) -> PaymentOrder:
    """An order of two payments, 40 and 60 yuan, that was sent."""
    for name, fen in (("甲村镇银行", 4_000), ("乙村镇银行", 6_000)):
        counter.item(counter.beneficiary(name), fen)
    counter.budget(ZHANHE, 1_000_000)
    order = counter.draw()
    counter.send(order)
    return order


@pytest.fixture
def cashier(app: Flask, counter: Counter) -> Visitor:
    return Visitor(app, username_of(counter.db, counter.cashier))


def csv_rows(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def two_files(counter: Counter, order: PaymentOrder) -> None:
    """One file that matches, and one of a line that was dismissed and a line that waits."""
    first, second = payments_of(counter.db, order)
    counter.receipt(f"{first.reference},40.00,{counter.today},paid,BK1", name="早.csv")
    kept = counter.receipt(
        f"PO-WRONG,1.00,{counter.today},paid,BK2", f"{second.reference},61.00,{counter.today},paid,BK3", name="晚.csv"
    )
    said = {"resolution": "dismiss", "reason": "别处的款", "at": counter.at, "today": counter.today}
    counter.write(lambda db: resolve(db, counter.cashier, lines_of(db, kept)[0], **said))


def test_the_page_opens_with_what_waits(counter: Counter, order: PaymentOrder, cashier: Visitor) -> None:
    assert "都对上了" in cashier.get("/payments/receipts").text
    two_files(counter, order)
    page = cashier.get("/payments/receipts").text
    assert "金额不符" in page
    assert "PO-WRONG" not in page
    assert "早.csv" in page  # beside it, the files that came last


def test_every_line_leads_to_its_payment_or_says_what_was_made_of_it(
    counter: Counter, order: PaymentOrder, cashier: Visitor
) -> None:
    two_files(counter, order)
    first, _second = payments_of(counter.db, order)
    rows = csv_rows(cashier.get("/payments/receipts?state=any&format=csv"))
    assert [(row["file"], row["row"], row["state"], row["payment"], row["order"]) for row in rows] == [
        ("晚.csv", "2", "resolved", "", ""),
        ("晚.csv", "3", "open", "", ""),
        ("早.csv", "2", "matched", first.reference, order.number),
    ]
    dismissed = rows[0]
    assert (dismissed["mismatch"], dismissed["resolution_reason"]) == ("unknown_reference", "别处的款")
    assert dismissed["resolved_by"]
    page = cashier.get("/payments/receipts?state=any").text
    assert f'href="/payments/orders/{order.number}"' in page
    assert "别处的款" in page


def test_a_file_shows_its_own_lines(counter: Counter, order: PaymentOrder, cashier: Visitor) -> None:
    two_files(counter, order)
    files = csv_rows(cashier.get("/payments/receipts/files?format=csv"))
    assert [(row["file"], row["lines"]) for row in files] == [("晚.csv", "2"), ("早.csv", "1")]
    later = cashier.get(f"/payments/receipts/files?since={counter.today + timedelta(days=40)}").text
    assert "没有符合的" in later
    assert len(csv_rows(cashier.get("/payments/receipts/files?until=2100-12-31&format=csv"))) == 2
    early = csv_rows(cashier.get("/payments/receipts?receipt=1&format=csv"))
    assert [row["file"] for row in early] == ["早.csv"]
    assert csv_rows(cashier.get("/payments/receipts?receipt=1&state=open&format=csv")) == []
    assert cashier.get("/payments/receipts?receipt=99").status_code == 404
    assert cashier.get("/payments/receipts?state=lost").status_code == 422


def test_after_a_file_is_taken_in_its_lines_are_shown(counter: Counter, order: PaymentOrder, cashier: Visitor) -> None:
    first, _second = payments_of(counter.db, order)
    text = f"reference,amount,date,status,bank_reference\n{first.reference},40.00,{counter.today},paid,BK1\n"
    cashier.get("/payments/receipts")
    page = cashier.post("/payments/receipts", file=(io.BytesIO(text.encode()), "今天.csv"), follow=True).text
    assert "今天.csv" in page
    assert first.reference in page


def test_notices_are_told_apart_by_payer_and_by_whether_they_are_open(
    counter: Counter, order: PaymentOrder, cashier: Visitor
) -> None:
    counter.receipt_of(order)
    for item in list(counter.batches.items[BATCH]):
        party = item.beneficiary_id
        counter.item(counter.db.get_one(Party, party), -1_000, number=item.statement_number, revision=2, batch="B-2")
    counter.item(counter.beneficiary("丙村镇银行"), 5, batch="B-2")
    counter.draw(batch="B-2")
    rules = payment_rules(counter.book, counter.today)
    for item in counter.batches.items[BATCH]:
        said = {"payer": ZHANHE, "beneficiary_id": item.beneficiary_id, "reason": "数据更正", "rules": rules}
        notice = counter.write(
            lambda db, said=said: issue_notice(
                db, counter.operator, **said, calendar=counter.calendar, at=counter.at, today=counter.today
            )
        )
    back = {"amount": 1_000, "received_on": counter.today, "bank_reference": "BK9"}
    counter.write(lambda db: record_recovered(db, counter.cashier, notice, **back, at=counter.at, today=counter.today))
    asked = {
        query: [row["number"] for row in csv_rows(cashier.get(f"/payments/recoveries?format=csv&{query}"))]
        for query in ("state=open", "state=settled", f"payer={ZHANHE}", "payer=city")
    }
    assert asked == {
        "state=open": ["RN-410411-2022-0001"],
        "state=settled": ["RN-410411-2022-0002"],
        f"payer={ZHANHE}": ["RN-410411-2022-0002", "RN-410411-2022-0001"],
        "payer=city": [],
    }


def test_of_a_statement_is_had_what_the_receipts_say(counter: Counter, order: PaymentOrder) -> None:
    first, second = payments_of(counter.db, order)
    one, other = first.statement_number, second.statement_number
    nothing = MoneyHad()
    assert money_had(counter.db, [one, other, "GR-2022Q3-99"]) == {one: nothing, other: nothing}
    counter.receipt(f"{first.reference},40.00,{counter.today},paid,BK1")
    counter.receipt(f"{second.reference},60.00,{counter.today},rejected,BK2")
    assert money_had(counter.db, [one, other]) == {one: MoneyHad(paid=4_000, settled=4_000), other: nothing}


def test_what_is_to_come_back_is_settled_when_it_was_set_off(counter: Counter, order: PaymentOrder) -> None:
    counter.receipt_of(order)
    bank = counter.db.get_one(Party, payments_of(counter.db, order)[0].beneficiary_id)
    number = payments_of(counter.db, order)[0].statement_number
    counter.item(bank, -1_000, number=number, revision=2, batch="B-2022Q3-02")
    counter.item(bank, 3_000, number="FE-2022Q4-0001", quarter="2022Q4", batch="B-2022Q3-02")
    counter.receipt_of(counter.send(counter.draw(batch="B-2022Q3-02")))
    assert money_had(counter.db, [number, "FE-2022Q4-0001"]) == {
        number: MoneyHad(paid=4_000, settled=3_000),
        "FE-2022Q4-0001": MoneyHad(paid=2_000, settled=3_000),
    }
