"""Six quarters through HTTP only, 2022Q1 to 2023Q2, from the call for returns to matched receipts: with a correction of a quarter that
is paid, a merger, a budget shortage, a return for change and two objections; at the end every fen is accounted for."""

import csv
import io
from datetime import date

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.money import grouped, parse_yuan
from kernel.periods import Quarter
from tests.journeys import quarter_steps as steps
from tests.journeys.little_city import MERGED_ON, PAYERS, LittleCity, make_little_city
from tests.settlement.filed.guarantors import CONTRACT, contract
from tests.settlement.papers.test_papers import text_of

BASE, FIRST, LAST = Quarter(2021, 4), Quarter(2022, 1), Quarter(2023, 2)
QUARTERS = tuple(FIRST.through(LAST))
Q1, Q2, Q3, Q4, Q5, Q6 = QUARTERS
BALANCES = {  # yuan at the quarter ends from 2021Q4 on, as first certified
    "沙河": (1_000_000, 1_200_000, 1_700_000, 1_600_000, 1_900_000, 2_050_000, 2_300_000),
    "应河": (2_000_000, 2_100_000, 2_250_000, 2_400_000, 2_600_000, 3_900_000, 4_050_000),
    "惠民": (800_000, 900_000, 1_000_000, 1_050_000, 1_100_000),
    "香山": (500_000, 700_000, 650_000, 900_000, 1_000_000, 1_150_000, 1_200_000),
}
DUE = {  # yuan of the growth reward under the facts of the end, worked out by hand: 1 % of each growth, nothing for a fall
    "沙河": (2_000, 3_000, 1_000, 3_000, 1_500, 2_500),
    "应河": (1_000, 1_000, 2_000, 2_000, 2_200, 1_500),
    "惠民": (1_000, 1_000, 500, 300),
    "香山": (2_000, 0, 2_500, 1_000, 1_500, 500),
}
GROWTH = "growth-reward"


@pytest.fixture
def city(app: Flask, db: Session) -> LittleCity:
    return make_little_city(app, db)


def contracts(quarter: Quarter, lender: str) -> bytes:
    """One contract of 5,000,000 yuan at a fee of 1 %, from 2022-05-16 to 2023-05-16."""
    over = {"outstanding": "0.00", "released_on": "2023-05-16"} if quarter == LAST else {}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(CONTRACT), lineterminator="\n")
    writer.writeheader()
    writer.writerow(contract(lender_code=lender, **over))
    return out.getvalue().encode()


def file_all(city: LittleCity, quarter: Quarter) -> None:
    """Called, filed, certified by a second person; then the central bank's figures."""
    city.on(max(city.today, steps.days_after(quarter, 8)))
    place = list(BASE.through(LAST)).index(quarter)
    for name, desk in city.banks.items():
        if place < len(BALANCES[name]):
            assert steps.asks_for(desk.people["maker"], quarter)
            steps.file_return(city, desk, quarter, {"file": steps.loans(BALANCES[name][place])})
            assert not steps.asks_for(desk.people["maker"], quarter)
    if quarter >= Q2:
        steps.file_return(city, city.guarantor, quarter, {"file": contracts(quarter, city.banks["沙河"].code)})
    city.on(max(city.today, steps.days_after(quarter, 14)))
    for name, desk in city.banks.items():
        if place < len(BALANCES[name]):
            steps.record_balance(city, desk, quarter, BALANCES[name][place], f"平银发〔{quarter}〕核定")


def open_office(city: LittleCity) -> None:
    """What a bureau sets up once: the documents that decide, accounts to pay to and from, the year's budgets."""
    signed = date(2022, 5, 30)
    city.on(date(2022, 6, 1))
    for word, reading in (("payer", "fiscal_shares"), ("central_bank_deduction", "not_deducted")):
        steps.decide(city, "words", signed, word=word, alternative=reading, document_title=f"关于{word}的决定")
    adopted = {"scheme": "fee-subsidy", "parameter": "adopted_by", "value": "平财金〔2022〕30号", "since": "2022-05-24"}
    steps.decide(city, "parameters", signed, document_title="担保费补贴办法", **adopted)
    desks = [*city.banks.values(), city.guarantor, city.firm]
    for number, holder in enumerate([*(desk.code for desk in desks), *PAYERS], start=1):
        steps.open_account(city, holder, number)
    for payer in PAYERS:
        steps.grant(city, payer, 2022, 30_000 if payer == "410411" else 200_000)


def settle(city: LittleCity, quarter: Quarter) -> str:
    """Filed, computed, and put into a batch that four people carry to the end of its notice; the batch's number."""
    file_all(city, quarter)
    city.on(max(city.today, steps.days_after(quarter, 17)))
    steps.draft(city, quarter)
    return steps.open_batch(city, quarter)


def claim_award(city: LittleCity) -> None:
    """The firm's first entry into the register, with its papers, accepted by the responsible bureau."""
    city.on(date(2022, 9, 5))
    owner, officer = city.firm.people["owner"], city.industry.people["industry_officer"]
    facts = {"was_in_register": False, "revenue": "50000000.00"}
    body = {"scheme": "first-entry-award", "day": "2022-08-01", "facts": facts}
    claim = city.do(owner, "/awards", body)["id"]
    for paper in ("register_notice", "income_statement"):
        content = steps.PDF + paper.encode()
        city.do(owner, f"/awards/{claim}/papers", paper=paper, file=(io.BytesIO(content), f"{paper}.pdf"))
    city.do(owner, f"/awards/{claim}/moves", {"move": "file"})
    shown = city.ask(officer, f"/awards/{claim}")["decision"]
    accepted = city.do(officer, f"/awards/{claim}/moves", {"move": "accept", "digest": shown["digest"]})
    assert (accepted["state"], accepted["amount"]) == ("accepted", "80000.00")


def object_to(city: LittleCity, number: str, name: str, *, by: str, outcome: str) -> None:
    """An objection during the notice holds its item until another person has answered it."""
    code = city.banks[name].code
    statement = next(one for one in steps.whole_batch(city, number)["items"] if one["beneficiary_code"] == code)
    who = city.banks[name].people["maker"] if by == "itself" else city.hand("operator")
    body = {"statement_number": statement["statement_number"], "content": "余额有出入", "objector": by}
    raised = city.do(who, f"/batches/{number}/objections", body)
    held = [one["held"] for one in steps.whole_batch(city, number)["items"] if one["beneficiary_code"] == code]
    assert held == [True]
    answer = {"outcome": outcome, "answer": "已经核对"}
    assert city.do(city.hand("reviewer"), f"/objections/{raised['id']}/answers", answer)["outcome"] == outcome


def correct(city: LittleCity, name: str, quarter: Quarter, yuan: int) -> None:
    """A corrected return, certified by the bank, and the central bank's corrected figure."""
    steps.file_return(city, city.banks[name], quarter, {"file": steps.loans(yuan)})
    steps.record_balance(city, city.banks[name], quarter, yuan, f"平银发〔{quarter}〕更正")


def test_six_quarters_from_the_call_to_the_receipt(city: LittleCity) -> None:
    open_office(city)
    file_all(city, BASE)
    first = settle(city, Q1)
    steps.release(city, first, steps.publish(city, first))
    assert set(steps.pay(city, first)) == {"city", "410402", "410411", "410422", "410482"}
    assert_told_paid(city, Q1)

    second = settle(city, Q2)
    until = steps.publish(city, second)
    object_to(city, second, "惠民", by="itself", outcome="dismissed")
    object_to(city, second, "应河", by="某市民", outcome="upheld")
    steps.release(city, second, until)
    steps.pay(city, second)
    correct(city, "应河", Q2, 2_200_000)  # what the objection was about: its second quarter joins the third's batch
    steps.draft(city, Q2)
    claim_award(city)

    third = settle(city, Q3)
    steps.move(city, third, "submit", "operator")
    steps.move(city, third, "return", "reviewer", reason="应河二季度更正的文号再核一次")
    kept = steps.whole_batch(city, third)
    assert (kept["signatures"], [one["step"] for one in kept["voided"]]) == ([], ["submit"])
    yinghe = city.banks["应河"].code
    assert steps.items(city, third)[yinghe, f"{GROWTH} {Q2}"] == (str(Q2), "award", 1_000_00, 0, 1_000_00)
    steps.release(city, third, steps.publish(city, third))
    short = steps.pay(city, third)["410411"]
    told = {line["scheme"]: (line["pay"], line["carry"]) for line in short["lines"]}
    assert told["first-entry-award"] == ("25000.00", "0.00")
    assert told["first-entry-revenue-award"] == ("0.00", "15000.00")  # a claim is paid whole or carried whole

    fourth = settle(city, Q4)
    for payer in PAYERS:
        steps.grant(city, payer, 2023, 200_000)
    steps.release(city, fourth, steps.publish(city, fourth))
    carried = [line for line in steps.pay(city, fourth)["410411"]["lines"] if line["quarter"] == str(Q3)]
    assert [(line["scheme"], line["pay"]) for line in carried] == [("first-entry-revenue-award", "15000.00")]

    merge(city)
    restate(city)
    fifth = settle(city, Q5)
    assert_merged(city)
    assert_adjusted(city, fifth)
    steps.release(city, fifth, steps.publish(city, fifth))
    steps.pay(city, fifth)

    sixth = settle(city, Q6)
    steps.release(city, sixth, steps.publish(city, sixth))
    steps.pay(city, sixth)
    recover(city)
    assert_every_fen(city)
    assert_explained(city)


def assert_told_paid(city: LittleCity, quarter: Quarter) -> None:
    """What was paid reads as paid in the API, in the list, in its file, on its page and on the quarter's."""
    operator = city.hand("operator")
    told = city.ask(operator, f"/statements?quarter={quarter}&scheme={GROWTH}")["items"]
    paid = {one["number"] for one in told if one["state"] == "paid"}
    assert paid == {one["number"] for one in told if one["amount"] and one["amount"] != "0.00"}
    saved = csv.DictReader(
        io.StringIO(operator.get(f"/statements?quarter={quarter}&format=csv").data.decode("utf-8-sig"))
    )
    assert {number for row in saved for number in paid & set(row.values()) if "已到账" in row.values()} == paid
    assert operator.get(f"/statements?quarter={quarter}").text.count("已到账") == len(paid)
    assert operator.get(f"/quarters/{quarter}").text.count(">已到账<") == len(paid)
    assert all("已到账" in operator.get(f"/statements/{number}").text for number in paid)


def merge(city: LittleCity) -> None:
    """惠民 ends as a legal person and goes into 应河, by two people; what is paid of earlier quarters does not notice it."""
    city.on(max(city.today, MERGED_ON))
    codes = {"absorbed_code": city.banks["惠民"].code, "into_code": city.banks["应河"].code}
    fact = {**codes, "ended_on": MERGED_ON.isoformat(), "document": "平银保监复〔2023〕5号"}
    entered = city.do(city.hand("operator"), "/mergers", fact)
    assert city.do(city.hand("reviewer"), f"/mergers/{entered['id']}/checks", {"accept": True})["state"] == "recorded"
    assert city.ask(city.hand("operator"), "/restatements")["deltas"] == []


def restate(city: LittleCity) -> None:
    """After four quarters are paid: 沙河's second and 惠民's fourth were something else. Shown whole, then confirmed."""
    correct(city, "沙河", Q2, 1_500_000)
    correct(city, "惠民", Q4, 1_080_000)
    operator = city.hand("operator")
    shown = city.ask(operator, "/restatements")
    code = {name: desk.code for name, desk in city.banks.items()}
    deltas = {(one["beneficiary_code"], one["quarter"]): (one["awarded"], one["adjustment"]) for one in shown["deltas"]}
    assert deltas == {
        (code["沙河"], str(Q2)): ("5000.00", "-2000.00"),
        (code["沙河"], str(Q3)): ("0.00", "1000.00"),
        (code["惠民"], str(Q4)): ("500.00", "-200.00"),
        (code["沙河"], str(Q4)): ("3000.00", "0.00"),  # its figures show the second quarter, its amount stays
    }
    assert city.hand("auditor").get("/restatements").status_code == 200
    done = city.do(operator, "/restatements", {"digest": shown["digest"]})
    assert len(done["written"]) == 4
    assert city.ask(operator, "/restatements")["deltas"] == []


def assert_merged(city: LittleCity) -> None:
    """惠民 has no statement after the merger, and 应河 is measured against both balances."""
    told = {one["beneficiary_code"]: one for one in city.ask(city.auditor, f"/statements?quarter={Q5}")["items"]}
    assert city.banks["惠民"].code not in told
    yinghe = told[city.banks["应河"].code]
    assert (yinghe["reference_balance"], yinghe["increment"]) == ("3680000.00", "220000.00")


def assert_adjusted(city: LittleCity, number: str) -> None:
    """The corrections stand in the next batch, each as due less awarded."""
    found = steps.items(city, number)
    adjusted = {key: row[2:] for key, row in found.items() if row[1] == "adjustment"}
    code = {name: desk.code for name, desk in city.banks.items()}
    assert adjusted == {
        (code["沙河"], f"{GROWTH} {Q2}"): (3_000_00, 5_000_00, -2_000_00),
        (code["沙河"], f"{GROWTH} {Q3}"): (1_000_00, 0, 1_000_00),
        (code["惠民"], f"{GROWTH} {Q4}"): (300_00, 500_00, -200_00),
    }


def recover(city: LittleCity) -> None:
    """惠民 has nothing more to come that could be set off: a notice asks for its 200 yuan, and 150 come back."""
    operator, cashier = city.hand("operator"), city.hand("cashier")
    wanted = {"payer": "410482", "beneficiary_code": city.banks["惠民"].code, "reason": "核定余额更正"}
    notice = city.do(operator, "/settlement/recovery-notices", wanted)
    assert notice["amount"] == "200.00"
    money = {"amount": "150.00", "received_on": city.today.isoformat(), "bank_reference": "IN-1"}
    booked = city.do(cashier, f"/settlement/recovery-notices/{notice['number']}/receipts", money, once=True)
    assert booked["recovered"] == "150.00"


FIGURES = ("due", "paid", "set_off", "in_transit", "payable", "carried", "cut", "recoverable")
Key = tuple[str, str, str]


def book_lines(city: LittleCity) -> dict[Key, dict[str, int]]:
    """Every payer's book added up by beneficiary, scheme and quarter, after a look at each line of each."""
    sums: dict[Key, dict[str, int]] = {}
    for payer in PAYERS:
        set_off: dict[str, int] = {}
        for line in city.ask(city.auditor, f"/settlement/payable-books/{payer}")["lines"]:
            fen = {name: parse_yuan(line["figures"][name]) for name in FIGURES}
            settled = sum(fen[name] for name in FIGURES[1:-1]) - fen["recoverable"]
            assert settled == fen["due"], (payer, line)  # I3
            set_off[line["beneficiary_code"]] = set_off.get(line["beneficiary_code"], 0) + fen["set_off"]
            whole = sums.setdefault(
                (line["beneficiary_code"], line["scheme"], line["quarter"]), dict.fromkeys(FIGURES, 0)
            )
            for name in FIGURES:
                whole[name] += fen[name]
        assert set(set_off.values()) <= {0}, (
            payer
        )  # what is set off against one quarter is taken from another's recovery
    return sums


def statements(city: LittleCity) -> list[dict[str, object]]:
    found = [city.ask(city.auditor, f"/statements?quarter={quarter}&per_page=100") for quarter in QUARTERS]
    assert all(page["pages"] <= 1 for page in found)
    return [one for page in found for one in page["items"]]


def assert_every_fen(city: LittleCity) -> None:
    """The books balance, agree with the statements, and these with what was worked out by hand."""
    assert city.ask(city.auditor, "/settlement/books/checks") == []
    for payer in PAYERS:
        trial = city.ask(city.auditor, f"/settlement/books/{payer}")["lines"]
        assert sum(parse_yuan(line["balance"]) for line in trial) == 0
    booked = book_lines(city)
    dues = {
        (str(one["beneficiary_code"]), str(one["scheme"]), str(one["quarter"])): parse_yuan(str(one["amount"]))
        for one in statements(city)
        if one["amount"] is not None and not one["held"]
    }
    nonzero = {key: fen for key, fen in dues.items() if fen}
    assert {key: line["due"] for key, line in booked.items() if line["due"]} == nonzero
    by_hand = {
        (city.banks[name].code, GROWTH, str(quarter)): yuan * 100
        for name, row in DUE.items()
        for quarter, yuan in zip(QUARTERS, row, strict=False)
    }
    assert {key: fen for key, fen in dues.items() if key[1] == GROWTH} == by_hand
    owed = {
        key for key, line in booked.items() if line["payable"] or line["carried"] or line["cut"] or line["in_transit"]
    }
    assert owed == set()
    back = {key: line["recoverable"] for key, line in booked.items() if line["recoverable"]}
    assert back == {(city.banks["惠民"].code, GROWTH, str(Q4)): 50_00}


def assert_explained(city: LittleCity) -> None:
    """Each adjustment is what its statement says is due less what earlier batches awarded, and the statement says why it changed."""
    awarded: dict[str, int] = {}
    adjustments = 0
    for batch in reversed(city.ask(city.auditor, "/batches?per_page=100")["items"]):
        for item in steps.included(city, batch["number"]):
            number = item["statement_number"]
            due, before, amount = (parse_yuan(item[name]) for name in ("due", "awarded", "amount"))
            assert before == awarded.get(number, 0)
            assert amount == due - before == sum(parse_yuan(share["amount"]) for share in item["shares"])
            awarded[number] = before + amount
            if item["kind"] == "adjustment":
                assert_one_explained(city, batch["number"], item)
                adjustments += 1
    assert adjustments == 3


def assert_one_explained(city: LittleCity, batch: str, item: dict[str, object]) -> None:
    """The API gives the corrected figure with its document, the page every revision with its amount, the paper due less awarded."""
    number = str(item["statement_number"])
    whole = city.ask(city.auditor, f"/statements/{number}")
    assert (whole["revision"], whole["amount"]) == (item["revision"], item["due"])
    documents = [part["document"] for end in whole["explanation"]["history"] for part in end["parts"]]
    assert any(document and "更正" in document for document in documents)
    page = city.auditor.get(f"/statements/{number}").text
    assert "更正" in page
    for name in ("due", "awarded"):
        assert grouped(parse_yuan(str(item[name]))) in page, (number, name)
    assert city.auditor.get(f"/statements/{number}?revision=1").status_code == 200
    paper = text_of(city.auditor.get(f"/statements/{number}/paper.pdf").data)
    assert all(grouped(parse_yuan(str(item[name]))) in paper for name in ("due", "awarded", "amount"))
    assert f"{batch}·调整·已下达拨付" in paper
