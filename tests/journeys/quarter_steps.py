"""The steps of a quarter as people take them over HTTP, from the call for returns to the bank's receipt."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kernel.money import parse_yuan
from kernel.periods import Quarter
from tests.factories import Visitor
from tests.journeys.little_city import HANDS, PAYERS, Desk, LittleCity
from tests.settlement.filing_floor import csv_of, loan

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
LARGEST_LOAN = 4_000_000
WAY = (("submit", "operator"), ("review", "reviewer"), ("approve", "approver"))


def days_after(quarter: Quarter, days: int) -> date:
    return quarter.last_day + timedelta(days=days)


def loans(yuan: int) -> bytes:
    """A return whose eligible balance is so many yuan."""
    whole, rest = divmod(yuan, LARGEST_LOAN)
    parts = [LARGEST_LOAN] * whole + ([rest] if rest else [])
    return csv_of(loan(number, balance=f"{part}.00") for number, part in enumerate(parts, start=1))


def file_return(city: LittleCity, desk: Desk, quarter: Quarter, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Filed and sent by the maker, certified by the checker to the digest of what was shown."""
    maker, checker = desk.people["maker"], desk.people["checker"]
    sent = {name: (io.BytesIO(content), f"{name}.csv") for name, content in files.items()}
    filed = city.do(maker, f"/returns/{quarter}", **sent)
    assert filed["state"] == "filed", city.ask(maker, f"/returns/{filed['id']}/errors")
    city.do(maker, f"/returns/{filed['id']}/sent")
    shown = city.ask(checker, f"/returns/{filed['id']}")
    done: dict[str, Any] = city.do(
        checker, f"/returns/{filed['id']}/certification", {"row_digest": shown["row_digest"]}
    )
    assert done["state"] == "certified"
    return done


def record_balance(city: LittleCity, desk: Desk, quarter: Quarter, yuan: int, document: str) -> None:
    figure = {"institution_code": desk.code, "quarter": str(quarter), "balance": f"{yuan}.00", "document": document}
    city.do(city.central.people["central_bank_officer"], "/certified-balances", figure)


def decide(city: LittleCity, kind: str, day: date, **said: str) -> None:
    """Recorded with its scan by the operator, checked by the reviewer to the digest of what was shown."""
    paper = {
        "document_number": f"平财〔2022〕{len(said['document_title'])}号",
        "document_issuer": "市财政局",
        "document_date": day.isoformat(),
    }
    made = city.do(city.hand("operator"), f"/decisions/{kind}", evidence=(io.BytesIO(PDF), "决定.pdf"), **paper, **said)
    assert made["state"] == "recorded"
    done = city.do(city.hand("reviewer"), f"/decisions/{made['id']}/check", {"digest": made["digest"]})
    assert done["state"] == "in_force"


def open_account(city: LittleCity, holder: str, number: int) -> None:
    """Entered by the operator, checked by the reviewer."""
    details = {
        "account_name": "户名",
        "account_number": f"62220000{number:08d}",
        "bank_name": "建设银行",
        "bank_code": "105495000018",
        "document": "函1号",
    }
    made = city.do(city.hand("operator"), "/settlement/payees", {"holder": holder, **details})
    city.do(city.hand("reviewer"), f"/settlement/payees/{made['id']}/checks", {"accept": True})


def grant(city: LittleCity, payer: str, year: int, yuan: int) -> None:
    """A budget decision, entered by one and checked by another."""
    wanted = {"payer": payer, "budget_year": year, "amount": f"{yuan}.00", "document": f"预〔{year}〕{yuan}号"}
    made = city.do(city.hand("operator"), "/settlement/appropriations", wanted)
    city.do(city.hand("reviewer"), f"/settlement/appropriations/{made['id']}/checks", {"accept": True})


def draft(city: LittleCity, quarter: Quarter) -> None:
    """The operator's button on the quarter's page, for every scheme."""
    operator = city.hand("operator")
    operator.get(f"/quarters/{quarter}")
    page = operator.post(f"/quarters/{quarter}/drafts", follow=True)
    assert page.status_code == 200, page.text
    assert "没有算成" not in page.text


def whole_batch(city: LittleCity, number: str) -> dict[str, Any]:
    found: dict[str, Any] = city.ask(city.auditor, f"/batches/{number}")
    return found


def move(city: LittleCity, number: str, name: str, role: str, reason: str = "") -> dict[str, Any]:
    """One hand's move, bound to digest and version of what that person was shown."""
    who = city.hand(role)
    shown = city.ask(who, f"/batches/{number}")["batch"]
    body = {"move": name, "digest": shown["digest"], "version": shown["version"], "reason": reason}
    moved: dict[str, Any] = city.do(who, f"/batches/{number}/moves", body)
    return moved


def open_batch(city: LittleCity, quarter: Quarter) -> str:
    made = city.do(city.hand("operator"), "/batches", {"quarter": str(quarter)})
    return str(made["number"])


def publish(city: LittleCity, number: str) -> date:
    """Three hands and the public notice; its last day. Everybody who signs in may read it."""
    for name, role in WAY:
        move(city, number, name, role)
    published = move(city, number, "publish", "operator")
    notice = city.firm.people["owner"].get(f"/batches/{number}/notice")
    assert (notice.status_code, "拟奖补单位" in notice.text) == (200, True)
    return date.fromisoformat(published["notice_until"])


def release(city: LittleCity, number: str, until: date) -> None:
    """The fourth hand, on the day after the notice: four different people have signed the same digest."""
    city.on(until + timedelta(days=1))
    assert move(city, number, "order", "cashier")["state"] == "ordered"
    signed = whole_batch(city, number)
    assert [one["step"] for one in signed["signatures"]] == ["submit", "review", "approve", "order"]
    assert len({one["signed_by"] for one in signed["signatures"]}) == len(HANDS)
    assert {one["digest"] for one in signed["signatures"]} == {signed["batch"]["digest"]}


def pay(city: LittleCity, number: str) -> dict[str, dict[str, Any]]:
    """Every payer's order of a released batch, drawn as previewed, sent and receipted; the previews, by payer."""
    seen = {}
    for payer in PAYERS:
        shown = city.ask(city.hand("cashier"), f"/settlement/payment-orders/preview?payer={payer}&batch={number}")
        if shown["lines"]:
            seen[payer] = shown
            _pay(city, payer, number, shown)
    return seen


def _pay(city: LittleCity, payer: str, number: str, shown: Mapping[str, Any]) -> None:
    cashier = city.hand("cashier")
    assert [line["blocks"] for line in shown["lines"]] == [[]] * len(shown["lines"]), shown
    wanted = {"payer": payer, "batch": number, "digest": shown["digest"]}
    order = city.do(cashier, "/settlement/payment-orders", wanted, once=True)
    assert order["total"] == shown["total"]
    if order["state"] == "settled":  # set off to the last fen: nothing to send
        assert parse_yuan(order["total"]) == 0
        return
    path = f"/settlement/payment-orders/{order['number']}"
    assert city.do(cashier, f"{path}/sendings")["state"] == "sent"
    receive(city, city.ask(city.auditor, path)["payments"], order["number"])
    assert city.ask(city.auditor, path)["state"] == "settled"


def receive(city: LittleCity, payments: Sequence[Mapping[str, Any]], name: str) -> None:
    """The bank's receipt of an order, with a line that is nobody's; what matches is booked, the other is dismissed with a reason."""
    rows = [f"{one['reference']},{one['amount']},{city.today},paid,BK{one['reference']}" for one in payments]
    stray = f"PO-{name}-X,1.00,{city.today},paid,BKX{name}"
    text = "\n".join(["reference,amount,date,status,bank_reference", *rows, stray, ""])
    cashier = city.hand("cashier")
    taken = city.do(cashier, "/settlement/receipts", file=(io.BytesIO(text.encode()), f"{name}.csv"))
    assert (taken["matched"], len(taken["waiting"])) == (len(rows), 1)
    line = taken["waiting"][0]["id"]
    wanted = {"resolution": "dismiss", "reason": "不是本局的付款"}
    city.do(cashier, f"/settlement/mismatches/{line}/resolutions", wanted, once=True)


def included(city: LittleCity, number: str) -> list[dict[str, Any]]:
    """What a batch pays or asks back; an item that an objection took down is not among it."""
    return [one for one in whole_batch(city, number)["items"] if one["state"] == "included"]


def items(city: LittleCity, number: str) -> dict[tuple[str, str], tuple[str, str, int, int, int]]:
    """What stands in a batch, by beneficiary's code and scheme: quarter, kind, due, awarded, amount (fen)."""
    return {
        (one["beneficiary_code"], f"{one['scheme']} {one['quarter']}"): (
            one["quarter"],
            one["kind"],
            *(parse_yuan(one[name]) for name in ("due", "awarded", "amount")),
        )
        for one in included(city, number)
    }


def asks_for(who: Visitor, quarter: Quarter) -> bool:
    """Whether somebody's home page asks for the quarter's return."""
    return f"报送 {quarter}" in who.get("/").text
