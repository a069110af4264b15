"""Why an event is not awarded, is not yet, or is awarded less: a stable code and a sentence with its cure, in both languages."""

from dataclasses import dataclass
from typing import Literal

from kernel.bilingual import Text

Weight = Literal["refuses", "lacks", "waits", "notes"]

REASONS: dict[str, tuple[Weight, Text]] = {
    # the clause itself
    "before_window": ("refuses", Text("{day} 早于条款起始日 {first}", "{day} is before the clause's first day {first}")),
    "after_window": ("refuses", Text("{day} 晚于条款截止日 {last}", "{day} is after the clause's last day {last}")),
    "not_set": (
        "lacks",
        Text(
            "条款 {number}（{place_zh}）还不能付，缺有文号的决定：{missing_zh}",
            "Clause {number} ({place_en}) is not payable until a document decides: {missing_en}",
        ),
    ),
    "no_value": ("lacks", Text("{zh}", "{en}")),
    "future_day": ("refuses", Text("{day} 还没有到，事项发生后再申报", "{day} is still to come; claim after it happened")),
    "out_of_range": ("refuses", Text("金额超出能记的范围，请核对", "The amount is beyond what can be booked; check the figures")),
    # who
    "not_industrial": ("refuses", Text("不是工业企业（采矿、制造、电热燃水）", "Not an industrial firm (sections B, C, D)")),
    "not_above_scale": ("refuses", Text("当季不是规模以上企业", "Not above scale in the quarter")),
    "not_small_or_medium": ("refuses", Text("不是中小微企业", "Not a small or medium firm")),
    "not_a_merchant": ("refuses", Text("不是小微商贸企业或个体工商户", "Not a small merchant or individual business")),
    # what between awards
    "already_awarded": (
        "refuses",
        Text(
            "已按条款 {number} 奖过：{day}，{amount} 元；同一事项只奖一次",
            "Already awarded under clause {number} on {day}, {amount} yuan; one event is awarded once",
        ),
    ),
    "same_event": (
        "refuses",
        Text(
            "同一份文件 {document} 已按条款 {number} 奖过 {amount} 元；一个事项只按一个条款付一次，择高",
            "The same document {document} was awarded {amount} yuan under clause {number}; one event pays once, the higher",
        ),
    ),
    "same_event_higher": (
        "refuses",
        Text(
            "同一份文件 {document} 已按条款 {number} 奖过 {amount} 元，这次算出 {due} 元更高；一个事项只付一次，择高："
            "先撤销那一次的受理，再受理这一份",
            "The same document {document} was awarded {amount} yuan under clause {number}, less than the {due} yuan computed here; "
            "one event pays once, the higher: revoke that acceptance first, then accept this claim",
        ),
    ),
    "period_overlaps": (
        "refuses",
        Text(
            "与已补贴的 {first} 至 {last} 重叠，改成没有补贴过的日期",
            "Overlaps {first} to {last}, already subsidised; give days that are not",
        ),
    ),
    "annual_cap_reached": (
        "refuses",
        Text("{year} 年已奖到上限 {cap} 元", "The cap of {cap} yuan for {year} is used up"),
    ),
    "cap_reached": ("refuses", Text("已奖到上限 {cap} 元", "The cap of {cap} yuan is used up")),
    "nothing_left": (
        "refuses",
        Text("以前奖过 {amount} 元，没有差额可补", "{amount} yuan was awarded before; no difference is left"),
    ),
    "capped": (
        "notes",
        Text("算出 {exact} 元，受上限 {cap} 元限制", "{exact} yuan computed, limited by the cap of {cap} yuan"),
    ),
    "suspended": (
        "waits",
        Text(
            "{since} 列入严重失信，暂停 {months} 个月，{until} 起可付；资格还在",
            "Listed for serious dishonesty on {since}: suspended for {months} months, payable from {until}; the claim lives on",
        ),
    ),
    # full load
    "growth_unknown": ("refuses", Text("没有去年同期收入，算不出增长", "No revenue a year before, so no growth to compare")),
    "growth_too_small": (
        "refuses",
        Text("主营业务收入没有增长到 {least}", "Main revenue did not grow by {least}"),
    ),
    "below_peak_share": (
        "refuses",
        Text("月均产量不到上年峰值月的 {least}", "Monthly mean output is below {least} of last year's peak month"),
    ),
    "below_same_quarter": ("refuses", Text("季度产量低于上年同季", "Output is below last year's same quarter")),
    "not_last_day_of_quarter": ("refuses", Text("认定日写一季度末 {day}", "The qualifying day is the quarter's last, {day}")),
    # first entry
    "not_first_entry": (
        "refuses",
        Text("以前入过库；退规后再入库不算首次", "Entered the register before; re-entry after falling below is not first entry"),
    ),
    "revenue_too_small": (
        "refuses",
        Text("年主营业务收入不到 {least} 元", "Yearly main revenue is below {least} yuan"),
    ),
    # listings
    "board_not_covered": ("refuses", Text("这个板块不在条款里", "The clause does not cover this board")),
    "not_trading_board": ("refuses", Text("只有交易板挂牌才奖", "Only a listing on the trading board is awarded")),
    "not_listed_there": ("refuses", Text("不是中原股权交易中心挂牌企业", "Not listed on the Zhongyuan equity exchange")),
    "city_share_too_small": (
        "refuses",
        Text("投资于我市的不到募集资金的 {least}", "Less than {least} of the money is invested in the city"),
    ),
    "more_than_raised": ("refuses", Text("投资于我市的多于募集资金，请核对", "More invested here than was raised; check the figures")),
    "nothing_raised": ("refuses", Text("金额是零，没有可奖的", "The amount is zero: nothing to award")),
    # recognitions
    "kind_not_covered": ("refuses", Text("这一类不在条款里", "The clause does not cover this kind")),
    "not_first_recognition": ("refuses", Text("不是首次认定", "Not the first recognition")),
    "outside_certificate": (
        "refuses",
        Text("{day} 不在“小巨人”有效期 {first} 至 {last} 内", "{day} is outside the certificate's validity {first} to {last}"),
    ),
    "rate_above_notice": (
        "lacks",
        Text(
            "定下的比例 {rate} 超过文件允许的 {most}，请更正决定",
            "The decided rate {rate} exceeds the notice's {most}; correct the decision",
        ),
    ),
    "year_in_future": ("refuses", Text("考核年度 {year} 晚于公布日", "The assessment year {year} lies after the announcement")),
    # training and jobs
    "period_reversed": ("refuses", Text("结束日早于开始日", "The last day is before the first")),
    "longer_than_a_year": (
        "refuses",
        Text("一次只报一个培训年度，最多 {months} 个月，分次申报", "One training year a claim, {months} months at most; claim each year"),
    ),
    "no_full_month": ("refuses", Text("不满一个月", "Less than one full month")),
    "nobody": ("refuses", Text("没有人数", "No persons")),
    "not_free_of_charge": ("refuses", Text("收了求职者的钱", "Job seekers were charged")),
    "contract_too_short": ("refuses", Text("劳动合同不足 {months} 个月", "Contracts are shorter than {months} months")),
    "staff_cut": ("refuses", Text("裁员较多，不符合稳岗返还", "Too many staff were let go for the rebate")),
    "not_new_above_scale": ("refuses", Text("贷款对象不是新升规企业", "The borrower is not a new above-scale firm")),
    "not_specialised": ("refuses", Text("不是“专精特新”中小企业", "Not a specialised firm")),
}  # fmt: skip


@dataclass(frozen=True)
class AwardReason:
    """One reason. `refuses`: no award; `lacks`: nobody can tell yet; `waits`: later; `notes`: said beside the amount."""

    code: str
    weight: Weight
    text: Text


def reason(code: str, **values: object) -> AwardReason:
    """A reason with its values filled in."""
    weight, text = REASONS[code]
    return AwardReason(code, weight, text.format(**values))
