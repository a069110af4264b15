"""What a reader must know before trusting a statement: out of date, why revisions differ, what blocks the money, questions."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event

from kernel.clock import SHANGHAI, Clock
from kernel.policies import Value
from settlement.statements.drafting import draft_quarter
from tests.factories import NOW, Visitor, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


@pytest.fixture
def operator(app: Flask, floor: Floor) -> Visitor:
    """The operator after drafting a quarter of one bank, on 20 October 2022."""
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    for quarter, yuan in ((Q2, 900_000), (Q3, 1_000_000)):
        floor.certify(floor.file([loan(1, balance=f"{yuan}.00")], quarter))
        floor.certify_balance(yuan * 100, quarter)
    visitor = Visitor(app, username_of(floor.db, floor.operator))
    visitor.get("/quarters/2022Q3")
    visitor.post("/quarters/2022Q3/drafts")
    return visitor


def test_a_statement_on_facts_that_moved_on_says_so_everywhere(floor: Floor, operator: Visitor) -> None:
    told = operator.send("GET", "/statements/GR-2022Q3-01").get_json()
    assert told["outdated"] is False
    assert "已过时" not in operator.get("/statements/GR-2022Q3-01").text
    floor.certify_balance(1_100_000_00, Q3, document="更正")
    assert operator.send("GET", "/statements/GR-2022Q3-01").get_json()["outdated"] is True
    assert operator.send("GET", "/statements").get_json()["items"][0]["outdated"] is True
    assert "这张结算单已过时" in operator.get("/statements/GR-2022Q3-01").text
    assert "已过时" in operator.get("/statements").text
    assert "合计按旧稿" in operator.get("/quarters/2022Q3").text


def test_facts_are_read_again_only_once_something_has_changed(floor: Floor, operator: Visitor) -> None:
    asked: list[str] = []
    engine = floor.db.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))

    def reads_facts() -> bool:
        asked.clear()
        assert operator.get("/statements").status_code == 200
        return any("FROM settlement_certified_balance" in one for one in asked)

    assert [reads_facts(), reads_facts()] == [True, False]
    floor.certify_balance(1_100_000_00, Q3, document="更正")
    assert [reads_facts(), reads_facts()] == [True, False]


def test_each_revision_says_why_it_differs(floor: Floor, operator: Visitor) -> None:
    floor.certify_balance(1_100_000_00, Q3, document="更正")
    floor.certify(floor.file([loan(1, balance="1100000.00")], Q3))
    operator.get("/quarters/2022Q3")
    operator.post("/quarters/2022Q3/drafts")
    page = operator.get("/statements/GR-2022Q3-01").text
    assert "2022Q3 核定余额 1,000,000.00 → 1,100,000.00（+100,000.00）" in page
    assert "2022Q3 报表第 2 版，合格余额 1,000,000.00 → 1,100,000.00（+100,000.00）" in page
    assert "金额 1,000.00 → 2,000.00（+1,000.00）" in page
    assert page.index("银行报送第 2 版") < page.index("计算，第 2 稿")


def test_a_newer_return_that_is_not_certified_is_named(floor: Floor, operator: Visitor) -> None:
    floor.file([loan(1, balance="1200000.00")], Q3)
    assert "报表第 2 版" in operator.get("/statements/GR-2022Q3-01").text


def test_a_quarter_that_is_not_over_is_refused_in_words(operator: Visitor) -> None:
    answer = operator.send("POST", "/quarters/2022Q4/drafts")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "quarter_not_over")


def test_what_would_block_the_payment_is_told_before_pay_day(app: Flask, floor: Floor, operator: Visitor) -> None:
    blocks = operator.send("GET", "/statements/GR-2022Q3-01/blocks").get_json()
    assert [one["code"] for one in blocks] == ["not_in_batch", "policy_undecided", "policy_undecided", "payee_missing"]
    assert date.fromisoformat(blocks[0]["until"]) > date(2022, 10, 20)
    operator.get("/batches")
    operator.post("/batches", quarter="2022Q3")
    codes = [one["code"] for one in operator.send("GET", "/statements/GR-2022Q3-01/blocks").get_json()]
    assert codes[:4] == ["not_submitted", "not_reviewed", "not_approved", "not_ordered"]
    own = Visitor(app, username_of(floor.db, floor.bank.maker))
    assert "什么会挡住这笔钱" in own.get("/statements/GR-2022Q3-01").text
    stranger = Visitor(app, username_of(floor.db, floor.another_bank().maker))
    stranger.get("/statements")
    assert stranger.send("GET", "/statements/GR-2022Q3-01/blocks").status_code == 404


def test_bureau_and_bank_ask_and_answer_on_a_statement(app: Flask, floor: Floor, operator: Visitor) -> None:
    asked = operator.send("POST", "/statements/GR-2022Q3-01/queries", json={"title": "增量", "content": "为什么多了？"})
    assert (asked.status_code, asked.get_json()["waits_for"]) == (201, "beneficiary")
    bank = Visitor(app, username_of(floor.db, floor.bank.maker))
    assert "为什么多了？" in bank.get("/statements/GR-2022Q3-01").text
    number = asked.get_json()["id"]
    assert "回复了" in bank.post(f"/queries/{number}/messages", follow=True, content="新发放 10 万").text
    assert bank.send("POST", f"/queries/{number}/closing").status_code == 403
    assert operator.send("POST", f"/queries/{number}/closing").get_json()["waits_for"] is None
    late = bank.send("POST", f"/queries/{number}/messages", json={"content": "再补一句"})
    assert (late.status_code, late.get_json()["code"]) == (409, "query_closed")
    stranger = Visitor(app, username_of(floor.db, floor.another_bank().maker))
    stranger.get("/statements")
    assert stranger.send("POST", f"/queries/{number}/messages", json={"content": "?"}).status_code == 404


def test_a_bank_explains_its_difference_and_the_answer_stays(app: Flask, floor: Floor, operator: Visitor) -> None:
    bank = Visitor(app, username_of(floor.db, floor.bank.maker))
    bank.get("/statements/GR-2022Q3-01")
    early = bank.send("POST", "/statements/GR-2022Q3-01/explanations", json={"content": "没有差异"})
    assert (early.status_code, early.get_json()["code"]) == (409, "no_difference")
    floor.certify_balance(1_010_000_00, Q3, document="更正")
    operator.get("/quarters/2022Q3")
    operator.post("/quarters/2022Q3/drafts")
    assert "说明差异" in bank.get("/").text
    sent = bank.post("/queries/statements/GR-2022Q3-01/explanation", follow=True, content="两笔月末放款未入账")
    assert "两笔月末放款未入账" in sent.text
    assert "说明差异" not in bank.get("/").text
    assert "两笔月末放款未入账" in operator.get("/statements/GR-2022Q3-01").text


def test_the_loans_behind_a_figure_are_sorted_searched_and_downloaded(floor: Floor, operator: Visitor) -> None:
    rows = [
        loan(1, balance="300000.00", borrower_name="青石板建材"),
        loan(2, balance="700000.00"),
        loan(3, balance="1.00"),
    ]
    floor.certify(floor.file(rows, Q3))
    operator.get("/quarters/2022Q3")
    operator.post("/quarters/2022Q3/drafts")
    loans = "/statements/GR-2022Q3-01/loans"
    falling = operator.send("GET", f"{loans}?sort=-balance").get_json()
    assert operator.send("GET", f"{loans}?sort=-balance").get_json() == falling  # as it was kept
    assert [one["loan_id"] for one in falling["items"]] == ["SH0002", "SH0001", "SH0003"]
    found = operator.send("GET", f"{loans}?wanted=青石").get_json()
    assert ([one["loan_id"] for one in found["items"]], found["total"], found["balance"]) == (
        ["SH0001"],
        1,
        "300000.00",
    )
    assert operator.send("GET", f"{loans}?wanted=%25' OR '1'='1").get_json()["total"] == 0
    assert operator.send("GET", f"{loans}?sort=nonsense").status_code == 404
    page = operator.get(f"{loans}?wanted=青石").text
    assert "青石板建材" in page
    assert "SH0002" not in page
    file = operator.get(f"{loans}.csv?sort=-balance").data.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in file] == ["loan_id", "SH0002", "SH0001", "SH0003"]
    assert ",700000.00," in file[1]
    second = operator.send("GET", f"{loans}?sort=-balance&page=2&per_page=2").get_json()
    assert ([one["loan_id"] for one in second["items"]], second["total"]) == (["SH0003"], 3)
    assert len(list((floor.premises.keeping.kept / "loans").rglob("*.json"))) == 1  # of the first page without a search


def test_a_value_that_begins_later_makes_no_statement_outdated(floor: Floor, operator: Visitor) -> None:
    book = floor.premises.book
    scheme = book.scheme("growth-reward")
    before = replace(scheme.value("rate", on=Q3.last_day), until=date(2023, 3, 31))
    later = Value("rate", Decimal("0.02"), date(2023, 4, 1), date(2023, 6, 30), "平政办〔2023〕1号", "rule")
    changed = book.replacing(scheme.replacing("rate", before, later))
    floor.db.rollback()  # the page drafted meanwhile
    drafted = draft_quarter(floor.db, Q3, premises=replace(floor.premises, book=changed), at=NOW)
    assert (len(drafted.written), drafted.unchanged) == (0, 1)


def test_a_value_that_began_before_makes_its_statement_outdated(floor: Floor, operator: Visitor) -> None:
    book = floor.premises.book
    other = replace(book.scheme("growth-reward").value("rate", on=Q3.last_day), value=Decimal("0.02"))
    changed = book.replacing(book.scheme("growth-reward").replacing("rate", other))
    floor.db.rollback()  # the page drafted meanwhile
    drafted = draft_quarter(floor.db, Q3, premises=replace(floor.premises, book=changed), at=NOW)
    assert (len(drafted.written), drafted.unchanged) == (1, 0)
