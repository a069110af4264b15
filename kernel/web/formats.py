"""How values read on a page: Jinja filters and globals. Amounts come in whole fen, rates as Decimal, moments aware, days as `date`."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kernel import money
from kernel.accounts.roles import ROLES
from kernel.bilingual import Text
from kernel.clock import SHANGHAI
from kernel.errors import FieldError
from kernel.glossary.terms import TERMS
from kernel.periods import IsoWeek, Quarter
from kernel.policies import UNDECIDED, UNDECIDED_MARK
from kernel.web import charts, drawing
from kernel.web.language import language, spoken

STATIC = Path(__file__).parent / "static"
NOTHING = Markup('<span class="grey">—</span>')
WEEKDAYS = "一二三四五六日"
ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
QUARTER_NUMERALS = "一二三四"


def _quiet_cents(figure: str) -> Markup:
    """`1,234.56` as a figure whose part behind the point is grey; the whole stays one unbreakable word."""
    whole, point, part = figure.partition(".")
    return Markup('<span class="n">{}<i>{}</i></span>').format(whole, point + part)


def _scaled(fen: int, unit_fen: int) -> str:
    """An amount in a larger unit with two decimals, rounded half up, grouped, with the typographic minus."""
    hundredths = money.half_up(Decimal(fen) * 100 / unit_fen)
    return money.grouped(hundredths)


def yuan(fen: int | None) -> str:
    """`1,234,567.80`, or `—` for nothing."""
    return "—" if fen is None else money.grouped(fen)


def money_figure(fen: int | None) -> Markup:
    """Yuan in ink, fen in grey; `—` is nothing, `0.00` is zero."""
    return NOTHING if fen is None else _quiet_cents(money.grouped(fen))


def wan(fen: int | None) -> str:
    """The amount in 万元 with two decimals: 106,692.59."""
    return "—" if fen is None else _scaled(fen, money.FEN_PER_WAN)


def wan_figure(fen: int | None) -> Markup:
    """The amount in 万元, its decimals in grey."""
    return NOTHING if fen is None else _quiet_cents(wan(fen))


def yi(fen: int | None) -> str:
    """The amount in 亿元 with two decimals: 10.67."""
    return "—" if fen is None else _scaled(fen, drawing.FEN_PER_YI)


def short_wan(fen: int | None) -> str:
    """A round amount as people say it: `300` for 3,000,000.00 yuan, `0.65` for 6,500.00."""
    said = wan(fen)
    return said.rstrip("0").rstrip(".") if "." in said else said


def capitals(fen: int) -> str:
    """大写 with 人民币 before it, as on payment papers."""
    return "人民币" + money.capitals(fen)


def typed_capitals(typed: str | None, unit: str = "yuan") -> str:
    """大写 of an amount as typed into a field in 元 or 万元 (`wan`), nothing while it is not an amount."""
    try:
        return money.capitals(money.parse_yuan(typed or "") * (10_000 if unit == "wan" else 1))
    except money.NotMoney:
        return ""


def percent(rate: Decimal | None, places: int | None = None) -> str:
    """`1%`, `4.65%`: an exact rate with as many decimals as it has, or rounded half up to `places`."""
    if rate is None:
        return "—"
    hundredfold = rate * 100
    if places is not None:
        scaled = money.half_up(hundredfold * 10**places)
        hundredfold = Decimal(scaled).scaleb(-places)
        figure = f"{hundredfold:.{places}f}"
    else:
        figure = f"{hundredfold.normalize():f}"
    return figure.replace("-", "−") + "%"


def count(number: int | None) -> str:
    """A number of things, grouped: 4,598."""
    return "—" if number is None else f"{number:,}".replace("-", "−")


def day(value: date | None) -> str:
    """2022-10-31, as in tables."""
    return "—" if value is None else value.isoformat()[:10]


def short_day(value: date | None) -> str:
    """10-31, where the year is clear."""
    return "—" if value is None else f"{value.month:02d}-{value.day:02d}"


def long_day(value: date | None) -> str:
    """`10月31日 周一`, `Mon 31 Oct`: as in sentences."""
    if value is None:
        return "—"
    if language() == "en":
        return f"{ENGLISH_WEEKDAYS[value.weekday()]} {value.day} {ENGLISH_MONTHS[value.month - 1]}"
    return f"{value.month}月{value.day}日 周{WEEKDAYS[value.weekday()]}"


def full_day(value: date | None) -> str:
    """`2022年10月31日 周一`, `Mon 31 Oct 2022`."""
    if value is None:
        return "—"
    return f"{long_day(value)} {value.year}" if language() == "en" else f"{value.year}年{long_day(value)}"


def moment(value: datetime | None) -> str:
    """`10-31 16:42` in Asia/Shanghai."""
    return "—" if value is None else value.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def full_moment(value: datetime | None) -> str:
    """`2022-10-31 16:42` in Asia/Shanghai."""
    return "—" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def quarter(value: Quarter | str) -> str:
    """`2022 年第三季度`, `Q3 2022`."""
    period = Quarter.parse(value) if isinstance(value, str) else value
    if language() == "en":
        return f"Q{period.number} {period.year}"
    return f"{period.year} 年第{QUARTER_NUMERALS[period.number - 1]}季度"


def week(value: IsoWeek | str) -> str:
    """`第 43 周`, `Week 43`."""
    period = IsoWeek.parse(value) if isinstance(value, str) else value
    return f"Week {period.number}" if language() == "en" else f"第 {period.number} 周"


def digest(value: str | bytes | None, groups: int = 3) -> str:
    """The first groups of a digest, to be compared by eye: `7c1e 90af 4b52`."""
    if not value:
        return "—"
    figures = value.hex() if isinstance(value, bytes) else value
    return " ".join(figures[start : start + 4] for start in range(0, 4 * groups, 4)).strip()


def cited(reference: str) -> str:
    """The document behind a value or a clause; that nothing decides it is said in the reader's language only."""
    return reference.replace(UNDECIDED_MARK, spoken(UNDECIDED))


def surname(name: Text | str) -> str:
    """The sign on a seal: the first character, a Latin one as a capital."""
    return spoken(name).strip()[:1].upper()


def by_field(errors: Iterable[FieldError]) -> dict[str, Text]:
    """Field errors as the form macros take them: the first text of each field."""
    found: dict[str, Text] = {}
    for error in errors:
        found.setdefault(error.field, error.text)
    return found


def role_word(role: str) -> str:
    """A role as people call it, in the language of the request."""
    return spoken(ROLES[role]) if role in ROLES else role


@cache
def _fingerprint(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else ""


def asset(name: str) -> str:
    """The URL of a static file, with the digest of its content so that browsers may keep it."""
    return url_for("static", filename=name, v=_fingerprint(name) or None)


def with_query(**changes: object) -> str:
    """The present URL with some query arguments changed (None removes one): for `?why=`, sorting, pages and languages."""
    query = request.args.to_dict(flat=False)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = [str(value)]
    return request.path + (f"?{urlencode(query, doseq=True)}" if query else "")


def sorted_by() -> tuple[str, bool]:
    """The column that the present address sorts by, and whether downwards: for the heads of a table."""
    asked = request.args.get("sort", "")
    return asked.removeprefix("-"), asked.startswith("-")


def finished(value: Any) -> Any:
    """What `{{ … }}` prints of a value: a bilingual text in the language of the request, the rest as it is."""
    return spoken(value) if isinstance(value, Text) else value


def _when_read(filter_function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a filter that depends on the reader's language from being worked out once and for all when the template is compiled."""

    @pass_context
    @wraps(filter_function)
    def filtered(_context: Context, *args: Any, **named: Any) -> Any:
        return filter_function(*args, **named)

    return filtered


FILTERS: dict[str, Callable[..., Any]] = {
    "yuan": yuan,
    "money": money_figure,
    "wan": wan,
    "wan_money": wan_figure,
    "short_wan": short_wan,
    "yi": yi,
    "capitals": capitals,
    "typed_capitals": typed_capitals,
    "percent": percent,
    "count": count,
    "day": day,
    "short_day": short_day,
    "long_day": _when_read(long_day),
    "full_day": _when_read(full_day),
    "moment": moment,
    "full_moment": full_moment,
    "quarter": _when_read(quarter),
    "week": _when_read(week),
    "digest": digest,
    "surname": _when_read(surname),
    "role_word": _when_read(role_word),
    "by_field": by_field,
    "cited": _when_read(cited),
    "t": _when_read(spoken),
}


def init_app(app: Flask) -> None:
    """Give the templates of an app their filters and globals; a bilingual text prints itself in the reader's language."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(asset=asset, with_query=with_query, sorted_by=sorted_by, charts=charts, TERMS=TERMS)
    app.jinja_env.finalize = finished
