"""Small pictures of the main screens: `python docs/screens/make.py ADDRESS`, with the demonstration served there (`yinqi demo run`).

Each picture is the top of a page as its reader finds it, somewhat smaller, as WebP; `README.md` shows them all.
`python docs/screens/make.py ADDRESS print FOLDER` writes every list as it comes from a printer instead, a PDF each.
"""

import base64
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from config.demonstration.loading.parties import PASSWORD

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
SIZES = {"desk": (1440, 1000, 0.6), "phone": (390, 844, 1.0)}
QUALITY = 55


@dataclass(frozen=True)
class Screen:
    """A page as one person sees it: its file's name, who, where, on what, in which language, and what it shows."""

    name: str
    who: str
    path: str
    size: str = "desk"
    language: str = "zh"
    shows: str = ""


SCREENS = (
    Screen("sign-in", "", "/sign-in", shows="登录"),
    Screen("bureau-today", "finance.operator", "/", shows="财政局的今日"),
    Screen("bureau-quarter", "finance.operator", "/quarters/2022Q3", shows="季度总览"),
    Screen("bureau-quarter-en", "finance.operator", "/quarters/2022Q3", language="en", shows="The quarter in English"),
    Screen("bureau-quarter-phone", "finance.operator", "/quarters/2022Q3", "phone", shows="季度，手机"),
    Screen("bureau-statement", "finance.operator", "/statements/GR-2022Q3-03", shows="结算单"),
    Screen("bureau-statement-why", "finance.operator", "/statements/GR-2022Q3-03?why=reward", shows="一个数怎么来的"),
    Screen("bureau-batch", "finance.reviewer", "/batches/B-2022Q3-01", shows="批次，四手"),
    Screen("bureau-payments", "finance.cashier", "/payments", shows="拨付"),
    Screen("bureau-receipts", "finance.cashier", "/payments/receipts?state=any", shows="回单"),
    Screen("bureau-books-phone", "finance.operator", "/books", "phone", shows="账，手机"),
    Screen("bureau-open-words", "finance.operator", "/open-words", shows="未定用语"),
    Screen("bureau-what-if", "finance.operator", "/what-if", shows="试算"),
    Screen("bureau-clauses", "finance.operator", "/policies", shows="条款"),
    Screen("bureau-across", "finance.operator", "/quarters/2022Q3/across", shows="跨机构核对"),
    Screen("bureau-audit", "finance.auditor", "/audit", shows="审计记录"),
    Screen("certified", "renhang.central_bank_officer", "/certified-balances", shows="核定余额"),
    Screen("sessions", "jinrong.organiser", "/sessions", shows="每周对接会"),
    Screen("session-control", "jinrong.organiser", "/sessions/8", shows="一场对接会"),
    Screen("session-timetable", "jinrong.organiser", "/sessions/8/timetable", shows="全场时间表"),
    Screen("bureau-referrals", "jinrong.organiser", "/referrals", shows="谁在等谁"),
    Screen("bureau-measures", "jinrong.organiser", "/measures", shows="对接的成效"),
    Screen("bureau-measures-en", "jinrong.organiser", "/measures", language="en", shows="Measures in English"),
    Screen("bureau-pool", "jinrong.organiser", "/pool", shows="培育库"),
    Screen("bureau-whitelist", "jinrong.organiser", "/whitelist", shows="白名单"),
    Screen("bureau-renewals", "finance.operator", "/renewals", shows="续贷"),
    Screen("bank-inbox", "shahe.product_manager", "/referrals", shows="银行收件箱"),
    Screen("bank-session", "shahe.product_manager", "/sessions/8", shows="银行的一天"),
    Screen("bank-products", "shahe.product_manager", "/products/mine", shows="本行产品"),
    Screen("bank-return", "shahe.maker", "/returns/47", shows="报表的一版"),
    Screen("bank-filing-en", "shahe.maker", "/returns/2022Q3/file", language="en", shows="Filing in English"),
    Screen("firm-today", "hengrun.owner", "/", "phone", shows="企业的今日"),
    Screen("firm-find", "hengrun.owner", "/find", "phone", shows="找贷款"),
    Screen("firm-request", "hengrun.owner", "/requests/388", "phone", shows="我的申请"),
    Screen("firm-referrals", "hengrun.owner", "/referrals", "phone", shows="走到哪了"),
    Screen("firm-renewal", "hengrun.owner", "/renewals/new", "phone", shows="申请续贷"),
    Screen("firm-award-en", "hengrun.owner", "/awards/new", "phone", "en", shows="Awards in English"),
)
LISTS = {
    "finance.operator": (
        *("/quarters", "/batches", "/statements", "/certified-balances", "/mergers"),
        *("/payments", "/payments/receipts?state=any", "/payments/receipts/files", "/payments/payees", "/payments/budgets"),
        *("/payments/recoveries", "/books", "/books/city", "/awards", "/policies", "/open-words", "/renewed-loans"),
        *("/sessions", "/renewals", "/deferrals", "/bridging", "/pool", "/pool/counties/410402", "/whitelist", "/two-increases/2022Q3"),
        *("/measures", "/messages", "/calls/2022Q3", "/quarters/2022Q3/across"),
    ),
    "finance.auditor": ("/audit",),
    "shahe.product_manager": ("/referrals", "/products", "/products/mine", "/clients", "/recommendations"),
    "shahe.maker": ("/returns", "/returns/47", "/receipts"),
    "jinrong.organiser": ("/series", "/requests", "/referrals", "/recommendations", "/sessions/8/timetable", "/feedback"),
    "hengrun.owner": ("/requests", "/referrals"),
}  # fmt: skip


def sign_in(page: Page, address: str, who: str) -> None:
    """Come in as one of the demonstration's people; a visitor stays outside."""
    if who:
        page.goto(f"{address}/sign-in")
        page.fill("#username", who)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(address + "/")


def picture(page: Page, screen: Screen, address: str) -> bytes:
    """The top of the page as WebP, as wide as its screen times its scale."""
    width, height, scale = SIZES[screen.size]
    page.set_viewport_size({"width": width, "height": height})
    joint = "&" if "?" in screen.path else "?"
    answer = page.goto(f"{address}{screen.path}{joint}lang={screen.language}")
    if answer is None or answer.status != 200:
        raise SystemExit(f"{screen.who} {screen.path}: {answer.status if answer else 'no answer'}")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
    shot = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip}
    )
    return base64.b64decode(shot["data"])


def index() -> Iterator[str]:
    """The lines of README.md: a table of pictures for each desk."""
    yield "# Screens"
    yield ""
    yield "Made by `python docs/screens/make.py http://127.0.0.1:5000` from the demonstration city."
    yield "What was mended after looking at every page is in [notes.md](notes.md)."
    for size, title in (("desk", "On a desk, 1440 px"), ("phone", "On a phone, 390 px")):
        yield from ("", f"## {title}", "", "| | | |", "|---|---|---|")
        of_size = [one for one in SCREENS if one.size == size]
        for first in range(0, len(of_size), 3):
            three = of_size[first : first + 3]
            yield "| " + " | ".join(f"![{one.shows}]({one.name}.webp)<br>{one.shows}" for one in three) + " |"


def make(context: BrowserContext, address: str) -> None:
    """Take all pictures, one person after the other, and write the index."""
    for who, screens in groupby(sorted(SCREENS, key=lambda one: one.who), key=lambda one: one.who):
        context.clear_cookies()
        page = context.new_page()
        sign_in(page, address, who)
        for screen in screens:
            (HERE / f"{screen.name}.webp").write_bytes(picture(page, screen, address))
        page.close()
    (HERE / "README.md").write_text("\n".join(index()) + "\n", encoding="utf-8")


def print_lists(context: BrowserContext, address: str, folder: Path) -> None:
    """Every list as a PDF, in the paper's own size."""
    folder.mkdir(parents=True, exist_ok=True)
    for who, paths in LISTS.items():
        context.clear_cookies()
        page = context.new_page()
        sign_in(page, address, who)
        page.emulate_media(media="print")
        for path in paths:
            answer = page.goto(f"{address}{path}")
            name = f"{who.split('.')[0]}{path.replace('/', '-')}"
            page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True)
            print(answer.status if answer else "—", name)
        page.close()


def main() -> None:
    """Read the command line."""
    address, *rest = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(locale="zh-CN")
        context.set_default_timeout(120_000)
        if rest[:1] == ["print"]:
            print_lists(context, address, Path(rest[1]))
        else:
            make(context, address)
        browser.close()


if __name__ == "__main__":
    main()
