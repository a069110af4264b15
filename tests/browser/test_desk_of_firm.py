"""What the owner of a firm does on a phone: a request published, a renewal, an award claimed; with the pointer and by keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config.demonstration.codes import COMPANY, credit_code
from config.demonstration.loading.awards import paper
from config.demonstration.loading.parties import PASSWORD
from tests.browser.conftest import Served
from tests.browser.hand import SIGNS_A_SECOND, Hand
from tests.seeds import is_full

pytestmark = pytest.mark.browser

FIVE_MINUTES = 300
QUICK = 8  # signs a second of Chinese
OLD_BANK = "沙河农村商业银行"


BY_POINTER_AND_KEYBOARD = pytest.mark.parametrize("hand", ["pointer", "keyboard"], indirect=True)
BY_POINTER = pytest.mark.parametrize("hand", ["pointer"], indirect=True)
BY_KEYBOARD = pytest.mark.parametrize("hand", ["pointer", "keyboard"] if is_full() else ["keyboard"], indirect=True)


@pytest.fixture
def hand(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Hand]:
    """A hand on a phone of 390 px, in Chinese."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    yield Hand(context.new_page(), served.address, keyboard=request.param == "keyboard")
    context.close()


@BY_POINTER_AND_KEYBOARD
def test_a_first_request_is_published_within_five_minutes_of_a_slow_reader(hand: Hand) -> None:
    hand.sign_in("jincheng.owner" if hand.keyboard else "hengrun.owner")
    hand.press("link", "找贷款", within=".tabs")
    hand.sees("要贷多少")
    hand.fill("想贷多少", "60")
    hand.fill("年利率最高能接受", "4.6")
    hand.page.goto(f"{hand.address}/requests")  # somebody came in
    hand.page.goto(f"{hand.address}/find/new")
    hand.sees("接着上次填到的地方")
    assert hand.page.get_by_label("想贷多少", exact=True).input_value() == "60"
    hand.tick("保证")
    hand.press("button", "存下来，看谁能贷")
    hand.sees("谁能贷给你", "放宽一点，能多几款", "一年利息最少")
    hand.press("link", "按 4.60% 发布申请")
    hand.sees("给谁看")
    hand.choose(re.compile("只给约上面谈的"))
    hand.press("button", "同意并发布")
    hand.ends("发布了。下一步")
    print(hand.told("first request"))
    assert hand.slow_reader < FIVE_MINUTES
    hand.page.goto(f"{hand.address}/find/new")
    assert "接着上次" not in hand.page.inner_text("main")


@BY_POINTER
def test_from_zero_a_firm_signs_itself_up_and_publishes_its_first_request(hand: Hand) -> None:
    hand.page.goto(f"{hand.address}/sign-up")
    hand.sees("第 1 步，共 3 步")
    hand.fill("统一社会信用代码", credit_code(COMPANY, "410421", 1, series="XQ").lower())
    hand.press("button", "下一步")
    hand.sees("第 2 步，共 3 步")
    hand.fill("企业名称", "宝丰县新苗农机有限公司")
    hand.select("在哪个区县", "宝丰县")
    hand.select("行业", "制造")
    hand.choose("小型")
    hand.press("button", "下一步")
    hand.sees("第 3 步，共 3 步")
    for label, said in (("你的姓名", "苗青"), ("手机", "13800000001"), ("密码", PASSWORD)):
        hand.fill(label, said)
    hand.press("button", "注册")
    hand.sees("注册好了", "待核实")
    print(hand.told("sign-up"))
    hand.press("link", "去填")
    hand.sees("要贷多少")
    hand.fill("想贷多少", "60")
    hand.fill("年利率最高能接受", "4.6")
    hand.tick("保证")
    hand.press("button", "存下来，看谁能贷")
    hand.sees("谁能贷给你")
    hand.press("link", "按 4.60% 发布申请")
    hand.sees("给谁看")
    hand.choose(re.compile("只给约上面谈的"))
    hand.press("button", "同意并发布")
    hand.ends("发布了。下一步", "企业身份还在核实")
    quick_reader = hand.slow_reader - sum(map(len, hand.read)) * (1 / SIGNS_A_SECOND - 1 / QUICK)
    print(f"{hand.told('from zero to a published request')}, {quick_reader:.0f} s quick reader")
    assert quick_reader < FIVE_MINUTES


@BY_POINTER
def test_what_is_half_filled_in_is_forgotten_when_its_owner_signs_out(hand: Hand) -> None:
    for _twice in range(2):
        hand.sign_in("hengrun.owner")
        hand.page.goto(f"{hand.address}/find/new")
        assert hand.page.get_by_text("接着上次填到的地方").count() == 0
        hand.fill("年利率最高能接受", "4.6")
        hand.page.reload()
        hand.ends("接着上次填到的地方")
        hand.page.locator(".menu > summary").click()
        hand.page.locator(".menu-sheet").get_by_role("button", name="退出").click()
        hand.page.wait_for_url(re.compile("/(sign-in.*)?$"))


@BY_KEYBOARD
def test_an_award_is_claimed_with_its_paper(hand: Hand, tmp_path: Path) -> None:
    proof = tmp_path / "认定名单.pdf"
    proof.write_bytes(paper("recognition"))
    hand.sign_in("shunda.owner" if hand.keyboard else "liji.owner")
    hand.from_menu("奖补")
    hand.press("link", "报一项奖补")
    hand.press("link", "专精特新首次认定奖励")
    hand.sees("要附的材料")
    hand.fill("认定日", "2022-10-12")
    hand.choose("是")
    hand.fill(re.compile("证明文号"), f"豫工信企业〔2022〕{151 + hand.keyboard}号")
    hand.press("button", "存下来，去附材料")
    hand.sees("还没附")
    hand.hand_in("附一份材料", proof)
    hand.press("button", "附上")
    hand.sees("认定名单.pdf")
    hand.press("link", "申报")
    hand.sees("申报后不能再改内容和材料")
    hand.press("button", "申报")
    hand.ends("报上去了，等受理")
    print(hand.told("award"))


@BY_KEYBOARD
def test_a_renewal_is_asked_for_decided_and_signed_in_three_steps(hand: Hand) -> None:
    loan = ("XD-2022-0901", "XD-2022-0902")[hand.keyboard]
    hand.sign_in("gaoyuan.owner" if hand.keyboard else "shilong.owner")
    hand.from_menu("续贷")
    hand.press("link", "申请续贷")
    hand.sees("到期前 60 天到 20 天")
    hand.select("旧贷在哪家银行", OLD_BANK)
    hand.fill("旧贷合同号", loan)
    hand.fill("旧贷余额", "2000000")
    hand.fill("发放日", "2021-11-25")
    hand.fill("到期日", "2022-11-24")
    hand.choose("小型企业")
    for said in ("依法合规经营", "生产经营正常", "信用良好"):
        hand.tick(said)
    hand.press("button", "交给银行")
    hand.ends("交给银行了，最晚")
    print(hand.told("renewal, the firm asks"))
    shown = hand.page.url
    bank = Hand(hand.page, hand.address, hand.keyboard)
    bank.page.set_viewport_size({"width": 1440, "height": 900})
    bank.sign_in("shahe.checker")
    bank.page.goto(shown)
    bank.press("link", "同意续贷")
    bank.choose("正常")
    bank.choose("是")
    bank.press("button", "同意续贷")
    bank.ends("银行同意")
    print(bank.told("renewal, the bank decides"))
    contract = Hand(hand.page, hand.address, hand.keyboard)
    contract.press("link", re.compile("合同"))
    contract.fill("新贷合同号", f"{loan}-X")
    contract.fill("发放日", "2022-11-24")
    contract.fill("到期日", "2023-11-23")
    contract.press("button", re.compile("合同"))
    contract.ends(f"{loan}-X", "续贷不算增量")
    print(contract.told("renewal, the new contract"))
