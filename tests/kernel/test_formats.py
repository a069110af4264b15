"""How values read on a page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from kernel.bilingual import Text
from kernel.errors import FieldError
from kernel.periods import IsoWeek, Quarter
from kernel.web import formats, language


@pytest.fixture
def bare() -> Flask:
    """An app with nothing but the language and the formats."""
    app = Flask("bare")
    language.init_app(app)
    formats.init_app(app)
    return app


def shown(bare: Flask, template: str, query: str = "", **values: object) -> str:
    with bare.test_request_context(f"/somewhere{query}"):
        return bare.jinja_env.from_string(template).render(**values)


def test_yuan_stand_in_ink_and_fen_in_grey() -> None:
    assert formats.money_figure(37261537) == '<span class="n">372,615<i>.37</i></span>'


def test_nothing_is_a_dash_and_zero_is_zero() -> None:
    assert formats.money_figure(None) == formats.NOTHING
    assert formats.money_figure(0) == '<span class="n">0<i>.00</i></span>'
    assert formats.wan(None) == formats.yuan(None) == formats.day(None) == formats.percent(None) == "—"


@pytest.mark.parametrize(
    ("fen", "wan"),
    [(106692591743, "106,692.59"), (-668260000, "−668.26"), (4999, "0.00"), (5000, "0.01"), (300000000, "300.00")],
)
def test_ten_thousands_are_rounded_half_up_to_two_decimals(fen: int, wan: str) -> None:
    assert formats.wan(fen) == wan


@pytest.mark.parametrize(("fen", "words"), [(300000000, "300"), (650000, "0.65"), (1155000000, "1,155"), (0, "0")])
def test_round_amounts_lose_their_empty_decimals(fen: int, words: str) -> None:
    assert formats.short_wan(fen) == words


@pytest.mark.parametrize(
    ("rate", "places", "figure"),
    [
        ("0.01", None, "1%"),
        ("0.0465", None, "4.65%"),
        ("0.00245", 2, "0.25%"),
        ("-0.006", None, "−0.6%"),
        ("1", None, "100%"),
    ],
)
def test_a_rate_shows_the_decimals_it_has(rate: str, places: int | None, figure: str) -> None:
    assert formats.percent(Decimal(rate), places) == figure


def test_moments_are_shown_in_shanghai() -> None:
    assert formats.full_moment(datetime(2022, 10, 9, 16, 42, tzinfo=UTC)) == "2022-10-10 00:42"


@pytest.mark.parametrize(
    ("template", "chinese", "english"),
    [
        ("{{ day | long_day }}", "10月31日 周一", "Mon 31 Oct"),
        ("{{ day | full_day }}", "2022年10月31日 周一", "Mon 31 Oct 2022"),
        ("{{ day | short_day }}", "10-31", "10-31"),
        ("{{ quarter | quarter }}", "2022 年第三季度", "Q3 2022"),
        ("{{ '2022Q3' | quarter }}", "2022 年第三季度", "Q3 2022"),
        ("{{ week | week }}", "第 43 周", "Week 43"),
        ("{{ 'reviewer' | role_word }}", "复核", "Reviewer"),
        ("{{ text }}", "九月", "September"),
        ("{{ [text] | map('t') | join }}", "九月", "September"),
    ],
)
def test_words_follow_the_language_of_each_request(bare: Flask, template: str, chinese: str, english: str) -> None:
    values = {
        "day": date(2022, 10, 31),
        "quarter": Quarter(2022, 3),
        "week": IsoWeek(2022, 43),
        "text": Text("九月", "September"),
    }
    assert shown(bare, template, "?lang=zh", **values) == chinese
    assert shown(bare, template, "?lang=en", **values) == english
    assert shown(bare, template, "?lang=zh", **values) == chinese


def test_a_digest_is_shown_in_groups_to_compare_by_eye() -> None:
    assert formats.digest("7c1e90af4b52d00d") == formats.digest(bytes.fromhex("7c1e90af4b52d00d")) == "7c1e 90af 4b52"
    assert formats.digest(None) == "—"


@pytest.mark.parametrize(
    ("typed", "unit", "capitals"),
    [
        ("1,250,000.00", "yuan", "壹佰贰拾伍万元整"),
        ("300", "wan", "叁佰万元整"),
        ("125万", "yuan", ""),
        ("", "yuan", ""),
        (None, "yuan", ""),
    ],
)
def test_capitals_stand_under_a_field_only_when_it_holds_an_amount(typed: str | None, unit: str, capitals: str) -> None:
    assert formats.typed_capitals(typed, unit) == capitals


def test_a_seal_shows_the_surname() -> None:
    assert formats.surname("林静") == "林"
    assert formats.surname(" adams") == "A"


def test_each_field_shows_its_first_error() -> None:
    errors = [FieldError("amount", code, Text(code, code)) for code in ("first", "second")]
    assert formats.by_field(errors) == {"amount": Text("first", "first")}


def test_the_present_url_is_changed_argument_by_argument(bare: Flask) -> None:
    template = "{{ with_query(page=2, why=none) }}"
    assert shown(bare, template, "?sort=-name&why=award&sort=due") == "/somewhere?sort=-name&amp;sort=due&amp;page=2"
    assert shown(bare, "{{ with_query(why=none) }}", "?why=award") == "/somewhere"


def test_static_files_carry_the_digest_of_their_content(bare: Flask) -> None:
    assert len(shown(bare, "{{ asset('css/tokens.css') }}").partition("?v=")[2]) == 8
    assert shown(bare, "{{ asset('nothing.css') }}") == "/static/nothing.css"


def test_that_nothing_decides_a_value_is_said_in_one_language(bare: Flask) -> None:
    reference = "默认，未定 / default, undecided：参照湖南省办法"
    assert shown(bare, "{{ it | cited }}", it=reference) == "默认，未定：参照湖南省办法"
    assert shown(bare, "{{ it | cited }}", "?lang=en", it=reference) == "default, undecided：参照湖南省办法"


@pytest.mark.parametrize(("query", "words"), [("?lang=zh", "共 {} 条|% 起"), ("?lang=en", "{} in all|% and up")])
def test_a_string_of_a_template_is_translated_and_escapes_what_it_is_given(app: Flask, query: str, words: str) -> None:
    template = "{{ _('共 %(total)s 条', total=count) }}|{{ _('%% 起') }}"
    assert shown(app, template, query, count="<b>") == words.format("&lt;b&gt;")
    assert shown(app, template, query, count="7") == words.format("7")
