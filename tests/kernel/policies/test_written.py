"""Values on the command line, in forms and in the books: what is written comes back the same, and nothing near it is guessed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.errors import Invalid
from kernel.policies import Parameter, PolicyBook, PolicyData, from_text, from_written, written

BOOK = PolicyBook.load(Path(__file__).parents[3] / "config" / "policies")
EVERY = [(s.id, p, v.value) for s in BOOK.schemes for p in s.parameters for v in p.values]


def parameter(scheme: str, name: str) -> Parameter:
    return BOOK.scheme(scheme).parameter(name)


def test_every_value_of_the_notice_comes_back_from_its_written_form() -> None:
    assert len(EVERY) > 200
    assert [(scheme, p.name) for scheme, p, data in EVERY if from_written(p, written(p, data)) != data] == []


@pytest.mark.parametrize(
    ("scheme", "name", "text", "data"),
    [
        ("growth-reward", "rate", "2%", Decimal("0.02")),
        ("growth-reward", "rate", "0.015", Decimal("0.015")),
        ("growth-reward", "rate", "1.5 %", Decimal("0.015")),
        ("growth-reward", "credit_line_limit", "5,000,000.00", 500_000_000),
        ("growth-reward", "credit_line_limit_inclusive", "否", False),
        ("growth-reward", "central_bank_deduction", "yes", True),
        ("growth-reward", "basis", "high_water_mark", "high_water_mark"),
        ("growth-reward", "first_base_date", "2022-03-31", date(2022, 3, 31)),
        ("growth-reward", "borrower_kinds", "small， micro", ("small", "micro")),
        ("award-rules", "dishonesty_suspension_months", "6", 6),
        ("fee-subsidy", "pool_coefficients", "0.015=1.5；0.02=1", {"0.015": Decimal("1.5"), "0.02": Decimal("1")}),
        ("fee-subsidy", "adopted_by", "平财〔2022〕40号", "平财〔2022〕40号"),
    ],
)
def test_a_value_is_read_as_people_write_it(scheme: str, name: str, text: str, data: PolicyData) -> None:
    assert from_text(parameter(scheme, name), text) == data


@pytest.mark.parametrize(
    ("scheme", "name", "text"),
    [
        ("growth-reward", "rate", "two percent"),
        ("growth-reward", "rate", "1e-2"),
        ("growth-reward", "rate", "%"),
        ("growth-reward", "credit_line_limit", "5000000.001"),
        ("growth-reward", "credit_line_limit_inclusive", "perhaps"),
        ("growth-reward", "basis", "highest"),
        ("growth-reward", "first_base_date", "2022-02-30"),
        ("growth-reward", "borrower_kinds", "small,large"),
        ("growth-reward", "borrower_kinds", "small,small"),
        ("award-rules", "dishonesty_suspension_months", "6.5"),
        ("award-rules", "dishonesty_suspension_months", "６"),
        ("fee-subsidy", "pool_coefficients", "0.015"),
        ("fee-subsidy", "adopted_by", "  "),
    ],
)
def test_what_the_parameter_cannot_take_is_refused_at_the_field_value(scheme: str, name: str, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        from_text(parameter(scheme, name), text)
    assert [error.field for error in refusal.value.errors] == ["value"]


@pytest.mark.parametrize("content", [0.01, None, [], {}, True, "2022-01-01"])
def test_a_rate_in_the_books_is_an_exact_text_and_nothing_else(content: object) -> None:
    with pytest.raises(Invalid):
        from_written(parameter("growth-reward", "rate"), content)
