"""HTML forms come in through the same marshmallow schemas as JSON; what was typed is shown again beside each error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from flask import request
from marshmallow import EXCLUDE, ValidationError
from marshmallow import fields as marshmallow_fields
from werkzeug.datastructures import MultiDict

from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from kernel.fields import Schema
from kernel.web.problems import field_errors


@dataclass
class Form:
    """What was typed and what is wrong with it, field by field."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Text] = field(default_factory=dict)

    def take(self, error: Invalid) -> "Form":
        """Show a service's field errors beside their fields."""
        self.errors.update({e.field: e.text for e in error.errors})
        return self

    def refused_by(self, work: Callable[[], object], beside: str | Mapping[str, str]) -> int:
        """Do what the form asks for: 0 when it is done, else the status with which the form is shown again.

        Field errors stand beside their fields; any other refusal beside `beside`, or by its code beside a field of that table
        (under `""` all the rest).
        """
        try:
            work()
        except Invalid as error:
            self.take(error)
            return HTTPStatus.UNPROCESSABLE_ENTITY
        except (Conflict, NotFound, Refused) as error:
            fields = {"": beside} if isinstance(beside, str) else beside
            self.errors[fields.get(error.code, fields[""])] = error.text
            return HTTPStatus.CONFLICT
        return 0


def asked_of_url(schema: Schema) -> dict[str, Any]:
    """What the query of the present page asks for; what cannot be read of it counts as not asked. A file is refused instead."""
    typed = {name: value for name, value in request.args.items() if value}
    try:
        values: dict[str, Any] = schema.load(typed, unknown=EXCLUDE)
    except ValidationError as error:
        if "format" in typed:
            raise
        faulty = error.messages_dict
        values = schema.load({name: value for name, value in typed.items() if name not in faulty}, unknown=EXCLUDE)
    return values


def _typed(schema: Schema, given: MultiDict[str, str]) -> dict[str, Any]:
    """The submitted fields: lists stay lists, everything else is its one text; empty fields are left out, as not given.

    So are the empty items of a list: a text field that stands for a list is sent even when nothing is in it.
    """
    typed: dict[str, Any] = {}
    for name in given:
        described = schema.fields.get(name)
        if isinstance(described, marshmallow_fields.List):
            items = [item for item in given.getlist(name) if item != ""]
            typed |= {name: items} if items else {}
        elif given[name] != "":
            typed[name] = given[name]
    typed.pop("csrf_token", None)
    return typed


def load_form(schema: Schema) -> tuple[dict[str, Any] | None, Form]:
    """The loaded values (None when something is wrong) and the form to show again."""
    return _loaded(schema, _typed(schema, request.form), "raise")


def load_asked(schema: Schema) -> tuple[dict[str, Any] | None, Form]:
    """The same for a form that is sent as the address of a page; what the address says besides (the language) is left out."""
    return _loaded(schema, _typed(schema, request.args), "exclude")


def _loaded(
    schema: Schema, typed: dict[str, Any], unknown: Literal["exclude", "raise"]
) -> tuple[dict[str, Any] | None, Form]:
    try:
        return schema.load(typed, unknown=unknown), Form(typed)
    except ValidationError as error:
        return None, Form(typed, _first_texts(field_errors(error.messages)))


def _first_texts(errors: tuple[FieldError, ...]) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for error in errors:
        texts.setdefault(error.field.split(".")[0], error.text)
    return texts
