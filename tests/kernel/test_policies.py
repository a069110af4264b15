"""Policies answer by date: exactly the days of a value, never a zero, and a digest of what they say."""

import pickle
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.bilingual import Text
from kernel.policies import (
    Parameter,
    PolicyBook,
    PolicySilent,
    PolicyUndecided,
    Scheme,
    UnknownParameter,
    UnknownScheme,
    Value,
)

BOOK = PolicyBook.load(Path(__file__).parents[2] / "config" / "policies")
REWARD = BOOK.scheme("growth-reward")
FIRST = date(2020, 1, 1)


@pytest.mark.parametrize("day", [date(2022, 1, 1), date(2022, 9, 30), date(2023, 6, 30)])
def test_the_rate_is_one_percent_on_every_day_of_the_six_quarters(day: date) -> None:
    value = REWARD.value("rate", on=day)
    assert (value.rate, value.since, value.until) == (Decimal("0.01"), date(2022, 1, 1), date(2023, 6, 30))
    assert (value.reference, value.origin) == ("平政办〔2022〕15号 三", "notice")


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2023, 7, 1), date(1999, 1, 1)])
def test_a_day_without_a_rate_is_refused_and_never_a_zero(day: date) -> None:
    with pytest.raises(PolicySilent) as refusal:
        REWARD.value("rate", on=day)
    assert refusal.value.code == "policy_silent"
    for said in (refusal.value.text.zh, refusal.value.text.en):
        assert str(day) in said
        assert "rate" in said
        assert "1%" in said
        assert "2022-01-01" in said
        assert "2023-06-30" in said


def test_what_a_document_must_set_is_refused_by_clause_and_name() -> None:
    with pytest.raises(PolicyUndecided) as refusal:
        REWARD.value("payer", on=date(2022, 3, 31))
    assert (refusal.value.clauses, refusal.value.name) == ((7,), "payer")
    assert refusal.value.text.zh == (
        "普惠小微贷款余额增量奖励（条款 7）还缺一项决定（payer）："
        "奖励由央行普惠小微贷款支持工具承担，还是由市、区财政分担。请先登记有文号的决定"
    )
    assert "(clause 7) still lacks a decision (payer)" in refusal.value.text.en


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownScheme, match="growth-reward"):
        BOOK.scheme("growth")
    with pytest.raises(UnknownParameter, match="certified_tolerance"):
        REWARD.value("rates", on=date(2022, 3, 31))


def test_the_values_of_a_day_leave_out_what_is_silent_or_undecided() -> None:
    inside, outside = REWARD.values(date(2022, 3, 31)), REWARD.values(date(2023, 7, 1))
    assert inside["basis"].code == "previous_quarter_end"
    assert {"payer", "central_bank_deduction"}.isdisjoint(inside)
    assert inside.keys() - outside.keys() == {"rate", "central_bank_rate"}


def test_every_type_comes_back_exact() -> None:
    day = date(2022, 9, 30)
    assert REWARD.value("credit_line_limit", on=day).fen == 1_000_000_000
    assert REWARD.value("credit_line_limit_inclusive", on=day).flag is True
    assert REWARD.value("first_base_date", on=day).day == date(2021, 12, 31)
    assert REWARD.value("currency", on=day).text == "CNY"
    assert REWARD.value("borrower_kinds", on=day).codes == ("small", "micro", "individual_business", "owner")
    assert BOOK.scheme("settlement-calendar").value("filing_days", on=day).integer == 10
    assert BOOK.scheme("board-listing-award").value("amounts", on=day).numbers == {
        "filing": 300_000_000,
        "acceptance": 300_000_000,
        "trading": 400_000_000,
    }
    assert BOOK.scheme("fee-subsidy").value("pool_coefficients", on=day).rates == {
        "0.015": Decimal("1.5"),
        "0.02": Decimal(1),
    }


def test_asking_for_another_type_is_a_slip_of_the_programmer() -> None:
    with pytest.raises(TypeError, match="rate is Decimal, not int"):
        REWARD.value("rate", on=date(2022, 3, 31)).fen  # noqa: B018 the property itself raises
    with pytest.raises(TypeError, match="not int"):
        REWARD.value("credit_line_limit_inclusive", on=date(2022, 3, 31)).integer  # noqa: B018 the property itself raises


@pytest.mark.parametrize(
    ("scheme", "name", "shown"),
    [
        ("growth-reward", "rate", Text("1%", "1%")),
        ("growth-reward", "credit_line_limit", Text("1,000 万元", "10,000,000.00 yuan")),
        ("growth-reward", "basis", Text("上季末余额", "Balance at the previous quarter end")),
        ("growth-reward", "credit_line_limit_inclusive", Text("是", "yes")),
        (
            "growth-reward",
            "operating_only_kinds",
            Text("个体工商户、小微企业主", "Individual business, Owner of a small or micro enterprise"),
        ),
        ("growth-reward", "first_base_date", Text("2021-12-31", "2021-12-31")),
        ("award-rules", "dishonesty_suspension_months", Text("12 个月", "12 months")),
        ("bridging-fund", "first_daily_fee", Text("0.02%", "0.02%")),
        ("settlement-calendar", "review_working_days", Text("10 个工作日", "10 working days")),
        (
            "service-platform-award",
            "amounts",
            Text("国家级 50 万元；省级 30 万元", "National 500,000.00 yuan; Provincial 300,000.00 yuan"),
        ),
    ],
)
def test_values_are_shown_as_people_read_them(scheme: str, name: str, shown: Text) -> None:
    found = BOOK.scheme(scheme)
    assert found.parameter(name).shown(found.value(name, on=date(2022, 6, 30)).value) == shown


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    """A parameter with up to six values that never overlap, with and without gaps, the last perhaps open."""
    values, since = [], FIRST
    for index in range(draw(st.integers(0, 6))):
        since += timedelta(days=draw(st.integers(0, 3)))
        until = since + timedelta(days=draw(st.integers(0, 5)))
        values.append(Value("n", index, since, until, "文", "notice"))
        since = until + timedelta(days=1)
    if values and draw(st.booleans()):
        values[-1] = replace(values[-1], until=None)
    return Parameter("n", Text("数", "number"), "integer", tuple(values))


@given(parameters(), st.integers(-3, 60))
def test_the_look_up_agrees_with_trying_every_interval(parameter: Parameter, offset: int) -> None:
    day = FIRST + timedelta(days=offset)
    naive = [one for one in parameter.values if one.since <= day <= (one.until or date.max)]
    assert [parameter.on(day)] == (naive or [None])


@given(parameters(), st.integers(-3, 60))
def test_a_silent_day_names_the_values_before_and_after_it(parameter: Parameter, offset: int) -> None:
    day, scheme = FIRST + timedelta(days=offset), Scheme("s", Text("策", "scheme"), (), (parameter,))
    if parameter.on(day) is not None:
        assert scheme.value("n", on=day).holds_on(day)
        return
    with pytest.raises(PolicySilent) as refusal:
        scheme.value("n", on=day)
    before = [one.since for one in parameter.values if one.since < day][-1:]
    after = [one.since for one in parameter.values if one.since > day][:1]
    assert all(str(since) in refusal.value.text.zh for since in before + after)


def test_a_recorded_decision_replaces_a_parameter_and_changes_the_digest() -> None:
    decided = REWARD.replacing(
        "payer", Value("payer", "fiscal_shares", date(2022, 1, 1), None, "某财〔2022〕1号", "rule")
    )
    assert decided.value("payer", on=date(2022, 3, 31)).code == "fiscal_shares"
    assert [point.name for point in decided.clauses[0].undecided_on(date(2022, 3, 31))] == ["central_bank_deduction"]
    assert decided.digest != REWARD.digest
    assert BOOK.replacing(decided).digest != BOOK.digest
    assert BOOK.replacing(REWARD).digest == BOOK.digest


def test_a_book_travels_to_another_process_unchanged() -> None:
    copy = pickle.loads(pickle.dumps(BOOK))
    assert copy == BOOK
    assert copy.digest == BOOK.digest


ONE = """
scheme = "one"
title = { zh = "一", en = "One" }
[parameters.b]
title = { zh = "乙", en = "B" }
type = "yuan"
[[parameters.b.values]]
since = 2022-01-01
until = 2022-12-31
value = "100"
reference = "文"
origin = "notice"
[[parameters.b.values]]
since = 2023-01-01
value = "200.00"
reference = "文"
origin = "notice"
[parameters.a]
title = { zh = "甲", en = "A" }
type = "rate"
values = [{ since = 2022-01-01, value = "0.010", reference = "文", origin = "notice" }]
"""
OTHER = """
# the same, written by another hand
title.en = "One"
title.zh = "一"
scheme = 'one'

[parameters.a]
type = "rate"
title = { en = "A", zh = "甲" }
[[parameters.a.values]]
origin = "notice"
reference = "文"
since = 2022-01-01
value = "0.01"

[parameters.b]
type = "yuan"
title = { en = "B", zh = "乙" }
values = [
  { since = 2023-01-01, value = "200", reference = "\\u6587", origin = "notice" },
  { since = 2022-01-01, until = 2022-12-31, value = "100.00", reference = "文", origin = "notice" },
]
"""


def book(directory: Path, **files: str) -> PolicyBook:
    directory.mkdir()
    for name, text in files.items():
        (directory / f"{name}.toml").write_text(text, encoding="utf-8")
    return PolicyBook.load(directory)


def test_the_digest_does_not_depend_on_order_or_layout(tmp_path: Path) -> None:
    other_scheme = ONE.replace('"one"', '"two"')
    left = book(tmp_path / "left", a=ONE, b=other_scheme)
    right = book(tmp_path / "right", a=other_scheme, b=OTHER)
    assert left.scheme("one").digest == right.scheme("one").digest
    assert left.digest == right.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"200.00"', '"200.01"'),
        ("since = 2023-01-01", "since = 2023-01-02"),
        ("until = 2022-12-31", "until = 2022-12-30"),
        ('reference = "文"', 'reference = "另文"'),
        ('origin = "notice"', 'origin = "rule"'),
        ('type = "rate"', 'type = "text"'),
        ('zh = "乙"', 'zh = "丙"'),
        ('scheme = "one"', 'scheme = "two"'),
        ("[parameters.b]", '[parameters.b]\nunit = { zh = "年", en = "year" }'),
    ],
)
def test_whatever_a_policy_says_differently_changes_its_digest(tmp_path: Path, old: str, new: str) -> None:
    assert book(tmp_path / "left", a=ONE).digest != book(tmp_path / "right", a=ONE.replace(old, new, 1)).digest


def test_the_digest_of_a_known_text_is_pinned(tmp_path: Path) -> None:
    assert book(tmp_path / "pinned", a=ONE).scheme("one").digest == (
        "0aeeb7e829fe4a1c5ae492c1c75b85368c8521a80f2180a6e9dc8b1c0f082026"
    )
