"""Every term with what it means, for people who have never read the notice; `code` is its anchor on the page of all terms.

A figure that a policy sets is not repeated here: it stands with its date on the page of its scheme.
"""

from dataclasses import dataclass

from kernel.bilingual import Text


@dataclass(frozen=True)
class Term:
    """A term, its meaning in a sentence or two."""

    code: str
    name: Text
    means: Text


_TERMS = (
    Term(
        "inclusive-loan",
        Text("普惠小微贷款", "Inclusive small and micro loan"),
        Text(
            "贷给小型、微型企业，以及个体工商户和小微企业主做经营用的贷款，一户在一家机构的授信不超过上限。哪些算在内，由当日有效的口径定。",
            "A loan to a small or micro enterprise, or to a sole trader or the owner of such a firm for "
            "business, within the limit of credit "
            "of one borrower at one institution. The definition in force on the day decides what counts.",
        ),
    ),
    Term(
        "balance-growth",
        Text("余额增量", "Balance growth, increment"),
        Text(
            "季末余额比基准余额多出来的部分；没有多出来就是零。奖励按它计算。",
            "By how much the closing balance exceeds the reference balance; zero where it does not. The reward is reckoned from it.",
        ),
    ),
    Term(
        "certified-balance",
        Text("核定余额", "Certified balance"),
        Text(
            "人民银行核定的季末余额。有核定数就用核定数，报表只作核对；没有核定数，结算单暂缓。",
            "The closing balance that the central bank certified. It is used where there is one, and the return "
            "checks it; without one the "
            "statement is held.",
        ),
    ),
    Term(
        "local-legal-person",
        Text("地方法人金融机构", "Local legal-person institution"),
        Text(
            "在本市注册、自己就是法人的银行，如农商行、村镇银行；外地银行的分支行不是。季末那天是，才计奖。",
            "A bank that is registered in the city and a legal person itself, such as a rural commercial or village bank; a branch of an "
            "outside bank is not. It must be one on the last day of the quarter.",
        ),
    ),
    Term(
        "credit-line",
        Text("授信", "Credit line"),
        Text(
            "银行同意贷给一户的最高金额。授信不等于放款：放款是真正到账的钱。",
            "The most that a bank agrees to lend to one borrower. It is not the money drawn: that is what reached the account.",
        ),
    ),
    Term(
        "guarantor",
        Text("融资担保机构", "Guarantor"),
        Text(
            "替借款人向银行担保、收取担保费的公司；还不上时由它代偿。",
            "A company that guarantees a borrower's loan to the bank for a fee, and pays where the borrower does not.",
        ),
    ),
    Term(
        "fee-subsidy",
        Text("降费奖补", "Guarantee-fee subsidy"),
        Text(
            "担保机构把担保费降下来，财政按少收的部分给的补助。",
            "What the treasury pays a guarantor for charging lower fees, reckoned from what it charges less.",
        ),
    ),
    Term(
        "matching",
        Text("银企对接", "Bank–enterprise matching"),
        Text(
            "把企业的融资需求和银行的产品对上，安排双方面谈，再跟到放款。",
            "Bringing firms' requests and banks' products together, arranging meetings, and following them until money is drawn.",
        ),
    ),
    Term(
        "weekly-session",
        Text("对接会", "Weekly session"),
        Text(
            "每周一场的线上面谈。报名截止后按公开的规则配对，谁见谁、几点见都能验证。",
            "The online meetings of a week. Once sign-up closes they are matched by public rules, and anybody can verify who meets whom.",
        ),
    ),
    Term(
        "first-loan",
        Text("首贷", "First loan"),
        Text(
            "企业第一次从银行得到贷款。在哪家银行贷过，那家就不再算首贷。",
            "The first loan that a firm has from a bank. A bank that lent to it before does not count one.",
        ),
    ),
    Term(
        "unsecured-loan",
        Text("信用贷", "Unsecured loan"),
        Text("不要抵押、质押，也不要人担保的贷款。", "A loan without collateral, pledge or guarantor."),
    ),
    Term(
        "renewal",
        Text("无还本续贷", "Renewal without repayment"),
        Text(
            "贷款到期前签新合同，用新贷款还旧贷款，企业不用先凑钱还本金。贷不贷由银行定。",
            "A new contract before the old loan falls due, which repays it, so that the firm need not raise the "
            "principal first. Whether to "
            "lend is the bank's decision.",
        ),
    ),
    Term(
        "deferral",
        Text("延期还本", "Deferral"),
        Text(
            "到期的本金（有的规定连利息）往后推一段时间再还，不算逾期。能推多久看申请那天有效的规定。",
            "Principal that falls due (by some rules interest, too) is repaid later without being overdue. The "
            "rules of the day of asking say "
            "how much later.",
        ),
    ),
    Term(
        "bridging-fund",
        Text("应急转贷资金", "Bridging fund"),
        Text(
            "银行已承诺续贷时，用这笔钱先替企业还上旧贷款，新贷款放下来马上归还。",
            "Money that repays a firm's old loan for some days once the bank has promised the new one, and is returned when that is drawn.",
        ),
    ),
    Term(
        "pool",
        Text("培育库", "Cultivation pool"),
        Text(
            "各区县挑出来、快要达到规模以上标准的企业名单，重点帮它们升规。",
            "Each county's list of firms that are close to the standard of above-scale firms, and are helped to reach it.",
        ),
    ),
    Term(
        "whitelist",
        Text("白名单", "Whitelist"),
        Text(
            "可以申请无还本续贷的企业名单。由部门推荐、审核、公示后列入；申请看申请那天在不在名单上。",
            "The firms that may ask for renewal without repayment: recommended, reviewed and put on public "
            "notice first. What counts is the "
            "list on the day of asking.",
        ),
    ),
    Term(
        "reaching-scale",
        Text("小升规", "Reaching scale"),
        Text(
            "小微企业营业收入达到标准，第一次进入规模以上企业名录。",
            "A small firm's revenue reaches the standard, and it enters the register of above-scale firms for the first time.",
        ),
    ),
    Term(
        "above-scale",
        Text("规上", "Above scale"),
        Text(
            "规模以上：年营业收入达到国家统计标准、列入统计名录的企业。",
            "A firm whose yearly revenue meets the national statistical standard and that stands in the statistical register.",
        ),
    ),
    Term(
        "falling-below-scale",
        Text("退规", "Falling below scale"),
        Text(
            "规上企业的收入掉到标准以下，退出名录。快要掉下去时系统先预警。",
            "An above-scale firm's revenue falls below the standard and it leaves the register. There is a warning before.",
        ),
    ),
    Term(
        "specialised-firm",
        Text("专精特新", "Specialised firm"),
        Text(
            "省里认定的“专业化、精细化、特色化、新颖化”中小企业，认定有期限。",
            "A small or medium firm that the province recognised as specialised, refined, distinctive and new, for a period.",
        ),
    ),
    Term(
        "little-giant",
        Text("小巨人", "Little giant"),
        Text("国家认定的专精特新企业，认定有期限。", "A specialised firm that the state recognised, for a period."),
    ),
    Term(
        "fiscal-shares",
        Text("分级承担", "Fiscal shares"),
        Text(
            "一笔奖补由市级和企业所在区县的财政按比例分着付。",
            "The city and the county of the beneficiary each pay a part of an award.",
        ),
    ),
    Term(
        "return",
        Text("报表", "Return"),
        Text(
            "金融机构每季报上来的逐笔明细。一人填、另一人认证；改了就是新的一版，旧版留着。",
            "The list of every loan or contract that an institution files for a quarter. One person enters it, another certifies it; a "
            "correction is a new version and the old ones stay.",
        ),
    ),
    Term(
        "statement",
        Text("结算单", "Statement"),
        Text(
            "一家单位一个季度该得多少奖补的计算书，每个数字都能追到条款和数据行。",
            "The reckoning of what one party is due for a quarter; every figure leads to its clause and its rows.",
        ),
    ),
    Term(
        "payment",
        Text("拨付", "Payment"),
        Text(
            "审批、公示完成后，由国库把钱打到受益单位的账户。",
            "After approval and public notice the treasury pays into the beneficiary's account.",
        ),
    ),
    Term(
        "adjustment-and-recovery",
        Text("补差 / 追回", "Adjustment / recovery"),
        Text(
            "重新计算后，少付的补上，叫补差；多付的要回来，叫追回，可以缴回，也可以从以后的奖补里抵扣。",
            "After a restatement what was paid too little is added, and what was paid too much is recovered: it is paid back or set off "
            "against later awards.",
        ),
    ),
    Term(
        "public-notice",
        Text("公示", "Public notice"),
        Text(
            "把名单公开几个工作日，谁有异议都能提；答复完才往下走。",
            "A list is public for some working days and anybody may object; nothing goes on before the objections are answered.",
        ),
    ),
    Term(
        "review",
        Text("复核", "Review"),
        Text(
            "第二个人把经办做的再核一遍。复核的人不能是经办。",
            "A second person checks what the operator did; never the same person.",
        ),
    ),
    Term(
        "approval",
        Text("审批", "Approval"),
        Text(
            "第三个人同意付款。经办、复核、审批、出纳是四个人。",
            "A third person agrees to the payment. Operator, reviewer, approver and cashier are four people.",
        ),
    ),
    Term(
        "register",
        Text("台账", "Register"),
        Text(
            "逐笔记下应付、已付、挂账和追回的账，只能追加，笔笔对得上。",
            "The book of what is due, paid, carried over and recovered, entry by entry; it is only added to and always balances.",
        ),
    ),
    Term(
        "county",
        Text("区县", "Fiscal region"),
        Text(
            "企业的财政归属地，由它承担区县那一份。不按信用代码前几位认。",
            "The county to whose treasury a firm belongs and which bears the county's share. It is never read from the credit code.",
        ),
    ),
)
TERMS = {one.code: one for one in _TERMS}
