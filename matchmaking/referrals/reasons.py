"""Why a bank says no, in codes, and what would cure each: a refusal becomes something the firm can do. Pure."""

from dataclasses import dataclass

from kernel.bilingual import Text


@dataclass(frozen=True)
class RefusalReason:
    """One coded reason. `cures`: what to add or change, in order; empty where only another bank helps."""

    title: Text
    cures: tuple[Text, ...] = ()


REASONS = {
    "01": RefusalReason(
        Text("看不到近 12 个月的纳税记录", "no tax records of the last 12 months"),
        (
            Text("近 12 个月完税证明（电子税务局，办税中心，开具证明）", "tax certificates of the last 12 months"),
            Text("近 4 个季度增值税申报表", "VAT returns of the last four quarters"),
        ),
    ),
    "02": RefusalReason(
        Text("财务报表不全或对不上", "financial statements missing or not adding up"),
        (
            Text("近两年资产负债表和利润表", "balance sheets and income statements of two years"),
            Text("对公账户近 12 个月流水", "statements of the business account for 12 months"),
        ),
    ),
    "03": RefusalReason(
        Text("经营时间不够长", "too short a time in business"),
        (Text("换一款面向新设企业的产品，或者找担保机构", "a product for young firms, or a guarantee company"),),
    ),
    "04": RefusalReason(
        Text("抵押物或担保不够", "collateral or guarantee too weak"),
        (
            Text("加一位保证人，或者补抵押物清单和权证", "add a surety, or a list of collateral with its titles"),
            Text("请政府性融资担保机构出函", "a letter of a government-backed guarantor"),
        ),
    ),
    "05": RefusalReason(
        Text("负债太高，还款来源不够", "too much debt for the income there is"),
        (
            Text("把金额降下来再申请", "ask for less"),
            Text("订单、合同、回款凭证", "orders, contracts and proofs of payment"),
        ),
    ),
    "06": RefusalReason(
        Text("征信有逾期没有结清", "arrears in the credit report"),
        (Text("结清逾期，开结清证明", "settle the arrears and bring the proof"),),
    ),
    "07": RefusalReason(
        Text("用途说不清或没有凭证", "purpose unclear or without proof"),
        (Text("采购合同或者用款计划", "a purchase contract or a plan for the money"),),
    ),
    "08": RefusalReason(
        Text("不在本行准入的行业或区域", "industry or place outside this bank's range"),
        (Text("换一家做这个行业、这个区县的银行", "another bank that serves the industry and the county"),),
    ),
    "09": RefusalReason(
        Text("联系不上或企业没有按约补材料", "not reachable, or the papers never came"),
        (Text("核对联系人和电话，把材料补齐", "check the contact and hand the papers in"),),
    ),
    "10": RefusalReason(
        Text("利率或期限谈不拢", "no agreement on rate or term"),
        (Text("放宽利率上限或期限再申请", "ask with a higher ceiling or another term"),),
    ),
    "99": RefusalReason(Text("其他", "other"), (Text("按银行写的理由补好", "mend what the bank's words say"),)),
}
PAPERS = "enterprise_papers"
