"""Decision letters, public notices, demand letters and recovery notices say what the books say, to those who may read them."""

import io

import openpyxl
import pytest
from flask import Flask

from kernel.money import capitals, grouped
from kernel.parties.models import Party
from settlement.batches.items import items_of
from settlement.batches.models import Batch
from settlement.batches.restating import preview, restate
from settlement.batches.workflow import INCLUDED
from settlement.payments.claims import take_in
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.recoveries.service import issue_notice, record_recovered
from settlement.payments.rules import payment_rules
from tests.factories import Visitor, make_person, username_of
from tests.settlement.batches.batch_floor import Bureau, make_batch_floor
from tests.settlement.batches.test_over_http import on_day
from tests.settlement.filing_floor import Q3, Bank, Floor, loan
from tests.settlement.papers.paper_text import text_of
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Counter, make_counter


@pytest.fixture
def bureau(app: Flask, floor: Floor) -> Bureau:
    """Two banks whose awards of 1,000.00 and 500.00 yuan are computed."""
    return make_batch_floor(app, floor)


@pytest.fixture
def released(bureau: Bureau) -> Batch:
    return bureau.release(bureau.open())


@pytest.fixture
def counter(app: Flask, db) -> Counter:  # type: ignore[no-untyped-def]
    return make_counter(app, db)


def of(app: Flask, bureau: Bureau, caller: object) -> Visitor:
    return Visitor(app, username_of(bureau.db, caller))  # type: ignore[arg-type]


def test_a_statement_paper_bears_the_names_and_days_of_the_hands_that_signed(
    app: Flask, bureau: Bureau, released: Batch
) -> None:
    told = text_of(of(app, bureau, bureau.hands["operator"]).get("/statements/GR-2022Q3-01/paper.pdf").data)
    assert released.state == "ordered"
    assert "经办苏岩2022-10-20复核reviewer甲2022-10-20审批approver甲2022-10-20拨付cashier甲2022-10-28" in told


def test_before_a_signature_its_place_on_the_paper_is_empty(app: Flask, bureau: Bureau) -> None:
    batch = bureau.open()
    visitor = of(app, bureau, bureau.hands["operator"])
    assert "苏岩" not in text_of(visitor.get("/statements/GR-2022Q3-01/paper.pdf").data)
    bureau.move(batch, "submit", bureau.hands["operator"])
    told = text_of(visitor.get("/statements/GR-2022Q3-01/paper.pdf").data)
    assert "苏岩" in told
    assert "reviewer甲" not in told


def test_a_decision_letter_says_the_amount_its_items_and_who_pays(app: Flask, bureau: Bureau, released: Batch) -> None:
    code = bureau.floor.bank.party.code
    visitor = of(app, bureau, bureau.hands["operator"])
    told = text_of(visitor.get(f"/batches/{released.number}/decisions/{code}.pdf").data)
    for words in (
        "奖补资金结算决定书",
        f"{bureau.floor.bank.party.name}：",
        code,
        f"本次拨付{grouped(1_000_00)}元人民币{capitals(1_000_00)}",
        f"GR-2022Q3-01r1普惠小微贷款余额增量奖励2022Q3奖补{grouped(1_000_00)}{grouped(0)}{grouped(1_000_00)}",
        f"市级{grouped(500_00)}湛河区{grouped(500_00)}合计{grouped(1_000_00)}",
        "平政办〔2022〕15号",
        "cashier甲",
        "盖章处",
        released.digest,
    ):
        assert words.replace(" ", "") in told, words
    assert "香山农村商业银行" not in told


def test_a_beneficiary_reads_its_own_decision_and_nobody_elses(app: Flask, bureau: Bureau, released: Batch) -> None:
    own = f"/batches/{released.number}/decisions/{bureau.floor.bank.party.code}.pdf"
    bank = of(app, bureau, bureau.floor.bank.maker)
    assert bank.get(own).data.startswith(b"%PDF-")
    assert own in bank.get("/statements/GR-2022Q3-01").text
    stranger = bureau.floor.another_bank("北渡村镇银行")
    assert of(app, bureau, stranger.maker).get(own).status_code == 404


def test_there_is_no_decision_before_the_release(app: Flask, bureau: Bureau) -> None:
    batch = bureau.approve(bureau.open())
    path = f"/batches/{batch.number}/decisions/{bureau.floor.bank.party.code}.pdf"
    assert of(app, bureau, bureau.hands["operator"]).get(path).status_code == 404


def test_the_public_notice_lists_every_award_and_its_days(app: Flask, bureau: Bureau) -> None:
    batch = bureau.move(bureau.approve(bureau.open()), "publish", bureau.hands["operator"])
    bank = of(app, bureau, bureau.floor.bank.maker)
    told = text_of(bank.get(f"/batches/{batch.number}/notice.pdf").data)
    assert "公示期自2022年10月20日至2022年10月27日" in told
    assert f"合计{grouped(1_500_00)}元人民币{capitals(1_500_00)}" in told
    assert f"1沙河农村商业银行湛河区普惠小微贷款余额增量奖励2022Q3GR-2022Q3-01{grouped(1_000_00)}" in told
    assert f"2香山农村商业银行宝丰县普惠小微贷款余额增量奖励2022Q3GR-2022Q3-02{grouped(500_00)}" in told
    content = io.BytesIO(bank.get(f"/batches/{batch.number}/notice.xlsx").data)
    sheet, values = openpyxl.load_workbook(content).active, openpyxl.load_workbook(content, data_only=True).active
    assert sheet is not None
    assert values is not None
    assert [sheet[f"G{row}"].value for row in (2, 3, 4)] == [1000, 500, "=SUM(G2:G3)"]
    assert values["G4"].value == 1500


def corrected(bureau: Bureau, bank: Bank, yuan: int) -> None:
    """The bank's third quarter was something else, and its statement is written anew."""
    bureau.floor.certify(bureau.floor.file([loan(1, balance=f"{yuan}.00")], Q3, bank), bank)
    bureau.floor.certify_balance(yuan * 100, Q3, bank, document=f"更正 {yuan}")
    restate(bureau.db, bureau.hands["operator"], digest=preview(bureau.db, desk=bureau.desk).digest, desk=bureau.desk)


def test_a_public_notice_names_no_recovery_and_no_line_of_nothing(app: Flask, bureau: Bureau) -> None:
    bureau.release(bureau.open())
    corrected(bureau, bureau.floor.bank, 950_000)
    for name, before, after in (("白龟农村商业银行", 100_000, 120_000), ("鹰城农村商业银行", 100_000, 100_000)):
        bureau.settle(bureau.floor.another_bank(name), before, after)
    bureau.draft()
    batch = bureau.move(bureau.approve(bureau.open()), "publish", bureau.hands["operator"])
    assert sorted(item.amount for item in items_of(bureau.db, batch, (INCLUDED,))) == [-500_00, 0, 200_00]
    operator = of(app, bureau, bureau.hands["operator"])
    told = text_of(operator.get(f"/batches/{batch.number}/notice.pdf").data)
    assert f"合计{grouped(200_00)}元人民币{capitals(200_00)}" in told
    assert (grouped(-500_00) in told, bureau.floor.bank.party.name in told) == (False, False)
    page = operator.get(f"/batches/{batch.number}/notice").text
    assert (page.count("GR-2022Q3-"), bureau.floor.bank.party.name in page) == (1, False)
    sheet = openpyxl.load_workbook(io.BytesIO(operator.get(f"/batches/{batch.number}/notice.xlsx").data)).active
    assert sheet is not None
    assert [sheet[f"G{row}"].value for row in (2, 3)] == [200, "=SUM(G2:G2)"]
    recovery = next(item for item in items_of(bureau.db, batch, (INCLUDED,)) if item.amount < 0)
    body = {"statement_number": recovery.statement_number, "content": "不在名单上"}
    on_day(app, bureau, bureau.today)
    answer = of(app, bureau, bureau.floor.bank.maker).send("POST", f"/batches/{batch.number}/objections", json=body)
    assert answer.status_code == 404


def test_a_batch_of_recoveries_alone_publishes_an_empty_list(app: Flask, bureau: Bureau) -> None:
    bureau.release(bureau.open())
    corrected(bureau, bureau.floor.bank, 950_000)
    batch = bureau.move(bureau.approve(bureau.open()), "publish", bureau.hands["operator"])
    told = text_of(of(app, bureau, bureau.hands["operator"]).get(f"/batches/{batch.number}/notice.pdf").data)
    assert "本批没有拟发放的奖补资金" in told
    assert ("拟获奖补资金" in told, grouped(-500_00) in told) == (False, False)


def test_a_notice_is_for_the_finance_side_alone_until_it_is_published(app: Flask, bureau: Bureau) -> None:
    batch = bureau.approve(bureau.open())
    path = f"/batches/{batch.number}/notice.pdf"
    assert of(app, bureau, bureau.floor.bank.maker).get(path).status_code == 404
    assert "还没有公示" in text_of(of(app, bureau, bureau.hands["reviewer"]).get(path).data)


def test_a_demand_letter_asks_a_county_for_what_its_book_says_is_open(app: Flask, counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 123_456)
    taken = counter.batches.items[BATCH]
    counter.write(lambda db: take_in(db, taken, by=counter.operator.actor, at=counter.at, today=counter.today))
    visitor = Visitor(app, username_of(counter.db, counter.operator))
    told = text_of(visitor.get(f"/books/{ZHANHE}/demand-letter.pdf").data)
    assert "湛河区财政：" in told
    assert f"尚未拨付{grouped(123_456)}元人民币{capitals(123_456)}" in told
    assert f"首次入库奖励2022Q3{grouped(123_456)}{grouped(0)}{grouped(123_456)}" in told
    assert visitor.get("/books/city/demand-letter.pdf").status_code == 422
    clerk = make_person(counter.db, bank, "maker")
    assert Visitor(app, username_of(counter.db, clerk)).get(f"/books/{ZHANHE}/demand-letter.pdf").status_code == 403


def lowered(counter: Counter) -> tuple[Party, RecoveryNotice]:
    """A bank that was paid 1,000.00 yuan and is asked for 400.00 of them, of which 150.00 came back."""
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100_000, quarter="2022Q2", batch="B-2022Q2", number="FE-2022Q2-0001")
    counter.budget(ZHANHE, 1_000_000)
    order = counter.draw(batch="B-2022Q2")
    counter.send(order)
    counter.receipt_of(order)
    item = counter.item(bank, -40_000, quarter="2022Q2", number="FE-2022Q2-0001", revision=2)
    counter.write(lambda db: take_in(db, [item], by=counter.operator.actor, at=counter.at, today=counter.today))
    asked = {"payer": ZHANHE, "beneficiary_id": bank.id or 0, "reason": "数据更正", "calendar": counter.calendar}
    rules = payment_rules(counter.book, counter.today)
    notice: RecoveryNotice = counter.write(
        lambda db: issue_notice(db, counter.operator, **asked, rules=rules, at=counter.at, today=counter.today)
    )
    back = {"amount": 15_000, "received_on": counter.today, "bank_reference": "BACK1"}
    counter.write(lambda db: record_recovered(db, counter.cashier, notice, **back, at=counter.at, today=counter.today))
    return bank, notice


def test_a_recovery_notice_says_how_much_why_by_when_and_where_to(app: Flask, counter: Counter) -> None:
    bank, notice = lowered(counter)
    told = text_of(
        Visitor(app, username_of(counter.db, counter.operator))
        .get(f"/payments/recoveries/{notice.number}/notice.pdf")
        .data
    )
    due = notice.due_on
    for words in (
        "追回通知",
        notice.number,
        f"{bank.name}：",
        "因数据更正",
        f"{due.year}年{due.month}月{due.day}日前",
        f"应缴回{grouped(40_000)}元人民币{capitals(40_000)}",
        f"FE-2022Q2-0001r2首次入库奖励2022Q2{BATCH}{grouped(40_000)}{grouped(0)}{grouped(15_000)}",
        "湛河区财政局4100000000000411",
        f"已缴回{grouped(15_000)}元，还要缴回{grouped(25_000)}元",
    ):
        assert words.replace(" ", "") in told, words


def test_a_recovery_notice_that_was_set_off_says_by_which_order_and_that_it_is_settled(
    app: Flask, counter: Counter
) -> None:
    bank, notice = lowered(counter)
    counter.item(bank, 25_000, quarter="2022Q4", batch="B-2022Q4", number="FE-2022Q4-0001")
    order = counter.draw(batch="B-2022Q4")
    path = f"/payments/recoveries/{notice.number}/notice.pdf"
    told = text_of(Visitor(app, username_of(counter.db, counter.operator)).get(path).data)
    said = f"{counter.today}拨付令{order.number}抵扣{grouped(25_000)}元，这部分不用再缴。"
    for words in (said, "还要缴回0.00元", "本通知已经结清。"):
        assert words in told, words
    page = Visitor(app, username_of(counter.db, counter.cashier)).get("/payments/recoveries").text
    assert "缴回和抵扣结清" in page
    assert order.number in page


def test_a_recovery_notice_is_read_by_the_bank_it_asks_and_by_no_other(app: Flask, counter: Counter) -> None:
    bank, notice = lowered(counter)
    path = f"/payments/recoveries/{notice.number}/notice.pdf"
    asked, stranger = (
        make_person(counter.db, bank, "maker"),
        make_person(counter.db, counter.beneficiary("乙"), "maker"),
    )
    assert Visitor(app, username_of(counter.db, asked)).get(path).status_code == 200
    assert Visitor(app, username_of(counter.db, stranger)).get(path).status_code == 404
