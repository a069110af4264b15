"""Chinese first, English on request: by `?lang=`, then the cookie, then the browser's wish, then Chinese."""

from typing import Any

from babel import Locale
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, get_translations
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup

from kernel.bilingual import Text

LANGUAGES = ("zh", "en")
COOKIE = "lang"
_CHOSEN, _KEPT = "yinqi.language", "yinqi.catalogue"  # of one request, in its environ: a page asks hundreds of times
LOCALE_OF = {"zh": "zh_Hans_CN", "en": "en"}


def language() -> str:
    """`zh` or `en` for the present request; `zh` outside one."""
    if not has_request_context():
        return "zh"
    kept = request.environ
    if _CHOSEN not in kept:
        kept[_CHOSEN] = _wished()
    found: str = kept[_CHOSEN]
    return found


def _wished() -> str:
    asked = request.args.get("lang") or request.cookies.get(COOKIE)
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES, default="zh") or "zh"


def spoken(text: Text | str) -> str:
    """A text in the language of the present request."""
    return text.in_language(language()) if isinstance(text, Text) else text


def locale() -> Locale:
    """The Babel locale of the present request."""
    return Locale.parse(LOCALE_OF[language()])


def _catalogue() -> Any:
    """The catalogue of the present language; of a request it is looked up once, for all strings of its page."""
    if not has_request_context():
        return get_translations()
    kept = request.environ
    if _KEPT not in kept:
        kept[_KEPT] = get_translations()
    return kept[_KEPT]


@pass_eval_context
def _translated(where: EvalContext, said: str, /, **values: Any) -> str:
    """`_("…")` of a template, as Jinja's own, which looks for the catalogue anew at each string of a page."""
    found: str = _catalogue().ugettext(said)
    if where.autoescape:
        found = Markup(found)  # noqa: S704 (the catalogue is ours)
    return found % values if "%" in found else found


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def init_app(app: Flask) -> None:
    """Hang language choice on an app; a Babel of its own, because one that is shared keeps the catalogues of whichever app read first."""
    Babel().init_app(app, locale_selector=lambda: LOCALE_OF[language()])
    app.jinja_env.globals.update(_=_translated, gettext=_translated)
    app.after_request(_remember)
    app.jinja_env.filters["t"] = spoken
    app.jinja_env.globals["language"] = language
