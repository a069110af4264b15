"""What a bank's people do at their desk: a return with twelve kinds of mistakes is mended, and certified by a second person."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, copy_of, serving
from tests.browser.hand import Hand
from tests.settlement.filing_floor import csv_of, loan

pytestmark = pytest.mark.browser

GOOD = [loan(number) for number in range(1, 41)]
SPOILT: list[tuple[int, dict[str, str], str, str]] = [
    # place among the rows, what is written, what the page says is wrong, what is written instead
    (1, {"balance": "125万"}, "余额不是能读的金额", "1250000.00"),
    (3, {"credit_line": "-1"}, "授信金额超出范围", "5000000.00"),
    (5, {"start_date": "2021.13.1"}, "发放日不是能读的日期", "2021-03-01"),
    (7, {"maturity_date": "2020-03-01"}, "到期日不晚于发放日", "2024-03-01"),
    (9, {"loan_id": "SH0001"}, "借据号重复", "SH0010"),
    (11, {"borrower_code": "410402199001011234"}, "借款人统一社会信用代码不能填身份证号", "ID:000012"),
    (13, {"borrower_code": "91410402MA"}, "借款人统一社会信用代码写法不对", "ID:000014"),
    (15, {"borrower_name": ""}, "借款人名称没有填", "锦程机械有限公司"),
    (17, {"annual_rate": "四点三"}, "年利率不是能读的百分数", "4.35"),
    (19, {"classification": "一般"}, "五级分类认不出", "正常"),
    (21, {"guarantee_kind": "关系"}, "担保方式认不出", "信用"),
    (23, {"start_date": "2022-10-08"}, "发放日晚于季末", ""),
]


def spoilt_rows() -> list[dict[str, str]]:
    """Forty good rows, twelve of them spoilt, each in a way of its own; of a doubled id both rows are shown."""
    rows = [dict(row) for row in GOOD]
    for place, wrong, _says, _right in SPOILT:
        rows[place].update(wrong)
    return rows


@pytest.fixture(scope="module")
def bank_city(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A city of its own: a return that is certified here changes what the bureau's pages say."""
    with serving(copy_of(served, tmp_path_factory.mktemp("bank") / "data")) as city:
        yield city


@pytest.fixture(params=["pointer", "keyboard"])
def maker(request: pytest.FixtureRequest, browser: Browser, bank_city: Served) -> Iterator[Hand]:
    """A hand at a screen of 1440 px, in Chinese."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield Hand(context.new_page(), bank_city.address, keyboard=request.param == "keyboard")
    context.close()


def mend(maker: Hand, row: int, right: str) -> None:
    """One row on its page: a value, a choice, or left out where nothing is given."""
    place = maker.page.locator(f"[aria-label='行 {row} 改成']").first
    if right and place.evaluate("(field) => field.tagName") == "SELECT":
        maker.select(f"行 {row} 改成", right)
    elif right:
        maker.fill(f"行 {row} 改成", right)
    maker.press("button", re.compile(rf"^改好了\s*行 {row}$"))
    expect(place).to_have_count(0)


def test_twelve_kinds_of_mistakes_are_mended_and_the_return_is_certified_by_a_second_person(
    maker: Hand, tmp_path: Path
) -> None:
    bank = "kunyang" if maker.keyboard else "xiangshan"
    filed, mended = tmp_path / "spoilt.csv", tmp_path / "mended.csv"
    filed.write_bytes(csv_of(spoilt_rows(), "gb18030"))
    mended.write_bytes(csv_of(GOOD))
    maker.sign_in(f"{bank}.maker")
    maker.page.goto(f"{maker.address}/returns/2022Q3/file")
    maker.sees("报之前看一眼")
    if maker.keyboard:
        maker.hand_in("把报表文件拖到这里", filed)
    else:
        maker.drop("把报表文件拖到这里", filed)
    maker.press("button", "读取这个文件")
    maker.sees("还有 13 行要改", *(says for _place, _wrong, says, _right in SPOILT))
    if maker.keyboard:
        maker.hand_in("把改好的文件拖到这里", mended)
        maker.press("button", "报这个文件")
    else:
        for place, _wrong, _says, right in SPOILT:
            mend(maker, place + 2, right)
        maker.sees("列出的行都改好了")
        maker.press("button", "用改好的再读一遍")
    maker.sees("送去认证的是")
    maker.press("button", "送认证")
    maker.ends("已送认证")
    print(maker.told("return, the maker"))
    shown = maker.page.url
    checker = Hand(maker.page, maker.address, maker.keyboard)
    checker.sign_in(f"{bank}.checker")
    checker.page.goto(shown)
    checker.sees("认证后这一版不能再改")
    checker.press("button", re.compile("^认证这"))
    checker.ends("已认证，财政局可以计算了")
    print(checker.told("return, the checker"))
