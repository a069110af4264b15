"""Payments through HTTP: master data by two people, an order drawn, sent and receipted, the files, the books, who may what."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, col
from werkzeug.test import TestResponse

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import Clock
from kernel.ledger.models import LedgerPeriod
from kernel.parties.models import Party
from kernel.tables.workbook import workbook_rows
from settlement.payments.message import NAMESPACE
from tests.factories import (
    Robot,
    Visitor,
    make_bureau,
    make_institution,
    make_person,
    make_token,
    username_of,
)
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Batches, Counter, CountingTreasury

MONDAY = datetime(2022, 11, 21, 2, 0, tzinfo=UTC)
ROLES = ("operator", "reviewer", "approver", "cashier", "auditor")


@dataclass
class Hall:
    """The bureau's people at their screens, one bank, and the treasury."""

    app: Flask
    db: Session
    people: dict[str, Caller]
    visitors: dict[str, Visitor]
    bank: Party
    batches: Batches
    treasury: CountingTreasury

    def sent(self, role: str, method: str, path: str, json: Any = None, key: str = "") -> TestResponse:
        headers = {"Idempotency-Key": key} if key else {}
        return self.visitors[role].send(method, f"/settlement{path}", json=json, headers=headers)

    def post(self, role: str, path: str, json: Any = None, key: str = "") -> Any:
        answer = self.sent(role, "POST", path, json, key)
        assert answer.status_code < 300, answer.text
        return answer.json

    def get(self, role: str, path: str) -> Any:
        answer = self.sent(role, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def account(self, holder: str) -> None:
        details = {
            "account_name": "户名",
            "account_number": "6222000011112222",
            "bank_name": "建设银行",
            "bank_code": "105495000018",
            "document": "函1号",
        }
        made = self.post("operator", "/payees", {"holder": holder, **details})
        assert made["state"] == "proposed"
        checked = self.post("reviewer", f"/payees/{made['id']}/checks", {"accept": True})
        assert checked["effective_from"] == "2022-11-24"

    def item(self, amount: int) -> None:
        counter = Counter(self.db, self.app.extensions["policies"], *self._hands, self.batches, self.treasury)
        counter.item(self.bank, amount)

    @property
    def _hands(self) -> tuple[Caller, ...]:
        return tuple(self.people[role] for role in ("operator", "reviewer", "approver", "cashier"))


@pytest.fixture
def hall(app: Flask, db: Session) -> Hall:
    app.extensions["clock"] = Clock.starting_at(MONDAY)
    bureau = make_bureau(db)
    people = {role: make_person(db, bureau, role) for role in ROLES}
    visitors = {role: Visitor(app, username_of(db, one)) for role, one in people.items()}
    batches, treasury = Batches(), CountingTreasury()
    app.extensions["approved_items"], app.extensions["treasury"] = batches, treasury
    return Hall(app, db, people, visitors, make_institution(db), batches, treasury)


def test_a_payment_from_master_data_to_the_matched_receipt(hall: Hall) -> None:
    hall.item(5_000_000)
    hall.account(hall.bank.code)
    hall.account(ZHANHE)
    budget = {"payer": ZHANHE, "budget_year": 2022, "amount": "80000.00", "document": "预〔2022〕1号"}
    made = hall.post("operator", "/appropriations", budget)
    assert hall.sent("operator", "POST", f"/appropriations/{made['id']}/checks", {"accept": True}).status_code == 403
    hall.post("reviewer", f"/appropriations/{made['id']}/checks", {"accept": True})
    asked = f"/payment-orders/preview?payer={ZHANHE}&batch={BATCH}"
    early = hall.get("cashier", asked)
    assert [block["code"] for block in early["lines"][0]["blocks"]] == ["payee_missing"]
    assert early["has_paying_account"] is False
    hall.app.extensions["clock"] = Clock.starting_at(MONDAY + timedelta(days=3))
    seen = hall.get("cashier", asked)
    assert (seen["total"], seen["available"], seen["lines"][0]["blocks"]) == ("50000.00", "80000.00", [])
    wanted = {"payer": ZHANHE, "batch": BATCH, "digest": seen["digest"]}
    assert hall.sent("cashier", "POST", "/payment-orders", wanted).status_code == 400
    drawn = hall.post("cashier", "/payment-orders", wanted, key="draw-0001")
    again = hall.post("cashier", "/payment-orders", wanted, key="draw-0001")
    assert drawn == again
    number = drawn["number"]
    assert number == "PO-410411-2022-0001"
    assert hall.post("cashier", f"/payment-orders/{number}/sendings")["state"] == "sent"
    assert hall.sent("cashier", "POST", f"/payment-orders/{number}/sendings").status_code == 409
    assert [reference for reference, _ in hall.treasury.received] == [number]
    receipt = f"reference,amount,date,status,bank_reference\n{number}-001,50000.00,2022-11-24,paid,BK1\nPO-X,1.00,2022-11-24,paid,BK2\n"
    taken = hall.visitors["cashier"].send(
        "POST", "/settlement/receipts", data={"file": (io.BytesIO(receipt.encode()), "r.csv")}
    )
    assert (taken.status_code, taken.json["matched"], len(taken.json["waiting"])) == (201, 1, 1)
    line = hall.get("auditor", "/mismatches")["items"][0]
    assert line["mismatch"] == "unknown_reference"
    resolved = hall.post(
        "cashier",
        f"/mismatches/{line['id']}/resolutions",
        {"resolution": "dismiss", "reason": "不是我们的"},
        key="resolve-1",
    )
    assert resolved["state"] == "resolved"
    whole = hall.get("auditor", f"/payment-orders/{number}")
    assert (whole["state"], [one["state"] for one in whole["payments"]]) == ("settled", ["paid"])
    assert hall.get("auditor", "/books/checks") == []
    book = hall.get("auditor", f"/payable-books/{ZHANHE}")
    assert (book["total"]["due"], book["total"]["paid"]) == ("50000.00", "50000.00")
    earlier = hall.get("auditor", f"/payable-books/{ZHANHE}?booked_on=2022-11-23")
    assert earlier["lines"] == []
    effective = hall.get("auditor", f"/payable-books/{ZHANHE}?effective_on=2022-09-30")
    assert (effective["total"]["due"], effective["total"]["payable"]) == ("50000.00", "50000.00")
    trial = {line["account"]: line["balance"] for line in hall.get("auditor", f"/books/{ZHANHE}")["lines"]}
    assert (trial["paid"], trial["spent"], trial["available"]) == ("-50000.00", "50000.00", "30000.00")
    text = hall.visitors["cashier"].get(f"/books/{ZHANHE}?format=csv").data.decode("utf-8-sig")
    journal = list(csv.DictReader(io.StringIO(text)))
    assert sum(Decimal(row["amount"]) for row in journal) == 0
    assert abs(sum(Decimal(row["amount"]) for row in journal if row["account"] == "paid")) == 50_000
    by_day = hall.visitors["cashier"].get(f"/books/{ZHANHE}?format=csv&sort=-booked_on&booked_on=2022-11-23").text
    assert 0 < len(by_day.splitlines()) - 1 < len(journal)


@pytest.fixture
def drawn(hall: Hall) -> str:
    """The number of a drawn order of one payment."""
    hall.item(123_456)
    hall.account(hall.bank.code)
    hall.account(ZHANHE)
    budget = {"payer": ZHANHE, "budget_year": 2022, "amount": "80000.00", "document": "预〔2022〕1号"}
    made = hall.post("operator", "/appropriations", budget)
    hall.post("reviewer", f"/appropriations/{made['id']}/checks", {"accept": True})
    hall.app.extensions["clock"] = Clock.starting_at(MONDAY + timedelta(days=3))
    seen = hall.get("cashier", f"/payment-orders/preview?payer={ZHANHE}&batch={BATCH}")
    wanted = {"payer": ZHANHE, "batch": BATCH, "digest": seen["digest"]}
    number: str = hall.post("cashier", "/payment-orders", wanted, key="draw-0001")["number"]
    return number


def test_nobody_but_the_cashier_in_person_moves_money(hall: Hall, drawn: str) -> None:
    for role in set(ROLES) - {"cashier"}:
        assert hall.sent(role, "POST", f"/payment-orders/{drawn}/sendings").status_code == 403
        assert hall.sent(role, "POST", "/payment-orders", {}, key="draw-9999").status_code == 403
    robot = Robot(hall.app, make_token(hall.db, hall.people["cashier"], "settlement:read"))
    assert robot.send("POST", f"/settlement/payment-orders/{drawn}/sendings").status_code == 403
    assert robot.get(f"/settlement/payment-orders/{drawn}").status_code == 403
    office = make_bureau(hall.db, "市财政局信息中心")
    for role in ("system_administrator", "security_administrator", "audit_administrator"):
        visitor = Visitor(hall.app, username_of(hall.db, make_person(hall.db, office, role)))
        assert visitor.send("POST", f"/settlement/payment-orders/{drawn}/sendings").status_code == 403
    assert hall.treasury.received == []


def test_a_bank_and_another_county_see_nothing_of_a_book(hall: Hall, drawn: str) -> None:
    maker = Visitor(hall.app, username_of(hall.db, make_person(hall.db, hall.bank, "maker")))
    assert maker.send("GET", f"/settlement/payable-books/{ZHANHE}").status_code == 403
    own = make_bureau(hall.db, "湛河区财政局", region=ZHANHE)
    county = Visitor(hall.app, username_of(hall.db, make_person(hall.db, own, "county_officer")))
    assert county.send("GET", f"/settlement/payable-books/{ZHANHE}").status_code == 200
    assert county.send("GET", "/settlement/payable-books/410402").status_code == 404
    assert county.send("GET", "/settlement/payable-books/nowhere").status_code == 404
    assert county.get(f"/books/{ZHANHE}").status_code == 200
    assert county.get(f"/books/{ZHANHE}?format=csv").mimetype == "text/html"  # the journal is the finance side's
    assert county.get("/books/410402").status_code == 404
    assert county.get(f"/payments/orders/{drawn}").status_code == 403


def test_the_order_travels_as_csv_xlsx_and_pain_001(hall: Hall, drawn: str) -> None:
    files = {
        kind: hall.sent("auditor", "GET", f"/payment-orders/{drawn}/file.{kind}") for kind in ("csv", "xlsx", "xml")
    }
    assert hall.sent("auditor", "GET", f"/payment-orders/{drawn}/file.exe").status_code == 404
    header, row = files["csv"].data.decode("utf-8-sig").splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["amount"] == "1234.56"
    assert row.startswith(f"{drawn}-001,户名,6222000011112222,建设银行,105495000018,1234.56,{hall.bank.code},")
    with zipfile.ZipFile(io.BytesIO(files["xlsx"].data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "SUM(F8:F8)" in sheet
    rows = list(workbook_rows("order.xlsx", files["xlsx"].data))
    assert rows[0][0] == f"拨付令 {drawn}"
    assert rows[4][:2] == ["大写合计", "壹仟贰佰叁拾肆元伍角陆分"]
    assert rows[7][:2] == [f"{drawn}-001", "户名"]
    root = ElementTree.fromstring(files["xml"].data)
    names = {"p": NAMESPACE}
    assert root.tag == f"{{{NAMESPACE}}}Document"
    assert root.findtext(".//p:GrpHdr/p:MsgId", namespaces=names) == drawn
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=names) == "1234.56"
    amount = root.find(".//p:CdtTrfTxInf/p:Amt/p:InstdAmt", names)
    assert amount is not None
    assert (amount.text, amount.get("Ccy")) == ("1234.56", "CNY")
    assert root.findtext(".//p:CdtTrfTxInf/p:PmtId/p:EndToEndId", namespaces=names) == f"{drawn}-001"


def test_every_page_shows_itself_and_the_same_work_can_be_done_there(hall: Hall, drawn: str) -> None:
    cashier, paths = hall.visitors["cashier"], [
        "/payments", f"/payments/draw?payer={ZHANHE}&batch={BATCH}", f"/payments/orders/{drawn}",
        f"/payments/orders/{drawn}/send", "/payments/receipts", "/payments/receipts/template.csv", "/payments/payees",
        "/payments/budgets", "/payments/recoveries", "/books", f"/books/{ZHANHE}", f"/books/{ZHANHE}/payable.csv",
    ]  # fmt: skip
    for path in paths:
        answer = cashier.get(path)
        assert answer.status_code == 200, (path, answer.text[:500])
    assert cashier.get(f"/books/{ZHANHE}/demand-letter").status_code == 404  # all of it is ordered
    unchosen = cashier.get(f"/payments/draw?payer=&batch={BATCH}")
    assert (unchosen.status_code, 'href="#payer">付款方</a>' in unchosen.text) == (422, True)
    english = cashier.get("/payments?lang=en")
    assert (english.status_code, "Draw a payment order" in english.text) == (200, True)
    assert cashier.post(f"/payments/orders/{drawn}/send").status_code == 302
    assert [reference for reference, _ in hall.treasury.received] == [drawn]
    receipt = f"reference,amount,date,status,bank_reference\n{drawn}-001,1234.56,2022-11-24,paid,BK1\nPO-X,1.00,2022-11-24,paid,BK2\n"
    done = cashier.post("/payments/receipts", file=(io.BytesIO(receipt.encode()), "r.csv"), follow=True)
    assert done.status_code == 200
    assert "PO-X" in done.text
    refused = cashier.post("/payments/receipts", file=(io.BytesIO(b"reference\nX\n"), "r.csv"))
    assert refused.status_code == 422
    line = hall.get("auditor", "/mismatches")["items"][0]["id"]
    wrong = cashier.post(f"/payments/receipts/lines/{line}", resolution="assign", reason="看错", reference="")
    assert wrong.status_code == 422
    assert cashier.post(f"/payments/receipts/lines/{line}", resolution="dismiss", reason="看错").status_code == 302
    assert hall.get("auditor", f"/payment-orders/{drawn}")["state"] == "settled"


def test_master_data_by_pages_needs_two_people(hall: Hall) -> None:
    operator, reviewer = hall.visitors["operator"], hall.visitors["reviewer"]
    form = {
        "holder": hall.bank.code,
        "account_name": "沙河农商行",
        "account_number": "6222000011112222",
        "bank_name": "建设银行",
        "bank_code": "12",
        "document": "函1号",
    }
    operator.get("/payments/payees")
    assert operator.post("/payments/payees", **form).status_code == 422
    assert operator.post("/payments/payees", **form | {"bank_code": "105495000018"}).status_code == 302
    number = hall.get("auditor", "/payees")["items"][0]["id"]
    assert operator.post(f"/payments/payees/{number}/check", accept="true").status_code == 403
    reviewer.get("/payments/payees")
    assert "写明退回的原因" in reviewer.post(f"/payments/payees/{number}/check", accept="false", reason=" ").text
    assert hall.sent("reviewer", "POST", f"/payees/{number}/checks", {"accept": False}).status_code == 422
    assert reviewer.post(f"/payments/payees/{number}/check", accept="true").status_code == 302
    assert reviewer.post(f"/payments/payees/{number}/check", accept="true").status_code == 409
    budget = {"payer": ZHANHE, "budget_year": "2022", "amount": "1000.00", "document": "预1号"}
    assert operator.post("/payments/budgets", **budget).status_code == 302
    row = hall.get("auditor", "/appropriations")["items"][0]["id"]
    assert reviewer.post(f"/payments/budgets/{row}/check", accept="false").status_code == 422
    assert reviewer.post(f"/payments/budgets/{row}/check", accept="false", reason="没有文").status_code == 302
    assert hall.get("auditor", "/appropriations")["items"][0]["state"] == "refused"


def test_a_month_is_closed_by_two_people_on_the_page(hall: Hall, drawn: str) -> None:
    operator, reviewer = hall.visitors["operator"], hall.visitors["reviewer"]
    assert drawn
    operator.get(f"/books/{ZHANHE}")
    assert operator.post(f"/books/{ZHANHE}/periods/2022-11/propose").status_code == 422
    hall.app.extensions["clock"] = Clock.starting_at(MONDAY + timedelta(days=11))
    assert operator.post(f"/books/{ZHANHE}/periods/2022-11/propose").status_code == 302
    assert operator.post(f"/books/{ZHANHE}/periods/2022-11/close").status_code == 403
    reviewer.get(f"/books/{ZHANHE}")
    assert reviewer.post(f"/books/{ZHANHE}/periods/2022-11/close").status_code == 302
    assert hall.get("auditor", f"/books/{ZHANHE}")["periods"][0]["state"] == "closed"
    assert operator.post(f"/books/{ZHANHE}/periods/2022-13/propose").status_code == 404


def test_a_proposal_that_something_was_posted_after_is_given_back_and_made_again(hall: Hall, drawn: str) -> None:
    operator, reviewer = hall.visitors["operator"], hall.visitors["reviewer"]
    assert drawn
    hall.app.extensions["clock"] = Clock.starting_at(MONDAY + timedelta(days=11))
    operator.get(f"/books/{ZHANHE}")
    assert operator.post(f"/books/{ZHANHE}/periods/2022-11/propose").status_code == 302
    with hall.app.app_context():
        late = update(LedgerPeriod).where(col(LedgerPeriod.book) == ZHANHE).values(groups=LedgerPeriod.groups + 1)
        database.write(database.current(), lambda db: db.execute(late))
    page = reviewer.get(f"/books/{ZHANHE}").text
    assert "提出以后又记了账" in page
    assert "periods/2022-11/close" not in page
    assert reviewer.post(f"/books/{ZHANHE}/periods/2022-11/close").status_code == 409
    assert reviewer.post(f"/books/{ZHANHE}/periods/2022-11/reopen").status_code == 302
    assert reviewer.post(f"/books/{ZHANHE}/periods/2022-11/reopen").status_code == 409
    assert operator.post(f"/books/{ZHANHE}/periods/2022-11/propose").status_code == 302
    assert reviewer.post(f"/books/{ZHANHE}/periods/2022-11/close").status_code == 302


def test_a_place_that_owes_gets_a_letter(hall: Hall, drawn: str) -> None:
    assert drawn
    cashier = hall.visitors["cashier"]
    hall.post("cashier", f"/payment-orders/{drawn}/cancellations", {"reason": "账户要换"})
    letter = hall.get("auditor", f"/payable-books/{ZHANHE}/demand-letter")
    assert (letter["total"], letter["due_on"]) == ("1234.56", "2022-12-08")
    page = cashier.get(f"/books/{ZHANHE}/demand-letter")
    assert page.status_code == 200
    assert "壹仟贰佰叁拾肆元伍角陆分" in page.text
    assert cashier.get("/books/city/demand-letter").status_code == 422
