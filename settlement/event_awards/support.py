"""Rows 20, 24, 25, 26, 30, 37 and 42: support that waits for a document, for firms, streets and lenders."""

from dataclasses import replace
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.event_awards.case import AwardCase, DueSum, plain, rate_of
from settlement.event_awards.events import TRADE_SECTIONS
from settlement.event_awards.facts import choice, day, flag, money, text
from settlement.event_awards.kind import INDUSTRY, AwardKind, paper, rules

SMALL = frozenset({"micro", "small"})
FUND = "bridging-fund"


def overseas_warehouse(case: AwardCase) -> DueSum:
    """“认定省级跨境电商海外仓示范企业并给予资金扶持”: an amount by document, once."""
    case.require(case.event.flag("is_first"), "not_first_recognition")
    return plain(case.terms.fen("amount"))


def street(case: AwardCase) -> DueSum:
    """“对新评选的国家试点步行街、省级示范步行街、新型消费示范集聚区给予资金奖励”: an amount by kind, by document, once."""
    kind = case.event.code("chosen_as")
    return replace(plain(case.terms.amounts("amounts")[kind]), once=f"{kind}/{case.event.identity_of('place')}")


def new_model_merchant(case: AwardCase) -> DueSum:
    """“对业态模式创新、经营成效突出的小微商贸企业给予一定资金奖励”: an amount by document for each firm chosen."""
    _small_merchant(case)
    return replace(plain(case.terms.fen("amount")), once=case.event.identity_of("selection"))


def _small_merchant(case: AwardCase) -> None:
    who = case.event.beneficiary
    small_trade = who.size_class in SMALL and who.section in TRADE_SECTIONS
    case.require(small_trade or who.size_class == "individual_business", "not_a_merchant")


def _of_base(case: AwardCase, name: str, once: str) -> DueSum:
    """A rate of a stated amount, up to a cap where a document sets one."""
    cap = case.terms.optional_fen("cap")
    room = None if cap is None else case.room(cap)
    return replace(rate_of(case, case.event.fen(name), "rate"), once=once, room=room)


def loan_interest(case: AwardCase) -> DueSum:
    """“探索出台贷款利息补贴政策”: a rate, by document, of the interest paid [default]."""
    _small_merchant(case)
    return _of_base(case, "interest_paid", case.event.identity_of("loan"))


def risk_compensation(case: AwardCase) -> DueSum:
    """“各级贷款风险补偿资金重点支持金融机构开展新升规企业的融资业务”: a share, by document, of the loss on one loan."""
    case.require(case.event.flag("is_new_above_scale"), "not_new_above_scale")
    return _of_base(case, "loss", case.event.identity_of("loan"))


def equipment(case: AwardCase) -> DueSum:
    """“按照不超过设备、软件实际投资的30%给予补助，最高不超过500万元”: the rate is the province's, the firm's sum is capped."""
    event, first, last = case.event, case.event.day_of("certificate_from"), case.event.day_of("certificate_until")
    case.require(first <= event.day <= last, "outside_certificate", day=event.day, first=first, last=last)
    if case.terms.fraction("rate") > case.terms.fraction("rate_at_most"):
        rate, most = case.terms.shown("rate").zh, case.terms.shown("rate_at_most").zh
        case.note("rate_above_notice", rate=rate, most=most)
    return _of_base(case, "investment", event.identity_of("project"))


def bridging_advance(case: AwardCase) -> DueSum:
    """“通过应急周转资金、助保贷等方式”: an advance to the old loan, within the share of the bank's commitment and the case limit."""
    event = case.event
    case.require(event.flag("is_specialised"), "not_specialised")
    case.require(event.fen("needed") > 0, "nothing_raised")
    share = Fraction(case.terms.value_of(FUND, "commitment_share_at_most").rate)
    limit = case.terms.value_of(FUND, "case_limits").numbers["legal_person"]
    most = min(share * event.fen("commitment"), Fraction(limit))
    due = plain(event.fen("needed"))
    return replace(
        due, exact=min(due.exact, most), written=_least(event.fen("needed"), most), once=event.identity_of("loan")
    )


def _least(needed: int, most: Fraction) -> Text:
    line = f"min({grouped(needed)}, {grouped(int(most))})"
    return Text(line, line)


_LOAN = Text("贷款合同或借据编号", "Number of the loan")
_PROVINCE_NOTICE = paper("recognition", "省级认定文件", "The province's recognition")

KINDS = (
    AwardKind(
        rules=rules(overseas_warehouse_support=overseas_warehouse),
        day=Text("认定日", "Day of recognition"),
        facts=(flag("is_first", "首次认定", "Recognised for the first time"),),
        evidence=(_PROVINCE_NOTICE,),
    ),
    AwardKind(
        rules=rules(loan_interest_subsidy=loan_interest),
        day=Text("付息日", "Day the interest was paid"),
        facts=(
            text("loan", "贷款编号和计息期", "Loan and interest period", _LOAN),
            money("interest_paid", "实际支付的利息", "Interest actually paid"),
        ),
        evidence=(
            paper("interest_receipt", "付息凭证", "Receipt of interest"),
            paper("loan_contract", "贷款合同", "Loan contract"),
        ),
    ),
    AwardKind(
        rules=rules(pedestrian_street_award=street),
        applicants=("enterprise", "bureau"),
        day=Text("评选结果公布日", "Day the choice was announced"),
        facts=(
            choice("chosen_as", "评成什么", "Chosen as", of="amounts"),
            text("place", "步行街或集聚区名称", "Name of the street or cluster"),
        ),
        evidence=(paper("selection", "评选文件", "The document of the choice"),),
    ),
    AwardKind(
        rules=rules(new_model_merchant_award=new_model_merchant),
        day=Text("评选结果公布日", "Day the choice was announced"),
        facts=(text("selection", "评选文号", "Number of the selection document"),),
        evidence=(paper("selection", "评选文件", "The document of the choice"),),
    ),
    AwardKind(
        rules=rules(loan_risk_compensation=risk_compensation),
        applicants=("institution",),
        day=Text("损失认定日", "Day the loss was established"),
        facts=(
            text("loan", "贷款编号", "Number of the loan", _LOAN),
            flag("is_new_above_scale", "借款人是新升规企业", "The borrower is a new above-scale firm"),
            money("loss", "本金损失", "Principal lost"),
        ),
        evidence=(paper("loss_proof", "损失认定材料", "Proof of the loss"),),
    ),
    AwardKind(
        rules=rules(equipment_subsidy=equipment),
        responsible=INDUSTRY,
        day=Text("设备、软件付款完成日", "Day the last of it was paid"),
        facts=(
            text("project", "项目编号", "Number of the project"),
            day("certificate_from", "“小巨人”有效期起", "Little-giant certificate valid from"),
            day("certificate_until", "“小巨人”有效期止", "Little-giant certificate valid until"),
            money("investment", "设备、软件实际投资", "Money spent on equipment and software"),
        ),
        evidence=(
            paper("invoices", "发票和付款凭证", "Invoices and receipts"),
            paper("certificate", "“小巨人”证书", "Little-giant certificate"),
        ),
    ),
    AwardKind(
        rules=rules(specialised_firm_bridging=bridging_advance),
        responsible=INDUSTRY,
        day=Text("用款日", "Day of the advance"),
        facts=(
            flag("is_specialised", "是“专精特新”中小企业", "A specialised firm"),
            text("loan", "原贷款编号", "Number of the old loan", _LOAN),
            money("commitment", "银行书面承诺的续贷额", "The bank's written commitment"),
            money("needed", "需要的周转额", "Money needed"),
        ),
        evidence=(
            paper("commitment", "银行续贷承诺书", "The bank's written commitment"),
            paper("loan_contract", "原贷款合同", "The old loan's contract"),
        ),
    ),
)
