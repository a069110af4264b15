"""Size classes by 工信部联企业〔2011〕300号, bounds included, from the dated policy."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import FEN_PER_WAN
from kernel.policies import PolicyBook, PolicySilent
from kernel.size_classes import (
    IndustryTooShort,
    MeasureMissing,
    Measures,
    SizeClass,
    bounds_in_force,
    industry_of,
    size_class,
)

SCHEME = PolicyBook.load(Path(__file__).parents[2] / "config" / "policies").scheme("size-classes")
DAY = date(2022, 6, 30)
INDUSTRIES = [parameter.name for parameter in SCHEME.parameters]


def classed(industry: str, staff: int | None = None, revenue: int | None = None, assets: int | None = None) -> str:
    """The class for staff in people, revenue and assets in 万元."""
    money = [None if figure is None else figure * FEN_PER_WAN for figure in (revenue, assets)]
    return size_class(Measures(staff, *money), bounds_in_force(SCHEME, industry, DAY)).value


@pytest.mark.parametrize(
    ("staff", "revenue", "expected"),
    [(19, 5000, "micro"), (300, 1999, "small"), (1200, 39999, "medium"), (1000, 40000, "large")],
)
def test_the_worked_examples_of_industry(staff: int, revenue: int, expected: str) -> None:
    assert classed("industry", staff, revenue) == expected


@pytest.mark.parametrize(
    ("industry", "figures", "expected"),
    [
        ("agriculture", {"revenue": 49}, "micro"),
        ("agriculture", {"revenue": 50}, "small"),
        ("agriculture", {"revenue": 500}, "medium"),
        ("agriculture", {"revenue": 20000}, "large"),
        ("construction", {"revenue": 80000, "assets": 79999}, "medium"),
        ("construction", {"revenue": 80000, "assets": 80000}, "large"),
        ("wholesale", {"staff": 5, "revenue": 1000}, "small"),
        ("retail", {"staff": 300, "revenue": 20000}, "large"),
        ("real_estate", {"revenue": 1000, "assets": 4999}, "small"),
        ("property", {"staff": 99, "revenue": 5000}, "micro"),
        ("leasing", {"staff": 100, "assets": 8000}, "medium"),
        ("software", {"staff": 10, "revenue": 50}, "small"),
        ("other", {"staff": 300}, "large"),
        ("other", {"staff": 299}, "medium"),
        ("other", {"staff": 9}, "micro"),
    ],
)
def test_bounds_are_included_in_every_industry(industry: str, figures: dict[str, int], expected: str) -> None:
    assert classed(industry, **figures) == expected


def test_one_fen_below_a_bound_is_one_class_lower() -> None:
    bounds = bounds_in_force(SCHEME, "industry", DAY)
    assert size_class(Measures(300, 2000 * FEN_PER_WAN), bounds) is SizeClass.MEDIUM
    assert size_class(Measures(300, 2000 * FEN_PER_WAN - 1), bounds) is SizeClass.SMALL


def test_a_figure_that_a_bound_needs_must_be_reported() -> None:
    with pytest.raises(MeasureMissing, match="资产总额"):
        classed("leasing", staff=10)


@given(st.sampled_from(INDUSTRIES), st.tuples(*[st.integers(0, 200_000)] * 3), st.tuples(*[st.integers(0, 5_000)] * 3))
def test_a_larger_enterprise_is_never_of_a_lower_class(
    industry: str, figures: tuple[int, int, int], more: tuple[int, int, int]
) -> None:
    order = [one.value for one in SizeClass]
    grown = [figure + one for figure, one in zip(figures, more, strict=True)]
    assert order.index(classed(industry, *grown)) >= order.index(classed(industry, *figures))


@pytest.mark.parametrize(
    ("code", "industry"),
    [
        ("A", "agriculture"),
        ("B06", "industry"),
        ("C3311", "industry"),
        ("D", "industry"),
        ("E47", "construction"),
        ("F51", "wholesale"),
        ("F5212", "retail"),
        ("G53", "other"),
        ("G5430", "transport"),
        ("G591", "transport"),
        ("G59", "storage"),
        ("G5990", "storage"),
        ("G60", "post"),
        ("H61", "lodging"),
        ("H6210", "catering"),
        ("I64", "information"),
        ("I65", "software"),
        ("K7010", "real_estate"),
        ("K702", "property"),
        ("K7030", "other"),
        ("L72", "leasing"),
        ("M", "other"),
    ],
)
def test_a_national_industry_code_leads_to_an_industry_of_the_rule(code: str, industry: str) -> None:
    assert industry_of(code) == industry
    assert industry in INDUSTRIES


@pytest.mark.parametrize("code", ["F", "G", "H", "I", "K", "K70"])
def test_a_section_of_several_industries_needs_its_division(code: str) -> None:
    with pytest.raises(IndustryTooShort, match=code):
        industry_of(code)


def test_before_the_rule_there_are_no_classes() -> None:
    with pytest.raises(PolicySilent):
        bounds_in_force(SCHEME, "industry", date(2011, 6, 17))
