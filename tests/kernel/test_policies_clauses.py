"""A clause is paid for an event of a day only if it stands in the notice, within its dates, with its amount set."""

from datetime import date
from pathlib import Path

import pytest

from kernel.policies import Clause, PolicyBook, Value

BOOK = PolicyBook.load(Path(__file__).parents[2] / "config" / "policies")
CLAUSES = {clause.number: clause for clause in BOOK.clauses}
WITHIN = date(2022, 6, 30)


def payable(clause: Clause, day: date) -> bool:
    return clause.payable_on(day)[0]


@pytest.mark.parametrize(
    ("number", "before", "first", "last", "after"),
    [
        (5, date(2021, 12, 31), date(2022, 1, 1), date(2022, 3, 31), date(2022, 4, 1)),
        (27, date(2021, 12, 31), date(2022, 1, 1), date(2026, 1, 1), None),
        (28, date(2021, 12, 31), date(2022, 1, 1), date(2026, 1, 1), None),
        (38, date(2022, 5, 23), date(2022, 5, 24), date(2026, 1, 1), None),
    ],
)
def test_a_payable_clause_pays_within_its_dates_alone(
    number: int, before: date, first: date, last: date, after: date | None
) -> None:
    clause = CLAUSES[number]
    assert [payable(clause, day) for day in (before, first, last)] == [False, True, True]
    assert after is None or not payable(clause, after)


def test_the_reason_says_which_date_is_missed() -> None:
    assert CLAUSES[7].payable_on(date(2023, 7, 1))[1].zh == "2023-07-01 晚于截止日 2023-06-30"
    assert CLAUSES[7].payable_on(date(2021, 12, 31))[1].en == "2021-12-31 is before the first day 2022-01-01"


def test_the_growth_reward_says_what_a_payment_order_still_needs() -> None:
    is_payable, reason = CLAUSES[7].payable_on(WITHIN)
    assert is_payable is False
    assert reason.zh.startswith("标准明确，可以计算，还不能付；开付款单前要有文号定下：")
    assert "央行普惠小微贷款支持工具承担" in reason.zh


@pytest.mark.parametrize("kind", ["P", "T", "G"])
def test_clauses_of_the_other_kinds_are_never_payable_as_they_stand(kind: str) -> None:
    days = (date(2021, 12, 31), WITHIN, date(2026, 1, 1))
    assert [c.number for c in BOOK.clauses if c.kind == kind and any(payable(c, day) for day in days)] == []


def test_a_clause_that_awaits_a_document_says_what_is_missing() -> None:
    assert CLAUSES[9].payable_on(WITHIN)[1].zh == "还不能付，缺有文号的决定：采用哪种算法、比例和上限的文件"


def test_a_recorded_document_makes_the_clause_payable_from_its_day() -> None:
    document = Value("adopted_by", "某财〔2022〕9号", date(2022, 7, 1), None, "某财〔2022〕9号", "rule")
    clause = BOOK.scheme("fee-subsidy").replacing("adopted_by", document).clauses[0]
    assert payable(clause, date(2022, 7, 1))
    assert not payable(clause, WITHIN)


def test_reliefs_name_the_authority_that_carries_them_out() -> None:
    assert CLAUSES[1].payable_on(WITHIN)[1].zh == "由税务部门落实，这里只登记"
    assert CLAUSES[8].payable_on(WITHIN)[1].en == "Guidance for the banks; no money is paid here"
