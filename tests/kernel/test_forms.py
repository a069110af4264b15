"""Forms come in through the same schemas as JSON; what is missing is said in words, never by the browser's bubbles."""

import pytest
from flask import Flask
from marshmallow import ValidationError, fields

from kernel.fields import CreditCode, Line, Money, Schema, WholeNumber
from kernel.web.forms import asked_of_url, load_form


class LoanForm(Schema):
    amount = Money(required=True)
    purpose = Line(longest=20, required=True)
    note = Line(longest=20, many_lines=True)


class InvitationForm(Schema):
    partners = fields.List(CreditCode(), load_default=list)
    firms = fields.List(CreditCode(), required=True)


class Asked(Schema):
    bank = Line(longest=20, load_default="")
    year = WholeNumber(lowest=2022, highest=2024, load_default=2022)


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


def test_a_line_break_as_a_browser_sends_it_is_none_of_a_text_of_one_line(app: Flask) -> None:
    assert loaded(app, amount="1", purpose="周转", note="先还\r\n再借") == {}
    assert list(loaded(app, amount="1", purpose="先还\r\n再借")) == ["purpose"]


def test_of_an_address_what_cannot_be_read_counts_as_not_asked_but_never_for_a_file(app: Flask) -> None:
    with app.test_request_context("/?bank=沙河&year=22&sort=x"):
        assert asked_of_url(Asked()) == {"bank": "沙河", "year": 2022}
    with app.test_request_context("/?bank=沙河&year=22&format=csv"), pytest.raises(ValidationError):
        asked_of_url(Asked())


def test_a_required_field_is_announced_and_named_without_the_attribute(app: Flask) -> None:
    with app.test_request_context("/"):
        page = app.jinja_env.from_string(
            '{% from "macros/forms.html" import field, money_field, select_field, file_field %}'
            '{{ field("a", "A", required=true) }}{{ money_field("b", "B", required=true) }}'
            '{{ select_field("c", "C", [], required=true) }}{{ file_field("d", "D") }}'
        ).render()
    assert page.count('aria-required="true"') == 3
    assert " required" not in page


def test_an_empty_item_of_a_list_is_no_item(app: Flask) -> None:
    sent = {"partners": "", "firms": ["", "91410402MA0000015P"]}
    with app.test_request_context("/", method="POST", data=sent):
        values, form = load_form(InvitationForm())
    assert (values, form.errors) == ({"partners": [], "firms": ["91410402MA0000015P"]}, {})
    with app.test_request_context("/", method="POST", data={"firms": ""}):
        assert list(load_form(InvitationForm())[1].errors) == ["firms"]
