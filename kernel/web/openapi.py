"""The JSON API under /api/v1: one smorest Api, OpenAPI 3.1, an offline documentation page."""

import http
import threading
from typing import Any

import flask_smorest
from flask import Blueprint, Flask, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from marshmallow import fields

from kernel.accounts.access import public
from kernel.fields import CreditCode, Line, Money, QuarterField, Rate, Schema, WeekField, WholeNumber

blueprint = Blueprint("api-docs", __name__, url_prefix="/api")


class FieldErrorOut(Schema):
    field = fields.String()
    code = fields.String()
    message_zh = fields.String()
    message_en = fields.String()


class ProblemOut(Schema):
    """RFC 9457 problem details with both languages and the request id."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    detail = fields.String()
    detail_zh = fields.String()
    detail_en = fields.String()
    request_id = fields.String()
    errors = fields.List(fields.Nested(FieldErrorOut))


class YinqiApi(flask_smorest.Api):  # type: ignore[misc]
    """smorest's Api with problem+json as the documented error and our fields described.

    Blueprints are served at once and documented when the document is first asked for: describing every schema takes as long as all
    the rest of the start, and a command, a job or a test never reads it.
    """

    ERROR_SCHEMA = ProblemOut

    def __init__(self, app: Flask) -> None:
        self._undocumented: list[SmorestBlueprint] = []
        self._documenting = threading.Lock()
        super().__init__(app)

    def register_blueprint(self, blp: SmorestBlueprint) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undocumented.append(blp)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document of every blueprint."""
        with self._documenting:
            for one in self._undocumented:
                one.register_views_in_doc(self, self._app, self.spec, name=one.name, parameters=None)
                self.spec.tag({"name": one.name, "description": one.description})
            self._undocumented = []
            document: dict[str, Any] = self.spec.to_dict()
        return document

    def _register_responses(self) -> None:
        responses: dict[str, Any] = {
            status.name: {
                "description": status.phrase,
                "content": {"application/problem+json": {"schema": ProblemOut}},
            }
            for status in http.HTTPStatus
            if status >= 400
        }
        responses["DEFAULT_ERROR"] = {
            "description": "Problem",
            "content": {"application/problem+json": {"schema": ProblemOut}},
        }
        for name, response in responses.items():
            self.spec.components.response(name, response, lazy=True)


def _describe_fields(api: flask_smorest.Api) -> None:
    for field in (Line, CreditCode, Rate):
        api.register_field(field, "string", None)
    api.register_field(Money, "string", "yuan")
    api.register_field(QuarterField, "string", "quarter")
    api.register_field(WeekField, "string", "iso-week")
    api.register_field(WholeNumber, "integer", "int64")


def create_api(app: Flask, blueprints: list[SmorestBlueprint]) -> YinqiApi:
    """Hang the API on an app."""
    app.config.update(
        API_TITLE="银企 yinqi",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        PROPAGATE_EXCEPTIONS=False,
    )
    api = YinqiApi(app)
    _describe_fields(api)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for one in blueprints:
        api.register_blueprint(one)
    app.extensions["api"] = api
    return api


@blueprint.get("/v1/openapi.json")
@public()
def openapi() -> ResponseReturnValue:
    """The OpenAPI document."""
    return jsonify(current_app.extensions["api"].document())


@blueprint.get("/docs")
@public()
def docs() -> str:
    """Swagger UI from the installed package: works offline."""
    return render_template("api_docs.html")
