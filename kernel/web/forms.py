"""HTML forms come in through the same marshmallow schemas as JSON; what was typed is shown again beside each error."""

from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import ValidationError
from marshmallow import fields as marshmallow_fields

from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
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


def _typed(schema: Schema) -> dict[str, Any]:
    """The submitted fields: lists stay lists, everything else is its one text; empty fields are left out, as not given."""
    typed: dict[str, Any] = {}
    for name in request.form:
        described = schema.fields.get(name)
        if isinstance(described, marshmallow_fields.List):
            typed[name] = request.form.getlist(name)
        elif request.form[name] != "":
            typed[name] = request.form[name]
    typed.pop("csrf_token", None)
    return typed


def load_form(schema: Schema) -> tuple[dict[str, Any] | None, Form]:
    """The loaded values (None when something is wrong) and the form to show again."""
    typed = _typed(schema)
    try:
        return schema.load(typed), Form(typed)
    except ValidationError as error:
        return None, Form(typed, _first_texts(field_errors(error.messages)))


def _first_texts(errors: tuple[FieldError, ...]) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for error in errors:
        texts.setdefault(error.field.split(".")[0], error.text)
    return texts
