"""Dated values laid over a policy book: the later wins on its own days, and all other days stay as they were."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.policies import PolicyBook, PolicyUndecided, Setting, Source, UnknownParameter, overlaid

BOOK = PolicyBook.load(Path(__file__).parents[3] / "config" / "policies")
DOCUMENT = Source("平财〔2022〕31号《关于…的通知》2022-08-01", "decision", decision="D-0001")
FIRST = date(2021, 1, 1)
DAYS = st.integers(0, 1200).map(lambda number: FIRST + timedelta(days=number))


def rate_on(book: PolicyBook, day: date) -> Decimal | None:
    value = book.scheme("growth-reward").parameter("rate").on(day)
    return None if value is None else value.rate


def rate(value: str | None, since: date, until: date | None = None) -> Setting:
    return Setting("growth-reward", "rate", None if value is None else Decimal(value), since, until)


def test_a_setting_in_the_middle_splits_what_was_there() -> None:
    book = overlaid(BOOK, [(rate("0.02", date(2022, 4, 1), date(2022, 6, 30)), DOCUMENT)])
    values = book.scheme("growth-reward").parameter("rate").values
    assert [(one.since, one.until, str(one.rate), one.origin) for one in values] == [
        (date(2022, 1, 1), date(2022, 3, 31), "0.01", "notice"),
        (date(2022, 4, 1), date(2022, 6, 30), "0.02", "decision"),
        (date(2022, 7, 1), date(2023, 6, 30), "0.01", "notice"),
    ]
    assert (values[1].decision, values[1].reference) == ("D-0001", DOCUMENT.reference)


def test_the_later_of_two_settings_wins_where_both_hold() -> None:
    earlier = rate("0.02", date(2022, 1, 1), date(2022, 12, 31))
    later = rate("0.03", date(2022, 7, 1))
    one, other = (overlaid(BOOK, [(each, DOCUMENT) for each in pair]) for pair in ((earlier, later), (later, earlier)))
    assert [str(rate_on(book, date(2022, 9, 30))) for book in (one, other)] == ["0.03", "0.02"]
    assert [str(rate_on(book, date(2023, 9, 30))) for book in (one, other)] == ["0.03", "0.03"]


def test_a_silent_setting_leaves_no_value_which_is_not_a_zero() -> None:
    book = overlaid(BOOK, [(rate(None, date(2022, 1, 1), date(2022, 3, 31)), DOCUMENT)])
    assert (rate_on(book, date(2022, 3, 31)), rate_on(book, date(2022, 4, 1))) == (None, Decimal("0.01"))


@given(first=DAYS, length=st.one_of(st.none(), st.integers(0, 900)), day=DAYS, value=st.sampled_from(["0.02", None]))
def test_only_the_days_of_the_setting_change(first: date, length: int | None, day: date, value: str | None) -> None:
    last = None if length is None else first + timedelta(days=length)
    book = overlaid(BOOK, [(rate(value, first, last), DOCUMENT)])
    covered = first <= day and (last is None or day <= last)
    expected = (None if value is None else Decimal(value)) if covered else rate_on(BOOK, day)
    assert rate_on(book, day) == expected


def test_the_book_below_stays_as_it_was_and_the_digest_tells_them_apart() -> None:
    before = BOOK.digest
    changed = overlaid(BOOK, [(rate("0.02", date(2022, 4, 1)), DOCUMENT)])
    other_paper = overlaid(BOOK, [(rate("0.02", date(2022, 4, 1)), Source("另一份文件", "decision"))])
    assert BOOK.digest == before
    assert len({before, changed.digest, other_paper.digest}) == 3
    assert changed.scheme("fiscal-shares").digest == BOOK.scheme("fiscal-shares").digest


def test_a_missing_number_is_there_once_it_is_laid_over_and_its_clause_payable() -> None:
    scheme, day = BOOK.scheme("rent-subsidy-support"), date(2022, 9, 30)
    with pytest.raises(PolicyUndecided):
        scheme.value("rate", on=day)
    setting = Setting("rent-subsidy-support", "rate", Decimal("0.3"), date(2022, 6, 1))
    after = overlaid(BOOK, [(setting, DOCUMENT)]).scheme("rent-subsidy-support")
    assert after.value("rate", on=day).rate == Decimal("0.3")
    assert (scheme.clauses[0].payable_on(day)[0], after.clauses[0].payable_on(day)[0]) == (False, True)
    assert after.clauses[0].payable_on(date(2022, 5, 31))[0] is False


def test_the_growth_reward_is_payable_once_payer_and_deduction_are_decided() -> None:
    day, reward = date(2022, 9, 30), "growth-reward"
    payer = (Setting(reward, "payer", "fiscal_shares", date(2022, 1, 1)), DOCUMENT)
    deduction = (Setting(reward, "central_bank_deduction", False, date(2022, 1, 1)), DOCUMENT)
    answers = [
        overlaid(BOOK, settings).scheme(reward).clauses[0].payable_on(day)[0]
        for settings in ([], [payer], [deduction], [payer, deduction])
    ]
    assert answers == [False, False, False, True]


def test_a_parameter_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownParameter):
        overlaid(BOOK, [(Setting("growth-reward", "rates", None, date(2022, 1, 1)), DOCUMENT)])
