"""The service without scripts: pages are read, forms are sent, mistakes are told, and nothing is hidden that only a script would show."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Served
from tests.browser.test_every_page import sign_in

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Form:
    """What somebody fills in, the button they press, and the words they read next."""

    who: str
    address: str
    button: str
    reads: str
    fills: dict[str, str] = field(default_factory=dict)
    chooses: dict[str, str] = field(default_factory=dict)
    ticks: tuple[str, ...] = ()


FORMS = [
    Form(
        who="finance.operator",
        address="/payments/budgets",
        fills={"budget_year": "2022", "amount": "1,000.50", "document": "平财预〔2022〕77号"},
        chooses={"payer": "city"},
        button="登记",
        reads="平财预〔2022〕77号",
    ),
    Form(
        who="finance.operator",
        address="/account",
        fills={"name": "月报脚本", "days": "30"},
        ticks=("[name=scopes]",),
        button="新建令牌",
        reads="月报脚本",
    ),
    Form(
        who="finance.operator",
        address="/payments/budgets",
        fills={"budget_year": "2022", "amount": "1.005", "document": ""},
        button="登记",
        reads="处要改，改完就能往下走",
    ),
    Form(who="shahe.maker", address="/returns/2022Q3/file", button="读取这个文件", reads="选一个文件"),
    Form(
        who="jinrong.organiser",
        address="/sessions/new",
        fills={"week": "2022-W01"},
        button="预告出去",
        reads="处要改，改完就能往下走",
    ),
    Form(
        who="renhang.central_bank_officer",
        address="/certified-balances",
        fills={"balance": "一千"},
        button="下一步：核对",
        reads="处要改，改完就能往下走",
    ),
]


@pytest.fixture(scope="module")
def plain(browser: Browser, served: Served) -> Page:
    """A browser page that runs no scripts, in Chinese."""
    return browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.address} {form.button} {len(form.fills)}")
def test_a_form_is_sent_and_answered_without_script(plain: Page, served: Served, form: Form) -> None:
    plain.context.clear_cookies()
    sign_in(plain, served, form.who)
    plain.goto(served.address + form.address)
    for name, value in form.fills.items():
        plain.fill(f"main [name='{name}']", value)
    for name, value in form.chooses.items():
        plain.select_option(f"main [name='{name}']", value)
    for box in form.ticks:
        plain.locator(f"main {box}").first.check()
    plain.get_by_role("button", name=form.button, exact=True).click()
    assert form.reads in plain.inner_text("main")


def test_a_list_is_filtered_paged_and_exported_by_plain_addresses(plain: Page, served: Served) -> None:
    plain.context.clear_cookies()
    sign_in(plain, served, "finance.operator")
    plain.goto(f"{served.address}/products?per_page=20")
    first = plain.inner_text("main table")
    plain.click("a[rel=next]")
    assert "page=2" in plain.url
    assert plain.inner_text("main table") != first


def test_the_menu_and_the_language_of_a_phone_work_without_script(plain: Page, served: Served) -> None:
    plain.context.clear_cookies()
    sign_in(plain, served, "hengrun.owner")
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto(served.address)
    plain.click(".menu > summary")
    plain.click(".menu-sheet a[hreflang=en]")
    assert plain.get_attribute("html", "lang") == "en"
    assert plain.locator(".with-script:visible").count() == 0


def test_the_policy_allows_nothing_inline_and_nobody_else(plain: Page, served: Served) -> None:
    answer = plain.goto(f"{served.address}/sign-in")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'")


def test_every_sheet_and_script_is_served_from_here(served: Served) -> None:
    """What the style sheets ask for in their turn stays on this server as well."""
    static = Path(served.app.root_path).parent / "kernel" / "web" / "static"
    asked = {
        one: re.findall(r"(?:url\(|@import)\s*[\"']?(?!data:)([^\"')]+)", one.read_text())
        for one in static.rglob("*.css")
    }
    addresses = [address for found in asked.values() for address in found]
    assert addresses
    assert [one for one in addresses if not one.startswith("../")] == []
