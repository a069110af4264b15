"""Rows 4, 6, 16 and 29: money for counties and departments (notice, main text 一, 三, 五; 附件2 四(三))."""

from dataclasses import replace

from kernel.bilingual import Text
from settlement.event_awards.case import AwardCase, DueSum, plain, rate_of
from settlement.event_awards.facts import choice, money, text
from settlement.event_awards.kind import AwardKind, paper, rules


def rent_support(case: AwardCase) -> DueSum:
    """“市财政根据各县（市、区）实际补贴房租总额给予适当奖补”: a rate, by document, of the rent actually subsidised."""
    return replace(rate_of(case, case.event.fen("rent_subsidised"), "rate"), once=case.event.identity_of("batch"))


def voucher_support(case: AwardCase) -> DueSum:
    """“对各县（市、区）实际核销的消费券等促消费补贴财政资金给予奖补”: a rate, by document, of what was redeemed."""
    return replace(rate_of(case, case.event.fen("redeemed"), "rate"), once=case.event.identity_of("batch"))


def fund_contribution(case: AwardCase) -> DueSum:
    """“鼓励各县（市、区）出资设立应急转贷资金”: what the adopted rules let the city or the county pay into its fund."""
    case.require(bool(case.terms.text("adopted_by").strip()), "nothing_raised")
    paid_in = case.event.fen("contribution")
    case.require(paid_in > 0, "nothing_raised")
    split = "city_alone" if case.event.code("level") == "city" else "region_alone"
    return replace(plain(paid_in), once=case.event.identity_of("batch"), split=split)


def performance(case: AwardCase) -> DueSum:
    """“加强对县（市、区）和市直部门“小升规”工作的考核，奖励标准参照有关办法执行”: an amount by document, once a year."""
    return plain(case.terms.fen("amount"))


_BATCH = Text("同一批只能报一次", "One batch is claimed once")
_LEVELS = {"city": Text("市级资金", "The city's fund"), "county": Text("县级资金", "The county's fund")}
_COUNTY = ("bureau",)

KINDS = (
    AwardKind(
        rules=rules(rent_subsidy_support=rent_support),
        applicants=_COUNTY,
        day=Text("补贴期最后一天", "Last day of the subsidised time"),
        facts=(
            text("batch", "批次编号", "Number of the batch", _BATCH),
            money("rent_subsidised", "实际补贴的房租", "Rent actually subsidised"),
        ),
        evidence=(
            paper("payment_list", "补贴发放清单", "List of subsidies paid"),
            paper("local_rules", "当地房租补贴办法", "The county's rules"),
        ),
    ),
    AwardKind(
        rules=rules(voucher_support=voucher_support),
        applicants=_COUNTY,
        day=Text("核销的最后一天", "Last day of redemption"),
        facts=(
            text("batch", "批次编号", "Number of the batch", _BATCH),
            money("redeemed", "实际核销的财政资金", "Public money actually redeemed"),
        ),
        evidence=(paper("redemption_list", "核销清单", "List of vouchers redeemed"),),
    ),
    AwardKind(
        rules=rules(bridging_fund=fund_contribution),
        applicants=_COUNTY,
        day=Text("设立或扩大的日子", "Day the fund was set up or enlarged"),
        facts=(
            text("batch", "这次出资的编号", "Number of this contribution", _BATCH),
            choice("level", "哪一级资金", "Which fund", among=_LEVELS),
            money("contribution", "出资额", "Money paid in"),
        ),
        evidence=(paper("fund_decision", "设立或扩大资金的文件", "The document that sets up or enlarges the fund"),),
    ),
    AwardKind(
        rules=rules(reaching_scale_performance_award=performance),
        applicants=_COUNTY,
        day=Text("考核结果公布日", "Day the results were announced"),
        facts=(),
        evidence=(paper("assessment", "“小升规”工作考核通报", "The assessment's circular"),),
    ),
)
