"""The living page shows every macro; what holds there holds on every page made of them."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, g
from flask_babel import gettext
from jinja2 import FileSystemLoader

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import FieldError
from kernel.web import formats, language, samples, samples_states

TEMPLATES = Path(formats.__file__).parent / "templates"
REVIEWER = Caller(1, "林静", "reviewer", 1, "bureau", "财政局", "city")
OWNER = Caller(2, "张恒", "owner", 2, "enterprise", "恒润精密铸造", "zhanhe")
SPINE = [("/", Text("今日", "Today"), True), ("/quarters", Text("季度", "Quarter"), False)]


class Page(HTMLParser):
    """The elements of a page as (name, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        return [given[attribute] or "" for _, given in self.elements if attribute in given]


@pytest.fixture
def shell() -> Flask:
    """An app with the shell's templates and nothing behind them."""
    app = Flask("shell")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TEMPLATES.parents[1] / "translations")
    app.jinja_env.loader = FileSystemLoader(TEMPLATES)
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    language.init_app(app)
    formats.init_app(app)
    return app


def rendered(shell: Flask, template: str, caller: Caller | None = REVIEWER, query: str = "", **values: object) -> str:
    with shell.test_request_context(f"/design{query}"):
        g.caller, g.nonce, g.request_id = caller, "a-nonce", "3f6c2a90b1d44e07"
        return shell.jinja_env.get_template(template).render(navigation=SPINE if caller else [], **values)


def piece(shell: Flask, source: str, **values: object) -> str:
    with shell.test_request_context("/"):
        return shell.jinja_env.from_string(source).render(**values)


@pytest.fixture(params=["zh", "en"])
def living_page(shell: Flask, request: pytest.FixtureRequest) -> str:
    return rendered(shell, "design.html", query=f"?lang={request.param}", samples=samples, states=samples_states)


def test_the_living_page_shows_every_macro() -> None:
    """Called on it, or by a macro that is; the demonstration's sign-ins need an app with accounts."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted((TEMPLATES / "macros").glob("*.html"))}
    macros = {name for source in sources.values() for name in re.findall(r"{% macro (\w+)\(", source)} - {"sign_ins"}
    shown = (TEMPLATES / "design.html").read_text() + (TEMPLATES / "design_states.html").read_text()
    called = {name for name in macros if re.search(rf"\b{name}\(", shown)}
    bodies = {
        name: body
        for source in sources.values()
        for name, body in re.findall(r"{% macro (\w+)\(.*?-%}(.*?){%- endmacro %}", source, re.S)
    }
    within = {other for name in macros for other in macros if re.search(rf"\b{other}\(", bodies[name])}
    assert len(macros) > 50
    assert macros - called - within == set()


def test_no_page_carries_inline_styles_or_scripts(living_page: str) -> None:
    page = Page(living_page)
    assert not page.all("style")
    assert not [name for _, given in page.elements for name in given if name.startswith("on")]
    assert [given.get("nonce") for tag, given in page.elements if tag == "script"] == ["a-nonce"]
    assert not [tag for tag, _ in page.elements if tag == "style"]


def test_a_page_has_one_main_heading_and_landmarks(living_page: str) -> None:
    tags = Counter(tag for tag, _ in Page(living_page).elements)
    assert tags["h1"] == tags["main"] == 1
    assert tags["nav"] >= 2


def test_ids_are_unique_and_every_label_and_description_points_to_one(living_page: str) -> None:
    page = Page(living_page)
    ids = page.all("id")
    assert not [name for name, times in Counter(ids).items() if times > 1]
    pointed = page.all("for") + " ".join(page.all("aria-describedby") + page.all("aria-labelledby")).split()
    assert not [name for name in pointed if name not in ids]


def test_every_table_has_a_caption_and_scoped_heads(living_page: str) -> None:
    elements = Page(living_page).elements
    tags = Counter(tag for tag, _ in elements)
    assert tags["caption"] == tags["table"]
    assert not [given for tag, given in elements if tag == "th" and "scope" not in given]


def test_every_form_that_posts_carries_the_csrf_token(living_page: str) -> None:
    forms = re.findall(r'<form[^>]*method="post".*?</form>', living_page, re.S)
    without = [form for form in forms if "csrf_token" not in form and "multipart" not in form]
    assert forms
    assert not without


def test_nothing_is_printed_that_does_not_exist(living_page: str) -> None:
    assert "None" not in re.sub(r"<[^>]*>", "", living_page)
    assert "Undefined" not in living_page


def names_in(value: object) -> str:
    """All strings of the samples that are names, not words of a language."""
    if isinstance(value, Text):
        return ""
    if isinstance(value, dict):
        value = list(value.values())
    return (
        " ".join(map(names_in, value)) if isinstance(value, (list, tuple)) else value if isinstance(value, str) else ""
    )


def test_the_english_page_speaks_english(shell: Flask) -> None:
    html = rendered(shell, "design.html", query="?lang=en", samples=samples, states=samples_states)
    words = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", html.partition("<body")[2], flags=re.S)
    chinese = set(re.findall(r"[一-鿿]+", re.sub(r"<[^>]*>", " ", words)))
    names = (
        names_in([value for kept in (samples, samples_states) for name, value in vars(kept).items() if name.isupper()])
        + "银企 财政局 林静 平政办〔2022〕15号 三 恒润精密铸造 赵 林 高"
    )
    assert not [word for word in chinese if word not in names]


def test_a_firm_reads_larger_type_and_a_bureau_the_denser_one(shell: Flask) -> None:
    assert '<body class="roomy">' in rendered(shell, "design.html", OWNER, samples=samples, states=samples_states)
    assert '<body class="">' in rendered(shell, "design.html", REVIEWER, samples=samples, states=samples_states)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 418])
def test_an_error_page_says_what_to_do_and_the_number_to_quote(shell: Flask, status: int) -> None:
    text = Text("内容已经变了", "It has changed")
    error = FieldError("amount", "not_money", Text("填元", "Write yuan"))
    html = rendered(shell, "error.html", None, "?lang=zh", status=status, code="moved", text=text, errors=(error,))
    assert "3f6c2a90b1d44e07" in html
    assert all(words in html for words in ("内容已经变了", "填元", "amount", "moved", "回到首页"))


def test_a_field_keeps_what_was_typed_and_stands_by_its_error(shell: Flask) -> None:
    html = piece(
        shell,
        '{% from "macros/forms.html" import field %}{{ field("firm", "名称", typed, errors={"firm": wrong}) }}',
        typed='<"恒润">',
        wrong=Text("写全称", "Write it in full"),
    )
    assert 'value="&lt;&#34;恒润&#34;&gt;"' in html
    assert 'aria-invalid="true" aria-describedby=" firm-error"' in html
    assert "写全称" in html


def test_an_error_summary_links_to_each_field(shell: Flask) -> None:
    html = piece(
        shell,
        '{% from "macros/forms.html" import error_summary %}{{ error_summary(errors, labels={"amount": "金额"}) }}',
        errors={"amount": Text("填元", "Write yuan"), "bank": ["选一家"]},
    )
    assert Page(html).all("href") == ["#amount", "#bank"]
    assert re.sub(r"<[^>]*>", "", html).split() == ["还有", "2", "处要改，改完就能往下走", "金额：填元bank：选一家"]


def test_nothing_wrong_shows_no_summary(shell: Flask) -> None:
    assert piece(shell, '{% from "macros/forms.html" import error_summary %}{{ error_summary({}) }}') == ""


def test_a_list_is_left_by_its_neighbours_only(shell: Flask) -> None:
    source = '{% from "macros/tables.html" import pages %}{{ pages(page) }}'
    first = piece(shell, source, page=samples.Page(items=[1], page=1, per_page=50, total=51))
    only = piece(shell, source, page=samples.Page(items=[1], page=1, per_page=50, total=50))
    assert Page(first).all("rel") == ["next"]
    assert not Page(only).all("rel")


def test_sorting_again_turns_the_order_round(shell: Flask) -> None:
    source = '{% from "macros/tables.html" import th %}{{ th("机构", sort="name", by="name", down=down) }}'
    assert Page(piece(shell, source, down=False)).all("href") == ["/?sort=-name"]
    assert Page(piece(shell, source, down=True)).all("href") == ["/?sort=name"]
    assert Page(piece(shell, source, down=True)).all("aria-sort") == ["descending"]


def test_a_button_that_moves_money_names_the_sum_and_focus_starts_on_going_back(shell: Flask) -> None:
    html = piece(
        shell,
        '{% from "macros/confirm.html" import confirm_money %}'
        '{{ confirm_money(37261537, [("谁付", "专户")], "开出拨付令 372,615.37 元", "/post", "/back", "不能撤回", "7c1e90af4b52") }}',
    )
    focused = [given["href"] for tag, given in Page(html).elements if "autofocus" in given]
    assert focused == ["/back"]
    assert all(
        words in html
        for words in ("叁拾柒万贰仟陆佰壹拾伍元叁角柒分", "开出拨付令 372,615.37 元", "不能撤回", "7c1e 90af 4b52")
    )


def test_an_app_reads_its_own_catalogues_whoever_read_first(shell: Flask, app: Flask) -> None:
    with shell.test_request_context("/?lang=en"):
        assert gettext("开拨付令") == "开拨付令"
    with app.test_request_context("/?lang=en"):
        assert gettext("开拨付令") == "Draw a payment order"


def test_a_card_of_nothing_but_fields_stays_off_paper_and_a_list_with_buttons_does_not(shell: Flask) -> None:
    card = '{% from "macros/page.html" import sheet %}{% call sheet("登记") %}<form>__</form>{% endcall %}'
    assert "only-form" in piece(shell, card.replace("__", '<input class="form-control">'))
    for kept in ("<li>沙河农村商业银行</li>", "<table></table>", "<dl></dl>", "<button>解除</button>"):
        both = '<input class="form-control">' if kept.startswith(("<li", "<table", "<dl")) else ""
        assert "only-form" not in piece(shell, card.replace("__", both + kept)), kept
