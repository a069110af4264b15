"""The bureau at its desk, by keyboard alone: a quarter from the cockpit to payment by four people, a what-if, a yuan back to its rows.

Each journey prints its steps (a control pressed, a field filled) and its seconds; docs/journeys.md keeps them.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from config.demonstration.loading.city import PRESENT
from config.demonstration.loading.returns import person
from kernel import database
from kernel.clock import SHANGHAI, Clock
from kernel.money import yuan
from settlement.batches import moving
from settlement.batches.places import desk
from settlement.batches.reading import batch_by_number
from settlement.batches.service import Signing
from settlement.payments.orders import order_by_number, payments_of
from tests.browser.conftest import Served, copy_of, serving
from tests.browser.hand import Hand
from tests.browser.test_every_page import sign_in

pytestmark = pytest.mark.browser

BY_BANK = "table:has(caption:text('各机构'))"
AFTER_NOTICE = datetime(2022, 11, 2, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def bureau(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A city of its own, for what is paid here is paid; the first batch of the quarter was rejected."""
    app = copy_of(served, tmp_path_factory.mktemp("bureau") / "data")
    set_clock(app, PRESENT)
    with app.app_context():
        reject(app)
    with serving(app) as city:
        yield city


def set_clock(app: Flask, moment: datetime) -> None:
    app.extensions["clock"] = Clock.starting_at(moment)


def reject(app: Flask) -> None:
    db = database.current()
    found = batch_by_number(db, "B-2022Q3-01")
    signing = Signing(found.digest, found.version, "重新来过")
    with app.test_request_context():
        here = desk()
    database.write(db, lambda db: moving.move(db, person(db, "reviewer"), found, "reject", signing, desk=here))


def at_home(browser: Browser, served: Served, who: str) -> Hand:
    """Somebody signed in who uses the keyboard alone."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    sign_in(page, served, who)
    return Hand(page, served.address, keyboard=True)


def fen_of(text: str) -> int:
    """The fen of an amount as a page writes it."""
    return int("".join(sign for sign in text if sign.isdigit()))


def signature(act: str) -> re.Pattern[str]:
    """The button that signs, which names its sum."""
    return re.compile(rf"^{act} [\d,.]+ 元$")


def receipt_of(served: Served, number: str, day: datetime) -> str:
    """The treasury's answer: every payment of an order went through."""
    with served.app.app_context():
        db = database.current()
        payments = payments_of(db, order_by_number(db, number))
        rows = [f"{one.reference},{yuan(one.amount)},{day.date()},paid,BK{one.reference}" for one in payments]
    return "\n".join(["reference,amount,date,status,bank_reference", *rows, ""])


def test_four_people_bring_a_quarter_from_the_cockpit_to_the_bank_by_keyboard(
    browser: Browser, bureau: Served, tmp_path: Path
) -> None:
    operator, reviewer, approver, cashier = (
        at_home(browser, bureau, f"finance.{role}") for role in ("operator", "reviewer", "approver", "cashier")
    )
    for words in ("结算", "重新核对", re.compile("^开批次（"), "提交", signature("提交")):
        operator.follow(words)
    for hand, word in ((reviewer, "复核"), (approver, "审批")):
        hand.page.reload()  # the home of somebody who waits
        for pressed in (word, word, signature(word)):  # the task, the batch, the signature
            hand.follow(pressed)
    operator.page.reload()
    for words in ("发布公示", "发布公示"):
        operator.follow(words)
    set_clock(bureau.app, AFTER_NOTICE)
    cashier.page.goto(bureau.address)
    for pressed in ("下达拨付", "下达拨付", signature("下达拨付")):
        cashier.follow(pressed)
    for payer in ("市级财政", "湛河区财政"):
        pay(cashier, bureau, payer, tmp_path)
    people = (operator, reviewer, approver, cashier)
    steps, keys = sum(one.steps for one in people), sum(one.keys for one in people)
    print(f"a quarter by four people (keyboard, {keys} keys): {steps} steps, {operator.seconds:.1f} s")
    operator.page.goto(f"{bureau.address}/quarters/2022Q3")
    assert "已到账" in operator.page.inner_text("main tr:has-text('沙河农村商业银行')")
    assert steps <= 36


def pay(cashier: Hand, served: Served, payer: str, folder: Path) -> None:
    """Draw an order, send it, and match the treasury's receipt."""
    cashier.follow("拨付")
    cashier.select("付款方", payer)
    cashier.follow("先看要付什么")
    cashier.follow(re.compile("^开出拨付令"))
    number = cashier.page.url.rsplit("/", 1)[-1]
    cashier.follow("送国库")
    cashier.follow(re.compile("^送出"))
    assert "国库收到了" in cashier.page.inner_text("main")
    paid_on = AFTER_NOTICE + timedelta(days=1)
    set_clock(served.app, paid_on)
    receipt = folder / f"{number}.csv"
    receipt.write_text(receipt_of(served, number, paid_on), encoding="utf-8")
    cashier.follow("拨付")
    cashier.follow("回单")
    cashier.hand_in("国库的回单文件", receipt)
    cashier.follow("收这个文件")
    assert f"对上 {receipt.read_text().count('paid')} 笔" in cashier.page.inner_text("main")


def test_a_what_if_of_two_per_cent_goes_from_the_question_to_the_table_of_differences_by_keyboard(
    browser: Browser, bureau: Served
) -> None:
    hand = at_home(browser, bureau, "finance.operator")
    for words in ("依据", "试算", "比例从 2022 年二季度起是 2%"):
        hand.follow(words)
    table = hand.page.inner_text(BY_BANK)
    print(hand.told("a what-if"))
    assert "沙河农村商业银行" in table
    now, then, difference = (fen_of(text) for text in hand.page.locator(f"{BY_BANK} tfoot td.right").all_inner_texts())
    assert then - now == difference > 0
    assert hand.steps <= 4


def test_an_auditor_goes_from_a_paid_yuan_to_clause_and_rows_in_one_view_by_keyboard(
    browser: Browser, bureau: Served
) -> None:
    hand = at_home(browser, bureau, "finance.auditor")
    hand.follow("拨付")
    hand.follow(re.compile("^P"))
    hand.follow(re.compile("^GR-"))
    paid = hand.page.inner_text("main .paid, main tr:has(.tag:text('本批所付')) .why")
    hand.follow(paid)
    trace = hand.page.inner_text("#why")
    assert paid in trace
    assert "按上述标准给予奖励" in trace or "奖励" in trace
    rows = hand.page.locator("#why table tr").count()
    print(hand.told("a paid yuan"))
    assert rows >= 2
    assert hand.steps <= 4
