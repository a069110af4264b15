"""Domain errors become answers here and only here: `application/problem+json` (RFC 9457) on the API, a page elsewhere."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from kernel.accounts.access import SignInNeeded
from kernel.bilingual import Text
from kernel.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, NotFound, Refused
from kernel.web.idempotency import KeyMissing, KeyNotSupported
from kernel.web.language import language
from kernel.web.rates import TooMany

log = structlog.get_logger()

STATUS_OF: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (SignInNeeded, HTTPStatus.UNAUTHORIZED),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (KeyNotSupported, HTTPStatus.BAD_REQUEST),
    (KeyMissing, HTTPStatus.BAD_REQUEST),
    (Refused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
)
TEXT_OF = {
    400: Text("这个请求读不懂，请检查后再试", "The request could not be read; check it and try again"),
    401: Text("请先登录", "Please sign in first"),
    403: Text("你的角色不能做这件事", "Your role may not do this"),
    404: Text("没有找到这一页", "There is no such page"),
    405: Text("这里不接受这种操作", "This is not possible here"),
    409: Text("内容已经变了，刷新后再试", "This has changed meanwhile; reload and try again"),
    413: Text("文件太大", "The file is too large"),
    415: Text("不接受这种内容格式", "This kind of content is not accepted"),
    422: Text("有几项要改", "Some fields need a change"),
    429: Text("请求太频繁，请稍等再试", "Too many requests; wait a little"),
    500: Text(
        "服务出了问题，已经记录；把请求编号告诉管理员",
        "Something broke and was recorded; tell the administrator the request id",
    ),
}


def wants_json() -> bool:
    """Whether the present request belongs to the API."""
    return request.path.startswith("/api/")


def _problem(status: int, code: str, text: Text, errors: tuple[FieldError, ...] = ()) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:yinqi:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": text.in_language(language()),
        "detail_zh": text.zh,
        "detail_en": text.en,
        "request_id": g.get("request_id", ""),
    }
    if errors:
        body["errors"] = [
            {"field": e.field, "code": e.code, "message_zh": e.text.zh, "message_en": e.text.en} for e in errors
        ]
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _page(status: int, code: str, text: Text, errors: tuple[FieldError, ...] = ()) -> ResponseReturnValue:
    return render_template("error.html", status=status, code=code, text=text, errors=errors), status


def answer(status: int, code: str, text: Text, errors: tuple[FieldError, ...] = ()) -> ResponseReturnValue:
    """The same trouble as JSON or as a page."""
    return _problem(status, code, text, errors) if wants_json() else _page(status, code, text, errors)


def status_of(error: DomainError) -> HTTPStatus:
    """Which status a domain error answers with."""
    return next((status for kind, status in STATUS_OF if isinstance(error, kind)), HTTPStatus.UNPROCESSABLE_ENTITY)


def _domain_error(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, SignInNeeded) and not wants_json():
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    errors = error.errors if isinstance(error, Invalid) else ()
    return answer(status_of(error), error.code, error.text, errors)


def field_errors(messages: Any) -> tuple[FieldError, ...]:
    """Field errors from marshmallow's nested messages."""
    return tuple(
        FieldError(field, "invalid_value", text if isinstance(text, Text) else Text(str(text), str(text)))
        for field, text in _flat(messages)
    )


def _flat(messages: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(messages, dict):
        return [
            item
            for key, value in messages.items()
            for item in _flat(value, path if key == "_schema" else f"{path}.{key}".lstrip("."))
        ]
    if isinstance(messages, list):
        return [item for value in messages for item in _flat(value, path)]
    return [(path, messages)]


def _validation_error(error: ValidationError) -> ResponseReturnValue:
    return _invalid(error.messages)


def _invalid(messages: Any) -> ResponseReturnValue:
    return answer(422, "invalid", TEXT_OF[422], field_errors(messages))


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    text = Text("页面放得太久，请刷新后再提交", "The page was open too long; reload it and submit again")
    return answer(400, "csrf", text)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if (
        status == HTTPStatus.UNPROCESSABLE_ENTITY and messages
    ):  # webargs groups them by where they stood: json, query, files
        return _invalid({field: texts for place in messages.values() for field, texts in place.items()})
    text = TEXT_OF.get(status, Text(str(error.description), str(error.description)))
    return answer(status, HTTPStatus(status).phrase.lower().replace(" ", "_"), text)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected", exc_info=error)
    return answer(500, "internal_error", TEXT_OF[500])


def init_app(app: Flask) -> None:
    """Register the handlers; call it after the smorest Api, which registers its own."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(ValidationError, _validation_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _unexpected)
