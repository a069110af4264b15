"""Forms come in through the same schemas as JSON; what is missing is said in words, never by the browser's bubbles."""

from flask import Flask

from kernel.fields import Line, Money, Schema
from kernel.web.forms import load_form


class LoanForm(Schema):
    amount = Money(required=True)
    purpose = Line(longest=20, required=True)
    note = Line(longest=20)


def loaded(app: Flask, **fields: str) -> dict[str, str]:
    """The Chinese texts of what is wrong, by field."""
    with app.test_request_context("/", method="POST", data=fields):
        _values, form = load_form(LoanForm())
        return {name: text.zh for name, text in form.errors.items()}


def test_an_empty_required_field_is_told_as_missing_and_an_empty_amount_says_what_to_write(app: Flask) -> None:
    empty = {"amount": "必填：填一个金额", "purpose": "这一项必填"}
    assert loaded(app) == empty
    assert loaded(app, amount="", purpose="", note="") == empty


def test_what_was_typed_wrong_is_told_as_wrong(app: Flask) -> None:
    assert loaded(app, amount="十万", purpose="周转") == {
        "amount": "“十万”不是金额：填元，最多两位小数，例如 12345678.90"
    }
    assert loaded(app, amount="1,000.00", purpose="周转") == {}


def test_a_required_field_is_announced_and_named_without_the_attribute(app: Flask) -> None:
    with app.test_request_context("/"):
        page = app.jinja_env.from_string(
            '{% from "macros/forms.html" import field, money_field, select_field, file_field %}'
            '{{ field("a", "A", required=true) }}{{ money_field("b", "B", required=true) }}'
            '{{ select_field("c", "C", [], required=true) }}{{ file_field("d", "D") }}'
        ).render()
    assert page.count('aria-required="true"') == 3
    assert " required" not in page
